"""What one case teaches of its customer's taste: choices among remedies, wishes, and answers afterwards."""

from collections.abc import Iterable, Iterator

from domain.effect import Taste
from domain.happy_call_events import HappyCallAnswered
from domain.message import Event
from domain.plan import MAIN, Plan, chosen, variants
from domain.policy import RemedyKind
from domain.remedy import RemedyAgreed, RemedyDone, RemedyProposed
from domain.wish import RemedyWished

TEACHES = ("remedy_proposed", "remedy_agreed", "remedy_done", "remedy_wished", "happy_call_answered")
"""Kinds of events that say something of a customer's taste."""


def tastes(events: Iterable[Event]) -> Iterator[Taste]:
    """Yield what the events of one case teach, in their order."""
    plans: dict[str, Plan] = {}
    given: tuple[RemedyKind, ...] = ()
    for event in events:
        match event:
            case RemedyProposed(hash=hash_, plan=plan):
                plans[hash_] = plan
            case RemedyAgreed(hash=hash_, choice=choice) if hash_ in plans:
                for kind in _preferred(plans[hash_], choice or MAIN):
                    yield Taste(word="chosen", remedy=kind, at=event.at)
                plans[hash_] = chosen(plans[hash_], choice)
            case RemedyDone(hash=hash_) if hash_ in plans:
                given = _kinds(plans[hash_])
            case RemedyWished(remedy=kind) if kind is not None:
                yield Taste(word="chosen", remedy=kind, at=event.at)
            case HappyCallAnswered(bad=bad):
                for kind in given:
                    yield Taste(word="disliked" if bad else "liked", remedy=kind, at=event.at)
            case _:
                pass


def _preferred(plan: Plan, choice: str) -> tuple[RemedyKind, ...]:
    """Return what was chosen and not part of every choice; nothing where there was none."""
    others = [set(_kinds(each)) for each in variants(plan)]
    everywhere = set.intersection(*others)
    return tuple(kind for kind in _kinds(chosen(plan, choice)) if kind not in everywhere)


def _kinds(plan: Plan) -> tuple[RemedyKind, ...]:
    return tuple(dict.fromkeys(each.remedy for each in plan.decisions if each.remedy != "refusal"))
