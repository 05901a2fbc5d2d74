"""The one error that the stack raises, and how it quotes a log."""

from pathlib import Path

LAST_LINES = 12


class StackError(Exception):
    """A part of the stack cannot run; the message says which, why and what to do."""


def last_lines(log: Path, count: int = LAST_LINES) -> str:
    """Return the end of a log, indented, for the body of an error message."""
    if not log.exists():
        return "  (no log)"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
    return "\n".join(f"  {line[:300]}" for line in lines) or "  (the log is empty)"
