"""What can go wrong with the ledger; no message quotes a body, a row or a parameter.

LedgerError
├── VersionConflict          two histories under one case; waiting does not cure it
│   └── SourceTaken          the same complaint is already recorded under another case
├── LedgerRejected           Postgres or the store will never take this data
├── LedgerUnavailable        not now; the same call may succeed later
│   └── LedgerNotReady       an operator must act first (not migrated, no rights, no such database)
└── MigrationRefused         the schema cannot be brought to this program's version
"""


class LedgerError(Exception):
    """Base of all errors of the ledger."""


class VersionConflict(LedgerError):  # noqa: N818 - the name under which the activity's failure is known
    """Another event is stored under a number, a number is missing, or a link does not fit.

    Attributes:
        case_id: the case.
        seq: the first number that does not fit.
    """

    def __init__(self, case_id: str, seq: int, what: str) -> None:
        super().__init__(f"case {case_id}, event {seq}: {what}")
        self.case_id = case_id
        self.seq = seq


class SourceTaken(VersionConflict):
    """The complaint's source and key already belong to another case."""


class LedgerRejected(LedgerError):  # noqa: N818 - reads as what happened
    """The data can never be stored as it is (wrong shape, a character that Postgres does not take)."""


class LedgerUnavailable(LedgerError):  # noqa: N818 - reads as what happened
    """The database did not answer for as long as the store was told to wait."""


class LedgerNotReady(LedgerUnavailable):
    """The database answers, but refuses for a reason that only an operator can remove."""


class MigrationRefused(LedgerError):  # noqa: N818 - reads as what happened
    """An applied migration was changed, or the database is newer than this program."""
