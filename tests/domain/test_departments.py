"""Which department has a case: by rule, by a sure reading, by refusal, and who keeps what changes hands."""

from typing import Any

import pytest

from domain.actor import Actor, Role
from domain.assignment import AcceptCase, AcceptTransfer, EscalateCase, RefuseDepartment, TransferCase
from domain.case import deadlines
from domain.effect import Contact
from domain.intake import Opening
from domain.suggestion import read_surely
from tests.domain.lives import (
    AGENT,
    HANDLED,
    OTHER_AGENT,
    OWNED,
    OWNER,
    RAISED,
    SUPERVISOR,
    WITH_DEPARTMENT,
    given,
    opening,
    say,
    triage,
    wait,
)

REFUSE = say(RefuseDepartment, AGENT, reason="not ours")
SURE = "I am angry: the handle is badly made."


def handled(*items: Any) -> Any:
    """Return a life under the policy that has people."""
    return given(*items, policy=HANDLED)


def test_a_case_that_no_rule_matches_goes_to_the_fallback_whose_leader_is_alerted() -> None:
    life = handled(*RAISED).when(triage()).then("triaged", "department_assigned", "fallback_alerted")
    assert life.case.assignment.department == "service"
    (word,) = life.case.staff_news.items
    assert (word.topic, word.staff) == ("staff_fallback", "sue")
    assert word.key in life.owed


def test_a_case_that_a_rule_gives_to_the_fallback_alerts_nobody() -> None:
    life = handled(*RAISED).when(triage(voc_type="inquiry")).then("triaged", "department_assigned")
    assert life.case.staff_news.items == ()


def test_after_so_many_refusals_the_fallback_takes_it_whatever_the_rules_say() -> None:
    other_rules = HANDLED.handling.model_copy(update={"max_refusals": 1}) if HANDLED.handling else None
    policy = HANDLED.model_copy(update={"handling": other_rules})
    life = given(*RAISED, triage(cause="design", product="oven"), policy=policy)
    assert life.case.assignment.department == "works"
    life = life.when(REFUSE).then("department_refused", "department_assigned", "fallback_alerted")
    alert = life.last("fallback_alerted")
    assert (alert.department, alert.refused) == ("service", ("works",))
    assert "1 departments refused" in life.last("department_assigned").reason
    life.when(REFUSE).then_refused("takes what no other does", "fallback")


def test_a_refusal_goes_to_the_next_rule_that_matches() -> None:
    rules = (
        *HANDLED.routing,
        HANDLED.routing[0].model_copy(update={"department": "service", "reason": "second in line"}),
    )
    policy = HANDLED.model_copy(update={"routing": rules})
    life = given(*RAISED, triage(cause="design"), policy=policy)
    life = life.when(REFUSE).then("department_refused", "department_assigned")
    assert life.last("department_assigned").reason == "second in line"


# R106: what is sure waits for nobody. ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        ("web", {}),
        ("store", {"taken_by": "store-7"}),
        ("monitoring", {"proactive": True}),
    ],
)
def test_a_failure_that_is_read_surely_has_its_department_at_once_whoever_reports_it(
    source: str, fields: dict[str, Any]
) -> None:
    opened = given(policy=HANDLED).when(opening(source=source, text=SURE, **fields))
    life = opened.then("case_opened", "triaged", "department_assigned")
    assert (life.stage, life.case.assignment.department) == ("with_department", "works")
    event = life.last("triaged")
    assert (event.by_rules, event.cause, event.by.id) == (True, "design", "redress")
    assert [line.id for line in event.harm_lines] == ["trouble"]
    life.when(say(AcceptCase, AGENT)).then("case_accepted")


@pytest.mark.parametrize(
    ("text", "fields", "cause"),
    [
        (SURE, {}, "design"),
        ("It is badly made.", {"voc_type": "complaint"}, "design"),
        ("Something is wrong.", {"voc_type": "complaint", "product": "oven"}, None),
    ],
)
def test_what_is_sure(text: str, fields: dict[str, Any], cause: str | None) -> None:
    read = read_surely(HANDLED, Opening(source="web", text=text, **fields))
    assert read is not None
    assert read.cause == cause


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("It is badly made.", {}),  # one word, and nothing says that it is a complaint
        ("A question about a refund: it is too heavy.", {}),  # as much speaks for an inquiry
        ("I am angry, it is badly made and broken.", {}),  # two causes weigh the same
        ("I am angry, and I want a refund.", {}),  # no rule answers for it
        (SURE, {"voc_type": "inquiry"}),  # its channel says otherwise
    ],
)
def test_what_is_not_sure_waits_for_a_person(text: str, fields: dict[str, Any]) -> None:
    life = given(policy=HANDLED).when(opening(text=text, **fields)).then("case_opened")
    assert life.stage == "raised"


def test_what_waits_for_a_person_still_climbs_by_itself() -> None:
    life = handled(opening(text="Something is wrong.", voc_type="complaint"), wait(hours=30))
    assert life.many("triaged") == 0
    assert life.case.assignment.owner in ("sue", "sid")


def test_safety_words_make_what_is_read_surely_critical() -> None:
    life = handled(opening(text=f"{SURE} I burned myself."))
    assert (life.case.triage.severity, life.case.triage.safety) == ("critical", True)


def test_a_person_confirms_or_corrects_what_the_rules_read_and_the_case_moves_on() -> None:
    life = handled(opening(text=SURE))
    confirmed = life.when(triage(cause="design")).then("triaged")
    assert (confirmed.case.triage.by_rules, confirmed.case.assignment.department) == (False, "works")
    assert [line.id for line in confirmed.case.triage.harm_lines] == ["price"]
    corrected = life.when(triage(cause="defect")).then("triaged", "department_assigned", "fallback_alerted")
    assert corrected.last("triaged").corrects == ("cause", "department")
    assert corrected.case.assignment.department == "service"
    inquiry = life.when(triage(voc_type="inquiry", cause=None)).then("triaged", "department_assigned")
    assert (inquiry.case.triage.voc_type, inquiry.case.triage.harm_lines) == ("inquiry", ())
    assert not inquiry.last("triaged").converted


MOVES = HANDLED.model_copy(
    update={"handling": HANDLED.handling and HANDLED.handling.model_copy(update={"reroute": True})}
)
WIM = Actor(role=Role.AGENT, id="wim")


def test_a_policy_may_leave_a_corrected_case_with_its_owner() -> None:
    life = handled(opening(text=SURE), say(AcceptCase, AGENT))
    life = life.when(triage(cause="defect")).then("triaged")
    assert life.case.assignment.department == "works"


def test_a_correction_hands_an_owned_case_to_the_department_that_the_rules_name() -> None:
    life = given(*RAISED, triage(), say(AcceptCase, AGENT), wait(minutes=30), policy=MOVES)
    dues = {each.name: each.due for each in deadlines(life.case)}
    life = life.when(triage(cause="design")).then("triaged", "case_rerouted")
    moved = life.last("case_rerouted")
    assert (moved.before, moved.department, moved.reason) == ("service", "works", "design is the works' own")
    assert "classed it anew" in moved.summary
    assert (life.case.assignment.owner, life.case.assignment.passed_from) == ("ann", "service")
    after = {each.name: each.due for each in deadlines(life.case)}
    assert {name: after.get(name) for name in dues} == dues, "no deadline moves"
    assert [(item.topic, item.staff) for item in life.case.staff_news.items][-1] == ("staff_offer", "sid")
    life.when(say(AcceptCase, OTHER_AGENT)).then_refused("the case goes to works", "not-theirs")
    taken = life.when(say(AcceptCase, WIM)).then("transfer_accepted")
    assert (taken.case.assignment.owner, taken.case.assignment.passed_from) == ("wim", None)
    later = life.told(wait(hours=3))
    assert later.case.assignment.owner == "sid", "nobody of it accepts, so it climbs there"


def test_a_department_refuses_what_it_is_handed_and_the_case_stays_where_it_was() -> None:
    life = given(*RAISED, triage(), say(AcceptCase, AGENT), triage(cause="design"), policy=MOVES)
    life = life.when(say(RefuseDepartment, WIM, reason="not ours")).then(
        "department_refused", "department_assigned", "fallback_alerted"
    )
    assert (life.case.assignment.owner, life.case.assignment.department) == ("ann", "service")
    assert life.case.assignment.passed_from is None
    life.when(say(RefuseDepartment, AGENT, reason="not ours")).then_refused("has accepted", "accepted")


def test_in_higher_hands_a_correction_goes_to_the_leader_of_that_department() -> None:
    life = given(*RAISED, triage(), say(AcceptCase, AGENT), policy=MOVES)
    life = life.told(say(EscalateCase, AGENT, reason="urgent"))
    moved = life.when(triage(cause="design")).then("triaged", "case_rerouted", "owner_appointed")
    assert (moved.case.assignment.owner, moved.case.assignment.level) == ("sid", 1)


# R17: hand-overs. ------------------------------------------------------------------------------------------


def hand_over(to: str, by: Any = OWNER) -> Any:
    return say(TransferCase, by, to=to, summary="broken cup")


def test_the_nth_hand_over_moves_the_case_up_and_only_a_supervisor_takes_it_after_that() -> None:
    life = handled(*OWNED, hand_over("ben"), say(AcceptTransfer, OTHER_AGENT), hand_over("ann", SUPERVISOR))
    life = life.when(hand_over("bob", SUPERVISOR)).then("case_escalated")
    event = life.last("case_escalated")
    assert (event.cause, event.owner, life.case.assignment.pinned) == ("transfers", "sue", True)
    life.when(hand_over("ben", SUPERVISOR)).then_refused("only a supervisor", "handed-too-often")
    life.when(hand_over("sid", SUPERVISOR)).then("transfer_offered")


def test_whoever_is_offered_a_case_hears_of_it() -> None:
    life = handled(*OWNED, hand_over("ben"))
    assert [(item.topic, item.staff) for item in life.case.staff_news.items][-1] == ("staff_offer", "ben")


def test_a_policy_without_handling_keeps_to_what_it_said() -> None:
    life = given(*WITH_DEPARTMENT)
    assert life.case.staff_news.items == ()
    assert given(opening(text=SURE, contact=Contact(name="Mira"))).stage == "raised"
