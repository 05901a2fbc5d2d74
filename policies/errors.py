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
    """A policy that cannot be used; the message has one line for each problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
