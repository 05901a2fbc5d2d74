"""Contacts that are owed to customers: one list over all cases, each entry inbound or outbound (R58, R59).

Inbound is what a customer began and waits for; outbound is what the firm has to begin by itself. Both are
read from the same history, so that nobody works off in one queue what was settled in the other.
"""

from collections.abc import Iterator
from datetime import datetime

from domain.allocation import may_speak
from domain.call_attempts import counted_from
from domain.case import Case, around, deadlines, opened
from domain.case_reading import past_of
from domain.clocks import Clock, running
from domain.consent import may_call
from domain.happy_call import is_due
from domain.heat import upset_of
from domain.promise import PromisedFact
from domain.row import OwedContact

ENDS_WITH_ITS_ANSWER = frozenset({"inquiry", "compliment", "suggestion"})
"""Types of case to which a first word is no answer yet."""

KEPT_BY_ITSELF: tuple[PromisedFact, ...] = ("payment", "result")
"""What is promised here comes about without a talk."""


def owed_contacts(case: Case) -> tuple[OwedContact, ...]:
    """Return every contact that is owed in a case, what falls due first at the top.

    A customer who took the complaint back is left alone, unless they wait for a supervisor or wrote since.
    """
    if case.ending.end is not None:
        return ()
    clocks = {clock.name: clock for clock in running(around(case))}
    found = [*_supervisor(case), *_answers(case, clocks)]
    if not case.ending.withdrawn:
        found += (*_promised(case), *_told(case, clocks), *_happy_call(case), *_retention(case))
    return tuple(sorted(found, key=lambda each: (each.due or each.not_before or each.since, each.what)))


def _owner(case: Case) -> str | None:
    """Return the owner, where they may speak to the customer; while that one is upset not everybody may."""
    owner = case.assignment.owner
    upset = upset_of(case.heat, case.policy)
    return owner if owner is not None and may_speak(case.policy, upset, owner) else None


def _cooling(case: Case) -> datetime | None:
    """Return before when nobody of ours calls a customer who is upset."""
    return case.heat.cools_at if case.heat.cooling else None


def _due_of(clocks: dict[str, Clock], *names: str) -> datetime | None:
    return next((clocks[name].due for name in names if name in clocks), None)


def _supervisor(case: Case) -> Iterator[OwedContact]:
    right = case.supervisor
    if right.open and right.asked_at is not None:
        yield OwedContact(what="supervisor", direction="inbound", since=right.asked_at, due=right.by)


def _answers(case: Case, clocks: dict[str, Clock]) -> Iterator[OwedContact]:
    """Yield the first answer of the round, else that to the customer's later words and wishes.

    In a case that the firm opened itself it begins the talk, unless the customer does.
    """
    unanswered, waits = None if case.ending.withdrawn else _unanswered(case), _waits(case)
    if unanswered is None:
        if waits is not None:
            due = _due_of(clocks, "next_update")
            yield OwedContact(what="message", direction="inbound", since=waits, due=due, who=_owner(case))
        return
    first = unanswered == opened(case).received_at
    noticed = first and opened(case).opening.proactive
    own = noticed and waits is None
    yield OwedContact(
        what="answer",
        direction="outbound" if own else "inbound",
        since=(waits or unanswered) if noticed else unanswered,
        due=_due_of(clocks, *(("first_response", "resolve") if first else ("resolve",))),
        not_before=_cooling(case) if own else None,
        who=_owner(case),
    )


def _waits(case: Case) -> datetime | None:
    """Return since when words or a wish of the customer's are not answered."""
    told = (_told_at(case), case.ending.answered_at, case.ending.withdrawn_at)
    words = case.contacts.waits_since(max(filter(None, told), default=None))
    wishes = () if case.ending.withdrawn else (wish.made_at for wish in case.wishes.open)
    return min(filter(None, (words, *wishes)), default=None)


def _told_at(case: Case) -> datetime | None:
    """Return when a notice, or a person, last told the customer a result."""
    return max(filter(None, (case.result.told_at, case.result.delivered_at)), default=None)


def _unanswered(case: Case) -> datetime | None:
    """Return since when nobody of ours has answered the complaint, or that it was not put right after all."""
    contacts, result, since = case.contacts, case.result, case.triage.complaint_since
    again = _not_put_right(case)
    if again is not None:
        told = result.delivered_at is not None and result.delivered_at > again
        return None if told or contacts.spoken_since(again) else again
    if case.triage.voc_type in ENDS_WITH_ITS_ANSWER:
        return opened(case).received_at if case.ending.answered_at is None else None
    if since is not None:  # what answered an inquiry does not answer what it turned into (clock rule 15)
        return None if result.told_at or contacts.spoken_since(since) else since
    answered = result.told_at or contacts.first_response_at
    return opened(case).received_at if answered is None else None


def _not_put_right(case: Case) -> datetime | None:
    """Return when the customer last said so: that opened a round, or followed the last one."""
    call = case.follow_up
    said = (case.remedy.round_at, call.answered_at if call.bad else None)
    return max(filter(None, said), default=None)


def _promised(case: Case) -> Iterator[OwedContact]:
    """Yield what was promised and is not kept; a broken one is owed until somebody speaks to the customer."""
    heard = max(filter(None, (_told_at(case), case.follow_up.answered_at)), default=None)
    upset = upset_of(case.heat, case.policy)
    for each in case.promises.made:
        settled = case.contacts.spoken_since(each.due) or (heard is not None and heard >= each.due)
        missed = each.state == "broken" and not settled
        if (each.state == "open" or missed) and each.fact not in KEPT_BY_ITSELF:
            alone = case.assignment.owner is None and may_speak(case.policy, upset, each.by)
            yield OwedContact(
                what="promise",
                direction="outbound",
                since=each.made_at,
                due=each.due,
                not_before=_cooling(case),
                who=each.by if alone else _owner(case),
            )


def _told(case: Case, clocks: dict[str, Clock]) -> Iterator[OwedContact]:
    """Yield what a person has to tell: how it stands, the result that no channel delivered, a call back."""
    owner, cooling, result, heat = _owner(case), _cooling(case), case.result, case.heat
    update = clocks.get("next_update")
    if update is not None and update.due is not None:  # a pause waits for the customer
        yield OwedContact(
            what="update",
            direction="outbound",
            since=update.start,
            due=update.due,
            not_before=cooling,
            who=owner,
        )
    if result.needs_person and result.registered_at is not None and result.delivered_at is None:
        yield OwedContact(
            what="result",
            direction="outbound",
            since=result.registered_at,
            due=_due_of(clocks, "result_notice"),
            not_before=cooling,
            who=owner,
        )
    if heat.contact is not None and heat.since is not None:
        yield OwedContact(
            what="call_back",
            direction="outbound",
            since=heat.since,
            due=_due_of(clocks, "call_back"),
            not_before=cooling,
            who=owner,
        )


def _happy_call(case: Case) -> Iterator[OwedContact]:
    """Yield the call that asks how it came out; the caller is named once it is theirs."""
    call, past = case.follow_up, past_of(case)
    start = counted_from(past.result, past.saga)
    is_asked = is_due(past) and may_call(past.before) and not call.over
    if start is None or not is_asked or call.link is not None or call.reported is not None:
        return
    attempt = next((each.due for each in deadlines(case) if each.name.startswith("happy_call/")), None)
    yield OwedContact(
        what="happy_call",
        direction="outbound",
        since=start,
        due=None,
        not_before=attempt if call.key is None else call.tried_at[-1],
        who=call.assigned if call.key is None else call.caller,
    )


def _retention(case: Case) -> Iterator[OwedContact]:
    """Yield the talk with a customer who may leave; the case does not end before it."""
    flagged = case.retention.flagged_at
    if flagged is not None and case.retention.open:
        yield OwedContact(
            what="retention",
            direction="outbound",
            since=flagged,
            due=case.retention.due,
            not_before=_cooling(case),
            who=_owner(case),
        )
