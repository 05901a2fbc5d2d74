"""Which department has a case: by rule, by a sure reading, by refusal, and who keeps what changes hands."""

from typing import Any

import pytest

from domain.assignment import AcceptCase, AcceptTransfer, RefuseDepartment, TransferCase
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


def test_a_correction_after_somebody_took_the_case_leaves_it_where_it_is() -> None:
    life = handled(opening(text=SURE), say(AcceptCase, AGENT))
    life = life.when(triage(cause="defect")).then("triaged")
    assert life.case.assignment.department == "works"


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
