from collections import Counter
from dataclasses import replace
from typing import cast

import pytest
from typer.testing import CliRunner

from cli.money_drill import ERRORS, LOST, MoneyReport, faults_of, policy_of_the_drill
from cli.money_life import MoneyLife, plan_of, wish_of
from cli.verifying import VerifyReport
from client import Redress
from domain.actor import Role
from domain.plan import Plan, amount_of
from ledger.breach import Breach
from sandbox.faults import FaultPlan, Faults, Flaky, LoseAnswer
from starter import app

CLEAN = MoneyReport(
    seed=1,
    cases=2,
    ended=2,
    payments=2,
    paid_minor=7_000,
    recorded_minor=7_000,
    double_payments=0,
    lost_payments=0,
    orphans=0,
    parked=1,
    kills=3,
    seconds=1.0,
    hanging=(),
    broken=(),
    replayed=2,
    found=(),
    verify=VerifyReport(cases=2, events=2, refunds=2, checked=(), breaches=()),
)
NOBODY = cast("Redress", None)
"""No server: deciding needs none."""

BREACH = Breach("books", "A", "payout of proposal 1 was paid 2 times")


def test_a_drill_in_which_everything_is_accounted_for_holds() -> None:
    assert CLEAN.ok


@pytest.mark.parametrize(
    "broken",
    [
        {"ended": 1},
        {"recorded_minor": 6_999},
        {"found": (BREACH,)},
        {"hanging": ("A: owned",)},
        {"broken": ("A: NotFound",)},
        {"verify": replace(CLEAN.verify, breaches=(BREACH,))},
    ],
    ids=lambda broken: next(iter(broken)),
)
def test_a_drill_in_which_anything_is_not_is_broken(broken: dict[str, object]) -> None:
    assert not replace(CLEAN, **broken).ok  # type: ignore[arg-type]


@pytest.mark.parametrize(("report", "code"), [(CLEAN, 0), (replace(CLEAN, found=(BREACH,)), 4)])
def test_the_command_exits_with_4_where_it_is_broken_and_names_the_breach(
    monkeypatch: pytest.MonkeyPatch, report: MoneyReport, code: int
) -> None:
    async def drill(**_: object) -> MoneyReport:
        return report

    monkeypatch.setattr("cli.drill.money_drill", drill)
    answered = CliRunner().invoke(app, ["drill", "money", "--seed", "1"])
    assert answered.exit_code == code
    assert (BREACH.what in answered.stdout) == (code == 4)
    as_json = CliRunner().invoke(app, ["drill", "money", "--json"]).stdout
    for name in ("cases", "payments", "double_payments", "lost_payments", "orphans", "parked", "kills"):
        assert f'"{name}":' in as_json


def test_wishes_repeat_for_a_seed_and_differ_between_seeds() -> None:
    first = [wish_of(7, place) for place in range(200)]
    assert first == [wish_of(7, place) for place in range(200)]
    assert first != [wish_of(8, place) for place in range(200)]


def test_two_hundred_wishes_hold_every_kind_of_remedy_and_changes_of_mind() -> None:
    wishes = [wish_of(1, place) for place in range(200)]
    kinds = Counter((wish.plan["decisions"][0]["remedy"], wish.plan["collect"]) for wish in wishes)
    assert len(kinds) == 5
    assert min(kinds.values()) >= 10
    assert sum(wish.cancels for wish in wishes) >= 10
    assert sum(wish.withdraws for wish in wishes) >= 5
    policy = policy_of_the_drill()
    amounts = [amount_of(Plan.model_validate(wish.plan), policy.currency).minor for wish in wishes]
    approved = [minor > policy.authority[Role.OWNER].minor for minor in amounts]
    assert 60 < sum(approved) < 140


def test_faults_strike_as_often_as_promised() -> None:
    faults = Faults(FaultPlan.model_validate({"faults": faults_of(3)}))
    met = [faults.meet("bank", "pay_refund")[1] for _ in range(5_000)]
    assert sum(isinstance(each, Flaky) for each in met) / 5_000 == pytest.approx(ERRORS, abs=0.03)
    assert sum(isinstance(each, LoseAnswer) for each in met) / 5_000 == pytest.approx(LOST, abs=0.02)


@pytest.mark.parametrize(
    ("why", "command"),
    [
        ("the courier did not say", "retry_step"),
        ("the inspection found the goods missing", "skip_step"),
        ("cannot be undone: too late", "mark_step_done"),
        ("nobody knows whether it was undone", "mark_step_done"),
    ],
)
def test_people_decide_what_parked(why: str, command: str) -> None:
    life = MoneyLife(NOBODY, policy_of_the_drill(), 1, wish_of(1, 1))
    assert life.decision("payout", why)[0] == command


def test_people_do_not_try_for_ever() -> None:
    life = MoneyLife(NOBODY, policy_of_the_drill(), 1, wish_of(1, 1))
    tried = [life.decision("payout", "refused")[0] for _ in range(6)]
    assert tried == ["retry_step"] * 4 + ["skip_step"] * 2
    assert plan_of("refund", 5)["collect"] is False
