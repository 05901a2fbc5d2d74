"""Differentiation by published policy: rows that add, pinned with their clauses, over one minimum for all."""

from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given as holds
from hypothesis import settings
from hypothesis import strategies as st

from domain.assignment import AcceptCase, CaseEscalated
from domain.budget import due_of
from domain.case import Case, around, todo
from domain.clocks import running
from domain.contact import LogContact
from domain.effect import CustomerSnapshot, CustomerValue, EarlierFailure, SendNotice
from domain.hours import contact_window
from domain.intake import channels
from domain.message import Decision
from domain.offer import Facts, compute
from domain.plan import Extra
from domain.policy import Clause, ExtraLimit, OfferRule, Policy, RepeatFailure, Severity
from domain.relation import relation_of
from domain.remedy import ApproveRemedy
from domain.supervisor import RequestSupervisor
from domain.treatment import applied_to
from domain.treatment_rules import Emotion, Relation, RelationRule, TreatmentRow
from domain.triage import HarmLine, Triage
from policies import load
from tests.domain.lives import (
    AGENT,
    CUSTOMER,
    HEAD,
    MIRA,
    MONDAY,
    NOTICE,
    ORDER,
    OWNER,
    POLICY,
    Item,
    Life,
    accept,
    contact,
    decision,
    eur,
    given,
    ok,
    opening,
    plan,
    propose,
    say,
    standing,
    triage,
    unknown,
    wait,
)

ROWS = (
    TreatmentRow(id="new", life_cycles=("introduction",), priority=2, sooner={"resolve": 0.5}, clause="care"),
    TreatmentRow(id="old", life_cycles=("decline",), extras=eur(500), clause="care"),
    TreatmentRow(id="grave", severities=("critical",), priority=4, level=2, clause="care"),
    TreatmentRow(id="again", failed_before=True, priority=1, level=1, clause="again"),
    TreatmentRow(id="gold", tiers=("gold",), priority=1, extras=eur(1_000), clause="care"),
    TreatmentRow(
        id="upset",
        emotions=("high",),
        priority=1,
        sooner={"resolve": 0.9, "first_response": 0.5},
        tone="warm",
        channels=("phone",),
        hours=(11, 15),
        clause="care",
    ),
    TreatmentRow(id="advocate", relations=("advocate",), alert=True, tone="formal", clause="care"),
    TreatmentRow(id="worth", value_from=eur(5_000), priority=1, clause="care"),
    TreatmentRow(id="all", tone="plain", clause="promise"),
)
RELATIONS = (
    RelationRule(relation="partner", partner=True, clause="care"),
    RelationRule(relation="advocate", referrals=1, clause="care"),
    RelationRule(relation="regular", purchases=5, months=6, clause="care"),
)
CARE = tuple(
    Clause(id=name, kind="own", source="house rules 3", plain={"en": "more", "ko": "더"})
    for name in ("care", "again")
)
TREATED = POLICY.model_copy(
    update={
        "treatments": ROWS,
        "relations": RELATIONS,
        "clauses": (*POLICY.clauses, *CARE),
        "repeat_failure": RepeatFailure(recent_months=12, clause="again"),
    }
)
SHIPPED = [load(name, year_from=2026) for name in ("retail-kr", "finance-uk", "finance-us")]


def life(*items: Item, customer: CustomerSnapshot = CUSTOMER, stage: Any = None, **classed: Any) -> Life:
    """Return a classed complaint of this customer about goods in this stage of their life."""
    order = ORDER.model_copy(update={"life_cycle": stage})
    begun = (opening(), ok("acknowledgement", NOTICE), ok("customer", customer), ok("order", order))
    classing = say(Triage, AGENT, voc_type="complaint", cause="late", **classed)
    return given(*begun, classing, *items, policy=TREATED)


def applied(found: Life) -> Any:
    """Return what applies."""
    return found.case.treatment.applied


def test_two_stages_of_a_product_give_two_documented_plans_for_one_complaint() -> None:
    new, old = applied(life(stage="introduction")), applied(life(stage="decline"))
    assert (new.rows, new.priority, new.sooner) == (("new", "all"), 2, {"resolve": 0.5})
    assert (old.rows, old.priority, old.extras) == (("old", "all"), 0, eur(500))


@pytest.mark.parametrize("policy", SHIPPED, ids=lambda policy: policy.name)
def test_in_every_shipped_policy_the_four_stages_differ(policy: Policy) -> None:
    found = life()
    intake = found.case.intake
    assert intake is not None
    plans = set()
    for stage in ("introduction", "growth", "maturity", "decline"):
        of_stage = replace(intake, order=ORDER.model_copy(update={"life_cycle": stage}))
        plans.add(applied_to(policy, of_stage, found.case.triage).model_dump_json(exclude={"life_cycle"}))
    assert len(plans) == 4


def test_what_applies_is_an_event_that_names_every_row_its_clause_and_the_facts() -> None:
    gold = CUSTOMER.model_copy(
        update={
            "tier": "gold",
            "referrals": 2,
            "value": CustomerValue(base=eur(4_000), referral=eur(2_000)),
        }
    )
    event = life(customer=gold, emotion="high").last("treatment_decided")
    assert event.applied.rows == ("gold", "upset", "advocate", "worth", "all")
    assert event.applied.clauses == ("care", "promise")
    assert (event.clause, event.policy) == ("care", "test/1")
    assert (event.applied.priority, event.applied.relation, event.applied.value) == (
        3,
        "advocate",
        eur(6_000),
    )
    assert (event.applied.tone, event.applied.extras) == ("warm", eur(1_000))


def test_it_is_decided_once_and_anew_only_when_what_it_reads_changes() -> None:
    begun = life()
    assert begun.many("treatment_decided") == 1
    same = begun.told(say(AcceptCase, AGENT), contact())
    assert same.many("treatment_decided") == 1
    upset = same.told(say(Triage, OWNER, voc_type="complaint", emotion="high"))
    assert upset.many("treatment_decided") == 2
    assert applied(upset).emotion == "high"


def test_what_a_contact_notes_of_the_customers_emotion_counts_at_once() -> None:
    owned = life().told(say(AcceptCase, AGENT))
    angry = say(LogContact, OWNER, direction="inbound", channel="phone", emotion="high")
    assert applied(owned.told(angry)).rows == ("upset", "all")
    calm = say(LogContact, OWNER, direction="outbound", channel="phone", emotion="calm")
    assert applied(owned.told(angry, calm)).rows == ("all",)


def test_emotion_severity_and_newness_bring_targets_forward() -> None:
    def due(found: Life, name: str) -> Any:
        return next(clock.due for clock in running(around(found.case)) if clock.name == name)

    calm, new, upset = life(), life(stage="introduction"), life(emotion="high")
    assert due(calm, "resolve") - calm.now > due(new, "resolve") - new.now
    assert due(upset, "first_response") < due(calm, "first_response")
    both = life(stage="introduction", emotion="high")
    assert due(both, "resolve") == due(new, "resolve"), "of two shares the smaller counts, not their product"


def test_a_row_says_at_which_level_a_complaint_begins() -> None:
    grave = life(severity="critical")
    assert grave.case.assignment.level == 2
    moves = [event for event in grave.events if isinstance(event, CaseEscalated)]
    assert [(move.cause, move.clause) for move in moves] == [("treatment:grave", "care")] * 2
    inquiry = given(opening(), say(Triage, AGENT, voc_type="inquiry", severity="critical"), policy=TREATED)
    assert inquiry.case.assignment.level == 0


def test_a_failure_before_raises_priority_and_level_and_names_its_clause() -> None:
    failed = CUSTOMER.model_copy(update={"earlier": (EarlierFailure(on=date(2026, 10, 20), cause="late"),)})
    found = life(customer=failed)
    assert applied(found).priority == 1
    assert found.case.assignment.level == 1
    move = found.last("case_escalated")
    assert (move.cause, move.clause) == ("earlier_failure", "again")


def test_extras_grow_by_the_row_on_top_of_the_table_and_no_further() -> None:
    rules = TREATED.model_copy(
        update={
            "extra_limits": (ExtraLimit(at_most=eur(1_000), clause="promise"),),
            "offer_table": (OfferRule(id="all", harm="price", owes="price", clause="promise"),),
        }
    )

    def proposed(amount: int, tier: str) -> Any:
        customer = CUSTOMER.model_copy(update={"tier": tier})
        begun = (opening(), ok("acknowledgement", NOTICE), ok("customer", customer), ok("order", ORDER))
        owned = given(*begun, triage(), say(AcceptCase, AGENT), contact(), policy=rules)
        extra = Extra(amount=eur(amount), reason="for the wait")
        return owned.when(propose(plan(decision(amount=None), extras=(extra,))))

    assert proposed(2_000, "gold").refusal is None
    proposed(2_001, "gold").then_refused("extras together may come to", "extras")
    assert proposed(1_000, "none").refusal is None
    proposed(1_001, "none").then_refused("extras together may come to", "extras")


def test_a_supervisor_hears_once_of_an_advocates_open_case() -> None:
    found = life(customer=CUSTOMER.model_copy(update={"referrals": 1}))
    (alert,) = [effect for effect in todo(found.case) if effect.key == "alert:1"]
    assert isinstance(alert.request, SendNotice)
    assert (alert.request.staff, alert.request.channel) == ("sue", "internal")
    told = found.told(ok("alert", NOTICE), say(Triage, AGENT, voc_type="complaint", emotion="high"))
    assert told.last("staff_alerted").reached
    assert "alert:1" not in told.owed
    assert not [effect for effect in todo(life().case) if effect.key.startswith("alert")]


def test_tone_channel_and_hours_follow_the_profile() -> None:
    calm, upset = life(), life(emotion="high")
    assert calm.case.intake is not None
    assert upset.case.intake is not None
    assert (calm.case.intake.manner.tone, upset.case.intake.manner.tone) == ("plain", "warm")
    assert channels(calm.case.intake)[0] == "sms"
    assert channels(upset.case.intake)[0] == "phone"
    liked = life(emotion="high", customer=CUSTOMER.model_copy(update={"preferred_channel": "email"}))
    assert liked.case.intake is not None
    assert channels(liked.case.intake)[:2] == ("email", "phone"), "what the customer prefers comes first"
    early = calm.now.replace(hour=9)
    assert contact_window(around(calm.case).before, early).hour == 9
    assert contact_window(around(upset.case).before, early).hour == 11
    night = CUSTOMER.model_copy(update={"open_from_hour": 16, "open_to_hour": 20})
    theirs = life(emotion="high", customer=night)
    assert contact_window(around(theirs.case).before, early).hour == 16, "the customer's own hours hold"


# The stages of a relationship. -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"known": False}, ("prospect", None)),
        ({}, ("customer", None)),
        ({"purchases": 5}, ("customer", None)),
        ({"purchases": 5, "first_bought_on": date(2026, 5, 23)}, ("regular", "care")),
        ({"purchases": 5, "first_bought_on": date(2026, 5, 24)}, ("customer", None)),
        ({"purchases": 9, "first_bought_on": date(2020, 1, 1), "referrals": 1}, ("advocate", "care")),
        ({"referrals": 3, "partner": True}, ("partner", "care")),
    ],
)
def test_the_stage_of_a_relationship_is_read_from_transactions(facts: Any, expected: Any) -> None:
    snapshot = CustomerSnapshot(**{"known": True, **facts})
    assert relation_of(TREATED, snapshot, date(2026, 11, 23)) == expected


def test_it_is_pinned_with_its_day_and_clause_when_the_snapshot_is_taken() -> None:
    read = life(customer=CUSTOMER.model_copy(update={"partner": True})).last("customer_read")
    assert (read.relation, read.clause, read.policy, read.at.date()) == (
        "partner",
        "care",
        "test/1",
        date(2026, 11, 23),
    )


# One minimum for all. --------------------------------------------------------------------------------------

TIERS = ("none", "silver", "gold")
LINES = (HarmLine(id="price", harm="price"), HarmLine(id="trouble", harm="trouble"))


@settings(max_examples=60, deadline=None)
@holds(
    policy=st.sampled_from(SHIPPED),
    tier=st.sampled_from(TIERS),
    relation=st.sampled_from([None, *get_args(Relation)]),
    stage=st.sampled_from([None, "introduction", "growth", "maturity", "decline"]),
    emotion=st.sampled_from([None, *get_args(Emotion)]),
    severity=st.sampled_from(get_args(Severity)),
    failed=st.booleans(),
)
def test_whoever_complains_keeps_every_guarantee(
    *, policy: Policy, tier: str, relation: Any, stage: Any, emotion: Any, severity: Any, failed: bool
) -> None:
    """Clocks are no later than the base, what is owed is equal, nothing falls below what all have."""
    earlier = (EarlierFailure(on=date(2026, 11, 1)),) if failed else ()
    customer = CustomerSnapshot(known=relation != "prospect", tier=tier, earlier=earlier)
    begun = given(opening(), ok("customer", customer), ok("order", ORDER))
    case = replace(
        begun.case,
        policy=policy,
        triage=replace(
            begun.case.triage,
            classed=True,
            voc_type="complaint",
            severity=severity,
            emotion=emotion,
            classed_at=begun.now,
            harm_lines=LINES,
        ),
    )
    assert case.intake is not None
    order = ORDER.model_copy(update={"life_cycle": stage})
    intake = replace(case.intake, order=order, relation=relation)
    added = applied_to(policy, intake, case.triage)
    treated = _treated(replace(case, intake=intake), added)

    def dues(of: Case) -> dict[str, Any]:
        return {clock.name: clock.due for clock in running(around(of))}

    base, theirs = dues(case), dues(treated)
    assert theirs.keys() == base.keys() >= {"acknowledge", "first_response", "resolve"}
    statutory = {clock.id for clock in policy.statutory}
    for name, due in theirs.items():
        assert due <= base[name]
        assert name not in statutory or due == base[name], "the law's clocks are equal for all"

    lowest = compute(Facts(policy=policy, triage=case.triage, order=ORDER, customer=None))
    given_to = compute(Facts(policy=policy, triage=case.triage, order=ORDER, customer=customer))
    assert [line.amount for line in given_to.lines] == [line.amount for line in lowest.lines]
    assert (given_to.extras_limit is None) == (lowest.extras_limit is None)
    assert added.level >= 0
    assert added.priority >= 0
    assert added.extras is None or added.extras.minor >= 0
    assert added.tone is not None, "how somebody is spoken to is documented for everybody"
    assert due_of(policy.supervisor_meeting, policy.calendar, begun.now) is not None
    assert due_of(policy.appeal_window, policy.calendar, begun.now) is not None
    assert policy.happy_call.attempts >= 1


@pytest.mark.parametrize("policy", SHIPPED, ids=lambda policy: policy.name)
def test_whoever_begins_in_higher_hands_is_accepted_no_later(policy: Policy) -> None:
    for severity in get_args(Severity):
        base = policy.target("accept", "complaint", severity)
        higher = policy.target("owner_accepts", "complaint", severity)
        assert base is not None
        if higher is not None and policy.treatments:
            theirs = due_of(higher.budget, policy.calendar, MONDAY)
            usual = due_of(base.budget, policy.calendar, MONDAY)
            assert theirs is not None
            assert usual is not None
            assert theirs <= usual, severity


def _treated(case: Case, added: Any) -> Case:
    return replace(case, treatment=replace(case.treatment, applied=added))


@pytest.mark.parametrize("customer", [None, CustomerSnapshot(known=False)], ids=["unknown", "prospect"])
def test_the_lowest_are_acknowledged_put_right_met_called_and_may_appeal(customer: Any) -> None:
    profile = unknown("customer") if customer is None else ok("customer", customer)
    lowest = given(
        opening(),
        ok("acknowledgement", NOTICE),
        profile,
        ok("order", ORDER),
        triage(),
        say(AcceptCase, AGENT),
        say(RequestSupervisor, MIRA),
        contact(),
        propose(plan(decision())),
        accept(),
        policy=TREATED,
    )
    assert "supervisor/meeting:1" in lowest.dues
    assert lowest.last("remedy_agreed")
    assert lowest.last("remedy_agreed").at == lowest.now


# Every decision names its ground. --------------------------------------------------------------------------

NAMED = TREATED.model_copy(
    update={
        "decision_clauses": dict.fromkeys(
            (
                "triage",
                "routing",
                "treatment",
                "escalation",
                "remedy",
                "approval",
                "result",
                "supervisor",
                "exception",
            ),
            "promise",
        ),
        "ground_clauses": dict.fromkeys(
            ("withdrawal", "defect", "warranty", "guarantee", "goodwill"), "promise"
        ),
    }
)


def test_every_decision_of_a_life_names_policy_and_clause_and_every_granted_line_its_own() -> None:
    found = given(
        opening(),
        ok("acknowledgement", NOTICE),
        ok("customer", CUSTOMER),
        ok("order", ORDER),
        triage(),
        say(AcceptCase, AGENT),
        say(RequestSupervisor, MIRA),
        contact(),
        propose(plan(decision(amount=eur(40_000)))),
        lambda case: say(ApproveRemedy, HEAD, proposal=standing(case)),
        wait(days=20),
        policy=NAMED,
    )
    decisions = [event for event in found.events if isinstance(event, Decision)]
    kinds = {getattr(event, "kind", "") for event in decisions}
    assert kinds >= {
        "triaged",
        "department_assigned",
        "treatment_decided",
        "remedy_proposed",
        "remedy_approved",
        "supervisor_requested",
        "target_breached",
        "case_escalated",
    }
    for event in decisions:
        kind = getattr(event, "kind", "")
        assert event.policy == "test/1", kind
        assert event.clause is not None or kind == "customer_read", kind
    for line in found.last("remedy_proposed").plan.decisions:
        assert line.clause is not None
