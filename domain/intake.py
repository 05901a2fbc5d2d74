"""Raising and acknowledging: the voice of a customer becomes a case, and the customer hears so."""

from datetime import datetime, timedelta
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from domain.effect import CustomerSnapshot, Effect, FetchCustomer, FetchOrder, NoticeSent, OrderSnapshot
from domain.intake_events import (
    LATER_FIELDS,
    Acknowledge,
    Acknowledged,
    AcknowledgementFailed,
    AcknowledgementSent,
    AddedToCase,
    AddToCase,
    CaseOpened,
    CustomerRead,
    CustomerUnknown,
    IntakeCommand,
    IntakeEvent,
    Opening,
    OrderRead,
    OrderUnknown,
    SnapshotAskedAgain,
)
from domain.intake_state import (
    Gaps,
    Intake,
    Manner,
    acknowledgement_of,
    channels,
    converted,
    customer_of,
    evolve,
    gaps,
    number_in,
)
from domain.message import EARLIEST, CameBack, Deadline, EffectSucceeded
from domain.notice import Post
from domain.policy import Channel, Policy, content_hash
from domain.refusal import Refused
from domain.relation import relation_of

__all__ = [
    "KNOWN_SOURCES",
    "LATER_FIELDS",
    "Acknowledge",
    "Acknowledged",
    "AcknowledgementSent",
    "AddToCase",
    "AddedToCase",
    "CaseOpened",
    "CustomerRead",
    "CustomerUnknown",
    "Gaps",
    "Intake",
    "IntakeCommand",
    "IntakeEvent",
    "Manner",
    "Opening",
    "OrderRead",
    "came_back",
    "channels",
    "check_opening",
    "converted",
    "customer_of",
    "deadlines",
    "decide",
    "evolve",
    "gaps",
    "is_known",
    "lapse",
    "open_case",
    "todo",
]


KNOWN_SOURCES = (
    *("head_office", "sales_person", "store", "branch", "service_centre"),
    *("phone", "fax", "web", "board", "email", "post", "kiosk", "sms", "cfpb", "signal"),
)
"""Channels the engine knows; others are accepted and marked."""


def open_case(
    opening: Opening,
    *,
    policy: Policy,
    source_key: str,
    key_digest: str,
    at: datetime,
    caller_key: str | None = None,
) -> CaseOpened:
    """Return the first event of a case.

    Raises:
        Refused: as `check_opening` says.
    """
    check_opening(opening, at)
    return CaseOpened(
        at=at,
        opening=opening,
        source_key=source_key,
        key_digest=key_digest,
        policy=f"{policy.name}/{policy.version}",
        policy_hash=content_hash(policy),
        known_source=is_known(opening.source, policy),
        received_at=opening.received_at or at,
        caller_key=caller_key,
    )


def check_opening(opening: Opening, at: datetime) -> None:
    """Refuse what is no message, or what cannot have happened when it says.

    Raises:
        Refused: where there is neither text nor issue nor contact, or receipt lies in the future.
    """
    contact = opening.contact
    reachable = contact.customer_id or contact.phone or contact.email or contact.name
    if not (opening.text.strip() or opening.issue or reachable):
        raise Refused("the submission is empty: give `text`, `issue` or `contact`", code="empty")
    received = opening.received_at or at
    if min(received, opening.raised_at or received, opening.began_at or received) < EARLIEST:
        raise Refused("received_at, raised_at or began_at lies before 1970: correct it", code="past")
    if received > at:
        raise Refused("received_at lies in the future: leave it out or correct it", code="future")
    _check_before(opening, at)


def is_known(source: str, policy: Policy) -> bool:
    """Say whether the engine or the policy knows a channel; others are accepted and marked."""
    return source in KNOWN_SOURCES or policy.source(source) is not None


def _check_before(opening: Opening, at: datetime) -> None:
    """What went before cannot lie ahead, and nobody is aware of a failure before it happened."""
    failed, noticed = opening.failed_at or EARLIEST, opening.noticed_at or EARLIEST
    if min(failed, noticed) < EARLIEST:
        raise Refused("failed_at or noticed_at lies before 1970: correct it", code="past")
    if max(failed, noticed) > at:
        raise Refused("failed_at or noticed_at lies in the future: correct it", code="future")
    if opening.noticed_at is not None and noticed < failed:
        raise Refused(
            "noticed_at: nobody is aware of a failure before it happened; correct it or failed_at",
            code="order",
        )


def decide(intake: Intake, command: IntakeCommand) -> tuple[IntakeEvent, ...]:
    """Take words, or a personal acknowledgement, into the case."""
    match command:
        case AddToCase(text=text, at=at, by=by):
            return (AddedToCase(text=text, at=at, by=by),)
        case Acknowledge(how=how, at=at, by=by):
            if intake.acknowledged_at is not None:
                return ()
            if intake.acknowledge_since is not None and command.happened < intake.acknowledge_since:
                raise Refused(
                    "happened: that was before this became a complaint; tell the customer again and say when",
                    code="happened",
                )
            return (Acknowledged(how=how, happened=command.happened, at=at, by=by),)
        case _:
            assert_never(command)


def came_back(fact: CameBack, policy: Policy) -> tuple[IntakeEvent, ...]:
    """Say what an outcome of one of intake's effects means."""
    match fact:
        case EffectSucceeded(result=NoticeSent() as notice):
            sent = AcknowledgementSent(
                key=fact.key,
                reference=notice.reference,
                delivered=notice.delivered,
                text=notice.text,
                digest=notice.digest,
                at=fact.at,
            )
            return (sent,)
        case EffectSucceeded(result=CustomerSnapshot() as customer):
            on = fact.at.astimezone(ZoneInfo(policy.calendar.timezone)).date()
            relation, clause = relation_of(policy, customer, on)
            read = CustomerRead(key=fact.key, snapshot=customer, relation=relation, clause=clause, at=fact.at)
            return (read,)
        case EffectSucceeded(result=OrderSnapshot() as order):
            return (OrderRead(key=fact.key, snapshot=order, at=fact.at),)
        case _:
            return (_failed(fact, policy),)


def _failed(fact: CameBack, policy: Policy) -> IntakeEvent:
    if fact.key.startswith("customer"):
        return CustomerUnknown(key=fact.key, again_at=_again_at(fact, policy), at=fact.at)
    if fact.key.startswith("order"):
        return OrderUnknown(key=fact.key, again_at=_again_at(fact, policy), at=fact.at)
    why: Literal["refused", "unknown"] = "refused" if fact.kind == "effect_refused" else "unknown"
    return AcknowledgementFailed(key=fact.key, why=why, at=fact.at)


def _again_at(fact: CameBack, policy: Policy) -> datetime | None:
    """Say when a snapshot is asked for again: the waits are the policy's, and so is their number."""
    waits = policy.profile.again_after if policy.profile else ()
    tried = number_in(fact.key)
    return fact.at + waits[tried - 1] if tried <= len(waits) else None


def deadlines(intake: Intake) -> tuple[Deadline, ...]:
    """Return when snapshots that could not be had are asked for again."""
    return tuple(Deadline(name=f"intake/{each.key}", due=each.due) for each in intake.again)


def lapse(deadline: Deadline, at: datetime) -> tuple[IntakeEvent, ...]:
    """Ask for a snapshot again."""
    return (SnapshotAskedAgain(key=deadline.name.removeprefix("intake/"), due=deadline.due, at=at),)


def told_by(intake: Intake, policy: Policy) -> Channel | None:
    """Return the channel of the acknowledgement; None where somebody says it in person."""
    opening, rule = intake.opening, policy.source(intake.opening.source)
    addresses = {"sms": opening.contact.phone, "phone": opening.contact.phone, "email": opening.contact.email}
    for means in rule.means if rule else ():
        if means == "in_person":
            if opening.taken_by is not None and intake.acknowledgements == 1:
                return None
        elif means == "post" or addresses[means]:
            return means
    return intake.channel


def todo(intake: Intake, post: Post) -> tuple[Effect, ...]:
    """Return what intake still asks of the outside: the acknowledgement and the two snapshots."""
    in_person = acknowledgement_of(intake) if told_by(intake, post.policy) is None else None
    return tuple(_asked(intake, post, key) for key in intake.waiting if key != in_person)


def _asked(intake: Intake, post: Post, key: str) -> Effect:
    opening = intake.opening
    customer = FetchCustomer(contact=opening.contact)
    order = FetchOrder(
        order_id=opening.order_id,
        source=opening.source,
        source_key=intake.source_key,
        product=opening.product,
    )
    snapshots: dict[str, FetchCustomer | FetchOrder] = {"customer": customer, "order": order}
    request = snapshots.get(key.partition(":")[0])
    if request is not None:
        return Effect(key=key, request=request, patience=_patience(post.policy))
    template = "acknowledgement" if intake.acknowledgements == 1 else "complaint_acknowledgement"
    return post.notice(key, template, {}, channel=told_by(intake, post.policy))


LONG = timedelta(hours=1)
"""How long the only try for a snapshot goes on."""


def _patience(policy: Policy) -> timedelta:
    return policy.profile.patience if policy.profile else LONG
