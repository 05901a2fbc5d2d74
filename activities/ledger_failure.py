"""What an error of the ledger means to the server: tried again or never taken, and never a refusal."""

from temporalio.exceptions import ApplicationError

from ledger.errors import LedgerError, LedgerRejected, VersionConflict


def ledger_failure(error: LedgerError) -> ApplicationError:
    """Return the failure under which an error of the ledger is known to workflows."""
    match error:
        case VersionConflict():
            # A second writer is a bug, and waiting does not cure it.
            return ApplicationError(str(error), type="VersionConflict", non_retryable=True)
        case LedgerRejected():
            return ApplicationError(str(error), type="LedgerRejected", non_retryable=True)
        case _:
            return ApplicationError(str(error), type="LedgerUnavailable")
