"""Errors of policies: every problem of a file, each with its line and field.

PolicyError
"""

from collections.abc import Iterable

from domain.record import Record


class Problem(Record):
    """One thing wrong with a policy file.

    Attributes:
        file: the file as it was named.
        line: counted from 1.
        field: path of keys, for example `targets[2].budget.minutes`; empty for the file as a whole.
        message: what is wrong and what to write instead.
    """

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{where}: {self.field}: {self.message}" if self.field else f"{where}: {self.message}"


class PolicyError(Exception):
    """A policy that cannot be used; the message has one line for each problem, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(_once(problems), key=lambda each: each.line))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def _once(problems: Iterable[Problem]) -> Iterable[Problem]:
    """Leave out what several aliases of one place repeat."""
    found: dict[tuple[int, str, str], Problem] = {}
    for each in problems:
        found.setdefault((each.line, each.field.rpartition(".")[2], each.message), each)
    return found.values()
