from datetime import timedelta
from typing import Any

from domain.actor import Actor
from domain.conduct import counted, words_of
from domain.effect import NoticeSent
from domain.promise import MakePromise, MovePromise
from domain.withdrawal import ContradictWithdrawal, NoteWithdrawal
from tests.domain.lives import (
    AGENT,
    IN_RECOVERY,
    MIRA,
    MONDAY,
    NOTICE,
    OWNER,
    Item,
    Life,
    contact,
    given,
    ok,
    say,
    wait,
)

HOUR = timedelta(hours=1)


def promise(by: Actor, hours: int, **fields: Any) -> Any:
    """Return a promise; those that fall due at different hours are about different matters."""
    about = {"what": "call back", "matter": f"call {hours}", "fact": "contact"}
    return say(MakePromise, by, due=MONDAY + hours * HOUR, **about, **fields)


def figures(life: Life) -> tuple[int, ...]:
    found = counted("x", words_of(life.events))
    return (found.promises, found.kept, found.broken, found.open, found.moved)


def test_promises_are_counted_as_they_came_out() -> None:
    given_ = given(*IN_RECOVERY, promise(AGENT, 2), promise(AGENT, 400))
    assert figures(given_) == (2, 0, 0, 2, 0)
    moved = given_.told(say(MovePromise, AGENT, number=1, due=MONDAY + 3 * HOUR, told="by phone"))
    assert figures(moved) == (2, 0, 0, 2, 1)
    assert figures(moved.told(wait(hours=4))) == (2, 0, 1, 1, 1)
    assert figures(moved.told(wait(minutes=5), contact())) == (2, 2, 0, 0, 1)


def test_the_rate_leaves_out_what_is_open() -> None:
    broken = given(*IN_RECOVERY, promise(AGENT, 1), wait(hours=2), promise(AGENT, 400))
    assert counted("x", words_of(broken.events)).kept_per_cent == 0
    assert counted("x", ()).kept_per_cent is None
    mixed = broken.told(wait(minutes=1), contact(AGENT))
    assert counted("x", words_of(mixed.events)).kept_per_cent == 50


def test_a_word_is_its_givers_and_its_departments() -> None:
    (word,) = words_of(given(*IN_RECOVERY, promise(AGENT, 2)).events)
    assert (word.by, word.department) == (AGENT.id, "service")
    assert word.at == MONDAY + 2 * HOUR


NOTED: tuple[Item, ...] = (*IN_RECOVERY, say(NoteWithdrawal, OWNER, contact=1, reason="by phone"))


def test_withdrawals_by_staffs_hand_are_counted_with_what_became_of_them() -> None:
    def state(*items: Item) -> str:
        (word,) = words_of(given(*NOTED, *items).events)
        assert (word.what, word.by) == ("withdrawal", OWNER.id)
        return word.state

    lost = NoticeSent(reference="n", delivered=False, text="x")
    assert state() == "open"
    assert state(ok("withdrawal", lost)) == "void"
    assert state(say(ContradictWithdrawal, MIRA)) == "contradicted"
    assert state(ok("withdrawal", NOTICE), wait(days=5)) == "took_effect"
