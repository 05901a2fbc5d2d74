"""Starts the embedded Temporal server, Postgres and sandbox for demo, tests and development."""
