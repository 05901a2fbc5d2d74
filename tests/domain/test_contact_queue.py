"""Contacts that are owed: inbound or outbound, since when, by when, and what settles each (R58, R59)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.assignment import AcceptCase
from domain.case import around
from domain.clocks import running
from domain.contact import LogContact, OptOut
from domain.contact_queue import owed_contacts
from domain.effect import SplitOpened
from domain.ending import AnswerCase, ReopenCase, StateFinalPosition, WithdrawCase
from domain.intake import AddToCase
from domain.promise import KeepPromise, MakePromise
from domain.retention import TakeRetentionStep
from domain.row import OwedContact
from domain.signal import SOURCE
from domain.supervisor import RecordMeeting, RequestSupervisor
from domain.view import case_row
from domain.wish import AnswerWish, WishRemedy
from tests.domain.follow_ups import BY_LINK
from tests.domain.lives import (
    AGENT,
    BAD_CALL,
    CALLED,
    CALLER,
    IN_RECOVERY,
    LOST_NOTICE,
    MIRA,
    MONDAY,
    NO_ANSWER,
    NOTICE,
    NOTIFIED,
    OWNED,
    OWNER,
    PAYING,
    RAISED,
    REGISTERED,
    SATISFIED,
    STILL_BAD,
    SUPERVISOR,
    SYSTEM,
    Item,
    Life,
    contact,
    given,
    ok,
    opening,
    say,
    triage,
    wait,
)
from tests.domain.test_clocks import KR, TALKING, complaint, kr
from tests.domain.test_heat import BOB, COOLED, HEATED, LOAD, heat
from tests.domain.test_joining import handed_over, split, take
from tests.domain.test_result import TELL
from tests.domain.test_retention import KEEPS, MATURE, of

SPOKE = contact(OWNER)


def due_of_resolve(life: Life) -> datetime | None:
    return next(clock.due for clock in running(around(life.case)) if clock.name == "resolve")


def writes(**fields: Any) -> Any:
    """The customer writes; nobody of ours speaks in that."""
    return say(LogContact, MIRA, direction="inbound", channel="email", summary="How does it stand?", **fields)


def owed(life: Life) -> dict[str, OwedContact]:
    """Return what is owed by what for, as the read model keeps it."""
    found = owed_contacts(life.case)
    assert found == case_row(life.case).contacts
    assert len(found) == len({each.what for each in found})
    return {each.what: each for each in found}


def names(*script: Item, life: Life | None = None) -> set[tuple[str, str]]:
    return {(each.what, each.direction) for each in owed(life or given(*script)).values()}


# Inbound. ---------------------------------------------------------------------------------------------------


def test_who_complains_waits_for_the_first_real_answer_and_then_for_updates() -> None:
    raised = owed(given(*RAISED))["answer"]
    assert (raised.direction, raised.since, raised.who) == ("inbound", MONDAY, None)
    assert owed(given(*OWNED))["answer"].who == "ann"
    assert names(*OWNED, contact(OWNER, reached=False)) == {("answer", "inbound")}
    talking = complaint(KR, *TALKING)
    update = owed(talking)["update"]
    assert ("answer" in owed(talking), update.direction, update.since) == (False, "outbound", talking.now)
    assert update.due == kr("11-25 18:00")


def test_a_first_word_answers_no_inquiry() -> None:
    asked = (*RAISED, triage(voc_type="inquiry"), say(AcceptCase, AGENT))
    assert ("answer", "inbound") in names(*asked, SPOKE)
    answer = (say(AnswerCase, OWNER, text="At nine."), ok("answer", NOTICE))
    assert names(*asked, *answer) == set()


def test_what_the_firm_noticed_itself_it_begins_to_talk_about() -> None:
    noticed = (opening(source="batch", proactive=True), *RAISED[1:])
    assert names(*noticed) == {("answer", "outbound")}
    assert names(opening(source=SOURCE), *RAISED[1:]) == {("answer", "inbound")}  # a name is no proof
    asked = given(*noticed, wait(minutes=1), writes())
    assert (owed(asked)["answer"].direction, owed(asked)["answer"].since) == ("inbound", asked.now)


def test_a_customers_word_waits_for_one_of_ours_since_the_first_of_them() -> None:
    life = given(*IN_RECOVERY, wait(minutes=5), writes(), wait(minutes=10), writes())
    message = owed(life)["message"]
    assert (message.direction, message.since, message.who) == (
        "inbound",
        MONDAY + timedelta(minutes=5),
        "ann",
    )
    assert "message" in owed(life.told(contact(OWNER, reached=False)))
    for answer in (SPOKE, contact(OWNER, direction="inbound"), contact(SYSTEM, spoke="ann")):
        assert "message" not in owed(life.told(answer))


def test_a_call_that_nobody_took_is_answered_as_well() -> None:
    rang = say(LogContact, SYSTEM, direction="inbound", channel="phone", reached=False, reference="c1")
    taken = say(LogContact, SYSTEM, direction="inbound", channel="phone", spoke="ann", reference="c2")
    assert ("message", "inbound") in names(*IN_RECOVERY, wait(minutes=1), rang)
    assert ("message", "inbound") not in names(*IN_RECOVERY, wait(minutes=1), rang, wait(minutes=1), taken)


def test_only_a_later_talk_answers_however_late_it_is_logged() -> None:
    then = MONDAY + timedelta(minutes=5)
    life = given(*IN_RECOVERY, wait(minutes=10), writes(occurred_at=then))
    early = contact(OWNER, occurred_at=then - timedelta(minutes=1))
    late = contact(OWNER, occurred_at=then + timedelta(minutes=1))
    assert "message" in owed(life.told(early))
    assert "message" not in owed(life.told(late))
    for answer in (late, contact(OWNER, direction="inbound", occurred_at=late.occurred_at)):
        logged_first = given(*IN_RECOVERY, wait(minutes=10), answer, writes(occurred_at=then))
        assert "message" not in owed(logged_first)
    twice = life.told(wait(minutes=10), writes(), wait(minutes=1), late)
    assert owed(twice)["message"].since == MONDAY + timedelta(minutes=20)


@pytest.mark.parametrize(
    "words",
    [
        contact(OWNER, direction="inbound", channel="email"),
        contact(SYSTEM, direction="inbound", channel="web"),
        contact(SYSTEM, direction="inbound", reached=False),
        say(AddToCase, MIRA, text="Call me!"),
        say(AddToCase, SYSTEM, text="Posted again."),
    ],
)
def test_whoever_enters_it_what_the_customer_wrote_waits_for_an_answer(words: Any) -> None:
    life = given(*IN_RECOVERY, wait(minutes=1), words)
    assert owed(life)["message"].since == life.now
    letter = life.told(wait(minutes=1), contact(SYSTEM, channel="sms"), contact(SYSTEM, channel="phone"))
    assert "message" in owed(letter), "what a system sends or says by itself answers nobody"
    assert "message" not in owed(letter.told(contact(OWNER, channel="email")))


def test_staffs_own_note_is_no_word_of_the_customers() -> None:
    assert names(*IN_RECOVERY, wait(minutes=1), say(AddToCase, AGENT, text="The shelf was empty.")) == set()


def test_the_result_answers_what_was_asked_before_it() -> None:
    asked = (*REGISTERED, wait(minutes=1), writes())
    assert ("message", "inbound") in names(*asked)
    assert ("message", "inbound") not in names(*asked, wait(minutes=1), ok("result-notice", NOTICE))
    assert ("message", "inbound") in names(*NOTIFIED, wait(minutes=1), writes())
    again = given(*asked, wait(minutes=1), ok("result-notice", NOTICE), wait(minutes=1), writes())
    assert owed(again)["message"].since == again.now


def test_a_final_position_answers_what_was_asked_before_it() -> None:
    unhappy = given(*STILL_BAD, wait(minutes=1))
    assert owed(unhappy)["answer"].direction == "inbound"
    final = say(
        StateFinalPosition, SUPERVISOR, outcome="partly_upheld", cause="defect", summary="we stay with it"
    )
    stated = unhappy.told(writes(), wait(minutes=1), final, wait(minutes=1))
    assert "answer" in owed(stated)
    assert names(life=stated.told(ok("result-notice", NOTICE))) == set()


def test_who_asked_for_a_supervisor_waits_for_one_even_after_a_withdrawal() -> None:
    life = given(*PAYING, wait(minutes=1), say(RequestSupervisor, MIRA))
    asked = owed(life)["supervisor"]
    assert (asked.direction, asked.since, asked.who) == ("inbound", MONDAY + timedelta(minutes=1), None)
    assert asked.due == life.case.supervisor.due
    missed = owed(life.told(wait(days=30)))["supervisor"]
    assert (missed.since, missed.due) == (asked.since, asked.due)
    assert set(owed(life.told(say(WithdrawCase, MIRA)))) == {"supervisor"}
    met = life.told(contact(SUPERVISOR), say(RecordMeeting, SUPERVISOR, contact=2))
    assert "supervisor" not in owed(met)


def test_who_says_that_it_was_not_put_right_waits_for_an_answer_again() -> None:
    life = given(*SATISFIED, wait(minutes=1), say(ReopenCase, MIRA, reason="it broke again"))
    again = owed(life)["answer"]
    assert (again.direction, again.since) == ("inbound", life.now)
    assert again.due == due_of_resolve(life)
    for answer in (contact(SUPERVISOR), contact(SUPERVISOR, direction="inbound")):
        assert "answer" not in owed(life.told(answer))
    told_by_them = contact(MIRA, summary="you called me")
    assert "answer" in owed(life.told(told_by_them)), "a customer's own word of it is no proof"


def test_the_answer_to_an_inquiry_is_none_to_the_complaint_that_it_turned_into() -> None:
    asked = (*RAISED, triage(voc_type="inquiry"), say(AcceptCase, AGENT))
    written = (say(AnswerCase, OWNER, text="At nine."), wait(minutes=1), triage(), ok("answer", NOTICE))
    for answer in (written, (SPOKE, wait(minutes=1), triage())):
        turned = given(*asked, *answer)
        assert (owed(turned)["answer"].direction, owed(turned)["answer"].since) == ("inbound", turned.now)
        assert "answer" not in owed(turned.told(SPOKE))


def test_a_wish_waits_until_it_is_answered_and_no_longer_than_the_case() -> None:
    wished = given(*IN_RECOVERY, wait(minutes=1), say(WishRemedy, MIRA, wish="a new cup"))
    assert owed(wished)["message"].since == wished.now
    assert "message" not in owed(wished.told(say(AnswerWish, OWNER, wish=1, reason="none is left")))


def test_a_word_after_a_withdrawal_is_answered_while_money_is_on_its_way() -> None:
    left = given(
        *PAYING, wait(minutes=1), writes(), wait(minutes=1), say(WithdrawCase, MIRA), wait(minutes=1)
    )
    assert owed(left) == {}
    assert names(life=left.told(writes())) == {("message", "inbound")}


# Words of another case. -------------------------------------------------------------------------------------


def taken(*items: Item) -> Any:
    """Take in the contacts of another case that was opened a little later."""
    return take(contacts=handed_over(*items))


@pytest.mark.parametrize("source", ["web", "phone", "chat", "store"])
def test_what_the_customer_said_in_a_case_that_is_joined_waits_here(source: str) -> None:
    life = given(
        *IN_RECOVERY, wait(minutes=1), taken(opening(source=source, at=MONDAY + timedelta(minutes=1)))
    )
    assert owed(life)["message"].since == MONDAY + timedelta(minutes=1)
    apart = life.told(split(), ok("split", SplitOpened(case="NEW")))
    assert "message" not in owed(apart), "it is that case's own again"


def test_a_joined_case_answers_nothing_and_a_note_of_staff_is_nobodys_word() -> None:
    note = say(AddToCase, AGENT, text="It stood on the shelf.")
    asked = given(*IN_RECOVERY, wait(minutes=1), writes(), wait(minutes=1), taken(opening(), note))
    assert owed(asked)["message"].since == MONDAY + timedelta(minutes=1)
    words = [each for each in asked.case.contacts.talks if each.channel == "added"]
    assert [(each.ours, each.theirs) for each in words] == [(False, False)]


# Outbound. --------------------------------------------------------------------------------------------------


def test_a_promise_is_owed_until_it_is_kept_or_after_its_breach_somebody_speaks() -> None:
    due = MONDAY + timedelta(hours=1)
    life = given(*IN_RECOVERY, say(MakePromise, OWNER, what="call back", due=due))
    made = owed(life)["promise"]
    assert (made.direction, made.since, made.due, made.who) == ("outbound", MONDAY, due, "ann")
    kept = life.told(say(KeepPromise, MIRA, number=1, proof="call 7"))
    assert "promise" not in owed(kept)
    told = given(*REGISTERED, say(MakePromise, OWNER, what="call back", due=due), wait(hours=2))
    assert "promise" in owed(told)
    assert "promise" not in owed(told.told(ok("result-notice", NOTICE)))
    broken = life.told(wait(hours=2))
    assert owed(broken)["promise"].due == due
    assert "promise" not in owed(broken.told(contact(SUPERVISOR)))


@pytest.mark.parametrize("fact", ["payment", "result"])
def test_what_a_promise_says_of_money_or_a_result_needs_no_talk(fact: str) -> None:
    promised = say(MakePromise, OWNER, what="your money", due=MONDAY + timedelta(days=1), fact=fact)
    assert "promise" not in owed(given(*PAYING, promised))


def test_a_promise_lies_with_who_made_it_until_somebody_owns_the_case() -> None:
    promised = say(MakePromise, AGENT, what="call back", due=MONDAY + timedelta(hours=1))
    assert owed(given(*RAISED, promised))["promise"].who == AGENT.id
    kept_apart = given(*RAISED, promised, heat(AGENT), policy=HEATED)
    assert owed(kept_apart)["promise"].who is None


def test_a_result_that_no_channel_delivered_is_told_by_a_person() -> None:
    lost = ok("result-notice", LOST_NOTICE)
    assert ("result", "outbound") not in names(*REGISTERED, lost, lost)
    life = given(*REGISTERED, lost, lost, lost)
    assert (owed(life)["result"].since, owed(life)["result"].who) == (MONDAY, "ann")
    assert "result" not in owed(life.told(TELL))


def test_a_happy_call_lies_with_its_caller_once_it_is_made() -> None:
    planned = owed(given(*NOTIFIED))["happy_call"]
    assert (planned.direction, planned.since, planned.who) == ("outbound", MONDAY, None)
    assert (planned.due, planned.not_before) == (None, MONDAY + timedelta(hours=24))
    life = given(*CALLED)
    called = owed(life)["happy_call"]
    assert (called.who, called.not_before) == (CALLER.id, life.now)
    again = given(*CALLED, ok("happy-call", NO_ANSWER))
    assert owed(again)["happy_call"].not_before == again.dues["happy_call/attempt:2"]
    assert names(*SATISFIED) == set()


def test_who_may_not_be_called_is_not_listed_for_a_call() -> None:
    silent = say(OptOut, MIRA, messages=False)
    assert "happy_call" not in owed(given(*NOTIFIED, silent, policy=BY_LINK))


def test_an_upset_customer_is_called_back_after_the_cooling_off_by_who_may() -> None:
    life = given(*IN_RECOVERY, heat(), policy=HEATED)
    back = owed(life)["call_back"]
    assert (back.direction, back.since, back.who, back.not_before) == ("outbound", MONDAY, None, COOLED)
    assert back.due == COOLED + timedelta(hours=4)
    handed = life.told(ok("load", LOAD), say(AcceptCase, BOB))
    assert owed(handed)["call_back"].who == "bob"
    assert owed(handed.told(wait(hours=1, seconds=1)))["call_back"].not_before is None
    promised = given(
        *IN_RECOVERY, heat(), say(MakePromise, SUPERVISOR, what="call", due=COOLED), policy=HEATED
    )
    assert (owed(promised)["promise"].who, owed(promised)["promise"].not_before) == (None, COOLED)


def test_somebody_speaks_to_a_customer_who_may_leave() -> None:
    life = given(*of(MATURE, *CALLED), ok("happy-call", BAD_CALL), policy=KEEPS)
    flagged = owed(life)["retention"]
    assert (flagged.direction, flagged.since, flagged.due) == ("outbound", life.now, life.case.retention.due)
    spoke = life.told(contact(SUPERVISOR))
    step = say(TakeRetentionStep, SUPERVISOR, contact=spoke.case.contacts.count, what="a call")
    assert "retention" not in owed(spoke.told(step))


# Neither. ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [(*SATISFIED, wait(days=30)), (*IN_RECOVERY, say(WithdrawCase, MIRA))])
def test_nothing_is_owed_after_the_end_and_after_a_withdrawal(
    script: tuple[Item, ...],
) -> None:
    assert names(*script) == set()
