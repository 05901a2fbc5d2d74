from contextlib import suppress
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic import TypeAdapter

from domain import case as case_
from domain.actor import REDRESS
from domain.attempt import ATTEMPTS_MATTER, AttemptRefused, CancellationRequested
from domain.budget import CalendarDays
from domain.case import (
    CaseCommand,
    CaseEvent,
    after_time,
    attempt,
    decide,
    evolve,
    fold,
    is_over,
    next_due,
    parked,
    stage,
    todo,
    unopened,
)
from domain.ending import WithdrawCase
from domain.improvement_events import ImprovementCommand, ImprovementEvent
from domain.message import CameBack, Command, Decision, Event, LetTimePass
from domain.permission import TABLE
from domain.policy import Policy, StatutoryClock
from domain.promise import MakePromise
from domain.record import Letter, Line, Text, canonical, iso
from domain.refusal import Refused
from domain.saga import SagaEvent
from domain.view import case_row, view
from tests.domain.lives import (
    AGENT,
    CALLED,
    CUSTOMER,
    FINAL,
    IN_RECOVERY,
    INQUIRY,
    MIRA,
    MONDAY,
    NO_ANSWER,
    NOTIFIED,
    OFFERED,
    OWNED,
    PAYING,
    POLICY,
    PUT_RIGHT,
    RAISED,
    REGISTERED,
    SATISFIED,
    SECOND_ROUND,
    STILL_BAD,
    WITH_DEPARTMENT,
    Item,
    given,
    ok,
    opening,
    plan,
    propose,
    refused,
    say,
    to_end_of_collection,
    unknown,
    wait,
)

EVENTS: tuple[Any, ...] = get_args(get_args(CaseEvent)[0])
COMMANDS: tuple[Any, ...] = get_args(get_args(CaseCommand)[0])
OF_REQUESTS = {*get_args(get_args(ImprovementEvent)[0])} - {*EVENTS}
TO_REQUESTS: tuple[Any, ...] = get_args(get_args(ImprovementCommand)[0])
"""Improvement requests have events and commands of their own; attempts they share with cases."""


def kind_of(record: Any) -> str:
    """Return the kind of a record's class."""
    return str(record.model_fields["kind"].default)


# Every kind is known everywhere. ---------------------------------------------------------------------------


def test_kinds_are_unique() -> None:
    kinds = [kind_of(each) for each in (*EVENTS, *COMMANDS, *OF_REQUESTS, *TO_REQUESTS)]
    kinds += [kind_of(each) for each in (*get_args(CameBack), LetTimePass)]
    assert len(set(kinds)) == len(kinds)


def test_every_event_class_and_every_command_class_is_in_its_union() -> None:
    def below(base: type) -> set[type]:
        found: set[type] = set(base.__subclasses__())
        return found.union(*(below(sub) for sub in found))

    assert below(Event) - {Decision} == {*EVENTS, *OF_REQUESTS}
    assert below(Command) == {*COMMANDS, *TO_REQUESTS}


def any_of(annotation: Any) -> Any:
    """Return the plainest value of a type, so that one of each kind can be made."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return None if type(None) in get_args(annotation) else any_of(get_args(annotation)[0])
    if origin is tuple:
        return ()
    if origin is dict:
        return {}
    if hasattr(annotation, "__metadata__"):
        return any_of(annotation.__origin__)
    if origin is not None:
        return get_args(annotation)[0]  # a literal
    if annotation is Policy:
        return POLICY
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        return one(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return next(iter(annotation))
    return {str: "web", int: 1, bool: False}.get(annotation, MONDAY)


def one(record: Any, **known: Any) -> Any:
    """Return one record of this class."""
    fields = {
        name: any_of(field.annotation) for name, field in record.model_fields.items() if field.is_required()
    }
    special: dict[str, Any] = {
        "currency": "EUR",
        "decisions": [{"harm_line": "price", "remedy": "apology"}],
        "step": "payout",
    }
    special |= {"plan": {"decisions": special["decisions"]}}
    return record.model_validate({**fields, **{k: v for k, v in special.items() if k in fields}, **known})


@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_every_event_evolves_and_lives_through_json(event: Any) -> None:
    made = one(event, at=MONDAY)
    life = given(*PAYING, say(MakePromise, AGENT, what="x"))
    after = evolve(life.case, made)
    assert (after.version, after.at) == (life.case.version + 1, MONDAY)
    assert TypeAdapter(CaseEvent).validate_json(canonical(made)) == made


@pytest.mark.parametrize("command", COMMANDS, ids=kind_of)
def test_every_command_is_decided_or_refused(command: Any) -> None:
    given_by = {"role": TABLE[kind_of(command)].roles[0], "id": "ann"}
    made = one(command, at=MONDAY, id="c", by=given_by)
    for so_far in (RAISED, WITH_DEPARTMENT, IN_RECOVERY, PAYING, REGISTERED, CALLED, SATISFIED, FINAL):
        with suppress(Refused):  # whatever else it raised would be a bug
            decide(given(*so_far).case, made)
    assert TypeAdapter(CaseCommand).validate_json(canonical(made)) == made


def test_an_event_that_no_stage_knows_is_a_bug_and_says_so() -> None:
    with pytest.raises(TypeError, match="no stage knows: Event"):
        evolve(given(*RAISED).case, Event(at=MONDAY))


def test_attempts_that_matter_are_commands() -> None:
    assert set(TABLE) >= ATTEMPTS_MATTER


# Stages. ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("so_far", "expected"),
    [
        (RAISED, "raised"),
        (WITH_DEPARTMENT, "with_department"),
        (OWNED, "owned"),
        (IN_RECOVERY, "in_recovery"),
        (OFFERED, "in_recovery"),
        (PUT_RIGHT, "in_recovery"),
        (REGISTERED, "result_registered"),
        (NOTIFIED, "following_up"),
        (SATISFIED, "reopen_window"),
        (SECOND_ROUND, "in_recovery"),
        (FINAL, "appeal_open"),
        ((*SATISFIED, wait(days=9)), "ended"),
    ],
)
def test_a_life_passes_through_its_stages(so_far: tuple[Item, ...], expected: str) -> None:
    assert given(*so_far).stage == expected


def test_what_was_not_opened_owes_nothing_and_waits_for_nothing() -> None:
    case = unopened("TEST", POLICY)
    assert (todo(case), next_due(case), decide(case, LetTimePass(at=MONDAY))) == ((), None, ())
    assert not is_over(case)


def test_an_ended_case_owes_what_is_on_its_way_and_then_nothing() -> None:
    life = given(opening(), ok("customer", CUSTOMER))
    life = life.told(say(WithdrawCase, MIRA))
    assert (life.end, life.over) == ("withdrawn", False)
    life = life.told(unknown("acknowledgement"), refused("order"))
    assert life.over
    assert parked(life.case) is None


def test_time_that_passed_is_answered_to_its_fixpoint() -> None:
    life = given(*OWNED)
    later = MONDAY.replace(year=2027)
    case = after_time(life.case, later)
    assert decide(case, LetTimePass(at=later)) == ()
    assert fold(life.case, life.passed(later).events[len(life.events) :]) == case
    upcoming = next_due(case)
    assert upcoming is not None  # whoever it moved up to last has an acceptance deadline from now on
    assert upcoming > later


def test_a_refused_attempt_and_a_cancelled_workflow_are_remembered_and_change_nothing() -> None:
    life = given(*OFFERED)
    command = say(MakePromise, MIRA, what="x", at=MONDAY)
    event = attempt(command, Refused("n" * 300, code="x"))
    assert isinstance(event, AttemptRefused)
    assert (len(event.reason), event.command) == (200, "make_promise")
    after = evolve(evolve(life.case, event), CancellationRequested(at=MONDAY))
    assert (stage(after), after.version) == (stage(life.case), life.case.version + 2)
    assert CancellationRequested(at=MONDAY).by == REDRESS


def test_an_instant_is_hashed_as_iso_text() -> None:
    assert iso(MONDAY) == "2026-11-23T09:00:00+00:00"


# Seen. -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("so_far", "call"),
    [
        (RAISED, "not yet"),
        (OFFERED, "not yet"),
        ((*CALLED, ok("happy-call", NO_ANSWER)), "1 attempts"),
        (SATISFIED, "answered"),
        ((*CALLED, ok("happy-call", NO_ANSWER), wait(hours=7), ok("happy-call", NO_ANSWER)), "unreachable"),
        (STILL_BAD, "answered"),
        (INQUIRY, "not yet"),
        (to_end_of_collection(), "not yet"),
    ],
)
def test_a_case_can_be_seen_at_any_point(so_far: tuple[Item, ...], call: str) -> None:
    life = given(*so_far)
    seen = view(life.case, head="h", unwritten=2)
    assert (seen.happy_call, seen.unwritten, seen.row) == (call, 2, case_row(life.case))
    assert seen.row.version == life.case.version
    assert seen.waiting == life.owed


def test_a_row_shows_the_next_rung_of_each_ladder_only() -> None:
    names = [due.name for due in case_row(given(*OWNED).case).dues]
    assert names == ["targets/first_response:1:0", "targets/resolve:1:0"]


def test_a_row_names_the_refunds_and_nothing_personal() -> None:
    row = case_row(given(*PUT_RIGHT).case)
    assert row.refunds == ("90.00 EUR",)
    assert "broken" not in row.model_dump_json()


def test_a_promise_and_a_step_can_be_seen() -> None:
    life = given(*to_end_of_collection(), say(MakePromise, AGENT, what="x"))
    seen = view(life.case, head="h", unwritten=0)
    assert [step.step for step in seen.steps] == ["collect", "inspect", "payout"]
    assert seen.promises[0].by == "ann"


def test_the_saga_belongs_to_the_case() -> None:
    assert set(get_args(SagaEvent)) <= set(EVENTS)
    assert case_.Case(id="x", policy=POLICY).version == 0


# The policy of a case. -------------------------------------------------------------------------------------


def test_a_policy_names_only_what_it_defines() -> None:
    fields = POLICY.model_dump(mode="json")
    fields["fallback_department"] = "nowhere"
    fields["targets"][0]["clause"] = "nothing"
    with pytest.raises(ValueError, match="does not define"):
        Policy.model_validate(fields)


def test_a_duty_from_outside_counts_public_days_unless_it_says_otherwise() -> None:
    clock = StatutoryClock(
        id="refund",
        duty="refund",
        clause="promise",
        budget=CalendarDays(n=3),
        starts_on="receipt",
        met_by="paid",
    )
    public = POLICY.calendar_of(clock)
    assert public.hours["mon"] == (("00:00", "24:00"),)
    assert "sat" not in public.hours
    assert POLICY.calendar_of(clock.model_copy(update={"calendar": "firm"})) == POLICY.calendar


# Words. ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "words", "problem"),
    [
        (Text, "가" * 22_000, "at most 65536 are taken"),
        (Text, "\ud800", "half a character"),
        (Text, "a\x00b", "NUL character"),
        (Line, "a\x1b[2Jb", "control character"),
        (Line, "a\x7fb", "control character"),
    ],
)
def test_words_that_no_store_takes_are_refused(kind: Any, words: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        TypeAdapter(kind).validate_python(words)


def test_the_longest_words_to_a_customer_still_go_out() -> None:
    longest = TypeAdapter(Letter).validate_python("🙏" * 12 * 1024)
    life = given(*IN_RECOVERY, propose(plan(words=longest), told_in=None))
    assert life.owed == ("offer:1",)
