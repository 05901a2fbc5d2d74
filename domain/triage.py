"""Classification: what kind of voice this is, how grave, and which harms it names."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never

from pydantic import Field

from domain.intake import Intake
from domain.message import Command, Decision, Event
from domain.money import Money
from domain.policy import Harm, Policy, Severity, VocType
from domain.record import Id, Instant, Line, Note, Record
from domain.refusal import Refused
from domain.treatment_rules import Emotion

MAX_LINES = 20
"""Harm lines of one case: each is decided, and all of them travel with the case."""


class HarmLine(Record):
    """One harm that the customer states; each gets its own decision.

    Attributes:
        origin: the joined case in which it was stated; None: here.
    """

    id: Line
    harm: Harm
    stated: Note = ""
    amount: Money | None = None
    origin: Id | None = None


IMPLIED = HarmLine(id="trouble", harm="trouble")
"""The harm that triage presumes where the customer has named none; it may give way to those they name."""


class Triage(Command):
    """Classify a case, or classify it anew.

    What was stated stays stated: given `harm_lines` hold every line that stands already, none leave them.

    Attributes:
        praises: of a compliment: the member of staff who is praised.
    """

    kind: Literal["triage"] = "triage"
    voc_type: VocType
    product: Line | None = None
    cause: Line | None = None
    severity: Severity = "normal"
    safety: bool = False
    vulnerable: bool = False
    emotion: Emotion | None = None
    harm_lines: Annotated[tuple[HarmLine, ...], Field(max_length=MAX_LINES)] = ()
    wants: Line | None = None
    praises: Id | None = None


class ClaimHarm(Command):
    """The customer names a further harm."""

    kind: Literal["claim_harm"] = "claim_harm"
    line: HarmLine


class Triaged(Decision):
    """The case was classified.

    Attributes:
        severity: what counts after safety and vulnerability raised it.
        corrects: the fields in which this departs from what the policy's rules suggested.
        by_rules: the policy's rules read it so surely that nobody was waited for; a person may correct it.
    """

    kind: Literal["triaged"] = "triaged"
    voc_type: VocType
    product: Line | None
    cause: Line | None
    severity: Severity
    safety: bool
    vulnerable: bool
    emotion: Emotion | None = None
    harm_lines: tuple[HarmLine, ...]
    wants: Line | None
    converted: bool
    corrects: tuple[Line, ...] = ()
    praises: Id | None = None
    by_rules: bool = False


class HarmClaimed(Event):
    """A harm was added to those stated."""

    kind: Literal["harm_claimed"] = "harm_claimed"
    line: HarmLine


TriageCommand = Triage | ClaimHarm
TriageEvent = Triaged | HarmClaimed


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """How the case is classed.

    Attributes:
        classed_at: when that last changed.
        complaint_since: when something else turned out a complaint; None for what was one from the start.
        by_rules: no person has looked at it yet.
        claimed: the harms among them that were claimed beside what triage read, each with when.
        withdrawn: ids of harms that the customer took back.
    """

    classed: bool = False
    voc_type: VocType | None = None
    product: str | None = None
    cause: str | None = None
    severity: Severity = "normal"
    safety: bool = False
    vulnerable: bool = False
    emotion: Emotion | None = None
    harm_lines: tuple[HarmLine, ...] = ()
    wants: str | None = None
    classed_at: datetime | None = None
    complaint_since: Instant | None = None
    praises: str | None = None
    by_rules: bool = False
    claimed: tuple[tuple[str, datetime], ...] = ()
    withdrawn: tuple[str, ...] = ()


def before(intake: Intake) -> Classification:
    """Return the standing of a case that nobody has classed yet: as the channel said, severity normal."""
    return Classification(voc_type=intake.opening.voc_type, product=intake.opening.product)


def decide(triage: Classification, policy: Policy, command: TriageCommand) -> tuple[TriageEvent, ...]:
    """Class a case or take a further harm."""
    match command:
        case Triage():
            return _triage(triage, policy, command)
        case ClaimHarm(line=line):
            return _claim(triage, policy, command, line)
        case _:
            assert_never(command)


def _triage(triage: Classification, policy: Policy, command: Triage) -> tuple[TriageEvent, ...]:
    if command.cause is not None and command.cause not in policy.causes:
        raise Refused(f"cause: use one of {', '.join(policy.causes)}", code="cause")
    ids = [line.id for line in command.harm_lines]
    if len(set(ids)) != len(ids):
        raise Refused("harm_lines: two lines have the same id; name one of them anew", code="harm-lines")
    for line in command.harm_lines:
        _check_currency(policy, line)
    if command.praises is not None and policy.person(command.praises) is None:
        raise Refused(
            "praises: the role directory knows nobody of that id"
            "; name somebody whom it knows, or leave it out",
            code="unknown-person",
        )
    if (
        triage.voc_type == "complaint"
        and triage.classed
        and not triage.by_rules
        and command.voc_type != "complaint"
    ):
        raise Refused(
            "a complaint stays a complaint; only its customer can withdraw it: leave `voc_type` at complaint",
            code="downgrade",
        )
    known = () if triage.by_rules and triage.harm_lines == _implied("complaint") else triage.harm_lines
    lines = _with_joined(triage, command.harm_lines or known or _implied(command.voc_type))
    _check_kept(triage, lines)
    event = Triaged(
        at=command.at,
        by=command.by,
        voc_type=command.voc_type,
        product=command.product or triage.product,
        cause=command.cause or (None if triage.by_rules else triage.cause),
        severity=_raised(command),
        safety=command.safety,
        vulnerable=command.vulnerable,
        emotion=command.emotion or triage.emotion,
        harm_lines=lines,
        wants=command.wants or triage.wants,
        converted=triage.classed and not triage.by_rules and triage.voc_type != command.voc_type,
        praises=command.praises or triage.praises,
    )
    same = triage.classed and replace(_applied(triage, event), classed_at=triage.classed_at) == triage
    return () if same else (event,)


def _with_joined(triage: Classification, lines: tuple[HarmLine, ...]) -> tuple[HarmLine, ...]:
    """What was stated in a joined case stays stated, whoever classes this one anew."""
    named = {line.id for line in lines}
    joined = (line for line in triage.harm_lines if line.origin is not None and line.id not in named)
    return (*lines, *joined)[:MAX_LINES]


def read(
    triage: Classification,
    *,
    cause: str | None,
    product: str | None,
    severity: Severity,
    safety: bool,
    at: datetime,
) -> Triaged:
    """Return the classification of a complaint as the policy's rules surely read it."""
    return Triaged(
        voc_type="complaint",
        product=product,
        cause=cause,
        severity="critical" if safety else severity,
        safety=safety,
        vulnerable=False,
        harm_lines=triage.harm_lines or _implied("complaint"),
        wants=triage.wants,
        converted=False,
        by_rules=True,
        at=at,
    )


def _raised(command: Triage) -> Severity:
    """Safety makes a case critical, vulnerability at least high (domain.md section 12)."""
    if command.safety:
        return "critical"
    if command.vulnerable and command.severity in ("low", "normal"):
        return "high"
    return command.severity


def _implied(voc_type: VocType) -> tuple[HarmLine, ...]:
    """A complaint that names no harm has at least the trouble of complaining."""
    return (IMPLIED,) if voc_type == "complaint" else ()


def _check_kept(triage: Classification, lines: tuple[HarmLine, ...]) -> None:
    """Nobody classes a stated harm away (O1): a claimed one stays as it is, another keeps its kind."""
    claimed, given = dict(triage.claimed), {line.id: line for line in lines}
    for line in triage.harm_lines:
        again = given.get(line.id)
        same_kind = again is not None and again.harm == line.harm and line.id not in claimed
        if again == line or same_kind or (line == IMPLIED and line.id not in claimed):
            continue
        raise Refused(
            f"harm_lines: {line.id} was stated and stays; name it as it is, or leave harm_lines out to keep "
            "all. What the customer takes back is withdraw_harm, with the contact in which they said so",
            code="harm-lines",
        )


def _check_currency(policy: Policy, line: HarmLine) -> None:
    if line.amount is not None and line.amount.currency != policy.currency:
        raise Refused(
            f"harm line {line.id}: this case is in {policy.currency}; give it in that currency",
            code="currency",
        )


def _claim(
    triage: Classification, policy: Policy, command: ClaimHarm, line: HarmLine
) -> tuple[TriageEvent, ...]:
    _check_currency(policy, line)
    standing = next((known for known in triage.harm_lines if known.id == line.id), None)
    if standing == line:
        return ()
    if standing is not None:
        raise Refused(
            f"harm line {line.id} is stated already with other content; use another id", code="harm-lines"
        )
    if len(triage.harm_lines) >= MAX_LINES:
        raise Refused(f"line: a case takes {MAX_LINES} harm lines; open another case", code="harm-lines")
    return (HarmClaimed(line=line, at=command.at, by=command.by),)


def evolve(triage: Classification, event: TriageEvent) -> Classification:
    """Apply one event of triage."""
    match event:
        case Triaged():
            return _applied(triage, event)
        case HarmClaimed(line=line):
            return replace(
                triage,
                harm_lines=(*triage.harm_lines, line),
                claimed=(*triage.claimed, (line.id, event.at)),
                withdrawn=tuple(each for each in triage.withdrawn if each != line.id),
            )
        case _:
            assert_never(event)


def _applied(triage: Classification, event: Triaged) -> Classification:
    since = triage.complaint_since
    if event.converted and event.voc_type == "complaint":
        since = since or event.at
    return Classification(
        classed=True,
        voc_type=event.voc_type,
        product=event.product,
        cause=event.cause,
        severity=event.severity,
        safety=event.safety,
        vulnerable=event.vulnerable,
        emotion=event.emotion,
        harm_lines=event.harm_lines,
        wants=event.wants,
        classed_at=event.at,
        complaint_since=since,
        praises=event.praises,
        by_rules=event.by_rules,
        claimed=triage.claimed,
        withdrawn=triage.withdrawn,
    )
