"""Every remedy, at every step, with every outcome, and given up at every point.

A small world plays the providers: it remembers what it did under which key, so that what the saga believes
can be held against what really happened.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from random import Random
from typing import Literal

import pytest

from domain.case import Case, decide, evolve, todo
from domain.effect import (
    CancelCollection,
    Effect,
    FindOutcome,
    Found,
    Outcome,
    PayRefund,
    ReleaseReplacement,
)
from domain.message import CameBack, EffectRefused, EffectSucceeded, Event, LetTimePass, OutcomeUnknown
from domain.plan import Plan
from domain.policy import RemedyKind
from domain.refusal import Refused
from domain.saga import CancelRemedy, MarkStepDone, RetryStep, SkipStep
from tests.domain.lives import (
    BOOKED,
    DELIVERED,
    HEAD,
    IN_RECOVERY,
    INSPECTED,
    MIRA,
    OWNER,
    PAID,
    POLICY,
    RESERVED,
    SHIPPED,
    UNDONE,
    Life,
    accept,
    approve,
    decision,
    given,
    plan,
    propose,
    say,
)

Turn = Literal["ok", "refused", "happened", "not_happened", "late"]
TURNS: tuple[Turn, ...] = ("ok", "refused", "happened", "not_happened", "late")
"""What befalls one effect: `happened` and `not_happened` are outcomes that nobody knows; `late` arrives at
the provider only after it was asked."""

Person = Literal["retry", "skip", "by_hand", "cancel"]
PEOPLE: tuple[Person, ...] = ("retry", "skip", "by_hand", "cancel")

PATIENT = POLICY.model_copy(update={"max_tries": 6})
HASTY = POLICY.model_copy(update={"max_tries": 2, "max_looks": 1})

DID: dict[str, Outcome] = {
    "reserve_replacement": RESERVED,
    "book_collection": BOOKED,
    "track_collection": INSPECTED,
    "ship_replacement": SHIPPED,
    "track_delivery": DELIVERED,
    "pay_refund": PAID,
    "cancel_collection": UNDONE,
    "release_replacement": UNDONE,
}


def plans() -> Iterator[tuple[str, Plan]]:
    """Yield a plan of every kind of remedy, with and without goods that come back."""
    kinds: tuple[RemedyKind, ...] = ("refund", "fee_refund", "goodwill_credit", "correction", "reissued_card")
    for kind in (*kinds, "apology", "explanation", "refusal"):
        yield kind, plan(decision(kind))
    yield "exchange", plan(decision("exchange"))
    yield "refund+collect", plan(decision("refund"), collect=True)
    yield "exchange+collect", plan(decision("exchange"), collect=True)


PLANS = dict(plans())


@dataclass
class World:
    """What the providers did, by key."""

    deeds: dict[str, Outcome] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    late: list[Effect] = field(default_factory=list)
    paid: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def do(self, effect: Effect) -> Outcome:
        """Do what is asked, once per key."""
        key = effect.once or effect.key
        if key in self.deeds:
            return self.deeds[key]
        outcome = DID[effect.request.kind]
        self.deeds[key] = outcome
        if isinstance(effect.request, PayRefund):
            self.paid.append(key)
        if isinstance(effect.request, CancelCollection | ReleaseReplacement):
            assert effect.request.reference != "none", "undone by a reference that nobody gave"
            self.undone.append(effect.request.kind)
        else:
            self.done.append(effect.request.kind)
        return outcome

    def answer(self, effect: Effect, turn: Turn, case: Case) -> CameBack:
        """Let one thing befall one effect."""
        at = case.at
        assert at is not None
        request = effect.request
        if isinstance(request, FindOutcome):
            if turn == "refused":
                return EffectRefused(at=at, key=effect.key, reason="we do not say")
            if turn in ("happened", "late"):
                return OutcomeUnknown(at=at, key=effect.key)
            return EffectSucceeded(at=at, key=effect.key, result=Found(outcome=self.deeds.get(request.key)))
        if turn == "refused" and (effect.once or effect.key) not in self.deeds:
            self.refused.add(effect.once or effect.key)
            return EffectRefused(at=at, key=effect.key, reason="we will not")
        if turn == "happened":
            self.do(effect)
            return OutcomeUnknown(at=at, key=effect.key)
        if turn == "late":
            self.late.append(effect)
            return OutcomeUnknown(at=at, key=effect.key)
        if turn == "not_happened":
            return OutcomeUnknown(at=at, key=effect.key)
        return EffectSucceeded(at=at, key=effect.key, result=self.do(effect))

    def arrive(self) -> None:
        """Let what was on its way arrive, after all; a refusal stands for its key."""
        for effect in self.late:
            if (effect.once or effect.key) not in self.refused:
                self.do(effect)
        self.late.clear()


@lru_cache(maxsize=64)
def agreed(kind: str, *, hasty: bool) -> Life:
    """Return the life in which the plan of this kind has just been agreed."""
    policy = HASTY if hasty else PATIENT
    life = given(*IN_RECOVERY, propose(PLANS[kind]), policy=policy)
    if life.case.remedy.proposal and life.case.remedy.proposal.state == "waiting_approval":
        life = life.told(approve(HEAD))
    if life.case.remedy.proposal and life.case.remedy.proposal.state == "offered":
        life = life.told(accept())
    return life


def people_say(case: Case, person: Person) -> tuple[Event, ...]:
    """Let a human take up what is parked, or report what is done by hand."""
    step = case.saga.parked_at
    at = case.at
    assert at is not None
    if step is None:
        working = next(s for s in case.saga.steps if s.state == "begun")
        return decide(case, say(MarkStepDone, OWNER, step=working.name, reference="by hand", at=at))
    command = {
        "retry": say(RetryStep, HEAD, step=step, at=at),
        "skip": say(SkipStep, HEAD, step=step, reason="settled outside", at=at),
        "by_hand": say(MarkStepDone, HEAD, step=step, reference="by hand", at=at),
        "cancel": say(CancelRemedy, HEAD, reason="given up", at=at),
    }[person]
    try:
        return decide(case, command)
    except Refused:  # past the pivot nothing is given up
        return decide(case, say(SkipStep, HEAD, step=step, reason="settled outside", at=at))


def cancelled(case: Case) -> Case:
    """Give the remedy up where that may be."""
    assert case.at is not None
    try:
        return fold(case, decide(case, say(CancelRemedy, MIRA, reason="never mind", at=case.at)))
    except Refused:
        return case


def fold(case: Case, events: tuple[Event, ...]) -> Case:
    """Apply events."""
    for event in events:
        case = evolve(case, event)
    return case


def live(kind: str, turns: tuple[Turn, ...], cancel_at: int | None, person: Person, *, hasty: bool) -> Case:
    """Carry a plan out: turns befall the effects in order, then all goes well; returns the case at rest."""
    case, world, played, came_back = agreed(kind, hasty=hasty).case, World(), 0, set[str]()
    helped = False
    for beat in range(60):
        if beat == cancel_at:
            case = cancelled(case)
        owed = [effect for effect in todo(case) if not effect.key.startswith("tell")]
        if owed:
            (effect,) = owed
            assert effect.key not in came_back, f"{effect.key} came back and is still wanted"
            came_back.add(effect.key)
            turn = turns[played] if played < len(turns) else "ok"
            played += 1
            case = fold(case, decide(case, world.answer(effect, turn, case)))
        elif case.saga.stage in ("completed", "compensated"):
            break
        elif case.saga.stage == "parked":
            if helped and person != "retry":
                world.arrive()
            helped = True
            events = people_say(case, person)
            if not events:  # to cancel what is turned back already moves nothing
                events = people_say(case, "skip")
            case = fold(case, events)
        else:
            case = moved_on(case)
            world.arrive()
        check(case, world, by_hand=helped and person == "by_hand")
    world.arrive()
    check(case, world, by_hand=helped and person == "by_hand")
    assert case.saga.stage in ("completed", "compensated"), (case.saga.stage, case.saga)
    at_rest(case, world, by_hand=helped)
    return case


def moved_on(case: Case) -> Case:
    """Let time pass to the saga's next deadline, or let the department report its step."""
    assert case.at is not None
    begun = [step for step in case.saga.steps if step.state == "begun"]
    if begun:
        return fold(case, people_say(case, "by_hand"))
    waits = [step.again_at for step in case.saga.steps if step.again_at is not None]
    assert waits, f"the saga neither waits, works nor rests: {case.saga}"
    at = min(waits) + timedelta(milliseconds=1)
    while events := decide(case, LetTimePass(at=at)):
        case = fold(case, events)
    return replace(case, at=at)


def check(case: Case, world: World, *, by_hand: bool) -> None:
    """Hold at every beat: money once, and no undo of what never began (unless a human said that it did)."""
    assert len(world.paid) <= 1, f"paid under {world.paid}"
    assert len(case.saga.paid) <= 1
    for undo, do in (
        ("cancel_collection", "book_collection"),
        ("release_replacement", "reserve_replacement"),
    ):
        assert by_hand or undo not in world.undone or do in world.done, f"{undo} without {do}"


def at_rest(case: Case, world: World, *, by_hand: bool) -> None:
    """Hold at the end what the case says against what the world did, unless a human overrode it."""
    if by_hand:
        return
    if case.saga.stage == "compensated":
        assert not world.paid, "given up, yet paid"
        assert "ship_replacement" not in world.done, "given up, yet shipped"
        for undo, do in (
            ("cancel_collection", "book_collection"),
            ("release_replacement", "reserve_replacement"),
        ):
            assert (do in world.done) == (undo in world.undone), f"{do} was left standing"
    elif any(step.name == "payout" for step in case.saga.steps):
        assert len(world.paid) == 1, "completed, yet not paid"


def interleavings(depth: int) -> Iterator[tuple[str, tuple[Turn, ...], int | None, Person, bool]]:
    """Yield every kind, every row of turns up to a depth, every point at which it is given up."""
    rows: list[tuple[Turn, ...]] = [()]
    level: list[tuple[Turn, ...]] = [()]
    for _ in range(depth):
        level = [(*row, turn) for row in level for turn in TURNS]
        rows += level
    for kind in PLANS:
        for row in rows:
            for cancel_at in (None, *range(len(row) + 3)):
                for person in PEOPLE:
                    yield kind, row, cancel_at, person, len(row) % 2 == 0


def test_a_sample_of_interleavings_comes_to_rest() -> None:
    every = list(interleavings(3))
    chosen = Random(7).sample(every, 450)
    for kind, row, cancel_at, person, hasty in chosen:
        live(kind, row, cancel_at, person, hasty=hasty)


@pytest.mark.proof
@pytest.mark.timeout(900)
def test_every_interleaving_comes_to_rest() -> None:
    number = 0
    for kind, row, cancel_at, person, hasty in interleavings(3):
        live(kind, row, cancel_at, person, hasty=hasty)
        number += 1
    print(f"{number} interleavings of the remedy saga came to rest")  # noqa: T201 - the proof's own report
