"""Each channel has its own acknowledgement; contacts are held against the limits of one claim."""

from datetime import timedelta
from typing import Any

import pytest

from domain.assignment import AcceptCase
from domain.budget import PlainTime
from domain.case import todo
from domain.contact import LogContact
from domain.effect import Contact, SendNotice
from domain.intake import KNOWN_SOURCES, Acknowledge, Gaps, gaps
from domain.policy import Policy, SourceRule
from domain.view import view
from policies import load, resolve_names
from tests.domain.lives import (
    AGENT,
    MIRA,
    MONDAY,
    NOTICE,
    OWNED,
    POLICY,
    SYSTEM,
    Life,
    contact,
    given,
    ok,
    opening,
    say,
    triage,
    wait,
)

FACE_TO_FACE = ("head_office", "sales_person", "store", "branch", "service_centre")


def within(minutes: int) -> PlainTime:
    return PlainTime(minutes=minutes)


RULED = POLICY.model_copy(
    update={
        "sources": (
            SourceRule(
                source="branch", kind="face_to_face", means=("in_person", "sms", "post"), within=within(10)
            ),
            SourceRule(source="fax", kind="remote", means=("phone", "post"), within=within(600)),
            SourceRule(source="email", kind="remote", means=("email",), within=within(30)),
        ),
        "fairness": POLICY.fairness.model_copy(
            update={"longest_wait": timedelta(seconds=120), "max_repeats": 1, "max_repeats_before": 0}
        ),
    }
)


def acknowledgement(life: Life) -> SendNotice | None:
    """Return the notice by which the customer hears that we have it."""
    found = [effect.request for effect in todo(life.case) if effect.key.startswith("acknowledgement")]
    assert all(isinstance(each, SendNotice) for each in found)
    return found[0] if found else None  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("source", "reach", "channel", "minutes"),
    [
        ("fax", Contact(phone="555"), "phone", 600),
        ("fax", Contact(name="Mira"), "post", 600),
        ("email", Contact(phone="555", email="m@example.invalid"), "email", 30),
        ("branch", Contact(phone="555"), "sms", 10),
    ],
)
def test_a_channel_has_its_own_means_and_limit_of_acknowledgement(
    source: str, reach: Contact, channel: str, minutes: int
) -> None:
    life = given(opening(source=source, contact=reach), triage(), policy=RULED)
    notice = acknowledgement(life)
    assert notice is not None
    assert notice.channel == channel
    assert life.dues["targets/acknowledge:1:0"] == MONDAY + timedelta(minutes=minutes)


def test_where_no_means_of_the_channel_reaches_the_customer_another_does() -> None:
    notice = acknowledgement(given(opening(source="email", contact=Contact(phone="5")), policy=RULED))
    assert notice is not None
    assert notice.channel == "sms"


def test_whoever_takes_a_case_in_at_a_counter_says_so_in_person() -> None:
    life = given(opening(source="branch", place="Gangnam", taken_by="ann"), triage(), policy=RULED)
    assert acknowledgement(life) is None
    life = life.when(say(Acknowledge, AGENT, how="handed over the slip")).then("acknowledged")
    assert "targets/acknowledge:1:0" not in life.dues


def test_an_acknowledgement_in_person_that_nobody_gave_is_missed() -> None:
    life = given(opening(source="branch", taken_by="ann"), triage(), wait(minutes=11), policy=RULED)
    assert life.last("target_breached").target == "acknowledge"


def test_what_turned_into_a_complaint_later_is_acknowledged_by_message() -> None:
    life = given(opening(source="branch", taken_by="ann"), triage(voc_type="inquiry"), policy=RULED)
    notice = acknowledgement(life.told(triage()))
    assert notice is not None
    assert (notice.template, notice.channel) == ("complaint_acknowledgement", "sms")


def test_a_source_of_the_policy_is_known_and_any_other_is_taken_and_marked() -> None:
    own = RULED.model_copy(
        update={"sources": (*RULED.sources, RULED.sources[0].model_copy(update={"source": "kakao"}))}
    )
    assert given(policy=own).when(opening(source="kakao")).event("case_opened").known_source
    life = given(opening(source="pigeon"), policy=own)
    assert not view(life.case, head="h", unwritten=0).known_source


@pytest.mark.parametrize("name", resolve_names())
def test_the_shipped_policies_say_of_every_channel_how_it_is_acknowledged(name: str) -> None:
    policy = load(name)
    rules = {rule.source: rule for rule in policy.sources}
    assert set(rules) == set(KNOWN_SOURCES)
    assert all(rules[source].kind == "face_to_face" for source in FACE_TO_FACE)
    assert len({(rule.means, rule.within.model_dump_json()) for rule in policy.sources}) > len(rules) / 3


def test_a_case_opened_at_a_branch_goes_on_by_phone_as_one_case() -> None:
    life = given(
        opening(source="branch", place="Gangnam", taken_by="ann"),
        *OWNED[1:2],
        policy=POLICY,
    )
    life = life.told(
        triage(),
        say(AcceptCase, AGENT),
        contact(direction="inbound", channel="branch", place="Gangnam"),
        contact(channel="phone", minutes=4),
    )
    logged: list[Any] = [event for event in life.events if getattr(event, "kind", "") == "contact_logged"]
    assert [(each.channel, each.place, each.person) for each in logged] == [
        ("branch", "Gangnam", "owner:ann"),
        ("phone", None, "owner:ann"),
    ]
    assert life.case.contacts.count == 2
    seen = view(life.case, head="h", unwritten=0)
    assert (seen.row.source, seen.place, seen.contacts) == ("branch", "Gangnam", 2)


# The limits of one claim. ----------------------------------------------------------------------------------


def call(**fields: Any) -> Any:
    return say(LogContact, SYSTEM, direction="inbound", channel="phone", **fields)


@pytest.mark.parametrize(("seconds", "over"), [(120, ()), (121, ("wait",))])
def test_a_wait_is_held_against_the_limit_and_at_the_limit_is_no_breach(
    seconds: int, over: tuple[str, ...]
) -> None:
    logged = given(*OWNED, policy=RULED).when(call(wait_seconds=seconds)).event("contact_logged")
    assert logged.over == over


def test_the_story_told_once_more_than_the_limit_is_recorded_against_it() -> None:
    life = given(*OWNED, policy=RULED).told(call(repeat=True))
    assert life.case.contacts.over == 0
    logged = life.when(call(repeat=True, wait_seconds=500)).event("contact_logged")
    assert logged.over == ("wait", "repeat")
    assert life.told(call(repeat=True), call()).case.contacts.over == 1
    assert life.when(call()).event("contact_logged").over == ()


def test_before_anybody_owns_the_case_the_limit_of_the_intake_counts() -> None:
    life = given(*OWNED[:-1], policy=RULED)
    assert life.when(call(repeat=True)).event("contact_logged").over == ("repeat",)
    owned = life.told(call(repeat=True), say(AcceptCase, AGENT))
    assert owned.when(call(repeat=True)).event("contact_logged").over == ()


def test_a_call_is_logged_once_by_its_reference_and_what_was_said_in_it_beside_it() -> None:
    life = given(*OWNED).told(call(reference="tel-7", transfers=2, spoke="ann", ended_by="customer"))
    logged = life.last("contact_logged")
    assert (logged.person, logged.transfers, logged.ended_by) == ("ann", 2, "customer")
    assert not logged.substantive
    life.when(call(reference="tel-7")).then()
    life = life.told(contact(reference="tel-7"))
    life.when(contact(reference="tel-7")).then()
    assert (life.case.contacts.count, life.case.contacts.transfers) == (2, 2)
    assert view(life.case, head="h", unwritten=0).put_through == 2


# From the failure to the firm's knowledge of it. ------------------------------------------------------------


def measured(policy: Policy = POLICY, **fields: Any) -> Gaps:
    life = given(opening(**fields), policy=policy)
    assert life.case.intake is not None
    return gaps(life.case.intake)


def test_failure_awareness_raising_and_receipt_are_facts_of_their_own_with_gaps_between_them() -> None:
    days = [MONDAY - timedelta(days=day) for day in (40, 10, 3, 2)]
    found = measured(failed_at=days[0], noticed_at=days[1], raised_at=days[2], received_at=days[3])
    assert found == Gaps(to_awareness=30 * 86_400, to_raising=37 * 86_400, to_receipt=86_400)


def test_where_the_firm_noticed_nothing_it_learns_of_the_failure_with_the_receipt() -> None:
    assert measured(failed_at=MONDAY - timedelta(hours=2)).to_awareness == 7_200
    assert measured() == Gaps(to_awareness=None, to_raising=None, to_receipt=None)


def test_what_was_done_before_the_failure_was_known_is_recorded() -> None:
    opened = given().when(opening(proactive=True, warned="all buyers were written to")).event("case_opened")
    assert opened.opening.warned == "all buyers were written to"


@pytest.mark.parametrize(
    ("fields", "words", "code"),
    [
        ({"failed_at": MONDAY + timedelta(seconds=1)}, "in the future", "future"),
        ({"failed_at": MONDAY.replace(year=1)}, "before 1970", "past"),
        ({"failed_at": MONDAY, "noticed_at": MONDAY - timedelta(hours=1)}, "before it happened", "order"),
    ],
)
def test_times_before_the_opening_have_an_order(fields: Any, words: str, code: str) -> None:
    given().when(opening(**fields)).then_refused(words, code)


def test_the_customer_is_still_acknowledged_by_the_usual_channel_without_rules() -> None:
    life = given(opening())
    notice = acknowledgement(life)
    assert notice is not None
    assert notice.channel == "sms"
    assert life.told(ok("acknowledgement", NOTICE)).owed == ("customer:1", "order:1")
    assert MIRA.id == "mira"
