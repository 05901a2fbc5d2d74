"""Who should own a case, and what happens when its owner is away or lacks what it asks for."""

from datetime import date, timedelta
from typing import Any

from domain.actor import Actor, Role
from domain.allocation import ReportAbsence, SuggestOwner
from domain.assignment import AcceptCase, AcceptTransfer, RefuseDepartment, TransferCase
from domain.effect import LoadAnswer
from domain.ending import WithdrawCase
from domain.message import EffectSucceeded
from domain.policy import Absence, Policy
from domain.promise import MakePromise
from domain.view import view
from tests.domain.lives import (
    AGENT,
    HANDLED,
    IN_RECOVERY,
    MIRA,
    MONDAY,
    OTHER_AGENT,
    OWNED,
    OWNER,
    RAISED,
    SUPERVISOR,
    SYSTEM,
    WITH_DEPARTMENT,
    contact,
    eur,
    given,
    ok,
    opening,
    say,
    triage,
    unknown,
    wait,
)

SUGGEST = say(SuggestOwner, SUPERVISOR)
LOAD = LoadAnswer(open_cases={"ann": 1, "ben": 4, "bob": 2, "pat": 9})
OVEN = (*RAISED, triage(product="oven", cause="defect"))


def handled(*items: Any, policy: Policy = HANDLED) -> Any:
    """Return a life under the policy that has people."""
    return given(*items, policy=policy)


def with_person(id_: str, **changes: Any) -> Policy:
    """Return the policy in which one person is another."""
    people = tuple(each.model_copy(update=changes) if each.id == id_ else each for each in HANDLED.people)
    return HANDLED.model_copy(update={"people": people})


def gone(person: str = "ann", by: Actor = SUPERVISOR, **fields: Any) -> Any:
    return say(ReportAbsence, by, person=person, reason="ill", **fields)


# A suggestion, with its reasons. ---------------------------------------------------------------------------


def test_of_those_with_the_skill_the_one_with_the_smallest_load_is_suggested_with_reasons() -> None:
    service = HANDLED.model_copy(update={"routing": ()})
    life = handled(*OVEN, policy=service).when(SUGGEST).then("owner_sought")
    life.when(SUGGEST).then()
    event = life.when(ok("load", LOAD)).event("owner_suggested")
    assert (event.person, event.reasons) == ("bob", ("has ovens", "2 open cases"))
    assert event.load == LOAD.open_cases
    seen = view(life.told(ok("load", LOAD)).case, head="", unwritten=0)
    assert (seen.suggested_owner, seen.suggested_because) == ("bob", ("has ovens", "2 open cases"))


def test_without_an_answer_the_load_is_unknown_and_never_guessed() -> None:
    event = handled(*WITH_DEPARTMENT, SUGGEST).when(unknown("load")).event("owner_suggested")
    assert (event.person, event.load) == ("ann", {})
    assert event.reasons == ("load unknown: no answer",)


TAKE = say(AcceptCase, SUPERVISOR, for_department=True)


def test_a_department_that_takes_a_case_without_an_owner_is_told_whom_to_make_it() -> None:
    service = HANDLED.model_copy(update={"routing": ()})
    life = handled(*OVEN, policy=service).when(TAKE).then("department_accepted", "owner_sought")
    assert (life.case.assignment.owner, life.stage) == (None, "with_department")
    life.when(TAKE).then()
    told = life.when(ok("load", LOAD)).then("owner_suggested")
    suggested = told.last("owner_suggested")
    assert (suggested.person, suggested.reasons) == ("bob", ("has ovens", "2 open cases"))
    assert [(item.topic, item.staff) for item in told.case.staff_news.items][-1] == ("staff_suggested", "bob")
    assert told.many("owner_sought") == 1, "the ledger is asked once"
    taken = told.when(say(AcceptCase, AGENT)).then("case_accepted", "skill_mismatched")
    assert taken.case.assignment.owner == "ann", "a suggestion binds nobody"


def test_a_department_that_took_a_case_still_has_to_find_its_owner_in_time() -> None:
    life = handled(*RAISED, triage(), TAKE, wait(hours=3))
    assert life.case.assignment.owner == "sue", "nobody of it took it up, so it climbs"
    life = handled(*RAISED, triage(), TAKE)
    life.when(say(RefuseDepartment, AGENT, reason="not ours")).then_refused("has accepted", "accepted")


def test_only_a_leader_takes_a_case_for_the_department() -> None:
    life = handled(*RAISED, triage())
    life.when(say(AcceptCase, AGENT, for_department=True)).then_refused("leave it out", "not-your-role")
    life.told(say(AcceptCase, AGENT)).when(TAKE).then_refused("ann owns the case", "owned")


def test_more_is_claimed_than_an_agent_may_decide_so_a_supervisor_is_suggested() -> None:
    script = (opening(claimed=eur(40_000)), triage(), SUGGEST)
    event = handled(*script).when(ok("load", LOAD)).event("owner_suggested")
    assert event.person == "pat"
    assert "may decide 400.00 EUR alone" in event.reasons


def test_where_nobody_has_the_skill_the_suggestion_says_so() -> None:
    policy = with_person("wim", skills=())
    event = handled(*OVEN, SUGGEST, policy=policy).when(ok("load", LOAD)).event("owner_suggested")
    assert (event.person, event.lacks) == ("wim", ("ovens",))
    assert "lacks ovens, as everybody there" in event.reasons


def test_a_suggestion_is_accepted_by_the_person_and_binds_nobody() -> None:
    life = handled(*WITH_DEPARTMENT, SUGGEST, ok("load", LOAD))
    assert life.case.assignment.owner is None
    life.when(say(AcceptCase, OTHER_AGENT)).then("case_accepted")
    handled(*RAISED).when(SUGGEST).then_refused("triage it first", "not-triaged")


# Skill. ----------------------------------------------------------------------------------------------------


def test_an_owner_without_the_skill_is_noted_and_the_next_hand_over_repairs_it() -> None:
    service = HANDLED.model_copy(update={"routing": ()})
    life = handled(*OVEN, policy=service)
    life = life.when(say(AcceptCase, AGENT)).then("case_accepted", "skill_mismatched")
    assert life.last("skill_mismatched").lacks == ("ovens",)
    assert view(life.case, head="", unwritten=0).lacks == ("ovens",)
    to_pat = say(TransferCase, OWNER, to="pat", summary="an oven")
    life.when(to_pat).then_refused("lacks ovens, which ben, bob have", "skill")
    to_ben = say(TransferCase, OWNER, to="ben", summary="an oven")
    life = life.told(to_ben).when(say(AcceptTransfer, OTHER_AGENT)).then("transfer_accepted")
    assert view(life.case, head="", unwritten=0).lacks == ()


def test_a_new_classification_may_ask_for_more_than_the_owner_has() -> None:
    life = handled(*OWNED).when(triage(severity="critical")).then("triaged", "skill_mismatched")
    life.when(triage(severity="critical")).then()


def test_an_owner_with_the_skill_and_a_leader_are_no_mismatch() -> None:
    service = HANDLED.model_copy(update={"routing": ()})
    assert handled(*OVEN, say(AcceptCase, OTHER_AGENT), policy=service).many("skill_mismatched") == 0
    assert handled(*OVEN, say(AcceptCase, SUPERVISOR), policy=service).many("skill_mismatched") == 0


# Absence. --------------------------------------------------------------------------------------------------


def test_an_owner_who_is_away_is_handed_on_with_a_summary_and_no_deadline_moves() -> None:
    promised = say(MakePromise, OWNER, what="call back", due=MONDAY + timedelta(days=2))
    life = handled(*IN_RECOVERY, promised)
    before = life.dues
    life = life.when(gone()).then("owner_away", "owner_sought")
    life = life.when(ok("load", LOAD)).then("owner_suggested", "transfer_offered")
    offered = life.last("transfer_offered")
    assert (offered.to, life.case.assignment.owner) == ("bob", "ann")
    assert "1 contacts so far, 1 open promises" in offered.summary
    assert {name: due for name, due in life.dues.items() if name in before} == before
    life = life.when(say(AcceptTransfer, Actor(role=Role.AGENT, id="bob"))).then("transfer_accepted")
    assert {name: due for name, due in life.dues.items() if name in before} == before
    assert life.case.assignment.owner == "bob"


def test_whoever_leads_hears_of_an_absence_and_is_reminded_in_the_owners_place() -> None:
    life = handled(*OWNED, gone(by=SYSTEM), ok("load", LOAD))
    assert ("staff_away", "sue") in [(item.topic, item.staff) for item in life.case.staff_news.items]
    reminded = life.told(wait(hours=4, seconds=1))
    assert [word.staff for word in reminded.case.targets.words] == ["sue"]


def test_where_nobody_else_is_there_the_case_moves_up() -> None:
    people = tuple(each for each in HANDLED.people if each.id not in ("ben", "bob", "pat", "sue", "sid"))
    away = Absence(from_day=date(2026, 11, 1))
    leaders = tuple(
        each.model_copy(update={"absences": (away,)}) for each in HANDLED.people if each.id in ("sue", "sid")
    )
    policy = HANDLED.model_copy(update={"people": (*people, *leaders)})
    life = handled(*OWNED, gone(), policy=policy)
    event = life.when(ok("load", LOAD)).then("owner_suggested", "case_escalated").last("case_escalated")
    assert (event.cause, event.owner) == ("absence", "sue")


def test_an_absence_is_reported_once_for_whoever_holds_the_case_and_of_the_future() -> None:
    life = handled(*OWNED, gone())
    life.when(gone()).then()
    life.when(gone("ben")).then_refused("neither theirs nor offered", "not-owner")
    life.when(gone(until=MONDAY - timedelta(days=1))).then_refused("in the past", "past")
    life.when(gone(until=MONDAY + timedelta(days=1))).then("owner_away")


def test_an_offer_to_somebody_who_turns_out_away_goes_to_the_next() -> None:
    life = handled(*OWNED, gone(), ok("load", LOAD))
    assert life.case.assignment.offered_to == "bob"
    life = life.when(gone("bob")).then("owner_away", "owner_sought")
    life = life.when(ok("load", LOAD)).then("owner_suggested", "transfer_offered")
    assert life.case.assignment.offered_to == "ben"
    to_bob = say(TransferCase, SUPERVISOR, to="bob", summary="x")
    life.when(to_bob).then_refused("is away", "absent")


def test_whoever_acts_is_back() -> None:
    life = handled(*OWNED, gone(until=MONDAY + timedelta(days=9)))
    assert life.case.allocation.is_away("ann", MONDAY)
    life = life.told(contact())
    assert not life.case.allocation.is_away("ann", MONDAY)
    assert life.when(ok("load", LOAD)).then("owner_suggested").case.assignment.offered_to is None


def test_an_absence_that_the_directory_announces_begins_by_itself_once() -> None:
    days = Absence(from_day=date(2026, 11, 25), to_day=date(2026, 11, 27))
    life = handled(*IN_RECOVERY, policy=with_person("ann", absences=(days,)))
    assert life.dues["allocation/absence:ann"] == MONDAY.replace(day=25, hour=0)
    life = life.told(wait(days=1, hours=16))
    assert (life.many("owner_away"), life.last("owner_away").until.day) == (1, 27)
    assert "allocation/absence:ann" not in life.dues
    assert "load:1" in life.owed


def test_somebody_who_is_announced_away_is_not_suggested() -> None:
    policy = with_person("ann", absences=(Absence(from_day=date(2026, 11, 1)),))
    event = handled(*WITH_DEPARTMENT, SUGGEST, policy=policy).when(ok("load", LOAD)).event("owner_suggested")
    assert event.person == "bob"


def test_an_answer_that_comes_after_the_end_hands_nothing_over() -> None:
    life = handled(*OWNED, gone())
    late = EffectSucceeded(at=MONDAY, key="load:1", result=LOAD)
    ended = life.told(say(WithdrawCase, MIRA))
    assert ended.over or "load:1" not in ended.owed
    ended.when(late).then("owner_suggested")
