from datetime import timedelta
from typing import Any

import pytest

from domain.actor import Actor
from domain.contact import PauseTargets
from domain.promise import KeepPromise, MakePromise, MovePromise
from domain.view import view
from tests.domain.lives import (
    AGENT,
    MIRA,
    MONDAY,
    NOTICE,
    OWNED,
    OWNER,
    PAID,
    PAYING,
    POLICY,
    PUT_RIGHT,
    contact,
    given,
    ok,
    register,
    say,
    wait,
)

TEN = MONDAY + timedelta(hours=1)
NOON = MONDAY + timedelta(hours=3)
PROMISED = (*OWNED, say(MakePromise, AGENT, what="call back", due=TEN))


def keep(number: int = 1, by: Actor = MIRA, **fields: Any) -> Any:
    return say(KeepPromise, by, number=number, proof="call 7", **fields)


def move(number: int = 1, **fields: Any) -> Any:
    return say(MovePromise, AGENT, **{"number": number, "due": NOON, "told": "by phone", **fields})


def test_a_promise_falls_due_when_it_says() -> None:
    assert given(*PROMISED).dues["promise/kept:1"] == TEN


def test_a_vague_word_binds_for_the_policys_time() -> None:
    def due(word: str | None) -> timedelta:
        event = given(*OWNED).when(say(MakePromise, AGENT, what="x", word=word)).event("promise_made")
        return event.falls_due - MONDAY  # type: ignore[no-any-return]

    assert (due("soon"), due("whenever"), due(None)) == (
        timedelta(hours=1),
        timedelta(hours=24),
        timedelta(hours=24),
    )


def test_a_promise_cannot_fall_due_before_it_was_made() -> None:
    early = say(MakePromise, AGENT, what="x", due=MONDAY - timedelta(seconds=1))
    given(*OWNED).when(early).then_refused("before it was made", "due")


def test_nobody_promises_for_a_time_beyond_reach() -> None:
    far = MONDAY.replace(year=9999)
    given(*OWNED).when(say(MakePromise, AGENT, what="x", due=far)).then_refused("ten years", "due")
    given(*PROMISED).when(move(due=far)).then_refused("ten years", "due")


def test_a_kept_promise_is_kept_once() -> None:
    life = given(*PROMISED).when(keep()).then("promise_kept")
    life.when(keep()).then()
    assert "promise/kept:1" not in life.dues
    life.when(move()).then_refused("promise 1 is kept", "kept")


def test_a_promise_kept_at_its_due_instant_is_in_time() -> None:
    given(*PROMISED, wait(hours=1)).when(keep()).then("promise_kept")


def test_a_promise_breaks_after_its_due_instant_once_and_the_case_moves_up() -> None:
    life = given(*PROMISED)
    life = life.when(wait(hours=1, milliseconds=1)).then("promise_broken", "case_escalated")
    assert life.last("promise_broken").due == TEN
    life = life.when(wait(minutes=10)).then()
    life.when(keep()).then_refused("is broken", "broken")
    life.when(move()).then_refused("is broken", "broken")


def test_a_broken_promise_at_the_top_moves_nothing_further() -> None:
    soon = [say(MakePromise, AGENT, what="x", matter=f"thing {place}", due=TEN) for place in range(4)]
    life = given(*OWNED, *soon, wait(hours=1, seconds=1))
    assert (life.many("promise_broken"), life.many("case_escalated")) == (4, 3)


def test_a_promise_moves_before_it_is_due_and_to_later_only() -> None:
    life = given(*PROMISED).when(move()).then("promise_moved")
    assert life.dues["promise/kept:1"] == NOON
    assert life.case.promises.made[0].moved == 1
    life.when(move()).then_refused("later time only", "due")


def test_a_promise_is_not_moved_once_it_was_due() -> None:
    late = given(*PROMISED).passed(TEN + timedelta(seconds=1))
    answer = late.when(move())
    assert answer.refusal is not None
    assert late.case.promises.made[0].state == "broken"


def test_a_promise_that_nobody_made_is_refused() -> None:
    given(*PROMISED).when(keep(2)).then_refused("no promise 2", "no-promise")
    given(*PROMISED).when(move(0)).then_refused("no promise 0", "no-promise")


def test_a_pause_stops_no_promise() -> None:
    life = given(*PROMISED, say(PauseTargets, OWNER, reason="customer"))
    assert life.dues["promise/kept:1"] == TEN


def test_other_promises_stay_as_they_are() -> None:
    life = given(*PROMISED, say(MakePromise, AGENT, what="y", matter="y", due=NOON), keep(2))
    assert [each.state for each in life.case.promises.made] == ["open", "kept"]


# Contradictions. -------------------------------------------------------------------------------------------

MATTERS = POLICY.model_copy(
    update={"promise_matters": {"refund": ("refund", "환불"), "call": ("call", "전화"), "visit": ("visit",)}}
)


def promise(what: str = "call back", due: Any = NOON, **fields: Any) -> Any:
    return say(MakePromise, AGENT, what=what, due=due, **fields)


def test_the_same_promise_again_is_already_so() -> None:
    given(*PROMISED).when(promise("Call  back", TEN)).then()


def test_the_same_words_with_another_time_are_refused_and_name_the_first() -> None:
    answer = given(*PROMISED).when(promise(due=NOON))
    answer.then_refused("promise 1 on this matter is open", "contradicts")
    answer.then_refused("supersedes", "contradicts")


def test_another_promise_on_the_same_matter_is_refused_in_whatever_words() -> None:
    life = given(*OWNED, promise("환불해 드리겠습니다"), policy=MATTERS)
    life.when(promise("your refund comes on Friday")).then_refused("is open", "contradicts")
    stated = given(*OWNED, promise("you get it back", matter="Refund"))
    stated.when(promise("all of it", matter="refund")).then_refused("is open", "contradicts")


def test_a_promise_supersedes_one_that_it_names_and_the_first_falls_due_no_more() -> None:
    life = given(*PROMISED).when(promise("call in the evening", matter="x")).then("promise_made")
    life = given(*PROMISED).when(promise(due=NOON, supersedes=1)).then("promise_made")
    assert [each.state for each in life.case.promises.made] == ["superseded", "open"]
    assert (set(life.dues) & {"promise/kept:1", "promise/kept:2"}) == {"promise/kept:2"}
    life.when(keep(1)).then_refused("promise 1 is superseded", "superseded")
    life.when(promise(due=TEN, supersedes=1)).then_refused("no open promise", "supersedes")


def test_two_matters_do_not_contradict_each_other() -> None:
    given(*OWNED, promise("your refund comes"), policy=MATTERS).when(promise("I call you")).then(
        "promise_made"
    )


UNCLEAR = given(*OWNED, promise("your refund comes"), policy=MATTERS)


@pytest.mark.parametrize("what", ["I call about the refund", "it is all arranged"])
def test_words_that_do_not_tell_their_matter_are_held_against_every_open_promise(what: str) -> None:
    UNCLEAR.when(promise(what)).then_refused("promise 1 is open", "matter")
    UNCLEAR.when(promise(what, matter="parcel")).then("promise_made")
    UNCLEAR.when(promise(what, supersedes=1)).then("promise_made")
    given(*OWNED, promise(what), policy=MATTERS).when(promise("I call you")).then_refused("name", "matter")


def test_a_kept_or_broken_promise_stands_in_nobodys_way() -> None:
    given(*PROMISED, keep()).when(promise(due=NOON)).then("promise_made")
    given(*PROMISED, wait(hours=2)).when(promise(due=NOON)).then("promise_made")


def test_what_was_promised_is_shown_in_every_channel() -> None:
    seen = view(given(*PROMISED).case, head="h", unwritten=0)
    assert [(each.number, each.what, each.due) for each in seen.promises] == [(1, "call back", TEN)]


def test_staff_keep_no_promise_on_their_bare_word() -> None:
    life = given(*OWNED, contact(), *PROMISED[len(OWNED) :])
    life.when(keep(by=AGENT)).then_refused("log the contact", "proof")
    life.when(keep(by=AGENT, contact=9)).then_refused("log the contact", "proof")
    unheard = life.told(wait(minutes=5), contact(reached=False))
    unheard.when(keep(by=AGENT, contact=2)).then_refused("did not reach", "proof")
    before = life.told(wait(minutes=5), contact(occurred_at=MONDAY - timedelta(minutes=5)))
    before.when(keep(by=AGENT, contact=2)).then_refused("after the promise was made", "proof")
    spoken = life.told(wait(minutes=5), contact(direction="inbound"))
    spoken.when(keep(by=AGENT, contact=2)).then("promise_kept")


def promised(fact: str, due: timedelta = timedelta(days=9)) -> Any:
    return say(MakePromise, AGENT, what="as told", due=MONDAY + due, fact=fact)


def test_word_that_was_promised_keeps_the_promise_by_itself() -> None:
    life = given(*OWNED, contact(), wait(minutes=1), promised("contact"))
    assert life.many("promise_kept") == 0, "what came before proves nothing"
    life = life.told(wait(minutes=5), contact(reached=False))
    assert life.many("promise_kept") == 0
    assert life.told(wait(minutes=5), contact()).many("promise_kept") == 1


def test_money_and_result_that_were_promised_keep_the_promise_by_themselves() -> None:
    paid = given(*PAYING, promised("payment"), wait(minutes=1), ok("payout", PAID))
    assert paid.many("promise_kept") == 1
    told = given(*PUT_RIGHT, promised("result"), wait(minutes=1), register())
    assert told.many("promise_kept") == 0, "registered is not told"
    assert told.told(ok("result-notice", NOTICE)).many("promise_kept") == 1


def test_what_comes_too_late_keeps_nothing() -> None:
    life = given(*OWNED, promised("contact", timedelta(hours=1)), wait(hours=2), contact(AGENT))
    assert (life.many("promise_broken"), life.many("promise_kept")) == (1, 0)
