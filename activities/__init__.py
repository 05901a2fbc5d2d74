"""The ports: one file per part of the outside world, each activity named after its request's kind."""
