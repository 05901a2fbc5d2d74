"""The fairness of a case: eighteen rules over its events, in three parts, each with its measures.

A verdict is never stored: the same events, policy and instant give the same report, byte for byte.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from domain.fairness_clauses import obscure_rules
from domain.fairness_history import Entry, History, history
from domain.fairness_limits import RuleId, Stage, Weights
from domain.fairness_manner import (
    anger_for_anger,
    cold_courtesy,
    ignored_request,
    jargon_and_blame,
    neither_sorry_nor_why,
    solicited_score,
)
from domain.fairness_measures import (
    MannerMeasures,
    OutcomeMeasures,
    ProcessMeasures,
    manner_measures,
    outcome_measures,
    process_measures,
)
from domain.fairness_outcome import (
    customer_pays_for_our_fault,
    dear_service,
    overlooked_harm,
    short_warranty,
    unanswered_suggestion,
)
from domain.fairness_procedure import (
    hard_to_claim,
    passed_on,
    too_slow,
    vanished_record,
)
from domain.fairness_regard import unread_profile
from domain.fairness_words import said_twice
from domain.finding import PARTS, Finding, Part, part_of
from domain.policy import Policy
from domain.record import Instant, Line, Record

Rule = Callable[[History], Iterator[Finding]]

RULES: dict[RuleId, Rule] = {
    "O1": overlooked_harm,
    "O2": short_warranty,
    "O3": dear_service,
    "O4": unanswered_suggestion,
    "O5": customer_pays_for_our_fault,
    "P1": hard_to_claim,
    "P2": vanished_record,
    "P3": passed_on,
    "P4": too_slow,
    "P5": obscure_rules,
    "I1": cold_courtesy,
    "I2": jargon_and_blame,
    "I3": anger_for_anger,
    "I4": ignored_request,
    "I5": unread_profile,
    "R4": neither_sorry_nor_why,
    "R90": said_twice,
    "S1": solicited_score,
}
"""Every rule with the function that judges it."""


class PartScore(Record):
    """One part: how many of its rules were kept, in per cent, and how much it counts."""

    part: Part
    weight: int
    kept_per_cent: int
    findings: tuple[Finding, ...]


class FairnessReport(Record):
    """How fairly a case was treated, as its events show it by an instant.

    Attributes:
        policy: name and version under which the case lives at that instant.
        life_cycle: the product's stage of life, which chooses the weights; None where it is unknown.
        score: the parts' shares of kept rules, weighted, in per cent.
        whole: whether every event is there and can be read; a report on less says less.
    """

    at: Instant
    policy: Line
    life_cycle: Stage | None
    whole: bool
    score: int
    parts: tuple[PartScore, ...]
    outcome: OutcomeMeasures
    process: ProcessMeasures
    manner: MannerMeasures

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, part by part."""
        return tuple(finding for part in self.parts for finding in part.findings)


def findings(told: History) -> tuple[Finding, ...]:
    """Return what every rule finds, in the order of the rules and of time."""
    return tuple(
        finding
        for rule in RULES.values()
        for finding in sorted(rule(told), key=lambda each: (each.since, each.about))
    )


def report(entries: Sequence[Entry], policy: Policy, at: datetime) -> FairnessReport:
    """Judge a case by its events up to an instant.

    Args:
        entries: The history, in order.
        policy: As pinned at the opening; amendments are among the events.
        at: The instant; what is not due by then is not late.

    Returns:
        The report.
    """
    told = history(entries, policy, at)
    stage = told.order.event.snapshot.life_cycle if told.order else None
    parts = tuple(_parts(findings(told), _weights(told.policy, stage)))
    return FairnessReport(
        at=at,
        policy=f"{told.policy.name}/{told.policy.version}",
        life_cycle=stage,
        whole=told.whole,
        score=_score(parts),
        parts=parts,
        outcome=outcome_measures(told),
        process=process_measures(told),
        manner=manner_measures(told),
    )


def _weights(policy: Policy, stage: Stage | None) -> Weights:
    return policy.fairness.weights.get(stage, Weights()) if stage else Weights()


def _parts(found: Iterable[Finding], weights: Weights) -> Iterator[PartScore]:
    every = tuple(found)
    for part in PARTS:
        own = tuple(finding for finding in every if finding.part == part)
        rules = [rule for rule in RULES if part_of(rule) == part]
        kept = len(rules) - len({finding.rule for finding in own})
        yield PartScore(
            part=part,
            weight=getattr(weights, part),
            kept_per_cent=kept * 100 // len(rules),
            findings=own,
        )


def _score(parts: tuple[PartScore, ...]) -> int:
    """Weigh in whole numbers, so that no machine rounds otherwise; weights of nothing count as equal."""
    weights = [part.weight for part in parts] if any(part.weight for part in parts) else [1] * len(parts)
    weighed = sum(weight * part.kept_per_cent for weight, part in zip(weights, parts, strict=True))
    return weighed // sum(weights)
