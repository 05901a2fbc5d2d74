"""The invariants of design section 8, one file each: pure comparisons over gathered evidence."""
