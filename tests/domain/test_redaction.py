"""Words are erased on a legal ground that a second person approved, and the rest of the case stays."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import pytest
from pydantic import TypeAdapter

from domain.assignment import AcceptCase, EscalateCase
from domain.attempt import ATTEMPTS_MATTER
from domain.case import Case, CaseEvent, evolve, is_over, todo, unopened
from domain.contact import PauseTargets
from domain.effect import EraseWords, ReadRest, RestRead, WordsGone
from domain.ending import WithdrawCase
from domain.fairness import report
from domain.fairness_history import Entry, numbered
from domain.message import Event
from domain.policy import Policy
from domain.record import canonical
from domain.redaction import FREE, order_of
from domain.redaction_events import GROUNDS, WHY, Redact
from domain.rest import MARK, rest_of
from domain.view import case_row
from tests.domain.fair_lives import STORIES
from tests.domain.lives import (
    AGENT,
    MIRA,
    OWNER,
    RAISED,
    SUPERVISOR,
    Life,
    contact,
    given,
    ok,
    refused,
    say,
    triage,
    unknown,
)

EVENT: TypeAdapter[CaseEvent] = TypeAdapter(CaseEvent)
HANDLED = given(
    *RAISED, triage(), say(AcceptCase, AGENT), contact(summary="her neighbour Tom Kim heard it too")
)
ENDED = HANDLED.told(say(WithdrawCase, MIRA))
LIVES = [
    story.life
    for each in STORIES.values()
    for story in (each.broken, each.right, each.near_miss, *each.also_broken, *each.also_right)
]
CALL = len(HANDLED.events)
"""Number of the contact whose words are erased."""


def redact(seq: int = CALL, by: Any = OWNER, **fields: Any) -> Any:
    known = {"reason": "it speaks of a neighbour", "ground": "rights_of_another", "approved_by": "sue"}
    return say(Redact, by, seq=seq, **{**known, **fields})


def read(life: Life, seq: int = CALL) -> Any:
    """Answer as the ledger does when it is asked what is left of an event."""
    event: Any = life.events[seq - 1]
    rest = rest_of(event)
    answer = RestRead(was=event.kind, rest=canonical(rest), words=rest != event)
    return ok(f"redaction:{len(life.case.redactions.orders)}", answer)


def kind_of(event: Event) -> str:
    return getattr(event, "kind", "")


def gone(life: Life) -> Any:
    return ok(f"erasure:{len(life.case.redactions.orders)}", WordsGone())


def erased(life: Life, seq: int = CALL, by: Any = OWNER) -> Life:
    life = life.told(redact(seq, by))
    life = life.told(read(life, seq))
    return life.told(gone(life))


def refolded(events: Sequence[Event], policy: Policy) -> Case:
    """Return the case that somebody folds who reads nothing but what is left of each event."""
    left = (EVENT.validate_json(canonical(rest_of(event))) for event in events)
    return reduce(evolve, left, unopened("TEST", policy))


def test_what_is_left_is_recorded_before_anything_is_erased() -> None:
    life = HANDLED.when(redact()).then("redaction_ordered")
    (errand,) = (each for each in todo(life.case) if each.key == "redaction:1")
    assert (errand.request, errand.after_written) == (ReadRest(seq=CALL), life.case.version)
    answer = life.when(read(life))
    event = answer.event("redacted")
    life = answer.life
    assert (event.reason, event.ground, event.approved_by, str(event.by)) == (
        "it speaks of a neighbour",
        "rights_of_another",
        "sue",
        str(OWNER),
    )
    assert (event.seq, event.was) == (CALL, "contact_logged")
    assert "Tom Kim" not in event.rest
    (errand,) = (each for each in todo(life.case) if each.key == "erasure:1")
    assert (errand.request, errand.after_written) == (EraseWords(seq=CALL), life.case.version)
    life = life.when(gone(life)).then("words_erased")
    order = order_of(life.case.redactions, CALL)
    assert order is not None
    assert (order.state, order.ground) == ("erased", "rights_of_another")
    assert order_of(life.case.redactions, 1) is None
    assert [key for key in life.owed if key.startswith(("redaction", "erasure"))] == []


def test_a_refused_order_names_what_is_wrong() -> None:
    HANDLED.when(redact(0)).then_refused(f"events 1 to {CALL}", "no-event")
    HANDLED.when(redact(CALL + 1)).then_refused(f"events 1 to {CALL}", "no-event")
    HANDLED.when(redact(approved_by="ann")).then_refused("somebody else", "second-person")
    HANDLED.when(redact(by=SUPERVISOR)).then_refused("somebody else", "second-person")
    HANDLED.when(redact(approved_by="ben")).then_refused("role directory", "not-in-directory")
    HANDLED.when(redact(by=AGENT)).then_refused("may not redact", "not-your-role")
    HANDLED.when(redact(1)).then_refused("once it has ended", "needed")
    HANDLED.told(redact()).when(redact()).then_refused("about to be", "redacted")
    erased(HANDLED).when(redact()).then_refused("about to be", "redacted")
    assert "redact" in ATTEMPTS_MATTER


@pytest.mark.parametrize("left_out", ["ground", "reason", "approved_by"])
def test_an_order_without_ground_reason_or_approver_cannot_be_read(left_out: str) -> None:
    given_ = redact().model_dump()
    del given_[left_out]
    with pytest.raises(ValueError, match=left_out):
        Redact.model_validate(given_)
    with pytest.raises(ValueError, match="ground"):
        redact(ground="because")


def test_an_ended_case_is_erased_in_as_well_and_stays_ended() -> None:
    assert ENDED.over
    life = ENDED.when(redact(by=SUPERVISOR, approved_by="hal")).then("redaction_ordered")
    assert not life.over
    life.when(redact(1, approved_by="ann")).then_refused("somebody else", "second-person")
    life = life.told(read(life))
    life = life.when(gone(life)).then("words_erased")
    assert life.over
    assert (life.end, life.dues) == ("withdrawn", {})
    assert erased(life, seq=1).over, "the opening too, once nobody is written to any more"


def test_what_an_open_case_still_goes_by_is_kept() -> None:
    life = given(*STORIES["O1"].right.life.events, policy=STORIES["O1"].right.life.case.policy)
    seq = 1 + [kind_of(event) for event in life.events].index("result_registered")
    life = life.told(redact(seq))
    failed = life.when(read(life, seq)).event("redaction_failed")
    assert failed.why == "needed"


def test_a_record_of_an_erasure_is_not_erased() -> None:
    life = erased(HANDLED)
    at = 1 + [kind_of(event) for event in life.events].index("redacted")
    life = life.told(redact(at))
    assert life.when(read(life, at)).event("redaction_failed").why == "own"


def test_where_there_are_no_words_nothing_is_erased() -> None:
    seq = 1 + [kind_of(event) for event in HANDLED.events].index("case_accepted")
    life = HANDLED.told(redact(seq))
    assert life.when(read(life, seq)).event("redaction_failed").why == "wordless"


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (refused("redaction:1", "erased by hand", "erased"), "erased"),
        (refused("redaction:1"), "refused"),
        (unknown("redaction:1"), "unknown"),
    ],
)
def test_an_order_that_came_to_nothing_may_be_given_again(outcome: Any, why: str) -> None:
    life = HANDLED.told(redact())
    answer = life.when(outcome)
    assert answer.event("redaction_failed").why == why
    life = answer.life.when(redact()).then("redaction_ordered")
    assert "redaction:2" in life.owed


def test_an_erasure_that_nobody_heard_of_again_is_ordered_again() -> None:
    life = HANDLED.told(redact())
    life = life.told(read(life))
    life = life.told(unknown("erasure:1"), redact())
    life = life.told(read(life))
    assert life.when(gone(life)).event("words_erased").number == 2


def test_words_names_and_contacts_go_and_everything_else_stays() -> None:
    opened, told = rest_of(ENDED.events[0]), rest_of(ENDED.events[CALL - 1])
    before: Any = ENDED.events[0]
    assert opened.opening.text == MARK  # type: ignore[attr-defined]
    person, was = opened.opening.contact, before.opening.contact  # type: ignore[attr-defined]
    assert person.customer_id == was.customer_id
    assert {person.name, person.phone, person.email} <= {MARK, None}
    assert (was.name is None) == (person.name is None)
    assert opened.model_copy(update={"opening": before.opening}) == before
    assert told.summary == MARK  # type: ignore[attr-defined]
    assert told.by == ENDED.events[CALL - 1].by


def test_a_reason_that_is_a_word_of_the_policy_stays() -> None:
    paused = HANDLED.when(say(PauseTargets, SUPERVISOR, reason="customer")).event("targets_paused")
    assert rest_of(paused) == paused
    moved = HANDLED.when(say(EscalateCase, SUPERVISOR, reason="his sister is a doctor")).event(
        "case_escalated"
    )
    assert rest_of(moved).reason == MARK


def test_an_offer_keeps_the_plan_that_was_approved_under_its_hash() -> None:
    life = STORIES["O1"].right.life
    offer = life.last("remedy_proposed")
    assert rest_of(offer).plan == offer.plan


def test_what_an_open_case_may_lose_stands_nowhere_in_its_state() -> None:
    """Else a run that is alive would go on showing what the ledger has forgotten."""
    lost = set()
    for life in LIVES:
        left = [rest_of(event) if kind_of(event) in FREE else event for event in life.events]
        lost |= {kind_of(event) for event, rest in zip(life.events, left, strict=True) if event != rest}
        start = unopened("TEST", life.case.policy)
        assert reduce(evolve, left, start) == reduce(evolve, life.events, start)
    assert {"contact_logged", "transfer_offered", "result_notified", "offer_notice_sent"} <= lost


def test_a_case_folds_to_the_same_line_from_what_is_left_of_every_event() -> None:
    wordless = 0
    for life in LIVES:
        left = refolded(life.events, life.case.policy)
        whole = reduce(evolve, life.events, unopened("TEST", life.case.policy))
        assert case_row(left) == case_row(whole)
        assert is_over(left) == is_over(whole)
        wordless += all(rest_of(event) == event for event in life.events)
    assert (len(LIVES) > 60, wordless) == (True, 0)


def test_a_lawful_erasure_is_no_finding_and_one_by_hand_is() -> None:
    life = erased(HANDLED)
    events: tuple[CaseEvent, ...] = life.events  # type: ignore[assignment]  # they are a case's
    lawful = list(numbered(events))
    lawful[CALL - 1] = Entry(
        seq=CALL, at=events[CALL - 1].at, kind=events[CALL - 1].kind, event=rest_of(events[CALL - 1])
    )
    by_hand = list(lawful)
    by_hand[CALL - 1] = Entry(seq=CALL, at=events[CALL - 1].at, kind=events[CALL - 1].kind, event=None)
    found = [
        [each.about for each in report(tuple(told), life.case.policy, life.now).findings if each.rule == "P2"]
        for told in (lawful, by_hand)
    ]
    assert found == [[], [f"event {CALL}"]]


def test_every_ground_and_every_failure_has_words_in_both_languages() -> None:
    for words in (*GROUNDS.values(), *WHY.values()):
        assert all(words)
        assert words[0] != words[1]
