"""Contacts with the customer, and waits during which service targets stand still."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never

from pydantic import Field

from domain.actor import Actor, Role
from domain.intake_events import AddedToCase
from domain.message import Command, Deadline, Event
from domain.pauses import Pause, ended, pause_from
from domain.policy import Policy
from domain.record import Id, Instant, Line, Record, Text
from domain.refusal import Refused
from domain.treatment_rules import Emotion

Direction = Literal["inbound", "outbound"]
"""Inbound: the customer began; outbound: we did."""

WRITTEN = ("sms", "email", "post", "fax", "web", "board")
"""Channels by which nobody speaks to anybody."""

COPIED, ADDED = 0, "added"
"""Number and channel of words that another case hands over as a contact: an opening, or what was added."""

EndedBy = Literal["customer", "firm"]


Tone = Literal["kind", "hostile"]


class EndedByStaff(Record):
    """Staff ended a call; lawful where the caller was abusive and warned, and a supervisor takes over."""

    reason: Line
    warned: bool = False
    taken_over_by: Id | None = None


class LogContact(Command):
    """A contact took place; it can never be edited afterwards.

    Attributes:
        wait_seconds: how long the customer waited before somebody spoke.
        minutes: how long they spoke.
        repeat: whether the customer had to tell the story again.
        empathy: whether the customer's feelings were answered to.
        named_owner: whether the customer heard who answers for the case.
        done_since: what was done since the last update.
        next_step: what happens next, in words told to the customer.
        place: where they met: a store, a branch, a kiosk.
        reference: the telephone system's own name for the call; reported again it is logged once.
        transfers: how often the call was put through.
        ended_by: who hung up.
        spoke: id of the member of staff who spoke, where a system reports the contact.
        asks_rule: whether the customer asked what a rule means.
        asks_further: whether the customer was asked for harm beyond the item: shipping, time, trouble.
        asks_evidence: whether the customer was asked to prove something: a photo, a receipt, the goods.
        emotion: the customer's, where somebody noted it.
        tone: of our side, as a quality review or the customer noted it.
        ended_by_staff: where our side ended the call: why and how.
        needs: what the customer needs to be served at all, by the policy's codes (`profile.needs`).
    """

    kind: Literal["log_contact"] = "log_contact"
    direction: Direction
    channel: Line
    reached: bool = True
    wait_seconds: Annotated[int, Field(ge=0)] = 0
    minutes: Annotated[int, Field(ge=0)] = 0
    repeat: bool = False
    apology: bool = False
    empathy: bool = False
    explanation: bool = False
    named_owner: bool = False
    done_since: Text | None = None
    next_step: Text | None = None
    summary: Text = ""
    place: Line | None = None
    reference: Id | None = None
    transfers: Annotated[int, Field(ge=0)] = 0
    ended_by: EndedBy | None = None
    spoke: Id | None = None
    asks_rule: bool = False
    asks_further: bool = False
    asks_evidence: bool = False
    emotion: Emotion | None = None
    tone: Tone | None = None
    ended_by_staff: EndedByStaff | None = None
    needs: Annotated[tuple[Id, ...], Field(max_length=10)] = ()


class ContactLogged(Event):
    """A contact, as it will stay.

    Attributes:
        lacks: what kept it from being the first answer to a complaint.
        over: which of the policy's limits on one claim (`fairness`) this contact passed.
        owned: whether somebody owned the case then.
    """

    kind: Literal["contact_logged"] = "contact_logged"
    number: int
    direction: Direction
    channel: Line
    person: Line
    happened: Instant
    reached: bool
    wait_seconds: int
    minutes: int
    repeat: bool
    apology: bool
    explanation: bool
    named_owner: bool
    done_since: Text | None
    next_step: Text | None
    summary: Text
    substantive: bool
    empathy: bool = False
    lacks: tuple[Line, ...] = ()
    asks_rule: bool = False
    asks_further: bool = False
    # Left out where it is not so: events from before it was there keep their text, and so their hash.
    asks_evidence: bool = Field(default=False, exclude_if=lambda asked: not asked)
    emotion: Emotion | None = None
    tone: Tone | None = None
    ended_by_staff: EndedByStaff | None = None
    place: Line | None = None
    reference: Id | None = None
    transfers: int = 0
    ended_by: EndedBy | None = None
    over: tuple[Literal["wait", "repeat"], ...] = ()
    owned: bool = False
    needs: tuple[Id, ...] = ()


class ContactTakenIn(Event):
    """A contact of another case about the same claim, with its origin.

    Attributes:
        case: the other case.
        seq: the number of its event there.
        contact: what was logged there.
    """

    kind: Literal["contact_taken_in"] = "contact_taken_in"
    number: int
    case: Id
    seq: int
    contact: ContactLogged


class PauseTargets(Command):
    """Let service targets stand still for a reason of the policy's list."""

    kind: Literal["pause_targets"] = "pause_targets"
    reason: Line


class ResumeTargets(Command):
    """End the pause for this reason."""

    kind: Literal["resume_targets"] = "resume_targets"
    reason: Line


class TargetsPaused(Event):
    """Service targets stand still, until the pause's `ends_by` at the latest."""

    kind: Literal["targets_paused"] = "targets_paused"
    pause: Pause


class TargetsResumed(Event):
    """Service targets run again; `why` says what ended the pause."""

    kind: Literal["targets_resumed"] = "targets_resumed"
    reason: Line
    ended: Instant
    why: Literal["command", "customer", "maximum"]


class OptOut(Command):
    """The customer wants to hear no more unasked: no calls, no messages, or neither.

    Attributes:
        contact: where staff enter it, the number of the contact in which the customer said so.
    """

    kind: Literal["opt_out"] = "opt_out"
    calls: bool = True
    messages: bool = True
    contact: int | None = None


class OptedOut(Event):
    """The customer takes back the consent to unasked calls, messages or both."""

    kind: Literal["opted_out"] = "opted_out"
    calls: bool
    messages: bool
    contact: int | None = None


ContactCommand = LogContact | PauseTargets | ResumeTargets | OptOut
ContactEvent = ContactLogged | ContactTakenIn | TargetsPaused | TargetsResumed | OptedOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What others may need to know of a contact that somebody names as a proof.

    Attributes:
        by: id of whoever logged it.
        answered: it was the customer's own message, or one of ours that reached them.
        ours: somebody of ours spoke to the customer, or wrote.
        theirs: the customer's words, to which nobody of ours spoke in the same contact.
        origin: the case that it was taken over from.
    """

    by: str
    happened: datetime
    answered: bool
    outbound: bool
    channel: str = ""
    apology: bool = False
    explanation: bool = False
    ours: bool = False
    theirs: bool = False
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """How many contacts there were, which met a target, and the pauses.

    Attributes:
        talks: the contacts in the order of their numbers, from 1.
        first_response_at: when a person first gave the customer a real answer.
        no_calls: whether the customer has taken back the consent to unasked calls.
        no_messages: the same for messages; what the case owes (a result, a delay) is told all the same.
        last_update_at: when a named person last said what was done and what comes next.
        emotion: the customer's, as the last contact that says so noted it.
        over: how many contacts passed a limit of the policy.
        references: calls that are logged, each with who reported it.
        asked_further: whether staff asked the customer for further harm in a contact that reached them.
        written: when the customer added words to the case, which is no contact of its own.
    """

    count: int = 0
    over: int = 0
    transfers: int = 0
    references: tuple[str, ...] = ()
    repeats: int = 0
    repeats_owned: int = 0
    first_response_at: datetime | None = None
    last_update_at: datetime | None = None
    updates: int = 0
    apologised: bool = False
    explained: bool = False
    asked_further: bool = False
    emotion: Emotion | None = None
    pauses: tuple[Pause, ...] = ()
    no_calls: bool = False
    no_messages: bool = False
    talks: tuple[Talk, ...] = ()
    written: tuple[datetime, ...] = ()

    def talk(self, number: int | None) -> Talk | None:
        """Return the contact of that number; None where there is none."""
        return self.talks[number - 1] if number is not None and 1 <= number <= len(self.talks) else None

    def heard(self, number: int | None) -> bool:
        """Say whether somebody names a contact in which the customer spoke or was spoken to.

        What reached nobody proves nothing of what the customer said or knows.
        """
        talk = self.talk(number)
        return talk is not None and talk.answered

    def spoken_since(self, instant: datetime) -> bool:
        """Say whether somebody of ours has spoken or written to the customer at or after an instant."""
        return any(talk.ours and talk.happened >= instant for talk in self.talks)

    def waits_since(self, answered: datetime | None) -> datetime | None:
        """Return since when the customer waits for an answer to words of theirs; None where they do not.

        Only what came after them answers them, however late either was logged.

        Args:
            answered: when a notice of the case last told the customer what became of it.
        """
        ours = (*(talk.happened for talk in self.talks if talk.ours), *((answered,) if answered else ()))
        last = max(ours, default=None)
        theirs = (*(talk.happened for talk in self.talks if talk.theirs), *self.written)
        return min((each for each in theirs if last is None or each > last), default=None)

    def open_for(self, reason: str) -> Pause | None:
        """Return the pause that lasts for this reason, if one does."""
        return next((each for each in self.pauses if each.reason == reason and each.end is None), None)


def decide(
    contacts: Contacts, policy: Policy, command: ContactCommand, *, complaint: bool, owned: bool = False
) -> tuple[ContactEvent, ...]:
    """Log a contact; pause or resume the service targets."""
    match command:
        case LogContact():
            lacks = _lacks(contacts, command) if complaint and policy.spoken else ()
            return _log(contacts, policy, command, lacks, owned=owned)
        case PauseTargets():
            return _pause(contacts, policy, command)
        case ResumeTargets(reason=reason, at=at, by=by):
            if contacts.open_for(reason) is None:
                return ()
            return (TargetsResumed(reason=reason, ended=at, why="command", at=at, by=by),)
        case OptOut():
            return _opt_out(contacts, command)
        case _:
            assert_never(command)


def _log(
    contacts: Contacts, policy: Policy, command: LogContact, lacks: tuple[Line, ...], *, owned: bool
) -> tuple[ContactEvent, ...]:
    if command.reference is not None and call_of(command.reference, command.by) in contacts.references:
        return ()
    codes = policy.profile.needs if policy.profile is not None else ()
    for need in command.needs:
        if need not in codes:
            raise Refused(f"needs: use the policy's codes: {', '.join(codes) or 'it has none'}", code="need")
    over = _over(contacts, policy, command, owned=owned)
    logged = ContactLogged(
        number=contacts.count + 1,
        person=command.spoke or str(command.by),
        happened=command.happened,
        substantive=_is_substantive(command) and not lacks,
        lacks=lacks,
        over=over,
        owned=owned,
        at=command.at,
        by=command.by,
        **command.model_dump(exclude={"kind", "id", "by", "at", "occurred_at", "spoke"}),
    )
    if command.direction == "outbound":
        return (logged,)
    return (logged, *heard_from_customer(contacts, policy, command.at))


def call_of(reference: str, by: Actor) -> str:
    """Return the mark of a call: what the telephone system reports, and what the person who spoke adds."""
    return f"{'call' if by.role is Role.SYSTEM else 'note'}/{reference}"


def _over(
    contacts: Contacts, policy: Policy, command: LogContact, *, owned: bool
) -> tuple[Literal["wait", "repeat"], ...]:
    """Say which limits of one claim this contact passes (P1 before anybody owns it, then P3)."""
    limits, found = policy.fairness, list[Literal["wait", "repeat"]]()
    if command.wait_seconds > limits.longest_wait.total_seconds():
        found.append("wait")
    before = contacts.repeats_owned if owned else contacts.repeats
    most = limits.max_repeats if owned else limits.max_repeats_before
    if command.repeat and before + 1 > most:
        found.append("repeat")
    return tuple(found)


def heard_from_customer(contacts: Contacts, policy: Policy, at: datetime) -> tuple[TargetsResumed, ...]:
    """A message from the customer, whatever it says, ends every wait for the customer (clock rule 7)."""
    return tuple(
        TargetsResumed(reason=reason.id, ended=at, why="customer", at=at)
        for reason in policy.pause_reasons
        if reason.ended_by_customer and contacts.open_for(reason.id)
    )


def _lacks(contacts: Contacts, command: LogContact) -> tuple[Line, ...]:
    """Name what keeps a real answer from being the first: apology or empathy, and the owner's name."""
    if contacts.first_response_at is not None or not _is_substantive(command):
        return ()
    missing = {
        "apology or empathy": not (command.apology or command.empathy),
        "named_owner": not command.named_owner,
    }
    return tuple(name for name, lacking in missing.items() if lacking)


def ended_lawfully(policy: Policy, ended: EndedByStaff) -> bool:
    """Say whether staff were protected lawfully: the caller was warned, and a supervisor takes over."""
    return ended.warned and ended.taken_over_by is not None and policy.leads(ended.taken_over_by)


def _is_substantive(command: LogContact) -> bool:
    """A real answer: one of ours reached the customer and said who answers, why, or what comes next."""
    human = command.by.role not in (Role.SYSTEM, Role.CUSTOMER)
    said = command.named_owner or command.explanation or bool(command.next_step)
    return human and command.reached and said


def _pause(contacts: Contacts, policy: Policy, command: PauseTargets) -> tuple[ContactEvent, ...]:
    reason = next((known for known in policy.pause_reasons if known.id == command.reason), None)
    if reason is None:
        names = ", ".join(known.id for known in policy.pause_reasons)
        raise Refused(f"reason: use one of {names}; waiting inside the firm is never a pause", code="pause")
    if contacts.open_for(reason.id):
        return ()
    pause = pause_from(
        contacts.pauses,
        reason=reason.id,
        owner=command.by.id,
        at=command.at,
        longest=reason.maximum,
        total=reason.total,
    )
    if pause is None:
        raise Refused(
            f"reason: pauses for {reason.id} have used their total in this case; go on without one",
            code="pause",
        )
    return (TargetsPaused(pause=pause, at=command.at, by=command.by),)


def _opt_out(contacts: Contacts, command: OptOut) -> tuple[ContactEvent, ...]:
    if not command.calls and not command.messages:
        raise Refused("calls, messages: say which of them the customer does not want", code="opt-out")
    if command.by.role is not Role.CUSTOMER and not contacts.heard(command.contact):
        raise Refused("contact: log the contact in which the customer said so, and name it", code="contact")
    known = (contacts.no_calls or not command.calls) and (contacts.no_messages or not command.messages)
    if known:
        return ()
    out = OptedOut(
        calls=command.calls,
        messages=command.messages,
        contact=command.contact,
        at=command.at,
        by=command.by,
    )
    return (out,)


def deadlines(contacts: Contacts) -> tuple[Deadline, ...]:
    """Return when the open pauses end by themselves."""
    return tuple(
        Deadline(name=f"contact/pause:{place}", due=each.ends_by)
        for place, each in enumerate(contacts.pauses)
        if each.end is None
    )


def lapse(contacts: Contacts, deadline: Deadline, at: datetime) -> tuple[ContactEvent, ...]:
    """End the pause that has lasted its maximum; it ends at its due instant, however late we notice."""
    pause = contacts.pauses[int(deadline.name.rpartition(":")[2])]
    return (TargetsResumed(reason=pause.reason, ended=deadline.due, why="maximum", at=at, due=deadline.due),)


def evolve(contacts: Contacts, event: ContactEvent) -> Contacts:
    """Apply one event of contact."""
    match event:
        case ContactLogged():
            return _logged(contacts, event)
        case ContactTakenIn(contact=contact, case=origin):
            return _logged(contacts, contact, origin)
        case TargetsPaused(pause=pause):
            return replace(contacts, pauses=(*contacts.pauses, pause))
        case TargetsResumed(reason=reason, ended=at):
            pauses = tuple(ended(each, at) if each.reason == reason else each for each in contacts.pauses)
            return replace(contacts, pauses=pauses)
        case OptedOut(calls=calls, messages=messages):
            return replace(
                contacts,
                no_calls=contacts.no_calls or calls,
                no_messages=contacts.no_messages or messages,
            )
        case _:
            assert_never(event)


def _logged(contacts: Contacts, event: ContactLogged, origin: str | None = None) -> Contacts:
    response = contacts.first_response_at
    if response is None and event.substantive:
        response = event.happened
    told = event.direction == "outbound" and event.substantive
    is_update = told and bool(event.done_since) and bool(event.next_step)
    heard = _later(contacts.last_update_at, event.happened) if is_update else contacts.last_update_at
    return replace(
        contacts,
        count=contacts.count + 1,
        repeats=contacts.repeats + event.repeat,
        repeats_owned=contacts.repeats_owned + (event.repeat and event.owned),
        first_response_at=response,
        last_update_at=heard,
        updates=contacts.updates + is_update,
        apologised=contacts.apologised or event.apology,
        explained=contacts.explained or event.explanation,
        asked_further=contacts.asked_further or _asked_further(event),
        emotion=event.emotion or contacts.emotion,
        over=contacts.over + bool(event.over),
        transfers=contacts.transfers + event.transfers,
        references=_with_call(contacts, event),
        talks=(*contacts.talks, _talk(event, origin)),
    )


def split_off(contacts: Contacts, case: str) -> Contacts:
    """Leave what the customer said in a case to that case: it is one of its own again."""
    talks = (replace(each, theirs=False) if each.origin == case else each for each in contacts.talks)
    return replace(contacts, talks=tuple(talks))


def added(contacts: Contacts, event: AddedToCase) -> Contacts:
    """Note when the customer added words, themselves or by a channel."""
    if event.by.role not in (Role.CUSTOMER, Role.SYSTEM):
        return contacts
    return replace(contacts, written=(*contacts.written, event.at))


def _asked_further(event: ContactLogged) -> bool:
    """Only staff ask, and only whoever was reached was asked."""
    staff = event.by.role not in (Role.SYSTEM, Role.CUSTOMER)
    return event.asks_further and staff and (event.reached or event.direction == "inbound")


def _talk(event: ContactLogged, origin: str | None) -> Talk:
    outbound, ours = event.direction == "outbound", _is_ours(event)
    return Talk(
        by=event.by.id,
        happened=event.happened,
        answered=event.reached or not outbound,
        outbound=outbound,
        channel=event.channel,
        apology=event.apology,
        explanation=event.explanation,
        ours=ours,
        theirs=not (outbound or ours or _is_note(event)),
        origin=origin,
    )


def _is_ours(event: ContactLogged) -> bool:
    """Say whether somebody of ours spoke, or wrote: not in what the customer logs, nor where nobody answered.

    A letter that came in is read and not answered yet; what a system sent or heard is nobody's.
    """
    if event.number == COPIED or not event.reached or speaker(event) is None:
        return False
    return event.direction == "outbound" or event.channel not in WRITTEN


def _is_note(event: ContactLogged) -> bool:
    """Say whether these are words that staff added to a case that was joined."""
    staff = event.by.role not in (Role.CUSTOMER, Role.SYSTEM)
    return event.number == COPIED and event.channel == ADDED and staff


def speaker(contact: ContactLogged) -> str | None:
    """Return who of ours spoke in a contact; None where only the customer or a system tells of it."""
    if contact.person != str(contact.by):
        return contact.person
    return None if contact.by.role in (Role.CUSTOMER, Role.SYSTEM) else contact.by.id


def _with_call(contacts: Contacts, event: ContactLogged) -> tuple[str, ...]:
    if event.reference is None:
        return contacts.references
    return (*contacts.references, call_of(event.reference, event.by))


def _later(before: datetime | None, then: datetime) -> datetime:
    """A call that is logged late does not move back when the customer last heard from us."""
    return max(before, then) if before else then
