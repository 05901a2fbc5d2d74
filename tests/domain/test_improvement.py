"""An improvement request: raised once for many like cases, answered for, late, done, and not holding."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from domain.actor import REDRESS, Actor, Role
from domain.budget import PlainTime
from domain.calendar import WEEKDAYS, Calendar
from domain.effect import NoticeSent, SendNotice, TellSuggester
from domain.improvement import after_time, deadlines, decide, todo
from domain.improvement_events import (
    TABLE,
    AcceptImprovement,
    FinishImprovement,
    ImprovementCommand,
    ImprovementEvent,
    RefuseImprovement,
    ReportCase,
    SetImprovementDue,
    State,
)
from domain.improvement_state import KEPT, Improvement, evolve, unheard_of
from domain.improvement_view import improvement_row, measured
from domain.message import EffectSucceeded, Event, LetTimePass, OutcomeUnknown
from domain.policy import ImprovementLimits, ImprovementRules, Person
from domain.record import canonical
from domain.refusal import Refused
from domain.theme import LikeCase, Rulebook, Theme, key_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
THEME = Theme(kind="fault", department="works", product="cup", cause="defect")
IDEA = Theme(kind="suggestion", department="works", product="cup", cause="lid")
WORKER = Actor(role=Role.AGENT, id="wim")
OTHER = Actor(role=Role.AGENT, id="wes")
LEAD = Actor(role=Role.SUPERVISOR, id="sid")
HEAD = Actor(role=Role.DEPARTMENT_HEAD, id="hal")
STRANGER = Actor(role=Role.AGENT, id="ann")


def hours(number: float) -> PlainTime:
    return PlainTime(minutes=number * 60)


BOOK = Rulebook(
    policy="test/1",
    language="en",
    wording_hash="w",
    calendar=Calendar(timezone="UTC", hours=dict.fromkeys(WEEKDAYS, (("00:00", "24:00"),))),
    levels=("sid", "hal"),
    people=(
        Person(id="wim", roles=(Role.AGENT,)),
        Person(id="wes", roles=(Role.AGENT,)),
        Person(id="sid", roles=(Role.SUPERVISOR,)),
        Person(id="hal", roles=(Role.DEPARTMENT_HEAD,)),
    ),
    rules=ImprovementRules(
        raise_at=3,
        window=30 * DAY,
        usual=ImprovementLimits(accept=hours(48), done=hours(480)),
        safety=ImprovementLimits(accept=hours(2), done=hours(72)),
        remind_at=0.5,
        late_every=hours(24),
        measure_over=30 * DAY,
    ),
)


def case(name: str, failed: datetime = NOON, **flags: Any) -> LikeCase:
    return LikeCase(case_id=name, registered_at=failed, failed_at=failed, **flags)


def report(like: LikeCase, at: datetime = NOON, theme: Theme = THEME) -> ReportCase:
    return ReportCase(id=f"r-{like.case_id}", by=REDRESS, theme=theme, case=like, book=BOOK, at=at)


def told(request: Improvement, *messages: Any) -> Improvement:
    """Live through messages, time first as the interpreter lets it pass."""
    for message in messages:
        passed = after_time(request, message.at)
        request = reduce(evolve, decide(passed, message), passed)
    return request


def kinds(events: tuple[Event, ...]) -> list[str]:
    return [getattr(event, "kind", "") for event in events]


def reported(count: int, at: datetime = NOON, prefix: str = "c") -> list[ReportCase]:
    return [report(case(f"{prefix}{number}", at), at) for number in range(count)]


EMPTY = unheard_of("IMP-1")
RAISED = told(EMPTY, *reported(3))
ACCEPTED = told(RAISED, AcceptImprovement(id="a", by=WORKER, at=NOON + HOUR))
DONE = told(ACCEPTED, FinishImprovement(id="f", by=WORKER, changed="thicker walls", at=NOON + 2 * DAY))


# Raising. ---------------------------------------------------------------------------------------------------


def test_like_cases_raise_one_request_and_not_one_each() -> None:
    request, raised = EMPTY, 0
    for message in reported(7):
        events = decide(request, message)
        raised += kinds(events).count("improvement_raised")
        request = reduce(evolve, events, request)
    assert (raised, request.count, request.round, request.why) == (1, 7, 1, "often")


def test_below_the_number_nobody_is_asked_and_the_cases_are_counted() -> None:
    watched = told(EMPTY, *reported(2))
    assert (watched.state, watched.count, todo(watched), deadlines(watched)) == ("watched", 2, (), ())


def test_what_lies_outside_the_window_does_not_count_towards_it() -> None:
    old = report(case("old", NOON - 31 * DAY), NOON)
    assert told(EMPTY, old, *reported(2)).state == "watched"
    assert told(EMPTY, *reported(2), old).state == "watched", "in whichever order they come"
    young = report(case("young", NOON - 29 * DAY), NOON)
    assert told(EMPTY, young, *reported(2)).state == "raised"


def test_the_window_counts_from_the_failures_and_not_from_when_we_heard() -> None:
    late = [report(case(f"c{number}", NOON), NOON + number * 20 * DAY) for number in range(3)]
    assert told(EMPTY, *late).state == "raised"


def test_a_case_that_comes_twice_counts_once() -> None:
    twice = told(EMPTY, *reported(2))
    assert decide(twice, reported(1)[0]) == ()


def test_a_payout_of_a_case_that_is_counted_is_noted_with_it() -> None:
    once = told(EMPTY, *reported(1))
    request = told(once, report(case("c0", payout=True)), report(case("c0", payout=True)))
    assert (request.count, request.payouts) == (1, 1)


def test_one_case_is_enough_where_somebody_may_come_to_harm_and_the_limit_is_tighter() -> None:
    request = told(EMPTY, report(case("c1", safety=True)))
    assert (request.state, request.why, request.falls_due) == ("raised", "safety", NOON + 2 * HOUR)
    assert RAISED.falls_due == NOON + 48 * HOUR


def test_a_case_of_safety_that_joins_makes_the_limit_tighter_and_tells_whoever_has_it() -> None:
    (joined, tightened) = decide(ACCEPTED, report(case("hurt", safety=True), NOON + 2 * HOUR))
    after = evolve(evolve(ACCEPTED, joined), tightened)
    assert (after.falls_due, after.safety) == (NOON + 74 * HOUR, True)
    assert [(word.staff, word.notice) for word in after.words][-1] == ("wim", "improvement_safety")
    again = decide(after, report(case("hurt2", safety=True), NOON + 3 * HOUR))
    assert kinds(again) == ["like_case_reported"], "once"


def test_suggestions_gather_and_only_an_adopted_one_raises_a_request() -> None:
    held = told(EMPTY, *(report(case(f"s{number}"), theme=IDEA) for number in range(9)))
    assert (held.state, held.count) == ("watched", 9)
    adopted = told(held, report(case("s9", adopted=True), theme=IDEA))
    assert (adopted.state, adopted.why) == ("raised", "adopted")


def test_how_a_product_is_written_makes_no_other_theme() -> None:
    assert key_of(THEME) == key_of(THEME.model_copy(update={"product": " CUP "}))
    assert key_of(THEME) != key_of(THEME.model_copy(update={"cause": "design"}))


# Answering. -------------------------------------------------------------------------------------------------


def test_somebody_of_the_department_takes_it_on_until_the_policys_limit() -> None:
    assert (ACCEPTED.owner, ACCEPTED.falls_due) == ("wim", NOON + HOUR + 480 * HOUR)


@pytest.mark.parametrize(
    ("request_", "command", "code"),
    [
        (RAISED, AcceptImprovement(id="x", by=STRANGER, at=NOON), "not-in-directory"),
        (
            RAISED,
            AcceptImprovement(id="x", by=Actor(role=Role.CUSTOMER, id="mira"), at=NOON),
            "not-your-role",
        ),
        (
            RAISED,
            AcceptImprovement(id="x", by=Actor(role=Role.SUPERVISOR, id="wim"), at=NOON),
            "not-in-directory",
        ),
        (RAISED, AcceptImprovement(id="x", by=WORKER, until=NOON - HOUR, at=NOON), "past"),
        (RAISED, AcceptImprovement(id="x", by=WORKER, until=NOON + 90 * DAY, at=NOON), "late"),
        (RAISED, FinishImprovement(id="x", by=LEAD, changed="all", at=NOON), "stage"),
        (RAISED, RefuseImprovement(id="x", by=WORKER, reason="no", at=NOON), "not-your-role"),
        (ACCEPTED, AcceptImprovement(id="x", by=OTHER, at=NOON + 2 * HOUR), "accepted"),
        (ACCEPTED, FinishImprovement(id="x", by=OTHER, changed="all", at=NOON + 2 * HOUR), "not-owner"),
        (ACCEPTED, SetImprovementDue(id="x", by=LEAD, until=NOON, reason="y", at=NOON + 2 * HOUR), "past"),
        (
            ACCEPTED,
            SetImprovementDue(id="x", by=LEAD, until=NOON + 90 * DAY, reason="y", at=NOON + 2 * HOUR),
            "late",
        ),
        (DONE, RefuseImprovement(id="x", by=LEAD, reason="no", at=NOON + 3 * DAY), "stage"),
        (EMPTY, AcceptImprovement(id="x", by=WORKER, at=NOON), "stage"),
        (RAISED, reported(1)[0].model_copy(update={"by": LEAD}), "not-your-role"),
    ],
)
def test_what_may_not_be_is_refused(request_: Improvement, command: Any, code: str) -> None:
    with pytest.raises(Refused) as refused:
        decide(request_, command)
    assert refused.value.code == code


REFUSED = told(RAISED, RefuseImprovement(id="n", by=LEAD, reason="no", at=NOON + HOUR))
AT: dict[State, Improvement] = {
    "watched": EMPTY,
    "raised": RAISED,
    "accepted": ACCEPTED,
    "done": DONE,
    "refused": REFUSED,
}
WHO = {each.role: each for each in (WORKER, LEAD, HEAD)}
ASKED = {each.model_fields["kind"].default: each for each in get_args(get_args(ImprovementCommand)[0])}


def test_every_command_to_a_request_has_a_row() -> None:
    assert set(TABLE) == set(ASKED)


@pytest.mark.parametrize("state", get_args(State))
def test_a_request_takes_nothing_outside_its_table(state: State) -> None:
    """Every command, from every role, in every state: what the table has not is refused."""
    request = AT[state]
    assert request.state == state
    for kind, command in ASKED.items():
        for role in Role:
            roles, states = TABLE[kind]
            if role in roles and state in states:
                continue
            by = WHO.get(role, Actor(role=role, id="mira"))
            # No other field is given: the table is asked before anything else of the command is read.
            said = command.model_construct(kind=kind, id="c", by=by, at=NOON + 3 * DAY, occurred_at=None)
            with pytest.raises(Refused) as refusal:
                decide(request, said)
            assert refusal.value.code in ("not-your-role", "stage"), (kind, role)


def test_a_supervisor_takes_over_and_the_limit_stays() -> None:
    taken = told(ACCEPTED, AcceptImprovement(id="b", by=LEAD, at=NOON + DAY))
    assert (taken.owner, taken.falls_due) == ("sid", ACCEPTED.falls_due)


def test_the_head_of_the_department_sets_a_later_day_with_a_reason() -> None:
    later = SetImprovementDue(id="d", by=HEAD, until=NOON + 90 * DAY, reason="new tools", at=NOON + DAY)
    assert told(ACCEPTED, later).falls_due == NOON + 90 * DAY
    assert decide(told(ACCEPTED, later), later) == ()


def test_a_refusal_has_a_reason_and_as_many_cases_after_it_raise_it_again() -> None:
    refused = told(RAISED, RefuseImprovement(id="n", by=LEAD, reason="within tolerance", at=NOON + HOUR))
    assert (refused.state, refused.refusal, deadlines(refused)) == ("refused", "within tolerance", ())
    later = NOON + DAY
    assert told(refused, *reported(2, later, "d")).state == "refused"
    again = told(refused, *reported(3, later, "d"))
    assert (again.state, again.round) == ("raised", 2)


# Time. ------------------------------------------------------------------------------------------------------


def test_whoever_has_it_is_reminded_once_then_it_is_late_and_moves_up_to_the_last_level() -> None:
    events: list[Event] = []
    request, at = RAISED, NOON
    for _ in range(12):
        at += 12 * HOUR
        while found := decide(request, LetTimePass(at=at + timedelta(seconds=1))):
            events += found
            request = reduce(evolve, found, request)
    assert kinds(tuple(events)) == ["improvement_reminded", "improvement_late"]
    reminded, late = events
    assert (reminded.due, late.due) == (NOON + 24 * HOUR, NOON + 48 * HOUR)
    assert (request.owner, request.level, request.misses) == ("hal", 1, 1)
    assert deadlines(request) == (), "there is nobody above, and nothing keeps ringing"


def test_with_more_levels_it_moves_up_again_each_span() -> None:
    tall = RAISED.book.model_copy(update={"levels": ("sid", "sue", "hal")}) if RAISED.book else None
    request = after_time(replace(RAISED, book=tall), NOON + 100 * HOUR)
    assert (request.owner, request.misses) == ("hal", 2)


def test_at_the_due_instant_is_in_time() -> None:
    ready = replace(RAISED, reminded=True)
    due = deadlines(ready)[0].due
    assert decide(ready, LetTimePass(at=due)) == ()
    assert kinds(decide(ready, LetTimePass(at=due + timedelta(microseconds=1)))) == ["improvement_late"]


def test_a_late_one_that_is_taken_on_has_a_limit_of_its_own() -> None:
    late = after_time(RAISED, NOON + 60 * HOUR)
    taken = told(late, AcceptImprovement(id="a", by=WORKER, at=NOON + 61 * HOUR))
    assert (taken.misses, taken.falls_due) == (0, NOON + 541 * HOUR)
    names = [each.name for each in deadlines(taken)]
    assert names == ["improvement/remind/accepted:1", "improvement/late/accepted:1.0"]


# Done, and what comes after. --------------------------------------------------------------------------------


def test_a_failure_after_it_was_done_is_a_recurrence_and_one_before_is_not() -> None:
    straggler = report(case("late-news", NOON + DAY), NOON + 3 * DAY)
    assert told(DONE, straggler).state == "done", "it failed before the improvement"
    again = told(DONE, straggler, report(case("again", NOON + 4 * DAY), NOON + 5 * DAY))
    assert (again.state, again.round, again.recurrences, again.owner) == ("raised", 2, 1, "sid")
    assert again.falls_due == NOON + 5 * DAY + 48 * HOUR


def test_a_recurrence_after_safety_keeps_the_tighter_limit() -> None:
    urgent = told(EMPTY, report(case("c1", safety=True)))
    accepted = told(urgent, AcceptImprovement(id="a", by=WORKER, at=NOON + HOUR))
    done = told(accepted, FinishImprovement(id="f", by=LEAD, changed="recalled", at=NOON + DAY))
    again = told(done, report(case("c2", NOON + 2 * DAY), NOON + 2 * DAY))
    assert (again.safety, again.falls_due) == (True, NOON + 2 * DAY + 2 * HOUR)


def test_the_rate_of_its_cases_before_and_after_says_whether_it_helped() -> None:
    assert measured(ACCEPTED, NOON) is None
    fresh = measured(DONE, NOON + 2 * DAY + HOUR)
    assert fresh is not None
    assert (fresh.cases_before, fresh.before, fresh.after) == (3, 3.0, None)
    once = told(DONE, report(case("again", NOON + 10 * DAY), NOON + 10 * DAY))
    later = measured(once, NOON + 17 * DAY)
    assert later is not None
    assert (later.cases_after, later.after) == (1, 2.0), "one case in fifteen days"
    full = measured(once, NOON + 900 * DAY)
    assert full is not None
    assert full.after == 1.0, "over the same span as before, and no longer"


def test_customers_whose_suggestion_was_carried_out_hear_of_it_once() -> None:
    request = told(
        EMPTY,
        report(case("s1", adopted=True), theme=IDEA),
        report(case("s2"), theme=IDEA),
        AcceptImprovement(id="a", by=WORKER, at=NOON),
    )
    silent = told(request, FinishImprovement(id="f", by=WORKER, changed="a lid", at=NOON + DAY))
    assert not any(isinstance(effect.request, TellSuggester) for effect in todo(silent)), "no letter, no news"
    done = told(request, FinishImprovement(id="f", by=WORKER, changed="a lid", letter="Done!", at=NOON + DAY))
    (letter,) = [effect for effect in todo(done) if isinstance(effect.request, TellSuggester)]
    assert letter.key == "suggester:s1", "s2 was held, its customer was promised nothing"
    sent = NoticeSent(reference="n", delivered=True, text="Done!")
    heard = told(done, EffectSucceeded(at=NOON + DAY, key=letter.key, result=sent))
    assert letter.key not in [effect.key for effect in todo(heard)]


def test_staff_are_told_and_what_fails_is_not_tried_again() -> None:
    (asked,) = todo(RAISED)
    assert isinstance(asked.request, SendNotice)
    assert (asked.key, asked.request.staff, asked.request.template) == ("tell:1", "sid", "improvement_asked")
    assert asked.request.slots == {"number": "IMP-1", "about": "cup: defect"}
    assert todo(told(RAISED, OutcomeUnknown(at=NOON, key="tell:1"))) == ()


def test_the_row_counts_by_month_and_names_first_and_last() -> None:
    request = told(RAISED, report(case("next", NOON + 30 * DAY), NOON + 30 * DAY))
    row = improvement_row(request)
    assert (row.cases, row.months) == (4, {"2026-11": 3, "2026-12": 1})
    assert (row.first_failed_at, row.last_failed_at) == (NOON, NOON + 30 * DAY)


def test_only_so_many_cases_are_kept_and_all_are_counted() -> None:
    request = RAISED
    for number in range(KEPT + 5):
        request = reduce(evolve, decide(request, report(case(f"m{number}"))), request)
    assert (len(request.cases), request.count) == (KEPT, KEPT + 8)


def test_every_event_lives_through_json_and_folds_into_the_same_request() -> None:
    adapter: TypeAdapter[ImprovementEvent] = TypeAdapter(ImprovementEvent)
    script: list[Any] = [
        *reported(3),
        AcceptImprovement(id="a", by=WORKER, at=NOON + 30 * HOUR),
        report(case("hurt", safety=True), NOON + 31 * HOUR),
        SetImprovementDue(id="d", by=LEAD, until=NOON + 50 * HOUR, reason="sooner", at=NOON + 32 * HOUR),
        FinishImprovement(id="f", by=LEAD, changed="mended", at=NOON + 60 * HOUR),
        report(case("again", NOON + 61 * HOUR), NOON + 61 * HOUR),
        RefuseImprovement(id="n", by=HEAD, reason="too dear", at=NOON + 62 * HOUR),
    ]
    events: list[Event] = []
    request = EMPTY
    for message in script:
        for step in (LetTimePass(at=message.at), LetTimePass(at=message.at), message):
            found = decide(request, step)
            request = reduce(evolve, found, request)
            events += found
    assert len({*kinds(tuple(events))}) == 11
    folded = EMPTY
    for event in events:
        folded = evolve(folded, adapter.validate_json(canonical(event)))
    assert folded == request
    assert request.version == len(events)
