"""A customer whose suggestion was adopted is invited once as prosumer, and answers; both are events."""

from datetime import timedelta
from functools import reduce
from typing import Any

import pytest

from domain.actor import Actor
from domain.effect import Effect, FactsTaken, NoteProsumer
from domain.improvement import decide, todo
from domain.improvement_events import AcceptImprovement, FinishImprovement
from domain.improvement_state import Improvement, evolve
from domain.improvement_view import improvement_view
from domain.message import EffectRefused, EffectSucceeded, OutcomeUnknown
from domain.prosumer import AnswerInvitation, InviteProsumer, Prosumer
from domain.refusal import Refused
from tests.domain.test_improvement import (
    DAY,
    EMPTY,
    IDEA,
    LEAD,
    NOON,
    RAISED,
    STRANGER,
    WORKER,
    case,
    kinds,
    report,
    told,
)

LATER = NOON + 3 * DAY
ADOPTED = told(EMPTY, report(case("s1", adopted=True), theme=IDEA), report(case("s2"), theme=IDEA))


def invite(about: str = "s1", by: Actor = LEAD) -> InviteProsumer:
    return InviteProsumer(id="i1", by=by, case=about, at=LATER)


def reply(said: Any = "accepted", about: str = "s1", by: Actor = WORKER) -> AnswerInvitation:
    return AnswerInvitation(id="i2", by=by, case=about, reply=said, at=LATER)


def word(request: Improvement) -> Effect:
    """Return what the CRM is asked or told."""
    (found,) = [each for each in todo(request) if isinstance(each.request, NoteProsumer)]
    return found


def taken(request: Improvement) -> EffectSucceeded:
    return EffectSucceeded(at=LATER, key=word(request).key, result=FactsTaken(reference="f1"))


def no(request: Improvement, code: str | None) -> EffectRefused:
    return EffectRefused(at=LATER, key=word(request).key, reason="no", code=code)


def happened(request: Improvement, *messages: Any) -> list[str]:
    """Return the kinds of all that these messages cause."""
    seen: list[str] = []
    for message in messages:
        events = decide(request, message(request) if callable(message) else message)
        seen += kinds(events)
        request = reduce(evolve, events, request)
    return seen


INVITED = told(told(ADOPTED, invite()), taken(told(ADOPTED, invite())))


def test_invitation_and_answer_are_events_and_the_crm_is_told_of_both() -> None:
    assert happened(ADOPTED, invite(), taken, reply(), taken) == [
        *("invitation_asked", "prosumer_invited"),
        *("invitation_answered", "invitation_answer_noted"),
    ]
    asked = told(ADOPTED, invite())
    first = word(asked).request
    assert isinstance(first, NoteProsumer)
    assert (first.case_id, first.fact.fact, first.fact.value) == ("s1", "prosumer", "invited")
    assert first.fact.seq == asked.version
    answered = told(INVITED, reply("declined"))
    second = word(answered).request
    assert isinstance(second, NoteProsumer)
    assert (second.fact.value, second.fact.seq) == ("declined", answered.version)
    done = told(answered, taken(answered))
    assert not [each for each in todo(done) if isinstance(each.request, NoteProsumer)]
    view = improvement_view(done, head="", unwritten=0, waiting=(), now=LATER)
    assert [(each.case, each.invited, each.reply) for each in view.prosumers] == [("s1", True, "declined")]


def test_only_a_customer_whose_suggestion_was_adopted_is_invited() -> None:
    for request, about in ((ADOPTED, "s2"), (ADOPTED, "s9"), (RAISED, "c0")):
        with pytest.raises(Refused, match="adopted") as refusal:
            decide(request, invite(about))
        assert refusal.value.code == "not-adopted"


def test_a_second_invitation_is_refused() -> None:
    for request in (INVITED, told(INVITED, reply())):
        with pytest.raises(Refused, match="invited once") as refusal:
            decide(request, invite())
        assert refusal.value.code == "invited-before"
    assert decide(told(ADOPTED, invite()), invite()) == (), "while the first is looked up it is the same"


def test_whom_another_request_invited_the_crm_refuses_and_nobody_tries_again() -> None:
    asked = told(ADOPTED, invite())
    (event,) = decide(asked, no(asked, "invited-before"))
    assert (kinds((event,)), event.why) == (["prosumer_not_invited"], "invited-before")  # type: ignore[attr-defined]
    with pytest.raises(Refused, match="invited once"):
        decide(told(asked, no(asked, "invited-before")), invite())


def test_a_customer_with_an_open_case_is_not_invited_and_may_be_later() -> None:
    asked = told(ADOPTED, invite())
    held = told(asked, no(asked, "open-case"))
    assert held.prosumers == (Prosumer(case="s1", source=asked.version, asked=1, why_not="open-case"),)
    with pytest.raises(Refused, match="not invited") as refusal:
        decide(held, reply())
    assert refusal.value.code == "not-invited"
    again = told(held, invite())
    assert (word(asked).key, word(again).key) == ("prosumer:s1.1", "prosumer:s1.2")
    assert told(again, taken(again)).prosumers[0].invited


def test_a_try_after_an_unknown_outcome_is_the_same_invitation_to_the_crm() -> None:
    asked = told(ADOPTED, invite())
    lost = told(asked, OutcomeUnknown(at=LATER, key=word(asked).key))
    assert lost.prosumers[0].why_not == "unknown"
    again = told(lost, invite())
    first, second = word(asked), word(again)
    assert first.key != second.key
    assert (first.once, first.request) == (second.once, second.request)
    refused = told(again, no(again, None))
    assert refused.prosumers[0].why_not == "refused"


def test_an_answer_is_given_once() -> None:
    answered = told(INVITED, reply())
    assert decide(answered, reply()) == ()
    with pytest.raises(Refused, match="accepted already") as refusal:
        decide(answered, reply("declined"))
    assert refusal.value.code == "answered"
    lost = told(answered, OutcomeUnknown(at=LATER, key=word(answered).key))
    assert (lost.prosumers[0].reply, lost.prosumers[0].waits) == ("accepted", False)


def test_a_further_round_invites_nobody_anew() -> None:
    done = told(
        INVITED,
        AcceptImprovement(id="a", by=WORKER, at=LATER),
        FinishImprovement(id="f", by=WORKER, changed="a lid", at=LATER),
    )
    again = LATER + timedelta(days=30)
    reopened = told(done, report(case("s3", again), again, theme=IDEA))
    assert (reopened.round, reopened.state) == (2, "raised")
    with pytest.raises(Refused, match="invited once"):
        decide(reopened, invite())


def test_a_lead_of_the_department_invites_and_its_staff_note_the_answer() -> None:
    with pytest.raises(Refused, match="may not invite_prosumer"):
        decide(ADOPTED, invite(by=WORKER))
    with pytest.raises(Refused, match="of the department"):
        decide(INVITED, reply(by=STRANGER))
