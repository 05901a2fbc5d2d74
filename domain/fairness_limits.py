"""Where fair treatment ends: the limits that the fifteen rules hold a case against, as policy data.

Each has a named default, and what lies exactly at a limit keeps it.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.record import Line, Record

# fmt: off
RuleId = Literal[
    "O1", "O2", "O3", "O4", "O5",
    "P1", "P2", "P3", "P4", "P5",
    "I1", "I2", "I3", "I4", "I5",
    "R4", "R90", "S1",
]
# fmt: on
"""The fifteen rules of the table; R4: nobody complains without an apology or an explanation; R90: nobody is
told twice in the same words; S1: nobody is asked for a good score."""

Stage = Literal["introduction", "growth", "maturity", "decline"]
"""Of a product's life; the policy's word for it is `LifeCycle`."""

PerCent = Annotated[int, Field(ge=0, le=1000)]
Several = Annotated[int, Field(ge=0, le=1000)]
Score = Annotated[int, Field(ge=1, le=7)]
Weight = Annotated[int, Field(ge=0, le=1000)]

REFERS_TO: dict[Line, tuple[Line, ...]] = {
    "price": (
        "환불",
        "환급",
        "교환",
        "금액",
        "대금",
        "가격",
        "refund",
        "exchange",
        "replace",
        "price",
        "amount",
    ),
    "shipping": ("배송", "택배", "운송", "shipping", "delivery", "postage", "courier"),
    "time": ("시간", "기다리", "지연", "늦", "time", "wait", "late", "delay"),
    "trouble": ("불편", "번거", "수고", "심려", "trouble", "inconvenience"),
    "consequential": ("손해", "피해", "loss", "damage", "cost"),
}
"""Words by which a text speaks of a harm, Korean ones as stems."""


class Weights(Record):
    """How much each part of fairness counts; equal, because the source's figure is lost (R33)."""

    distributive: Weight = 1
    procedural: Weight = 1
    interactional: Weight = 1


class CompetingTerm(Record):
    """What a competing product is guaranteed for, and where that is told, with its date."""

    product: Line
    months: Several
    source: Line


class FairnessLimits(Record):
    """The limits of the rules.

    Attributes:
        clauses: which clause of the policy a rule enforces; without one a finding names its research source.
        competing_warranty_months: O2, the terms of competing products, by product of ours.
        defects: O2, causes that make a case one about a defect.
        max_short_warranty_per_cent: O2, share of a product's defect cases refused inside the reference term.
        max_rejected_tries: P1, how often a channel may turn a customer away.
        max_repeats_before: P1, contacts that repeat the story before anybody owns the case.
        max_channel_switches: P1, changes of channel before anybody owns the case.
        max_evidence_requests: P1, contacts that ask the customer for proof before anybody owns the case.
        longest_intake: P1, from beginning to claim to our receipt.
        longest_wait: P3, before somebody speaks.
        max_transfers: P3, offered hand-overs and refusing departments before the first real answer.
        max_repeats: P3, contacts that repeat the story once somebody owns the case.
        max_declined_per_cent: P5, share of the answered offers under one clause that were declined.
        max_asked_per_cent: P5, share of the cases decided under one clause whose customer asks what it means.
        max_disputed_per_cent: P5, share of the results told under one clause that were contested.
        max_conditions: P5, conditions of one clause.
        courtesy_high: I1, a courtesy score from which on staff were courteous.
        empathy_low: I1, an empathy score up to which they were cold.
        refers_to: I1, the words by which a text speaks of a harm.
        blames: I2, causes that put it on the customer.
        apologies: R4, words (Korean ones as stems) by which a text apologises.
        weights: R33, by the product's stage of life; equal where none is given.
    """

    clauses: dict[RuleId, Line] = Field(default_factory=dict)
    competing_warranty_months: dict[Line, tuple[CompetingTerm, ...]] = Field(default_factory=dict)
    defects: tuple[Line, ...] = ("defect",)
    max_short_warranty_per_cent: PerCent = 10
    max_rejected_tries: Several = 2
    max_repeats_before: Several = 1
    max_channel_switches: Several = 1
    max_evidence_requests: Several = 1
    longest_intake: timedelta = timedelta(hours=24)
    longest_wait: timedelta = timedelta(minutes=10)
    max_transfers: Several = 2
    max_repeats: Several = 0
    max_declined_per_cent: PerCent = 50
    max_asked_per_cent: PerCent = 20
    max_disputed_per_cent: PerCent = 20
    max_conditions: Several = 4
    courtesy_high: Score = 6
    empathy_low: Score = 3
    refers_to: dict[Line, tuple[Line, ...]] = Field(default_factory=lambda: dict(REFERS_TO))
    blames: tuple[Line, ...] = ("customer_error",)
    apologies: tuple[Line, ...] = ("사과", "죄송", "sorry", "apolog")
    weights: dict[Stage, Weights] = Field(default_factory=dict)
