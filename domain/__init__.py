"""The rules of service recovery: pure functions over frozen records; no clock, no ids, no I/O."""
