"""Several cases about one claim become one, and a wrong join is taken apart again (design section 2c).

What another case holds is known here only by what it hands over (`TakeIn`) or answers to an effect. The later
case asks and ends as joined once the earlier one has everything; a case with a begun money step is linked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, assert_never

from domain.contact import Contacts, ContactTakenIn
from domain.effect import Effect, HandedOver, JoinInto, SplitOff, SplitOpened
from domain.ending import CaseEnded
from domain.intake import Intake, customer_of
from domain.joined_lines import claimed, leaving
from domain.joining_copies import copies
from domain.joining_events import (
    CaseJoined,
    CaseLinked,
    CaseSplit,
    CaseTakenIn,
    ContactCopy,
    JoinAsked,
    JoinCase,
    JoinDeclined,
    JoiningCommand,
    JoiningEvent,
    JoinTold,
    LinkCase,
    Mode,
    SplitAsked,
    SplitCase,
    SplitFailed,
    TakeIn,
)
from domain.joining_state import UNKNOWN, Joining, earliest_start, evolve, heard
from domain.message import CameBack, EffectRefused, EffectSucceeded, Event
from domain.notice import Post, sent_by
from domain.promise import Promises
from domain.refusal import Refused
from domain.remedy_state import Remedy
from domain.saga import PAYOUTS, Saga
from domain.supervisor import SupervisorRight
from domain.triage import Classification, HarmClaimed

__all__ = [
    "CaseJoined",
    "CaseSplit",
    "CaseTakenIn",
    "ContactCopy",
    "JoinCase",
    "Joining",
    "JoiningCommand",
    "JoiningEvent",
    "LinkCase",
    "Mode",
    "SplitCase",
    "Standing",
    "TakeIn",
    "came_back",
    "copies",
    "decide",
    "earliest_start",
    "evolve",
    "follow",
    "heard",
    "todo",
]


PATIENCE = timedelta(days=1)
"""How long the other case is asked; then nobody knows, and whoever wants it asks again."""


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
        return (_told(fact),)
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


def _told(fact: CameBack) -> JoinTold:
    sent = sent_by(fact)
    if sent is None:
        return JoinTold(key=fact.key, delivered=False, at=fact.at)
    return JoinTold(key=fact.key, delivered=sent.delivered, text=sent.text, digest=sent.digest, at=fact.at)


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
