"""The words that policies, commands and events have in common."""

from typing import Literal

VocType = Literal["complaint", "inquiry", "compliment", "suggestion"]


Severity = Literal["low", "normal", "high", "critical"]


Ground = Literal["withdrawal", "defect", "warranty", "guarantee", "goodwill"]


Language = Literal["ko", "en"]


Channel = Literal["sms", "email", "phone", "post"]


Harm = Literal["price", "shipping", "time", "trouble", "consequential"]


LifeCycle = Literal["introduction", "growth", "maturity", "decline"]


RemedyKind = Literal[
    "refund",
    "exchange",
    "repair",
    "return_shipping",
    "coupon",
    "points",
    "membership",
    "information",
    "fee_refund",
    "goodwill_credit",
    "correction",
    "reissued_card",
    "free_service",
    "installation",
    "instruction",
    "apology",
    "apology_letter",
    "manager_apology",
    "recognition",
    "explanation",
    "refusal",
]


PAYS: tuple[RemedyKind, ...] = ("refund", "fee_refund", "return_shipping", "goodwill_credit")
"""Remedies that move money."""


FEES: tuple[RemedyKind, ...] = ("fee_refund", "return_shipping")
"""Remedies that give back what the customer paid beside the goods: fees, and shipping either way."""


VOUCHERS: tuple[RemedyKind, ...] = ("coupon", "points", "membership")
"""Remedies that give worth without paying; they can be taken back until they are used."""

REWARDS: tuple[RemedyKind, ...] = (*VOUCHERS, "information")
"""What the loyalty system gives; information (early news, advice) has no amount and ends when taken back."""


MOVES_GOODS: tuple[RemedyKind, ...] = ("refund", "exchange", "repair")
"""Remedies for which goods may have to come back."""


BY_HAND: tuple[RemedyKind, ...] = (
    "correction",
    "reissued_card",
    "free_service",
    "installation",
    "instruction",
    "apology_letter",
    "manager_apology",
    "recognition",
)
"""Remedies that a department carries out and reports as done."""


SPOKEN: tuple[RemedyKind, ...] = (
    "apology",
    "apology_letter",
    "manager_apology",
    "recognition",
    "explanation",
)
"""Remedies that consist of words to the customer."""


TargetName = Literal[
    "acknowledge",
    "accept",
    "owner_accepts",
    "first_response",
    "next_update",
    "call_back",
    "resolve",
    "result_notice",
]
