"""An upset customer: who speaks to them next and when, the call back, and the review of a hostile contact."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from cli.why import whys
from domain.actor import Actor, Role
from domain.assignment import AcceptCase, AcceptTransfer, TransferCase
from domain.brief import brief, in_words
from domain.budget import WorkingTime
from domain.contact import EndedByStaff, LogContact, PauseTargets
from domain.effect import LoadAnswer
from domain.ending import WithdrawCase
from domain.ladder import Rung
from domain.policy import Heated, Policy, Target
from domain.task import AcceptTask, CancelTask, FinishTask, RefuseTask
from domain.triage import Triage
from domain.view import case_row, view
from tests.domain.lives import (
    AGENT,
    HANDLED,
    HEAD,
    IN_RECOVERY,
    MIRA,
    MONDAY,
    NOTIFIED,
    OWNER,
    PUT_RIGHT,
    RAISED,
    SATISFIED,
    SECOND_SUPERVISOR,
    SUPERVISOR,
    SYSTEM,
    Life,
    Until,
    given,
    kinds_of,
    ok,
    opening,
    register,
    say,
    triage,
    unknown,
    wait,
)
from tests.domain.test_joining import handed_over, take

CALL_BACK = Target(
    name="call_back",
    budget=WorkingTime(minutes=240),
    ladder=(
        Rung(at=0.5, actions=("remind_owner",)),
        Rung(at="breach", actions=("tell_supervisor", "escalate")),
    ),
    clause="promise",
)


def trained(*ids: str) -> Policy:
    """Return the policy with people under which these are trained to call upset customers back."""
    assert HANDLED.handling is not None
    return HANDLED.model_copy(
        update={
            "handling": HANDLED.handling.model_copy(update={"heated": Heated()}),
            "targets": (*HANDLED.targets, CALL_BACK),
            "people": tuple(
                each.model_copy(update={"skills": (*each.skills, "de_escalation")})
                if each.id in ids
                else each
                for each in HANDLED.people
            ),
        }
    )


HEATED = trained("bob")
BOB = Actor(role=Role.AGENT, id="bob")
LOAD = LoadAnswer(open_cases={"ann": 1, "ben": 4, "bob": 2, "pat": 9})
COOLED = MONDAY + timedelta(hours=1)


INBOUND: dict[str, Any] = {"direction": "inbound", "channel": "phone", "emotion": "high"}


def heat(by: Actor = OWNER, **fields: Any) -> Any:
    """Log a call of the customer's in which they are upset."""
    return say(LogContact, by, **{**INBOUND, **fields})


def call(by: Actor, **fields: Any) -> Any:
    """Log a call of ours."""
    return say(LogContact, by, **{**INBOUND, "direction": "outbound", "emotion": None, **fields})


def lived(*items: Any, policy: Policy = HEATED) -> Life:
    return given(*IN_RECOVERY, *items, policy=policy)


MOVED: tuple[Any, ...] = (heat(), ok("load", LOAD))
"""The owner's talk was heated, and somebody else was made owner."""

HANDED: tuple[Any, ...] = (*MOVED, say(AcceptCase, BOB))
"""Somebody trained has the case now."""


def due_names(life: Life) -> set[str]:
    return {name for name in life.dues if name.startswith(("heat/", "targets/call_back"))}


# The flag, and its two times. ------------------------------------------------------------------------------


def test_a_contact_that_finds_the_customer_upset_sets_a_flag_that_a_reader_sees() -> None:
    life = lived(heat())
    event = life.last("heat_flagged")
    assert (event.contact, event.spoke, event.cools_at) == (2, "ann", COOLED)
    seen = view(life.case, head="", unwritten=0).upset
    assert seen is not None
    assert (seen.contact, seen.not_before, seen.call_by) == (2, COOLED, COOLED + timedelta(hours=4))
    assert (seen.skill, seen.not_by, seen.owner_may) == ("de_escalation", ("ann",), False)
    told = dict(in_words(brief(life.case), "en"))["upset customer"]
    assert told.startswith(
        "very upset in contact 2: call from 2026-11-23 10:00 UTC until 2026-11-23 14:00 UTC"
    )
    assert "전화드립니다" in dict(in_words(brief(life.case), "ko"))["격앙된 고객"]


def test_cooling_off_and_call_back_are_dues_with_their_reasons() -> None:
    life = lived(heat())
    assert life.dues["heat/cooling-off:2"] == COOLED
    assert life.dues["targets/call_back:2:1"] == COOLED + timedelta(hours=4)
    told = {each.name.partition(":")[0]: each for each in whys(case_row(life.case).dues, life.case)}
    cooling, back = told["heat/cooling-off"], told["targets/call_back"]
    assert (cooling.due, cooling.what) == (
        COOLED,
        "the cooling-off ends, and the customer may be called back",
    )
    assert "contact 2 found the customer upset" in cooling.why
    assert "1 hour of working time" in cooling.why
    assert back.why.startswith("in time [promise]")
    assert "2026-11-23 10:00" in back.why, "it counts from the end of the cooling-off"
    later = life.when(Until(COOLED + timedelta(seconds=1))).then("cooled_off")
    assert due_names(later) == {"targets/call_back:2:0", "targets/call_back:2:1"}


def test_both_count_working_time_from_when_the_contact_took_place() -> None:
    evening = MONDAY.replace(hour=17, minute=30)
    life = lived(Until(evening), heat())
    assert life.dues["heat/cooling-off:2"] == datetime.fromisoformat("2026-11-24T09:30:00+00:00")
    assert life.dues["targets/call_back:2:1"] == datetime.fromisoformat("2026-11-24T13:30:00+00:00")
    noted_late = lived(Until(evening), heat(occurred_at=MONDAY))
    assert noted_late.dues["heat/cooling-off:2"] == COOLED
    passed = noted_late.when(wait(seconds=1)).life
    assert (passed.many("cooled_off"), passed.many("target_breached")) == (1, 1), "noticed once, not lost"


def test_a_call_back_that_is_missed_moves_the_case_up_like_any_other_target() -> None:
    life = lived(*HANDED, wait(hours=5, seconds=1))
    breach, moved = life.last("target_breached"), life.last("case_escalated")
    assert (breach.target, moved.cause, moved.owner) == ("call_back", "target:call_back", "sue")
    assert "call_back" in {word.target for word in life.case.targets.words}


def test_no_pause_stops_the_call_back() -> None:
    life = lived(*HANDED, say(PauseTargets, Actor(role=Role.OWNER, id="bob"), reason="customer"))
    assert life.dues["targets/call_back:2:1"] == COOLED + timedelta(hours=4)


def test_a_policy_that_says_nothing_of_it_sets_no_flag_and_asks_for_no_review() -> None:
    bare = lived(policy=HANDLED).when(heat(tone="hostile")).then("contact_logged")
    assert due_names(bare) == set()
    assert view(bare.case, head="", unwritten=0).upset is None


@pytest.mark.parametrize("fields", [{}, {"emotion": "calm"}, {"tone": "kind"}])
def test_a_case_without_a_heated_contact_has_none_of_it(fields: dict[str, Any]) -> None:
    quiet = lived().when(heat(**{"emotion": None, **fields})).then("contact_logged")
    assert due_names(quiet) == set()


# Whose case it is. -----------------------------------------------------------------------------------------


def test_an_owner_who_spoke_in_it_gives_way_to_somebody_trained_with_the_reason() -> None:
    life = lived().when(heat()).then("contact_logged", "heat_flagged", "owner_sought")
    assert life.last("owner_sought").because == "upset"
    life = life.when(ok("load", LOAD)).then("owner_suggested", "owner_appointed")
    moved = life.last("owner_appointed")
    assert (moved.before, moved.owner) == ("ann", "bob")
    reason = "the customer was upset in contact 2: trained in de_escalation, 2 open cases"
    assert moved.reason == reason
    seen = view(life.case, head="", unwritten=0).upset
    assert seen is not None
    assert seen.owner_may
    life.when(say(AcceptCase, BOB)).then("case_accepted")


def test_of_several_who_are_trained_the_one_with_the_smallest_load_has_it() -> None:
    assert lived(*MOVED, policy=trained("ben", "bob")).case.assignment.owner == "bob"
    assert lived(heat(), unknown("load"), policy=trained("ben", "bob")).case.assignment.owner == "ben"


def test_where_nobody_is_trained_a_leader_of_the_department_has_it() -> None:
    life = lived(*MOVED, policy=trained())
    assert life.last("owner_appointed").owner == "pat"
    assert "leads" in life.last("owner_appointed").reason


def test_where_nobody_of_the_department_may_it_moves_up_until_somebody_may() -> None:
    alone = trained().model_copy(
        update={"people": tuple(each for each in trained().people if each.id in ("ann", "sid", "hal"))}
    )
    levels = tuple(each.model_copy(update={"levels": ("sid", "hal")}) for each in alone.departments)
    alone = alone.model_copy(update={"departments": levels})
    people = tuple(
        each.model_copy(update={"department": "works"}) if each.id == "sid" else each for each in alone.people
    )
    alone = alone.model_copy(update={"people": people})
    life = lived(*MOVED, policy=alone)
    moved = life.last("case_escalated")
    assert (moved.cause, moved.owner) == ("upset", "sid")
    assert "nobody of the department is trained in de_escalation" in moved.reason
    furious = life.told(wait(minutes=1), heat(SECOND_SUPERVISOR), ok("load", LOAD))
    assert furious.last("case_escalated").owner == "hal"
    at_the_top = furious.told(wait(minutes=1), heat(HEAD), ok("load", LOAD))
    assert at_the_top.case.assignment.owner == "hal", "nobody is left above"
    assert "owner_sought" not in kinds_of(at_the_top.when(wait(minutes=5)).events), (
        "and nobody is sought again"
    )


def test_a_case_that_changed_hands_too_often_stays_with_leaders() -> None:
    offers = (say(TransferCase, OWNER, to=to, summary="read this") for to in ("ben", "bob", "ben"))
    life = lived(*offers, say(AcceptCase, SUPERVISOR))
    assert (life.case.assignment.pinned, life.case.assignment.owner) == (True, "sue")
    furious = life.told(heat(SUPERVISOR), ok("load", LOAD))
    assert furious.last("owner_appointed").owner in ("pat", "sid"), "and not bob, who is an agent"


def test_an_owner_who_is_trained_or_leads_and_did_not_speak_keeps_the_case() -> None:
    assert lived(heat(BOB)).many("owner_sought") == 1, "ann owns it, who is neither"
    owned = lived(*HANDED, call(BOB, emotion="calm"))
    again = owned.when(heat(AGENT)).then("contact_logged", "heat_flagged")
    assert again.case.assignment.owner == "bob"


def test_whoever_takes_a_case_that_is_under_the_flag_gives_way_as_well() -> None:
    life = given(*RAISED, triage(), policy=HEATED).when(heat(MIRA)).then("contact_logged", "heat_flagged")
    assert life.last("heat_flagged").spoke is None
    life = life.when(say(AcceptCase, AGENT)).then("case_accepted", "owner_sought")
    assert life.told(ok("load", LOAD)).case.assignment.owner == "bob"


def test_the_case_is_handed_only_to_whoever_may_speak_to_the_customer() -> None:
    life = lived(*HANDED)
    owner = Actor(role=Role.OWNER, id="bob")
    offer = say(TransferCase, owner, to="ben", summary="read this")
    life.when(offer).then_refused("name somebody trained in de_escalation, or a leader", "skill")
    life.when(say(TransferCase, owner, to="ann", summary="read this")).then_refused("contact 2", "skill")
    life.when(say(TransferCase, owner, to="sue", summary="read this")).then("transfer_offered")
    calm = life.told(call(BOB, emotion="calm"))
    calm.when(offer).then("transfer_offered")


def test_an_offer_that_was_open_when_the_call_grew_hot_does_not_bring_it_to_the_wrong_person() -> None:
    life = lived(say(TransferCase, OWNER, to="ben", summary="read this"), *HANDED)
    ben = Actor(role=Role.AGENT, id="ben")
    life.when(say(AcceptTransfer, ben)).then_refused("was not offered to you", "not-offered")


def test_once_the_customer_is_calm_before_the_answer_nobody_has_to_give_way() -> None:
    life = lived(heat(), call(SUPERVISOR, emotion="calm")).when(ok("load", LOAD)).then("owner_suggested")
    assert life.case.assignment.owner == "ann"


# The end of the flag. --------------------------------------------------------------------------------------


def test_a_call_back_by_somebody_trained_after_the_cooling_off_ends_the_flag() -> None:
    life = lived(*HANDED, wait(hours=2)).when(call(BOB)).then("contact_logged", "heat_settled")
    assert life.last("heat_settled").why == "called_back"
    assert due_names(life) == set()
    assert view(life.case, head="", unwritten=0).upset is None
    assert life.passed(MONDAY + timedelta(hours=8)).many("target_breached") == 0


def test_a_leader_may_call_back_whoever_owns_it() -> None:
    lived(heat(), wait(hours=2)).when(call(SUPERVISOR)).then("contact_logged", "heat_settled")


def test_a_contact_that_finds_the_customer_calm_ends_it_whoever_spoke_and_by_whichever_channel() -> None:
    life = lived(*HANDED).when(call(AGENT, emotion="calm")).then("contact_logged", "heat_settled")
    assert life.last("heat_settled").why == "calm"
    lived(*HANDED).when(heat(MIRA, channel="email", emotion="calm")).then("contact_logged", "heat_settled")


@pytest.mark.parametrize(
    ("by", "why", "after"),
    [(BOB, "too_soon", 0.5), (AGENT, "not_trained", 2), (Actor(role=Role.AGENT, id="ben"), "not_trained", 2)],
)
def test_a_call_too_soon_or_by_the_wrong_person_is_logged_and_noted_and_the_call_is_still_owed(
    by: Actor, why: str, after: float
) -> None:
    life = lived(*HANDED, wait(hours=after)).when(call(by)).then("contact_logged", "heat_passed_over")
    assert life.last("heat_passed_over").why == why
    assert "targets/call_back:2:1" in life.dues


@pytest.mark.parametrize(
    "fields",
    [
        {"reached": False},
        {"channel": "email"},
        {"channel": "sms"},
        {"tone": "hostile"},
        {"ended_by_staff": EndedByStaff(reason="insults", warned=True, taken_over_by="sue")},
        {"occurred_at": MONDAY - timedelta(hours=1)},
    ],
)
def test_what_is_no_talk_with_the_customer_after_it_is_no_call_back(fields: dict[str, Any]) -> None:
    life = lived(*HANDED, wait(hours=2), call(BOB, **fields))
    assert life.many("heat_settled") == 0
    assert "targets/call_back:2:1" in life.dues


def test_a_customer_who_calls_us_is_spoken_to_at_any_time() -> None:
    early = lived(*HANDED).when(heat(BOB, emotion=None)).then("contact_logged", "heat_settled")
    assert early.last("heat_settled").why == "called_back"
    lived(*HANDED).when(heat(AGENT, emotion=None)).then("contact_logged")
    lived(*HANDED).when(heat(SYSTEM, emotion=None)).then("contact_logged")
    lived(*HANDED).when(heat(SYSTEM, emotion=None, spoke="bob")).then("contact_logged", "heat_settled")


def test_another_heated_contact_begins_anew_and_keeps_apart_whoever_spoke_before() -> None:
    life = lived(*HANDED, wait(hours=2), heat(BOB), ok("load", LOAD))
    assert life.last("heat_flagged").contact == 3
    assert due_names(life) >= {"heat/cooling-off:3", "targets/call_back:3:1"}
    assert life.case.heat.apart == ("ann", "bob")
    assert life.case.assignment.owner == "pat"


# The review. -----------------------------------------------------------------------------------------------

HOSTILE = heat(tone="hostile")
CUT_OFF = EndedByStaff(reason="the caller was loud")
LAWFUL = EndedByStaff(reason="insults after a warning", warned=True, taken_over_by="sue")
REVIEWED = say(FinishTask, SUPERVISOR, number=1, result="the owner is coached")


def test_a_hostile_contact_opens_a_review_for_a_leader_who_took_no_part() -> None:
    life = lived().when(HOSTILE).life
    event = life.last("review_opened")
    assert (event.number, event.contact, event.department) == (1, 2, "service")
    assert event.apart == ("ann",)
    assert event.falls_due == MONDAY.replace(hour=18)
    (task,) = view(life.case, head="", unwritten=0).tasks
    assert (task.reviews, task.reviewers, task.state) == (2, ("pat", "sue", "sid", "hal"), "given")
    told = [(item.topic, item.staff) for item in life.case.staff_news.items]
    assert ("staff_task", "pat") in told
    life = life.when(say(AcceptTask, SUPERVISOR, number=1)).then("task_accepted")
    life = life.when(REVIEWED).then("task_done")
    (task,) = view(life.case, head="", unwritten=0).tasks
    assert (task.state, task.person, task.result) == ("done", "sue", "the owner is coached")


def test_nobody_who_took_part_or_does_not_lead_answers_it_and_nobody_calls_it_off() -> None:
    life = lived(call(SUPERVISOR), HOSTILE)
    life.when(REVIEWED).then_refused("ask one of pat, sid, hal", "took-part")
    life.when(say(AcceptTask, BOB, number=1)).then_refused("only a leader", "took-part")
    life.when(say(CancelTask, OWNER, number=1, reason="x")).then_refused("nobody calls off", "review")
    refuse = say(RefuseTask, SECOND_SUPERVISOR, number=1, reason="x")
    life.when(refuse).then_refused("nobody calls off", "review")


def test_where_every_leader_of_the_department_took_part_another_departments_leader_looks() -> None:
    pat = Actor(role=Role.SUPERVISOR, id="pat")
    every = (call(pat), call(SUPERVISOR), call(SECOND_SUPERVISOR), call(HEAD))
    life = lived(*every, HOSTILE)
    assert life.last("review_opened").department == "works"
    wes = Actor(role=Role.SUPERVISOR, id="wes")
    life.when(say(FinishTask, wes, number=1, result="seen")).then("task_done")
    nobody = lived(*every, call(wes), HOSTILE)
    assert nobody.last("review_opened").apart == ("ann",), "then at least nobody who spoke in it"
    led_by_one = tuple(each for each in HEATED.people if not HEATED.leads(each.id) or each.id == "sue")
    lone = HEATED.model_copy(update={"people": led_by_one})
    assert lived(heat(SUPERVISOR, tone="hostile"), policy=lone).many("review_opened") == 0


@pytest.mark.parametrize(
    ("fields", "reviewed"),
    [
        ({"tone": "hostile"}, True),
        ({"tone": "hostile", "emotion": None}, True),
        ({"ended_by_staff": CUT_OFF}, True),
        ({"ended_by_staff": LAWFUL}, False),
        ({"ended_by_staff": LAWFUL.model_copy(update={"warned": False})}, True),
        ({"ended_by_staff": LAWFUL.model_copy(update={"taken_over_by": "ben"})}, True),
        ({"ended_by_staff": CUT_OFF, "emotion": None}, False),
        ({"ended_by_staff": CUT_OFF, "emotion": "calm"}, False),
        ({"tone": "kind"}, False),
    ],
)
def test_what_is_reviewed(fields: dict[str, Any], *, reviewed: bool) -> None:
    assert lived(heat(**fields)).many("review_opened") == reviewed


def test_a_call_cut_off_after_heated_words_is_reviewed_as_well() -> None:
    cut = heat(emotion=None, ended_by_staff=CUT_OFF)
    assert lived(heat(), cut).many("review_opened") == 1
    upset = say(Triage, OWNER, voc_type="complaint", emotion="high")
    assert lived(upset, cut).many("review_opened") == 1
    rules = (
        *HEATED.triage_rules,
        HEATED.triage_rules[0].model_copy(
            update={"field": "emotion", "value": "high", "words": ("furious",)}
        ),
    )
    furious = HEATED.model_copy(update={"triage_rules": rules})
    words = (opening(text="I am furious."), *IN_RECOVERY[1:], cut)
    assert given(*words, policy=furious).many("review_opened") == 1
    assert given(*words, policy=HEATED).many("review_opened") == 0


def test_the_result_does_not_wait_for_the_review_but_the_end_does() -> None:
    life = given(*PUT_RIGHT, HOSTILE, policy=HEATED)
    life.when(register()).then("result_registered")
    closing = given(*SATISFIED, policy=HEATED).told(call(SUPERVISOR, tone="hostile"))
    assert not any(name.startswith("ending/") for name in closing.dues)
    ended = closing.told(say(FinishTask, HEAD, number=1, result="seen"), wait(days=9))
    assert ended.end == "recovered"
    waited = closing.told(wait(days=1))
    assert waited.end is None


def test_a_review_that_nobody_makes_moves_the_case_up_and_does_not_keep_it_open_for_ever() -> None:
    late = given(*NOTIFIED, HOSTILE, wait(hours=25), policy=HEATED)
    assert (late.many("task_missed"), late.last("case_escalated").cause) == (1, "task/due")
    given_up = late.told(*(wait(hours=12) for _ in range(20)))
    assert given_up.many("task_missed") == 4
    assert not given_up.case.tasks.under_review


def test_a_customer_who_withdraws_after_a_hostile_talk_is_let_go_and_the_review_is_made() -> None:
    life = lived(HOSTILE, say(WithdrawCase, MIRA, reason="I have had enough"))
    assert (life.end, life.many("task_cancelled"), due_names(life)) == (None, 0, set())
    assert view(life.case, head="", unwritten=0).upset is None
    assert life.told(REVIEWED).end == "withdrawn"
    assert life.told(*(wait(hours=12) for _ in range(20))).end == "withdrawn", "nor does it wait for ever"


def test_a_heated_contact_of_a_case_that_is_joined_counts_under_its_number_here() -> None:
    other = handed_over(opening(source="fax", text="once more"), heat(AGENT, tone="hostile"))
    life = lived().when(take(contacts=other, upto=2)).life
    flagged, reviewed = life.last("heat_flagged"), life.last("review_opened")
    assert (flagged.contact, flagged.spoke, reviewed.contact) == (3, "ann", 3)
    assert life.last("owner_sought").because == "upset"
