from typing import Any

from domain import assignment
from domain.assignment import (
    AcceptCase,
    AcceptTransfer,
    Assignment,
    EscalateCase,
    RefuseDepartment,
    TransferCase,
    appoint_reviewer,
)
from tests.domain.lives import (
    AGENT,
    BOTH,
    HEAD,
    MONDAY,
    OTHER_AGENT,
    OWNED,
    OWNER,
    POLICY,
    RAISED,
    SECOND_SUPERVISOR,
    SUPERVISOR,
    WITH_DEPARTMENT,
    given,
    refuses,
    say,
    triage,
)


def hand_over(to: str = "ben", summary: str = "broken cup") -> Any:
    return say(TransferCase, OWNER, to=to, summary=summary)


def test_the_first_rule_that_matches_finds_the_department() -> None:
    event = given(*RAISED).when(triage(cause="design")).event("department_assigned")
    assert (event.department, event.rule) == ("works", 1)
    by_product = given(*RAISED).when(triage(product="oven")).event("department_assigned")
    assert (by_product.department, by_product.rule) == ("works", 2)
    by_type = given(*RAISED).when(triage(voc_type="inquiry")).event("department_assigned")
    assert (by_type.department, by_type.rule) == ("service", 3)


def test_the_fallback_takes_what_no_rule_matches() -> None:
    event = given(*RAISED).when(triage()).event("department_assigned")
    assert (event.department, event.rule) == ("service", 0)


def test_a_refused_department_leaves_the_case_to_the_next() -> None:
    life = given(*RAISED, triage(cause="design"))
    life = life.when(say(RefuseDepartment, AGENT, reason="not ours")).then(
        "department_refused", "department_assigned"
    )
    assert life.case.assignment.department == "service"
    assert life.case.assignment.assigned_at == MONDAY


def test_nobody_moves_a_case_before_triage() -> None:
    given(*RAISED).when(say(EscalateCase, AGENT, reason="urgent")).then_refused("triage it first")


def test_who_accepts_owns() -> None:
    life = given(*WITH_DEPARTMENT).when(say(AcceptCase, AGENT)).then("case_accepted")
    assert (life.case.assignment.owner, life.stage) == ("ann", "owned")
    life.when(say(AcceptCase, AGENT)).then()
    life.when(say(AcceptCase, OTHER_AGENT)).then_refused("ann owns the case", "owned")


def test_an_accepted_case_is_not_refused_by_its_department() -> None:
    life = given(*OWNED)
    life.when(say(RefuseDepartment, AGENT, reason="x")).then_refused("has accepted the case", "accepted")


def test_an_escalated_case_is_not_refused_by_its_department_either() -> None:
    life = given(*WITH_DEPARTMENT, say(EscalateCase, AGENT, reason="urgent"))
    life.when(say(RefuseDepartment, AGENT, reason="x")).then_refused("has accepted the case", "accepted")


def test_the_one_to_whom_a_case_climbed_may_say_so() -> None:
    life = given(*WITH_DEPARTMENT, say(EscalateCase, AGENT, reason="urgent"))
    life.when(say(AcceptCase, SUPERVISOR)).then("case_accepted")


def test_a_hand_over_keeps_the_owner_until_the_new_one_accepts() -> None:
    life = given(*OWNED).when(hand_over()).then("transfer_offered")
    assert life.case.assignment.owner == "ann"
    life = life.when(hand_over()).then()
    life.when(say(AcceptTransfer, SUPERVISOR)).then_refused("not offered to you", "not-offered")
    life = life.when(say(AcceptTransfer, OTHER_AGENT)).then("transfer_accepted")
    assert (life.case.assignment.owner, life.case.assignment.transfers) == ("ben", 1)
    life.when(say(AcceptTransfer, OTHER_AGENT)).then()


def test_a_hand_over_needs_an_owner_a_known_person_and_a_summary() -> None:
    offered = say(TransferCase, SUPERVISOR, to="ben", summary="x")
    given(*WITH_DEPARTMENT).when(offered).then_refused("nobody owns", "not-owned")
    given(*OWNED).when(hand_over("ann")).then()
    given(*OWNED).when(hand_over("cat")).then_refused("knows no agent", "unknown-person")
    given(*OWNED).when(hand_over("sue")).then("transfer_offered")
    given(*OWNED).when(hand_over(summary=" ")).then_refused("summary", "summary")


def test_an_escalation_moves_ownership_at_once_up_to_the_top() -> None:
    life, up = given(*OWNED), say(EscalateCase, AGENT, reason="urgent")
    for person in ("sue", "sid", "hal"):
        life = life.when(up).then("case_escalated")
        assert life.case.assignment.owner == person
    life.when(up).then()
    assert life.case.assignment.level == 3


def test_an_escalation_ends_an_offered_hand_over() -> None:
    life = given(*OWNED, hand_over(), say(EscalateCase, AGENT, reason="urgent"))
    life.when(say(AcceptTransfer, OTHER_AGENT)).then_refused("not offered to you")


def test_the_department_itself_says_that_an_accepted_case_cannot_be_refused() -> None:
    life = given(*OWNED)
    command = say(RefuseDepartment, AGENT, reason="x", at=MONDAY)
    with refuses("transfer it instead"):
        assignment.decide(life.case.assignment, POLICY, command)


def test_a_reviewer_took_no_part_a_supervisor_first_then_a_head() -> None:
    def reviewer(*owners: str) -> str:
        (event,) = appoint_reviewer(Assignment(owners=owners), POLICY, reason="appeal", at=MONDAY)
        return str(event.owner)

    assert reviewer("ann") == BOTH.id
    assert reviewer("ann", "pat", "sue") == SECOND_SUPERVISOR.id
    assert reviewer("pat", "sue", "sid") == HEAD.id
    with refuses("no reviewer is left"):
        reviewer("pat", "sue", "sid", "hal")
