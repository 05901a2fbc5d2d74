"""The small policy as one that says how the firm speaks, with letters that have real slots."""

from typing import Any

from domain.case import todo
from domain.effect import SendNotice
from domain.policy import Guarantee
from domain.spoken import Address, DecisionLetter, Spoken
from domain.triage import HarmLine
from tests.domain.lives import POLICY, Item, Life, eur, given, opening, triage

SAYS = ("happened", "outcome", "summary", "to_do", "next_step", "outside_body", "owner")
SPOKEN = Spoken(
    blaming_causes=("other",),
    triage_confirms=True,
    blames=("your fault", "고객님 과실"),
    harsh=("nonsense",),
    sorry=("sorry", "죄송"),
    address=(
        Address(tiers=("gold",), words={"ko": "소중한 고객님,", "en": "Dear valued customer,"}),
        Address(words={"ko": "고객님,", "en": "Hello,"}),
    ),
    names={"ann": {"ko": "앤", "en": "Ann"}, "sue": {"ko": "수", "en": "Sue"}},
    letters=(
        DecisionLetter(notice="offer", says=("happened", "remedies", "until", "owner")),
        DecisionLetter(notice="result", says=(*SAYS, "remedies")),
        DecisionLetter(notice="result", outcomes=("partly_upheld",), says=("clauses",)),
        DecisionLetter(notice="final_position", says=(*SAYS, "clauses", "appeal_within")),
    ),
)
SLOTS: dict[str, tuple[str, ...]] = {
    "acknowledgement": ("address", "guarantee?", "number", "owner"),
    "complaint_acknowledgement": ("address", "happened", "number", "owner"),
    "offer": ("address", "clauses?", "happened", "number", "offer?", "owner", "remedies", "until"),
    "offer_reminder": ("number", "offer?", "remedies", "until"),
    "result": ("clauses?", "guarantee?", "number", "product?", "remedies", *SAYS, "reopen_within"),
    "final_position": ("clauses", "number", "remedies?", *SAYS, "appeal_within"),
    "answer": ("address", "answer", "number", "owner"),
    "delay": ("late", "number", "owner", "since"),
    "target_staff": ("number", "target"),
}
SPEAKING = POLICY.model_copy(
    update={
        "spoken": SPOKEN,
        "slots": SLOTS,
        "plain_words": {"chargeback": "money back through your card", "환급": "돈을 돌려 드리는 것"},
        "guarantees": (
            Guarantee(
                id="answer",
                promise="response",
                target="first_response",
                pays=eur(500),
                clause="promise",
                terms={
                    "ko": "답이 늦으면 5유로를 드립니다.",
                    "en": "If our answer is late, you get 5 euros.",
                },
            ),
        ),
    }
)
STATED = HarmLine(id="price", harm="price", stated="The handle came off.", amount=eur(9_000))


def speaking(*items: Item, **changes: Any) -> Life:
    """Return the life after this script, under the policy that speaks."""
    return given(*items, policy=SPEAKING.model_copy(update=changes))


def classed(**fields: Any) -> Any:
    """Class it with the customer's own words."""
    return triage(**{"harm_lines": (STATED,), **fields})


def in_korean(**fields: Any) -> Any:
    """Open it in Korean."""
    return opening(**{"language": "ko", **fields})


def notice(life: Life, start: str) -> SendNotice:
    """Return the request of the notice that is owed under this key."""
    (found,) = [effect.request for effect in todo(life.case) if effect.key.startswith(start)]
    assert isinstance(found, SendNotice)
    return found
