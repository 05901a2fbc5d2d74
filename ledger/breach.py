"""One broken invariant, as `redress verify` names it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Breach:
    """What does not hold, and where. `what` quotes no body and no personal value.

    Attributes:
        invariant: V1-V9 of the design.
        case_id: None where it concerns the whole ledger.
    """

    invariant: str
    case_id: str | None
    what: str
