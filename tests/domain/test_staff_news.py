"""Who hears how it came out: those who took part before, and whoever was praised; and what it cost."""

from typing import Any

from domain.actor import Actor, Role
from domain.assignment import AcceptCase, AcceptTransfer, TransferCase
from domain.cost import Spent, evolve
from domain.ending import AnswerCase
from domain.remedy import Remedy, RemedyDone
from domain.result import ResultNotified, TellResult
from domain.saga_events import StepDone
from domain.task import FinishTask, GiveTask
from tests.domain.lives import (
    AGENT,
    BOOKED,
    HANDLED,
    INSPECTED,
    LOST_NOTICE,
    MONDAY,
    NOTICE,
    ORDER,
    OTHER_AGENT,
    OWNER,
    PAID,
    POLICY,
    PUT_RIGHT,
    RAISED,
    REGISTERED,
    accept,
    contact,
    decline,
    eur,
    given,
    ok,
    opening,
    plan,
    propose,
    register,
    say,
    triage,
    wait,
)

WIM = Actor(role=Role.AGENT, id="wim")
BEN = Actor(role=Role.OWNER, id="ben")
THANKS = say(AnswerCase, OWNER, text="Thank you.")


def handled(*items: Any) -> Any:
    """Return a life under the policy that has people."""
    return given(*items, policy=HANDLED)


def told(life: Any, topic: str) -> list[str]:
    """Return who is told of a topic."""
    return [item.staff for item in life.case.staff_news.items if item.topic == topic]


HANDED_OVER = (
    opening(taken_by="store-7"),
    ok("order", ORDER),
    triage(WIM),
    say(AcceptCase, AGENT),
    contact(),
    say(GiveTask, OWNER, department="works", needed="why?"),
    say(FinishTask, WIM, number=1, result="old glue", cost=eur(700)),
    say(TransferCase, OWNER, to="ben", summary="a cup"),
    say(AcceptTransfer, OTHER_AGENT),
    propose(by=BEN),
    accept(),
    ok("payout", PAID),
    register(BEN),
)


def test_those_who_took_part_before_have_the_result_once_the_customer_has_it() -> None:
    life = handled(*HANDED_OVER)
    assert told(life, "staff_result") == []
    life = life.told(ok("result-notice", NOTICE))
    assert told(life, "staff_result") == ["wim", "ann", "store-7"]
    (effect, *_) = [item for item in life.case.staff_news.items if item.topic == "staff_result"]
    assert effect.about == "we refunded it"


def test_nobody_is_told_what_they_did_themselves() -> None:
    assert told(handled(*REGISTERED, ok("result-notice", NOTICE)), "staff_result") == []
    assert told(given(*REGISTERED, ok("result-notice", NOTICE), policy=POLICY), "staff_result") == []


def test_a_compliment_reaches_whoever_is_praised_and_their_department() -> None:
    praised = (*RAISED, triage(voc_type="compliment", praises="wim"), say(AcceptCase, AGENT), THANKS)
    life = handled(*praised)
    assert told(life, "staff_praise") == []
    life = life.when(ok("answer", NOTICE)).then("answer_notified", "case_ended")
    assert told(life, "staff_praise") == ["wim", "sid"]
    events = [
        life.told(ok(f"news:{number}", NOTICE)).last("staff_informed")
        for number in (item.key.partition(":")[2] for item in life.case.staff_news.items)
    ]
    assert {(event.topic, event.reached) for event in events} >= {("staff_praise", True)}


def test_a_compliment_that_names_nobody_reaches_the_department() -> None:
    life = handled(
        *RAISED, triage(voc_type="compliment"), say(AcceptCase, AGENT), THANKS, ok("answer", NOTICE)
    )
    assert told(life, "staff_praise") == ["sue"]


def test_praise_is_for_somebody_in_the_directory() -> None:
    praise = triage(voc_type="compliment", praises="nobody")
    handled(*RAISED).when(praise).then_refused("knows nobody of that id", "unknown-person")


# Cost. -----------------------------------------------------------------------------------------------------


def test_a_result_names_what_became_of_each_line_and_what_the_case_cost() -> None:
    script = (
        *RAISED,
        triage(),
        say(AcceptCase, AGENT),
        contact(minutes=12),
        say(GiveTask, OWNER, department="works", needed="why?"),
        say(FinishTask, WIM, number=1, result="old glue", cost=eur(700)),
        propose(plan(collect=True)),
        accept(),
        ok("collect", BOOKED),
        wait(days=1),
        ok("inspect", INSPECTED),
        ok("payout", PAID),
    )
    event = handled(*script).when(register()).event("result_registered")
    assert [(each.harm_line, each.remedy, each.amount) for each in event.remedies] == [
        ("price", "refund", PAID.amount)
    ]
    cost = event.cost
    assert [str(each) for each in (cost.given, cost.moved, cost.handled, cost.tasks, cost.total)] == [
        "90.00 EUR",
        "4.00 EUR",
        "6.00 EUR",
        "7.00 EUR",
        "107.00 EUR",
    ]


def test_a_line_whose_offer_was_not_taken_up_says_so_and_costs_nothing_given() -> None:
    script = (*PUT_RIGHT[:-2], decline())
    event = handled(*script).when(register(final=True, outcome="not_upheld")).event("result_registered")
    assert [(each.harm_line, each.remedy) for each in event.remedies] == [("price", "none")]
    assert event.cost.given.minor == 0


def test_a_policy_without_prices_names_no_cost() -> None:
    assert given(*PUT_RIGHT).when(register()).event("result_registered").cost is None


def test_shipments_count_and_a_remedy_without_a_plan_gives_nothing() -> None:
    shipped = StepDone(step="ship", key="ship:1", reference="s1", at=MONDAY)
    spent = evolve(Spent(), shipped, Remedy())
    assert spent == Spent(shipments=1)
    assert evolve(spent, RemedyDone(hash="h", at=MONDAY), Remedy()) == spent


def test_an_answer_that_was_not_delivered_praises_nobody_yet() -> None:
    praised = (*RAISED, triage(voc_type="compliment", praises="wim"), say(AcceptCase, AGENT), THANKS)
    life = handled(*praised).when(ok("answer", LOST_NOTICE)).then("answer_notified")
    assert told(life, "staff_praise") == []


def test_a_result_told_twice_is_fed_back_once() -> None:
    life = handled(*HANDED_OVER, ok("result-notice", LOST_NOTICE), say(TellResult, BEN, how="by phone"))
    again = ResultNotified(key="result-notice:1.1", channel="sms", text="x", at=life.now)
    assert told(life.told(again), "staff_result") == ["wim", "ann", "store-7"]
