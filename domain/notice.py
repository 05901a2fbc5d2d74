"""Notices to a customer: where they go, what they can say, and the one way to ask for words.

Which slots a notice has is pinned with the policy: another wording asks for other slots, and an open case
keeps the words of its policy. `{slot?}` may stay empty, and its line is left out then; every other slot is
needed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from domain.effect import Contact, Effect, NoticeSent, SendNotice
from domain.message import CameBack, EffectSucceeded
from domain.policy import Channel, Language, Policy

ALWAYS: dict[str, tuple[str, ...]] = {
    "target_staff": ("number", "target"),
    "staff_fallback": ("number", "department"),
    "staff_offer": ("number",),
    "staff_away": ("number", "person"),
    "staff_suggested": ("number", "why"),
    "staff_task": ("number", "department"),
    "staff_task_late": ("number", "department"),
    "staff_task_answer": ("number", "department"),
    "staff_result": ("number", "summary"),
    "staff_praise": ("number",),
    "improvement_asked": ("number", "about"),
    "improvement_reminder": ("number", "about"),
    "improvement_late": ("number", "about"),
    "improvement_safety": ("number", "about"),
    "figures_asked": ("number", "about"),
    "figures_reminder": ("number", "about"),
    "figures_late": ("number", "about"),
    "staff_alert": ("number", "why"),
    "suggestion_done": ("number", "answer"),
    "follow_up_link": ("number", "link"),
    "form_link": ("number", "link"),
}
"""Notices whose slots never changed: to staff, and to customers with a link or of their suggestion."""

FIRST_SLOTS: dict[str, tuple[str, ...]] = {
    "acknowledgement": ("number",),
    "complaint_acknowledgement": ("number",),
    "offer": ("number", "offer"),
    "offer_reminder": ("number", "offer"),
    "result": ("number", "summary"),
    "final_position": ("number", "summary", "outside_body"),
    "answer": ("number", "answer"),
    "delay": ("number",),
    "joined": ("number", "into"),
    "withdrawal_noted": ("number", "reason"),
    "reassurance": ("number", "prevention"),
    "reassurance_again": ("number", "prevention"),
    **ALWAYS,
}
"""The slots of policies that were pinned before slots were; every wording has these at least."""

ANYWHERE = (
    *("number", "address", "opening", "closing", "owner", "product", "happened", "guarantee"),
    "outside_body",
)
"""Slots that every notice to a customer can have."""

DECISION = ("remedies", "clauses", "outcome", "to_do", "next_step", "appeal_within", "reopen_within")

MAY_HAVE: dict[str, tuple[str, ...]] = {
    "acknowledgement": ANYWHERE,
    "complaint_acknowledgement": ANYWHERE,
    "offer": (*ANYWHERE, "offer", "remedies", "clauses", "until"),
    "offer_reminder": (*ANYWHERE, "offer", "remedies", "clauses", "until"),
    "result": (*ANYWHERE, "summary", *DECISION),
    "final_position": (*ANYWHERE, "summary", *DECISION),
    "answer": (*ANYWHERE, "answer"),
    "delay": (*ANYWHERE, "late", "since"),
    "joined": (*ANYWHERE, "into"),
    "withdrawal_noted": (*ANYWHERE, "reason"),
    "reassurance": (*ANYWHERE, "prevention"),
    "reassurance_again": (*ANYWHERE, "prevention"),
    **ALWAYS,
}
"""Every slot that a case can fill, by notice."""

MAY_BE_EMPTY = (
    *("opening", "closing", "product", "happened", "guarantee"),
    *("clauses", "remedies", "offer"),
)
"""Slots for which a wording may write `{slot?}`: not every case has something to say there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """How this customer is written to.

    Attributes:
        channel: the first that reaches them.
        says: what every notice can say of the case; asked only where there is something to send.
    """

    policy: Policy
    language: Language
    channel: Channel
    contact: Contact
    number: str
    says: Callable[[], Mapping[str, str]]

    def notice(
        self, key: str, template: str, own: Mapping[str, str], *, channel: Channel | None = None
    ) -> Effect:
        """Return the effect that sends the words of one template.

        Args:
            key: The effect's key.
            template: Which notice.
            own: What this notice says beside what every notice can.
            channel: Where it goes by another channel than the first.
        """
        known = {**self.says(), **own, "number": self.number}
        slots = {name: known.get(name, "") for name in map(bare, slots_of(self.policy, template))}
        request = SendNotice(
            template=template,
            wording_hash=self.policy.wording_hash,
            language=self.language,
            channel=channel or self.channel,
            contact=self.contact,
            slots=slots,
        )
        return Effect(key=key, request=request)


class Wording(Protocol):
    """What words are taken from: the policy of a case, or the rule book of an improvement request."""

    @property
    def wording_hash(self) -> str:
        """Return the hash of the wordings."""

    @property
    def language(self) -> Language:
        """Return the language that the firm speaks."""


def to_staff(wording: Wording, key: str, template: str, *, staff: str, slots: dict[str, str]) -> Effect:
    """Return the effect that tells a member of staff something, by the internal channel."""
    request = SendNotice(
        template=template,
        wording_hash=wording.wording_hash,
        language=wording.language,
        channel="internal",
        staff=staff,
        slots=slots,
    )
    return Effect(key=key, request=request)


def sent_by(fact: CameBack) -> NoticeSent | None:
    """Return what became of a notice; None where it did not go out."""
    return fact.result if isinstance(fact, EffectSucceeded) and isinstance(fact.result, NoticeSent) else None


def reached(fact: CameBack) -> bool:
    """Say whether a notice reached whom it was for."""
    sent = sent_by(fact)
    return sent is not None and sent.delivered


def slots_of(policy: Policy, template: str) -> tuple[str, ...]:
    """Return the slots of a notice as this policy's wordings have them."""
    return policy.slots.get(template, FIRST_SLOTS[template])


def bare(slot: str) -> str:
    """Return a slot's name without the mark that it may stay empty."""
    return slot.removesuffix("?")


def unfilled(policy: Policy, request: SendNotice, outcome: str | None) -> str | None:
    """Return the first slot that is empty and must not be; None where the notice can go out."""
    needed = [slot for slot in policy.slots.get(request.template, ()) if not slot.endswith("?")]
    must = policy.spoken.must_say(request.template, outcome) if policy.spoken else ()
    return next((slot for slot in (*needed, *must) if not request.slots.get(slot, "").strip()), None)


def worded(case_id: str, request: SendNotice) -> str:
    """Return a digest of what a notice says, the same for the same words of one case and telling nothing."""
    said = "\n".join(f"{name}={request.slots[name]}" for name in sorted(request.slots))
    text = f"{case_id}\n{request.wording_hash}\n{request.template}\n{request.language}\n{said}"
    return sha256(text.encode()).hexdigest()[:32]
