"""Every report and score, computed again from the events as the ledger keeps them, has the same bytes."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from pydantic import TypeAdapter

from domain.amendment import AdoptPolicy
from domain.case import CaseEvent
from domain.fairness import report
from domain.fairness_along import along
from domain.fairness_history import Entry, history, numbered
from domain.fairness_limits import FairnessLimits
from domain.fairness_many import shared_findings
from domain.fairness_marks import facts_of
from domain.policy import Policy
from domain.record import Record, canonical
from domain.repetition import answers_of, cared
from domain.scores import scored, scores_of
from tests.domain.fair_lives import EXPIRED, FAIR, SETTLED, call, repeat
from tests.domain.lives import HEAD, SUPERVISOR, Life, given, ok, propose, say, wait
from tests.domain.test_fairness_many import TAKEN, short

EVENT: TypeAdapter[CaseEvent] = TypeAdapter(CaseEvent)
MILD = FAIR.model_copy(
    update={
        "version": "mild",
        "fairness": FairnessLimits(max_repeats=9, max_short_warranty_per_cent=100, max_asked_per_cent=100),
    }
)

Reading = Callable[[tuple[Entry, ...], Policy, datetime], tuple[Record, ...]]


def many(entries: tuple[Entry, ...], policy: Policy, at: datetime) -> tuple[Record, ...]:
    return shared_findings([facts_of("ONE", history(entries, policy, at))])


def score(entries: tuple[Entry, ...], policy: Policy, at: datetime) -> tuple[Record, ...]:
    told = history(entries, policy, at)
    own = scored("all", [scores_of("ONE", told, shown=True)])
    return (own, *cared(list(answers_of("ONE", told)), {"ONE"}))


READINGS: dict[str, Reading] = {
    "report": lambda entries, policy, at: (report(entries, policy, at),),
    "along": along,
    "many": many,
    "scores": score,
}
LIVES: dict[str, Life] = {
    "followed up": given(
        *TAKEN, repeat(), *SETTLED, wait(hours=25), ok("happy-call", call(outcome_fair=6)), policy=FAIR
    ),
    "refused": short(propose(EXPIRED, by=SUPERVISOR)),
}


def stored(life: Life) -> tuple[Entry, ...]:
    """Return the events as they come back from the ledger."""
    return numbered(EVENT.validate_python(json.loads(canonical(each))) for each in life.events)


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("name", LIVES)
def test_recomputing_gives_the_same_bytes_also_after_the_policy_changed(name: str, reading: str) -> None:
    life, read = LIVES[name], READINGS[reading]
    at = life.now

    def bytes_of(one: Life, instant: datetime) -> str:
        return "\n".join(canonical(each) for each in read(stored(one), FAIR, instant))

    before = bytes_of(life, at)
    live = "\n".join(canonical(each) for each in read(numbered(life.events), FAIR, at))  # type: ignore[arg-type]
    assert before == bytes_of(life, at) == live
    changed = life.told(wait(minutes=1), say(AdoptPolicy, HEAD, policy=MILD, reason="another version"))
    assert changed.case.policy.version == "mild"
    assert bytes_of(changed, at) == before
    later = at + timedelta(minutes=2)
    assert bytes_of(changed, later) == bytes_of(changed, later)


def test_what_the_new_policy_forgives_is_found_no_more_once_the_case_lives_under_it() -> None:
    life = LIVES["followed up"]
    changed = life.told(wait(minutes=1), say(AdoptPolicy, HEAD, policy=MILD, reason="another version"))
    assert "P3" in {each.rule for each in report(stored(changed), FAIR, life.now).findings}
    assert "P3" not in {each.rule for each in report(stored(changed), FAIR, changed.now).findings}
