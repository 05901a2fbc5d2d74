"""The provable record: append-only events in Postgres, the read models folded from them, and their checks."""
