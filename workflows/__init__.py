"""Temporal workflows: a thin interpreter around the domain."""
