"""The outside world, playable: real HTTP on loopback, durable books, faults on request."""
