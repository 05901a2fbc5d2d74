"""The proposals of a case as they stand."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from domain import authority
from domain.actor import Role
from domain.authority import Bound, Reservation
from domain.money import Money
from domain.plan import LineDecision, Plan, worth_of
from domain.refusal import Refused
from domain.spoken import PhoneContent
from domain.triage import Classification

ProposalState = Literal[
    "reserving",
    "waiting_approval",
    "approval_expired",
    "approved",
    "rejected",
    "offered",
    "agreed",
    "declined",
    "expired",
    "void",
    "done",
    "compensated",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One proposal as it stands.

    Attributes:
        over: which limits it passes, so that a second person decides.
        because: why a second person decides, whatever it pays.
        customer_used: what its customer has had in the period already, where the ledger said that.
        missed: how often nobody approved in time.
        words_from: when the words that wait go out; None: at once.
        words_failed: the offer's words did not go out, so that the customer knows nothing of it.
    """

    number: int
    hash: str
    plan: Plan
    total: Money
    by: str
    role: Role
    command_id: str | None = None
    needs_approval: bool
    state: ProposalState
    over: tuple[Bound, ...] = ()
    because: tuple[str, ...] = ()
    customer_used: Money | None = None
    approval_due: datetime | None = None
    approval_until: datetime | None = None
    missed: int = 0
    approved_by: str | None = None
    agreed_at: datetime | None = None
    offer_due: datetime | None = None
    reminded: bool = False
    contact: int | None = None
    said: tuple[PhoneContent, ...] = ()
    exception: int | None = None
    words_waiting: str | None = None
    words_from: datetime | None = None
    words_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """The rounds of recovery and the proposals of the present one.

    Attributes:
        done: the decisions of this round that were carried out; a harm claimed later gets its own plan.
        people: whoever proposed, approved or rejected, in all rounds: none of them reviews an appeal.
        hashes: every proposal ever made, so that an approval of an old one is told apart from nonsense.
        given: minor units of all remedies of this case that were carried out, in all rounds.
        refunded: minor units of them that went back of what the order was paid with.
        reservations: what of this case may count for its people and its customer elsewhere.
        delays: words about late approvals that have not gone out.
        late_since: since when, for each of those words by its key.
        earlier: what earlier rounds decided about each harm line, carried out or offered in vain.
        to_beat: what an earlier round gave in vain, by the customer's own word in a happy call.
        fee_capped: a second person refused a fee above the policy's share; none like it is proposed again.
    """

    round: int = 1
    round_at: datetime | None = None
    offers: int = 0
    proposed: int = 0
    proposal: Proposal | None = None
    done: tuple[LineDecision, ...] = ()
    hashes: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    given: int = 0
    refunded: int = 0
    reservations: tuple[Reservation, ...] = ()
    delays: tuple[str, ...] = ()
    late_since: tuple[tuple[str, datetime], ...] = ()
    fee_capped: bool = False
    earlier: tuple[LineDecision, ...] = ()
    to_beat: Plan | None = None

    @property
    def agreed_at(self) -> datetime | None:
        """When the customer agreed to the proposal that stands."""
        return self.proposal.agreed_at if self.proposal else None


def cost_to_firm(proposal: Proposal) -> Money:
    """Return what a proposal costs the firm; what a guarantee pays is nobody's decision."""
    if proposal.plan.guarantee is not None:
        return Money(minor=0, currency=proposal.total.currency)
    return worth_of(proposal.plan, proposal.total.currency)


def proposal_named(remedy: Remedy, given: str) -> Proposal:
    """Return the proposal that is meant; a prefix of 8 characters or more will do."""
    standing = remedy.proposal
    if len(given) < SHORTEST_HASH:
        raise Refused(f"proposal: give at least {SHORTEST_HASH} letters of its hash", code="no-proposal")
    if standing is not None and standing.hash.startswith(given):
        return standing
    if any(old.startswith(given) for old in remedy.hashes):
        raise Refused("proposal: it was replaced by another; look at the present one", code="void")
    raise Refused("proposal: there is none of that hash; look at the present one", code="no-proposal")


SHORTEST_HASH = 8
"""Letters of a hash that name a proposal."""


def undecided(remedy: Remedy, triage: Classification) -> tuple[str, ...]:
    """Return the harm lines that no plan of this round has put right or refused yet."""
    settled = {decision.harm_line for decision in remedy.done}
    return tuple(line.id for line in triage.harm_lines if line.id not in settled)


def closed(remedy: Remedy) -> Remedy:
    """Return the remedy with nothing reserved for a proposal that came to nothing."""
    proposal = remedy.proposal
    if proposal is None or proposal.state == "done":
        return remedy
    return replace(remedy, reservations=authority.given_up(remedy.reservations, proposal.number))


def untold(remedy: Remedy) -> Remedy:
    """Return the remedy with an offer that was not written: it may not be, or does not fit any more."""
    if remedy.proposal is None:
        return remedy
    silent = replace(remedy.proposal, words_waiting=None, words_from=None, words_failed=True)
    return replace(remedy, proposal=silent)
