"""People of departments take requests on, forget some, and carry them out, the same from the same seed."""

from datetime import UTC, datetime, timedelta

import policies
from domain.improvement import decide
from domain.improvement_state import Improvement, evolve, unheard_of
from domain.improvement_view import ImprovementView, improvement_view
from domain.message import Event
from domain.theme import LikeCase, Theme, rulebook_of
from sandbox.improvers import next_move
from sandbox.manners import NO_FAULTS, StaffManners
from workflows.decode import improvement_command_from

POLICY = policies.load("retail-kr")
NOON = datetime(2026, 11, 23, 3, tzinfo=UTC)


def raised(id_: str = "IMP-1") -> Improvement:
    assert POLICY.improvement is not None
    report = improvement_command_from(
        "report_case",
        {
            "id": "r1",
            "by": "system:redress",
            "theme": Theme(kind="fault", department="production", product="cup", cause="defect"),
            "case": LikeCase(case_id="c1", registered_at=NOON, failed_at=NOON, safety=True),
            "book": rulebook_of(POLICY, POLICY.improvement, "production"),
        },
    ).model_copy(update={"at": NOON})
    return after(unheard_of(id_), decide(unheard_of(id_), report))


def after(request: Improvement, events: tuple[Event, ...]) -> Improvement:
    for event in events:
        request = evolve(request, event)
    return request


def seen(request: Improvement) -> ImprovementView:
    return improvement_view(request, head="", unwritten=0, waiting=(), now=NOON)


def test_a_diligent_department_takes_it_on_and_carries_it_out() -> None:
    request, commands = raised(), []
    while move := next_move(seen(request), POLICY, NO_FAULTS, seed=7, since=NOON):
        command = improvement_command_from(move.command, {**move.fields, "id": "x", "by": move.by})
        request = after(request, decide(request, command.model_copy(update={"at": move.at})))
        commands.append(move.command)
        assert move.slip is None
    assert (commands, request.state) == (["accept_improvement", "finish_improvement"], "done")


def test_who_forgets_lets_it_lie_for_days_and_the_slip_is_noted_before() -> None:
    always = StaffManners(forget=1, refuse_all=0)
    lying = next_move(seen(raised()), POLICY, always, seed=7, since=NOON)
    prompt = next_move(seen(raised()), POLICY, NO_FAULTS, seed=7, since=NOON)
    assert lying is not None
    assert prompt is not None
    assert lying.slip is not None
    assert lying.at - prompt.at > timedelta(days=2)


def test_the_same_seed_gives_the_same_people() -> None:
    first, again, other = (
        [next_move(seen(raised(f"IMP-{n}")), POLICY, StaffManners(), seed=seed, since=NOON) for n in range(9)]
        for seed in (7, 7, 8)
    )
    assert first == again != other


def test_a_lead_who_finds_nothing_to_improve_says_why() -> None:
    move = next_move(seen(raised()), POLICY, StaffManners(refuse_all=1), seed=7, since=NOON)
    assert move is not None
    assert (move.command, move.by) == ("refuse_improvement", "supervisor:sup-04")
