"""What the customer gets and why it helps, said from the plan that was carried out (R138)."""

from collections.abc import Iterator

from domain.money import Money
from domain.points import told
from domain.policy import Language, Policy, RemedyKind
from domain.remedy import Remedy
from domain.saga import Saga


def gets(policy: Policy, remedy: Remedy, saga: Saga, language: Language) -> str:
    """Return a line for each thing the customer gets; nothing where the policy has no words for it."""
    return "\n".join(_lines(policy, remedy, saga, language))


def _lines(policy: Policy, remedy: Remedy, saga: Saga, language: Language) -> Iterator[str]:
    for kind, amount in _given(remedy):
        why = policy.benefits.get(kind, {}).get(language)
        if why is not None:
            worth = told(amount, policy, language) if amount and kind == "points" else amount
            yield f"- {worth}: {why}" if worth is not None else f"- {why}"
    interest = saga.interest_in_all
    if interest is not None:
        late = "늦어진 날만큼의 법정 지연이자입니다" if language == "ko" else "interest by law for the delay"
        yield f"- {interest}: {late}"


def _given(remedy: Remedy) -> Iterator[tuple[RemedyKind, Money | None]]:
    for decision in remedy.done:
        yield decision.remedy, decision.amount
    proposal = remedy.proposal
    if proposal is not None and proposal.state == "done":
        for extra in proposal.plan.extras:
            yield extra.remedy, extra.amount
