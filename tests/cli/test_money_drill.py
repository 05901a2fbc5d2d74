from collections import Counter
from dataclasses import replace
from typing import cast, get_args

import pytest
from typer.testing import CliRunner

from activities.http import Patience
from cli.money_drill import (
    ERRORS,
    LOST,
    SERVICE_WAIT,
    SLOW_SECONDS,
    MoneyReport,
    expected,
    faults_of,
    policy_of_the_drill,
)
from cli.money_life import PARKED_STEP, MoneyLife
from cli.money_paths import PathName
from cli.money_wish import KINDS, plan_of, wish_of
from cli.verifying import VerifyReport
from client import Redress
from domain.actor import Role
from domain.plan import Plan, worth_of
from domain.saga import GiveAccount
from ledger.breach import Breach
from sandbox.courier import comes_for
from sandbox.faults import FaultPlan, Faults, Flaky, LoseAnswer
from starter import app
from tests.domain.lives import AGENT as ANN
from tests.domain.lives import PAYING, Life, given, say
from tests.domain.test_saga_settlement import EXPIRED

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
    vouchers=1,
    double_vouchers=0,
    lost_vouchers=0,
    collections=1,
    shipments=0,
    double_goods=0,
    lost_goods=0,
    parked=1,
    unknown_asked=4,
    kinds={"refund": 1, "vouchers": 1},
    remedies={"refund": 1, "coupon": 1},
    paths={"paid": 1},
    missed=(),
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
        {"missed": ("repaired",)},
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
    promised = ("cases", "payments", "double_payments", "lost_payments", "orphans", "parked", "kills")
    vouchers = ("vouchers", "double_vouchers", "lost_vouchers")
    goods = ("collections", "shipments", "double_goods", "lost_goods")
    for name in (*promised, *vouchers, *goods, "unknown_asked", "remedies", "paths", "missed"):
        assert f'"{name}":' in as_json


def test_a_way_that_no_case_went_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def drill(**_: object) -> MoneyReport:
        return replace(CLEAN, missed=("settled later",))

    monkeypatch.setattr("cli.drill.money_drill", drill)
    answered = CliRunner().invoke(app, ["drill", "money"])
    assert answered.exit_code == 4
    assert "no case went this way" in answered.stdout
    assert "settled later" in answered.stdout


def test_wishes_repeat_for_a_seed_and_differ_between_seeds() -> None:
    first = [wish_of(7, place) for place in range(200)]
    assert first == [wish_of(7, place) for place in range(200)]
    assert first != [wish_of(8, place) for place in range(200)]


def test_two_hundred_wishes_hold_every_kind_of_remedy_and_changes_of_mind() -> None:
    wishes = [wish_of(1, place) for place in range(200)]
    kinds = Counter(wish.kind for wish in wishes)
    assert kinds.keys() == KINDS.keys()
    assert min(kinds.values()) >= 3
    assert sum(wish.cancels for wish in wishes) >= 10
    assert sum(wish.withdraws for wish in wishes) >= 5
    policy = policy_of_the_drill()
    amounts = [worth_of(Plan.model_validate(wish.plan), policy.currency).minor for wish in wishes]
    approved = [minor > policy.authority[Role.OWNER].minor for minor in amounts]
    assert 60 < sum(approved) < 160


@pytest.mark.parametrize("seed", range(20))
def test_the_smallest_whole_drill_has_each_kind_once_and_nothing_that_stops_it_half_way(seed: int) -> None:
    wishes = [wish_of(seed, place) for place in range(len(KINDS))]
    assert [wish.kind for wish in wishes] == [*KINDS]
    for wish in wishes:
        kind = KINDS[wish.kind]
        assert (wish.cancels, wish.withdraws) == (kind.cancels, kind.withdraws)
        assert wish.order_id is not None
        assert wish.order_id.startswith(kind.order)
        assert comes_for(seed, wish.order_id)


def test_a_whole_drill_must_go_every_way_that_is_known() -> None:
    """Whoever takes a kind or a way out of the mix has to say so here."""
    assert {*expected({*KINDS})} == {*get_args(PathName)}
    assert len(KINDS) == 20


def test_a_small_drill_must_go_the_ways_of_its_kinds() -> None:
    assert expected({"settled later", "vouchers"}) == ("coupon given", "points given", "settled later")


def test_a_try_that_was_given_up_is_over_before_its_provider_is_asked_for_the_last_time() -> None:
    policy = policy_of_the_drill()
    longest = SERVICE_WAIT + Patience().request
    assert policy.unknown_after.total_seconds() > longest
    assert policy.retry_after.total_seconds() > longest + SLOW_SECONDS


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


def test_another_account_is_entered_by_one_and_checked_by_another() -> None:
    life = MoneyLife(NOBODY, policy_of_the_drill(), 1, wish_of(1, 1))
    parked = given(*PAYING, EXPIRED)
    name, by, account = life.decision("payout", _why(parked))
    assert name == "give_account"
    parked = parked.told(say(GiveAccount, ANN, account=account["account"]))
    name, other, same = life.decision("payout", _why(parked))
    assert (name, same) == ("check_account", account)
    assert other != by


def _why(life: Life) -> str:
    found = PARKED_STEP.match(life.parked or "")
    assert found is not None
    return found["why"]


def test_people_do_not_try_for_ever() -> None:
    life = MoneyLife(NOBODY, policy_of_the_drill(), 1, wish_of(1, 1))
    tried = [life.decision("payout", "refused")[0] for _ in range(6)]
    assert tried == ["retry_step"] * 4 + ["skip_step"] * 2
    assert plan_of("refund", 5)["collect"] is False
