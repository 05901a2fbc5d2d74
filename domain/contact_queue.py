"""Contacts that are owed to customers: one list over all cases, each entry inbound or outbound (R58, R59).

Inbound is what a customer began and waits for; outbound is what the firm has to begin by itself. Both are
read from the same history, so that nobody works off in one queue what was settled in the other.
"""

from collections.abc import Iterator
from datetime import datetime

from domain.call_attempts import counted_from
from domain.case import Case, around, deadlines, opened
from domain.case_reading import past_of
from domain.clocks import Clock, running
from domain.happy_call import is_due
from domain.row import OwedContact
from domain.signal import SOURCE

ENDS_WITH_ITS_ANSWER = frozenset({"inquiry", "compliment", "suggestion"})
"""Types of case to which a first word is no answer yet."""


def owed_contacts(case: Case) -> tuple[OwedContact, ...]:
    """Return every contact that is owed in a case, what falls due first at the top.

    A customer who took the complaint back is left alone, unless they wait for a supervisor.
    """
    if case.ending.end is not None:
        return ()
    clocks = {clock.name: clock for clock in running(around(case))}
    found = [*_supervisor(case)]
    if not case.ending.withdrawn:
        found += (*_answers(case, clocks), *_promised(case), *_told(case, clocks), *_follow_up(case))
    return tuple(sorted(found, key=lambda each: (each.due is None, each.due or each.since, each.what)))


def _supervisor(case: Case) -> Iterator[OwedContact]:
    right = case.supervisor
    if right.open and right.asked_at is not None:
        yield OwedContact(what="supervisor", direction="inbound", since=right.asked_at, due=right.due)


def _answers(case: Case, clocks: dict[str, Clock]) -> Iterator[OwedContact]:
    """Yield the first real answer of the round, else the answer to what the customer said last.

    In a case that the firm opened itself it begins the talk.
    """
    owner, waits, unanswered = case.assignment.owner, case.contacts.waits_since, _unanswered(case)
    if unanswered is not None:
        own = opened(case).opening.source == SOURCE and case.remedy.round == 1
        clock = clocks.get("first_response") or clocks.get("resolve")
        yield OwedContact(
            what="answer",
            direction="outbound" if own else "inbound",
            since=unanswered,
            due=clock.due if clock else None,
            who=owner,
        )
    elif waits is not None and (case.result.told_at is None or case.result.told_at < waits):
        due = _due_of(clocks, "next_update")
        yield OwedContact(what="message", direction="inbound", since=waits, due=due, who=owner)


def _unanswered(case: Case) -> datetime | None:
    """Return since when nobody of ours has answered the complaint, or that it was not put right after all."""
    contacts, again = case.contacts, case.remedy.round_at
    if again is not None and case.result.told_at is None:
        spoken = any(talk.outbound and talk.answered and talk.happened >= again for talk in contacts.talks)
        return None if spoken else again
    answered = case.ending.answered_at or case.result.told_at
    if case.triage.voc_type not in ENDS_WITH_ITS_ANSWER:
        answered = answered or contacts.first_response_at
    return opened(case).received_at if answered is None else None


def _promised(case: Case) -> Iterator[OwedContact]:
    owner = case.assignment.owner
    for each in case.promises.made:
        if each.state == "open":
            yield OwedContact(
                what="promise", direction="outbound", since=each.made_at, due=each.due, who=owner
            )


def _told(case: Case, clocks: dict[str, Clock]) -> Iterator[OwedContact]:
    """Yield what a person has to tell: how it stands, the result that no channel delivered, a call back."""
    owner, result, heat = case.assignment.owner, case.result, case.heat
    update = clocks.get("next_update")
    if update is not None:
        yield OwedContact(what="update", direction="outbound", since=update.start, due=update.due, who=owner)
    if result.needs_person and result.registered_at is not None and result.delivered_at is None:
        due = _due_of(clocks, "result_notice")
        yield OwedContact(what="result", direction="outbound", since=result.registered_at, due=due, who=owner)
    if heat.contact is not None and heat.since is not None:
        due = _due_of(clocks, "call_back")
        yield OwedContact(what="call_back", direction="outbound", since=heat.since, due=due)


def _follow_up(case: Case) -> Iterator[OwedContact]:
    """Yield the happy call, and the talk with a customer who may leave."""
    call, past = case.follow_up, past_of(case)
    start = counted_from(past.result, past.saga)
    if start is not None and is_due(past) and not call.over and call.link is None:
        dues = (each.due for each in deadlines(case) if each.name.startswith("happy_call/"))
        who = call.caller if call.key is not None else call.assigned
        yield OwedContact(what="happy_call", direction="outbound", since=start, due=next(dues, None), who=who)
    flagged = case.retention.flagged_at
    if flagged is not None and case.retention.open:
        due, owner = case.retention.due, case.assignment.owner
        yield OwedContact(what="retention", direction="outbound", since=flagged, due=due, who=owner)


def _due_of(clocks: dict[str, Clock], name: str) -> datetime | None:
    return clocks[name].due if name in clocks else None
