from datetime import timedelta
from typing import Any

import pytest

from domain.contact import OptOut, PauseTargets, ResumeTargets
from domain.intake import AddToCase
from domain.wish import WishRemedy
from domain.withdrawal import NoteWithdrawal
from tests.domain.lives import (
    AGENT,
    CALLER,
    IN_RECOVERY,
    MIRA,
    MONDAY,
    OFFERED,
    OWNED,
    OWNER,
    SYSTEM,
    accept,
    contact,
    decline,
    given,
    propose,
    say,
    wait,
)


def pause(reason: str = "customer") -> Any:
    return say(PauseTargets, OWNER, reason=reason)


def resume(reason: str = "customer") -> Any:
    return say(ResumeTargets, OWNER, reason=reason)


def test_a_real_answer_is_a_first_response() -> None:
    life = given(*OWNED).when(contact()).then("contact_logged")
    assert life.case.contacts.first_response_at == MONDAY
    assert life.stage == "in_recovery"


@pytest.mark.parametrize(
    "empty",
    [
        contact(next_step=None, named_owner=False),
        contact(reached=False),
        contact(SYSTEM),
        contact(MIRA, direction="inbound"),
    ],
)
def test_what_is_no_answer_of_ours_is_no_first_response(empty: Any) -> None:
    life = given(*OWNED).told(empty)
    assert life.case.contacts.first_response_at is None


def test_a_contact_counts_from_when_it_happened() -> None:
    life = given(*OWNED, wait(hours=2), contact(occurred_at=MONDAY + timedelta(hours=1)))
    assert life.case.contacts.first_response_at == MONDAY + timedelta(hours=1)
    assert life.told(contact()).case.contacts.first_response_at == MONDAY + timedelta(hours=1)


UNHEARD: dict[str, Any] = {
    "an offer that was told": propose(told_in=2),
    "a yes": accept(OWNER, contact=2),
    "a no": decline(OWNER, contact=2),
    "a wish": say(WishRemedy, OWNER, wish="a new one", contact=2),
    "a withdrawal": say(NoteWithdrawal, AGENT, contact=2, reason="gave up"),
    "that they want no calls": say(OptOut, AGENT, contact=2),
}


@pytest.mark.parametrize("said", UNHEARD.values(), ids=UNHEARD)
def test_a_contact_that_reached_nobody_proves_nothing_that_the_customer_said_or_heard(said: Any) -> None:
    given(*OFFERED, contact(reached=False)).when(said).then_refused("contact: ", "contact")
    heard = contact(reached=False, direction="inbound")  # our side was not reached; the customer spoke
    assert given(*OFFERED, heard).when(said).events


def test_an_update_says_what_was_done_and_what_comes_next() -> None:
    life = given(*IN_RECOVERY)
    assert life.case.contacts.updates == 0
    later = life.told(wait(hours=3), contact(done_since="collected", apology=True, explanation=True))
    assert later.case.contacts.last_update_at == MONDAY + timedelta(hours=3)
    assert later.case.contacts.updates == 1
    assert later.case.contacts.apologised
    assert later.case.contacts.explained


def test_a_repeated_story_is_counted() -> None:
    assert given(*OWNED, contact(repeat=True)).case.contacts.repeats == 1


def test_a_happy_caller_may_log_what_a_customer_said() -> None:
    given(*OWNED).when(contact(CALLER, direction="inbound")).then("contact_logged")


def test_service_targets_stand_still_for_a_reason_of_the_list_only() -> None:
    life = given(*OWNED).when(pause()).then("targets_paused")
    assert "targets/first_response:1:1" not in life.dues
    life.when(pause()).then()
    given(*OWNED).when(pause("busy")).then_refused("waiting inside the firm", "pause")


def test_a_pause_ends_by_command_once() -> None:
    life = given(*OWNED, pause(), wait(hours=1))
    life = life.when(resume()).then("targets_resumed")
    assert "targets/first_response:1:1" in life.dues
    life.when(resume()).then()


def test_a_pause_ends_by_itself_at_its_maximum_however_late_we_notice() -> None:
    life = given(*IN_RECOVERY, pause("report"))
    in_time = life.told(wait(days=2))
    assert in_time.many("targets_resumed") == 0
    late = life.told(wait(days=2, seconds=1))
    assert late.last("targets_resumed").ended == MONDAY + timedelta(days=2)
    later = life.told(wait(days=20))
    assert later.many("targets_resumed") == 1
    assert later.last("targets_resumed").ended == MONDAY + timedelta(days=2)


def test_all_pauses_for_a_reason_have_a_total() -> None:
    life = given(*OWNED, pause("report"), wait(days=2, hours=1))
    life.when(pause("report")).then_refused("used their total", "pause")


def test_a_contact_from_the_customer_ends_a_wait_for_the_customer_but_not_other_waits() -> None:
    life = given(*OWNED, pause(), pause("report"))
    life = life.when(contact(AGENT, direction="inbound")).then("contact_logged", "targets_resumed")
    assert life.case.contacts.open_for("report") is not None


def test_any_message_from_the_customer_ends_a_wait_for_the_customer() -> None:
    life = given(*OWNED, pause())
    life.when(say(AddToCase, MIRA, text="here is the photo")).then("added_to_case", "targets_resumed")
    life.when(say(AddToCase, AGENT, text="a note")).then("added_to_case")
