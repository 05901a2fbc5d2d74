"""docs/permissions.md says what domain/permission.py does."""

from pathlib import Path

from domain.actor import Role
from domain.permission import OPEN, TABLE, Permit, Stage

FILE = Path(__file__).parent.parent / "docs" / "permissions.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
REFRESH = "the table is old: run `.venv/bin/python tests/test_permissions_doc.py`"


def rendered() -> str:
    """Return the table as Markdown: a command, who may give it, and while the case is where."""
    roles = [role for role in Role if any(role in permit.roles for permit in TABLE.values())]
    lines = [
        f"| command | {' | '.join(roles)} | while the case is |",
        f"|---|{':-:|' * len(roles)}---|",
    ]
    lines += [_line(name, permit, roles) for name, permit in TABLE.items()]
    return "\n".join(lines)


def _line(name: str, permit: Permit, roles: list[Role]) -> str:
    marks = ["x" if role in permit.roles else "" for role in roles]
    return f"| `{name}` | {' | '.join(marks)} | {_stages(permit.stages)} |"


def _stages(stages: tuple[Stage, ...]) -> str:
    if set(stages) == {*OPEN, "ended"}:
        return "open or ended"
    return "open, whatever its stage" if set(stages) == set(OPEN) else ", ".join(stages)


def refreshed(text: str) -> str:
    """Return the document with the table as it is now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{rendered()}\n{END}{after}"


def test_the_document_has_the_table_of_the_code() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert text == refreshed(text), REFRESH


if __name__ == "__main__":
    FILE.write_text(refreshed(FILE.read_text(encoding="utf-8")), encoding="utf-8")
