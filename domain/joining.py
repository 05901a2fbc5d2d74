"""Several cases about one claim become one, and a wrong join is taken apart again (design section 2c).

What another case holds is known here only by what it hands over (`TakeIn`) or answers to an effect. The later
case asks and ends as joined once the earlier one has everything; a case with a begun money step is linked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal, assert_never

from pydantic import Field

from domain.contact import ContactLogged, Contacts, ContactTakenIn
from domain.effect import Effect, HandedOver, JoinInto, NoticeSent, SplitOff, SplitOpened
from domain.ending import CaseEnded
from domain.intake import AddedToCase, CaseOpened, Intake, customer_of
from domain.joined_lines import claimed, leaving
from domain.message import CameBack, Command, EffectRefused, EffectSucceeded, Event
from domain.notice import Post
from domain.promise import Promises
from domain.record import Id, Instant, Line, Note, Record, Text
from domain.refusal import Refused
from domain.remedy_state import Remedy
from domain.saga import PAYOUTS, Saga
from domain.supervisor import SupervisorRight
from domain.triage import MAX_LINES, Classification, HarmClaimed, HarmLine

Basis = Literal["same_key", "customer", "staff"]
Mode = Literal["join", "link", "split"]

PATIENCE = timedelta(days=1)
"""How long the other case is asked; then nobody knows, and whoever wants it asks again."""


UNKNOWN = "unknown"
"""Why a join came to nothing, where nobody answered: a rule may ask again by itself."""


class JoinCase(Command):
    """This case is about the same claim as an earlier one: its contacts go there, and it ends as joined.

    Attributes:
        basis: the same order and customer, the customer's word, or what a member of staff knows.
    """

    kind: Literal["join_case"] = "join_case"
    into: Id
    basis: Basis = "staff"
    reason: Note | None = None


class LinkCase(Command):
    """Let this case and an earlier one know of each other; both go on."""

    kind: Literal["link_case"] = "link_case"
    to: Id
    reason: Note | None = None


class SplitCase(Command):
    """What was joined from a case was joined wrongly: it becomes a case of its own again."""

    kind: Literal["split_case"] = "split_case"
    joined: Id
    reason: Note


class ContactCopy(Record):
    """A contact of another case, with the number of its event there."""

    case: Id
    seq: int
    contact: ContactLogged


class TakeIn(Command):
    """Take in what another case hands over; sent by that case's effect, page by page.

    Attributes:
        case: which case hands over; of a split, the case that it is split off from.
        opened_at: when that case was opened; the earlier of two is the one that stays.
        received_at: when its claim was received: the earliest start counts.
        upto: the last event there that was looked at.
        last: no page follows.
        lines: the harms that are stated there.
    """

    kind: Literal["take_in"] = "take_in"
    case: Id
    mode: Mode
    basis: Line = "staff"
    opened_at: Instant
    received_at: Instant
    customer: Id | None = None
    upto: int = 0
    last: bool = True
    contacts: tuple[ContactCopy, ...] = ()
    lines: Annotated[tuple[HarmLine, ...], Field(max_length=MAX_LINES)] = ()


class JoinAsked(Event):
    """The earlier case is asked to take this one in (or to know of it)."""

    kind: Literal["join_asked"] = "join_asked"
    number: int
    into: Id
    mode: Literal["join", "link"]
    basis: Line
    reason: Note | None
    since: int = 0


class JoinDeclined(Event):
    """The other case does not take this one in, or nobody knows whether it did; this one goes on."""

    kind: Literal["join_declined"] = "join_declined"
    number: int
    into: Id
    reason: Line
    code: Line


class CaseJoined(Event):
    """The earlier case has everything."""

    kind: Literal["case_joined"] = "case_joined"
    into: Id
    basis: Line


class CaseLinked(Event):
    """This case and another know of each other.

    Attributes:
        reason: why a join became no more than this.
        answered: the other case answered what this one had asked.
    """

    kind: Literal["case_linked"] = "case_linked"
    other: Id
    reason: Line | None = None
    answered: bool = False


class CaseTakenIn(Event):
    """A later case about the same claim was taken in, or this case took up what a split gave it."""

    kind: Literal["case_taken_in"] = "case_taken_in"
    case: Id
    mode: Mode
    basis: Line
    received_at: Instant
    upto: int


class SplitAsked(Event):
    """A case of its own is asked for, for what was joined wrongly."""

    kind: Literal["split_asked"] = "split_asked"
    number: int
    joined: Id
    reason: Note


class CaseSplit(Event):
    """What was joined from a case is a case of its own again.

    Attributes:
        lines: the harm lines that left with it.
    """

    kind: Literal["case_split"] = "case_split"
    number: int
    joined: Id
    into: Id
    lines: tuple[Line, ...] = ()


class JoinTold(Event):
    """The customer was told which number counts from now on, or could not be told."""

    kind: Literal["join_told"] = "join_told"
    key: Line
    delivered: bool
    text: Text = ""
    digest: Line | None = None


class SplitFailed(Event):
    """The split did not come about, or nobody knows; asked again it gives the same case."""

    kind: Literal["split_failed"] = "split_failed"
    number: int
    joined: Id
    reason: Line


JoiningCommand = JoinCase | LinkCase | SplitCase | TakeIn
JoiningEvent = (
    JoinAsked
    | JoinDeclined
    | CaseJoined
    | JoinTold
    | CaseLinked
    | CaseTakenIn
    | SplitAsked
    | CaseSplit
    | SplitFailed
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A case that was taken in, up to an event of its own."""

    case: str
    mode: Mode
    received_at: datetime
    upto: int
    split_into: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the other case is asked now."""

    number: int
    into: str
    mode: Literal["join", "link"]
    basis: str
    since: int
    upto: int
    news: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Splitting:
    """A split that is on its way."""

    number: int
    joined: str
    intent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Which cases this one is one claim with.

    Attributes:
        asked: the join that is on its way.
        joined_into: the case that has everything of this one.
        told: the customer knows it, or could not be told.
        linked: cases that this one knows of.
        taken: cases that were taken in.
        declined: a join came to nothing, so that no rule asks again by itself.
    """

    asks: int = 0
    asked: Asked | None = None
    joined_into: str | None = None
    told: bool = False
    basis: str | None = None
    linked: tuple[str, ...] = ()
    taken: tuple[Taken, ...] = ()
    splits: int = 0
    splitting: Splitting | None = None
    declined: bool = False

    def of(self, case: str) -> Taken | None:
        """Return what was taken in from a case."""
        return next((each for each in self.taken if each.case == case), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the joining reads of the case.

    Attributes:
        claims: whether harms can still be claimed here.
    """

    case_id: str
    intake: Intake
    triage: Classification
    currency: str
    claims: bool
    remedy: Remedy
    contacts: Contacts
    promises: Promises
    supervisor: SupervisorRight
    saga: Saga
    ended: bool
    same_claim_days: int | None


def decide(joining: Joining, standing: Standing, command: JoiningCommand) -> tuple[Event, ...]:
    """Ask for a join, a link or a split; or take in what another case hands over."""
    match command:
        case JoinCase():
            return _join(joining, standing, command)
        case LinkCase(to=to):
            return (
                () if to in joining.linked else _ask(joining, standing, _asks(joining, command, to, "link"))
            )
        case SplitCase():
            return _split(joining, command)
        case TakeIn():
            return _take_in(joining, standing, command)
        case _:
            assert_never(command)


# The later case. -------------------------------------------------------------------------------------------


def _join(joining: Joining, standing: Standing, command: JoinCase) -> tuple[Event, ...]:
    if joining.asked is None:
        problem = stays(standing)
        if problem is not None:
            raise Refused(problem[0], code=problem[1])
    if command.basis == "same_key" and (standing.intake.opening.split_from or joining.declined):
        raise Refused(
            "a person took this apart or it was declined; only a person joins it"
            ": let one do it, with another `basis`",
            code="by-hand",
        )
    return _ask(joining, standing, _asks(joining, command, command.into, "join"))


def _asks(
    joining: Joining, command: JoinCase | LinkCase, into: str, mode: Literal["join", "link"]
) -> JoinAsked:
    return JoinAsked(
        number=joining.asks + 1,
        into=into,
        mode=mode,
        basis=command.basis if isinstance(command, JoinCase) else "staff",
        reason=command.reason,
        at=command.at,
        by=command.by,
    )


def _ask(joining: Joining, standing: Standing, ask: JoinAsked) -> tuple[Event, ...]:
    asked = joining.asked
    if ask.into == standing.case_id:
        raise Refused("a case cannot be joined with itself; name the other one", code="itself")
    if asked is None:
        return (ask,)
    if (asked.into, asked.mode) == (ask.into, ask.mode):
        return ()
    raise Refused(f"case {asked.into} is being asked already; wait for its answer", code="joining")


def stays(standing: Standing) -> tuple[str, str] | None:
    """Say why a case cannot end as joined, with a word for programs; None where nothing would get lost."""
    saga = standing.saga
    if saga.paid or any(step.name in PAYOUTS and step.state != "waiting" for step in saga.steps):
        return "a money step has begun: such a case is only linked (link_case)", "money"
    if saga.number and saga.stage not in ("completed", "compensated"):
        return "a remedy is under way: cancel it first (cancel_remedy), or link the cases", "remedy"
    if any(promise.state == "open" for promise in standing.promises.made):
        return "a promise is open here: keep it first, for its clock would end with the case", "promise"
    if standing.supervisor.open:
        return "the customer asked for a supervisor here: record the meeting first", "supervisor"
    return None


# The earlier case. -----------------------------------------------------------------------------------------


def _take_in(joining: Joining, standing: Standing, command: TakeIn) -> tuple[Event, ...]:
    if command.mode == "link":
        linked = CaseLinked(other=command.case, at=command.at, by=command.by)
        return () if command.case in joining.linked else (linked,)
    _check_may_take(joining, standing, command)
    before = joining.of(command.case)
    seen = before.upto if before else 0
    fresh = [copy for copy in command.contacts if copy.seq > seen]
    contacts = tuple(
        ContactTakenIn(
            number=standing.contacts.count + place,
            case=copy.case,
            seq=copy.seq,
            contact=copy.contact,
            at=command.at,
            by=command.by,
        )
        for place, copy in enumerate(fresh, start=1)
    )
    upto = max([seen, *(copy.seq for copy in fresh), *([command.upto] if command.last else [])])
    lines = _lines(standing, command)
    if not contacts and not lines and before is not None and upto == seen:
        return ()
    page = CaseTakenIn(
        case=command.case,
        mode=command.mode,
        basis=command.basis,
        received_at=command.received_at,
        upto=upto,
        at=command.at,
        by=command.by,
    )
    return (*contacts, *lines, page)


def _lines(standing: Standing, command: TakeIn) -> tuple[HarmClaimed, ...]:
    """After the result nothing is claimed any more; the words are with the contacts in any case."""
    if not standing.claims:
        return ()
    return claimed(standing.triage, command.lines, currency=standing.currency, at=command.at, by=command.by)


def _check_may_take(joining: Joining, standing: Standing, command: TakeIn) -> None:
    intake = standing.intake
    if command.mode == "split":
        if intake.opening.split_from != command.case:
            raise Refused(
                "this case was not split off from that one; name the one that it was split off from",
                code="not-split",
            )
        return
    if command.case == standing.case_id:
        raise Refused("a case cannot be joined with itself; name the other one", code="itself")
    if joining.asked is not None and joining.asked.mode == "join":
        raise Refused(f"this case is being joined into {joining.asked.into}: join it there", code="joining")
    if (command.opened_at, command.case) < (intake.opened_at, standing.case_id):
        raise Refused("that case was opened first: join this one into it instead", code="earlier-case")
    _check_days(standing, command)
    own = customer_of(intake)
    if own is not None and command.customer is not None and own != command.customer:
        raise Refused(
            "that is another customer's case; link the two instead (link_case)", code="other-customer"
        )
    before = joining.of(command.case)
    if before is not None and before.split_into is not None:
        raise Refused(f"it was split off again as {before.split_into}: join that one", code="split")


def _check_days(standing: Standing, command: TakeIn) -> None:
    """What a rule joins lies near; a person may know better."""
    days = standing.same_claim_days
    apart = command.opened_at - standing.intake.opened_at
    if command.basis == "same_key" and (days is None or apart > timedelta(days=days)):
        raise Refused(
            "the cases lie further apart than the policy takes for one claim; let a person join them",
            code="too-far",
        )


def _split(joining: Joining, command: SplitCase) -> tuple[Event, ...]:
    taken = joining.of(command.joined)
    if taken is None or taken.mode != "join":
        raise Refused(
            "joined: no contacts of that case were taken in here; name one of which some were",
            code="not-joined",
        )
    if taken.split_into is not None:
        return ()
    if joining.splitting is not None:
        if joining.splitting.joined == command.joined:
            return ()
        raise Refused("another split is on its way; wait for it", code="splitting")
    asked = SplitAsked(
        number=joining.splits + 1,
        joined=command.joined,
        reason=command.reason,
        at=command.at,
        by=command.by,
    )
    return (asked,)


def earliest_start(joining: Joining, intake: Intake) -> datetime:
    """Return from when the claim counts: the earliest receipt of all that is joined here now."""
    own = intake.opening.received_at or intake.opened_at
    here = [each for each in joining.taken if each.mode == "join" and each.split_into is None]
    return min([own, *(each.received_at for each in here)])


# Effects. --------------------------------------------------------------------------------------------------


TOLD = "joined"
"""The wording by which the customer hears which number counts from now on; older policies have none."""


def todo(joining: Joining, post: Post) -> tuple[Effect, ...]:
    """Return what other cases are asked, to take in or to be opened, and what the customer is told."""
    found: list[Effect] = []
    if joining.joined_into is not None and not joining.told and TOLD in post.policy.slots:
        found.append(post.notice(f"{TOLD}:1", TOLD, {"into": joining.joined_into}))
    asked, splitting = joining.asked, joining.splitting
    if asked is not None:
        request = JoinInto(
            into=asked.into, mode=asked.mode, since=asked.since, upto=asked.upto, basis=asked.basis
        )
        key = f"join:{asked.number}"
        found.append(Effect(key=key, request=request, patience=PATIENCE, after_written=asked.upto))
    if splitting is not None:
        leaves = SplitOff(joined=splitting.joined, number=splitting.number)
        key = f"split:{splitting.number}"
        found.append(Effect(key=key, request=leaves, patience=PATIENCE, after_written=splitting.intent))
    return tuple(found)


def came_back(joining: Joining, standing: Standing, fact: CameBack) -> tuple[Event, ...]:
    """Say what the other case's answer means."""
    if fact.key.startswith("split:"):
        return _split_answered(joining, standing, fact)
    if fact.key.startswith(f"{TOLD}:"):
        sent = fact.result if isinstance(fact, EffectSucceeded) else None
        if not isinstance(sent, NoticeSent):
            return (JoinTold(key=fact.key, delivered=False, at=fact.at),)
        told = JoinTold(
            key=fact.key, delivered=sent.delivered, text=sent.text, digest=sent.digest, at=fact.at
        )
        return (told,)
    asked = joining.asked
    if asked is None:
        return ()
    if not (isinstance(fact, EffectSucceeded) and isinstance(fact.result, HandedOver)):
        reason, code = _why(fact)
        return (JoinDeclined(number=asked.number, into=asked.into, reason=reason, code=code, at=fact.at),)
    problem = stays(standing)
    if asked.mode == "link":
        return (CaseLinked(other=asked.into, answered=True, at=fact.at),)
    if standing.ended:
        return (CaseLinked(other=asked.into, answered=True, reason="this case ended meanwhile", at=fact.at),)
    if problem is not None:  # what began meanwhile must not end with the case
        return (CaseLinked(other=asked.into, answered=True, reason=problem[0], at=fact.at),)
    if asked.news:
        again = JoinAsked(
            number=asked.number + 1,
            into=asked.into,
            mode="join",
            basis=asked.basis,
            reason=None,
            since=asked.upto,
            at=fact.at,
        )
        return (again,)
    return (CaseJoined(into=asked.into, basis=asked.basis, at=fact.at),)


def _split_answered(joining: Joining, standing: Standing, fact: CameBack) -> tuple[Event, ...]:
    splitting = joining.splitting
    if splitting is None:
        return ()
    number, joined = splitting.number, splitting.joined
    if isinstance(fact, EffectSucceeded) and isinstance(fact.result, SplitOpened):
        lines = leaving(standing.triage, standing.remedy, joined)
        return (CaseSplit(number=number, joined=joined, into=fact.result.case, lines=lines, at=fact.at),)
    return (SplitFailed(number=number, joined=joined, reason=_why(fact)[0], at=fact.at),)


def _why(fact: CameBack) -> tuple[str, str]:
    if isinstance(fact, EffectRefused):
        return fact.reason, fact.code or "refused"
    return "nobody answered; ask again", UNKNOWN


def follow(joining: Joining, at: datetime) -> tuple[Event, ...]:
    """A case whose contacts the earlier one has ends here."""
    return (CaseEnded(end="joined", at=at),) if joining.joined_into is not None else ()


# What is handed over. --------------------------------------------------------------------------------------


def copies(case_id: str, numbered: Sequence[tuple[int, Event]], mode: Mode) -> tuple[ContactCopy, ...]:
    """Return the contacts among a case's events, with their origin.

    The opening and what the customer added are contacts too; that the customer had to tell it here once more
    is a repeat. A split leaves the opening out, which opens the new case.
    """
    found: list[ContactCopy] = []
    for seq, event in numbered:
        match event:
            case CaseOpened() if mode == "join":
                found.append(ContactCopy(case=case_id, seq=seq, contact=_from_opening(event)))
            case AddedToCase():
                found.append(ContactCopy(case=case_id, seq=seq, contact=_from_words(event)))
            case ContactLogged():
                found.append(ContactCopy(case=case_id, seq=seq, contact=event))
            case ContactTakenIn():
                found.append(ContactCopy(case=case_id, seq=seq, contact=event.contact))
            case _:
                pass
    return tuple(found)


def _inbound(event: Event, happened: datetime, **fields: object) -> ContactLogged:
    told = {
        "number": 0,
        "direction": "inbound",
        "person": str(event.by),
        "happened": happened,
        "reached": True,
        "wait_seconds": 0,
        "minutes": 0,
        "apology": False,
        "explanation": False,
        "named_owner": False,
        "done_since": None,
        "next_step": None,
        "substantive": False,
        "at": event.at,
        "by": event.by,
    }
    return ContactLogged.model_validate({**told, **fields})


def _from_opening(event: CaseOpened) -> ContactLogged:
    opening = event.opening
    fields = {"channel": opening.source, "summary": opening.text, "repeat": True, "place": opening.place}
    return _inbound(event, event.received_at, **fields)


def _from_words(event: AddedToCase) -> ContactLogged:
    return _inbound(event, event.at, channel="added", summary=event.text, repeat=False)


# What an event means. --------------------------------------------------------------------------------------


def evolve(joining: Joining, event: JoiningEvent, version: int) -> Joining:
    """Apply one event of joining; `version` is its seq."""
    match event:
        case JoinAsked(number=number):
            asked = Asked(
                number=number,
                into=event.into,
                mode=event.mode,
                basis=event.basis,
                since=event.since,
                upto=version,
            )
            return replace(joining, asks=number, asked=asked)
        case JoinDeclined(code=code):
            return replace(joining, asked=None, declined=joining.declined or code != UNKNOWN)
        case CaseJoined(into=into, basis=basis):
            return replace(joining, asked=None, joined_into=into, basis=basis)
        case JoinTold():
            return replace(joining, told=True)
        case CaseLinked(other=other):
            linked = tuple(dict.fromkeys((*joining.linked, other)))
            return replace(joining, asked=None if event.answered else joining.asked, linked=linked)
        case CaseTakenIn():
            return _took(joining, event)
        case SplitAsked(number=number, joined=joined):
            splitting = Splitting(number=number, joined=joined, intent=version)
            return replace(joining, splits=number, splitting=splitting)
        case CaseSplit(joined=joined, into=into):
            taken = tuple(
                replace(each, split_into=into) if each.case == joined else each for each in joining.taken
            )
            return replace(joining, splitting=None, taken=taken)
        case SplitFailed():
            return replace(joining, splitting=None)
        case _:
            assert_never(event)


def _took(joining: Joining, event: CaseTakenIn) -> Joining:
    rest = tuple(each for each in joining.taken if each.case != event.case)
    taken = Taken(case=event.case, mode=event.mode, received_at=event.received_at, upto=event.upto)
    return replace(joining, taken=(*rest, taken))


def heard(joining: Joining) -> Joining:
    """Note that a contact came while the other case is being asked: it is handed over as well."""
    return joining if joining.asked is None else replace(joining, asked=replace(joining.asked, news=True))
