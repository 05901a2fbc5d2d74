"""Planted faults, played without a server: who draws one, and what people do otherwise because of it."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.effect import Contact, PlaceCall
from domain.post import BOARD
from domain.refusal import Refused
from sandbox.books import Books
from sandbox.calls import place_call
from sandbox.manners import NAMED, NO_FAULTS, USUAL_CUSTOMER, BadManners, staff_manners
from sandbox.planting import at_the_door, chosen, drawn, easy, luck_of
from sandbox.scene import Intention
from sandbox.service import Call, World
from sandbox.staff_faults import ATTEMPTS, SAID_WHEN_CALLED, StaffFault
from tests.sandbox.test_people import Play, opening

NOON = datetime(2026, 3, 9, 3, tzinfo=UTC)
SOLD_DEAR = "비싸게 샀습니다. 환불해 주세요."
"""A complaint of which the cause is not the firm's."""

BEFORE_THE_RESULT: tuple[StaffFault, ...] = (
    *("story_again", "kept_waiting", "handed_around", "let_lie", "no_word", "dear_fee", "no_gesture"),
    *("request_ignored", "anger", "hung_up", "post_taken_down"),
)


def playing(fault: StaffFault, text: str | None = None) -> Play:
    came = opening(source=BOARD) if fault == "post_taken_down" else opening(text) if text else opening()
    play = Play(came, customer=easy(USUAL_CUSTOMER))
    play.scene = replace(play.scene, fault=fault)
    return play


def planted(play: Play) -> Intention:
    """Play on until the fault is carried out, and return how."""
    for _ in range(60):
        done = [each for each in play.acts if each.plants is not None]
        if done:
            assert len(done) == 1
            return done[0]
        play.go_on()
    pytest.fail(f"never carried out: {play.commands}")


@pytest.mark.parametrize("fault", BEFORE_THE_RESULT)
def test_a_fault_is_carried_out_once_by_a_command_that_the_engine_takes(fault: StaffFault) -> None:
    play = playing(fault, SOLD_DEAR if fault in ("dear_fee", "no_gesture") else None)
    assert planted(play).plants == fault


@pytest.mark.parametrize("fault", ["anger", "hung_up"])
def test_an_upset_customer_is_called_back_in_time_by_somebody_else_and_a_leader_looks_at_it(
    fault: StaffFault,
) -> None:
    play = playing(fault)
    shouted = planted(play)
    play.until(lambda case: case.heat.contact is None and not case.tasks.open)
    back = next(each for each in play.acts if each.topic.startswith("call back:"))
    assert back.by.id != shouted.by.id
    (review,) = play.case.tasks.given
    assert (review.contact, review.state) == (2, "done")
    assert not [mark for mark in play.case.targets.fired if mark.startswith("call_back")]


@pytest.mark.parametrize("fault", ATTEMPTS)
def test_an_attempt_is_refused(fault: StaffFault) -> None:
    play = playing(fault)
    with pytest.raises(Refused):
        planted(play)
    assert play.acts[-1].plants == fault


def test_who_does_one_thing_wrong_does_it_late_whoever_has_the_case_by_then() -> None:
    play = playing("let_lie")
    act = planted(play)
    assert (act.command, play.case.assignment.level) == ("propose_remedy", 2)


def test_a_case_without_a_fault_is_played_as_ever() -> None:
    plays = [Play(opening()), Play(opening())]
    plays[1].scene = replace(plays[1].scene, fault="turned_away")
    for play in plays:
        for _ in range(8):
            play.go_on()
    assert plays[0].commands == plays[1].commands
    assert all(each.plants is None for play in plays for each in play.acts)


# Who draws which. ------------------------------------------------------------------------------------------

SHARES: Mapping[StaffFault, float] = {"turned_away": 0.1, "late_answer": 0.5, "anger": 0.2, "hung_up": 0.2}


@pytest.mark.parametrize(
    ("luck", "fitting", "fault"),
    [
        (0.05, (), "turned_away"),
        (0.15, (), None),
        (0.15, ("late_answer",), "late_answer"),
        (0.15, ("anger", "hung_up"), "anger"),
        (0.35, ("anger", "hung_up"), "hung_up"),
        (0.55, ("anger", "hung_up"), None),
    ],
)
def test_a_case_draws_at_most_one_fault_that_fits_it(
    luck: float, fitting: tuple[StaffFault, ...], fault: StaffFault | None
) -> None:
    assert chosen(SHARES, luck, fitting) == fault


def test_without_a_plan_nothing_is_drawn() -> None:
    play = Play(opening())
    assert drawn(play.scene, 0.0) is None
    assert at_the_door(opening(), NO_FAULTS, 0.0) == opening()


def test_draws_repeat_with_the_seed_and_every_case_has_its_own() -> None:
    keys = [f"k{number}" for number in range(40)]
    draws = [[luck_of(seed, opening(key=key)) for key in keys] for seed in (3, 3, 4)]
    assert draws[0] == draws[1] != draws[2]
    assert len(set(draws[0])) == len(keys)


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("봉투가 있으면 좋겠어요.", {"turned_away", "late_answer", None}),
        ("세탁 방법이 궁금합니다.", {"turned_away", None}),
    ],
)
def test_what_is_no_complaint_draws_what_fits_it(text: str, may: set[str | None]) -> None:
    play = Play(opening(text), staff=NAMED["planted"])
    assert {drawn(play.scene, luck / 100) for luck in range(100)} == may


def test_a_complaint_can_draw_every_other_fault() -> None:
    found: set[str | None] = set()
    for text in (SOLD_DEAR, "컵이 깨져 왔어요. 환불해 주세요.", "직원이 불친절했어요."):
        for key, source in (("k1", "web"), ("k2", "phone"), ("k3", BOARD)):
            play = Play(opening(text, key=key, source=source), staff=NAMED["planted"])
            found |= {drawn(play.scene, luck / 400) for luck in range(400)}
    assert found >= set(NAMED["planted"].plant) - {"late_answer"}


def test_whom_the_channel_turned_away_says_so() -> None:
    assert at_the_door(opening(), NAMED["planted"], 0.0).rejected_tries == 4


def test_a_plan_of_faults_is_read_from_a_file_and_a_misspelt_one_is_refused(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("plant: {anger: 0.5}\n", encoding="utf-8")
    assert staff_manners(str(plan)).plant == {"anger": 0.5}
    assert not staff_manners(str(plan)).provable
    assert NAMED["planted"].provable
    assert NAMED["none"].provable
    plan.write_text("plant: {angr: 0.5}\n", encoding="utf-8")
    with pytest.raises(BadManners, match="plant"):
        staff_manners(str(plan))


# What no record holds. -------------------------------------------------------------------------------------


def asked(world: World, case: str) -> dict[str, int]:
    questions = ("courtesy", "empathy", "solicited")
    request = PlaceCall(caller="hana", contact=Contact(), language="ko", attempt=1, questions=questions)
    return place_call(world, Call(key=f"call-{case}", at=NOON, case_id=case, request=request)).answers


@pytest.mark.parametrize(
    ("what", "told"),
    [("solicited", {"solicited": 1}), ("cold_courtesy", {"courtesy": 7, "empathy": 1, "solicited": 0})],
)
async def test_customers_remember_and_tell_it_when_they_are_called(
    do: Any, world: World, what: str, told: dict[str, int]
) -> None:
    assert what in SAID_WHEN_CALLED
    answer = await do("calls/remember", f"remember-{what}", case_id=what, what=what)
    assert answer.status_code == 200
    assert told.items() <= asked(world, what).items()
    assert asked(world, "another")["solicited"] == 0


def test_nobody_says_by_chance_that_a_score_was_asked_for(tmp_path: Path) -> None:
    with closing(Books(tmp_path)) as books:
        world = World(books=books, seed=7)
        answers = [asked(world, f"case-{number}") for number in range(200)]
    assert {each["solicited"] for each in answers if each} == {0}
