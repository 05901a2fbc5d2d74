"""What a policy says about amounts, in words: what each harm comes to, and what may be given beyond."""

from collections.abc import Iterator
from itertools import chain

from cli.policy_rules import Sentence, Subject
from domain.policy import OfferRule, Policy


def offers(policy: Policy) -> Iterator[Sentence]:
    """Say what every harm comes to, sentence by sentence."""
    return chain(_owed(policy), _extras(policy), _interest(policy), _rules(policy), _guarantees(policy))


def _guarantees(policy: Policy) -> Iterator[Sentence]:
    for each in policy.guarantees:
        what = f"{each.promise} {each.target or ''}".strip()
        terms = " / ".join(each.terms.values())
        yield Subject("guarantee", each.id), f"{what} pays {each.pays} ({each.clause}): {terms}"
    for kind, texts in policy.benefits.items():
        yield Subject(f"why {kind} helps"), " / ".join(texts.values())


def _rules(policy: Policy) -> Iterator[Sentence]:
    if policy.max_fee_per_cent is not None:
        yield Subject("fees need approval above"), f"{policy.max_fee_per_cent} % of the price"
    if policy.repeat_failure is not None:
        yield (
            Subject("an earlier failure counts for"),
            f"{policy.repeat_failure.recent_months} months ({policy.repeat_failure.clause or 'no clause'})",
        )
    warranty = policy.warranty
    if warranty is not None:
        others = ", ".join(f"{product} {months}" for product, months in warranty.products.items())
        words = f"{warranty.reference_months} months, others: {others or 'none'} ({warranty.clause})"
        yield Subject("reference warranty"), words
    for rule in policy.standards:
        instead = ", ".join(rule.instead_of) or "anything else"
        words = f"{', '.join(rule.owed)} instead of {instead}, from {rule.at_least} on ({rule.clause})"
        yield Subject(f"standard {rule.id}"), f"where {rule.when}: {words}"


def _interest(policy: Policy) -> Iterator[Sentence]:
    for rate in policy.interest:
        words = f"{rate.basis_points / 100:g} % a year ({rate.clause})"
        yield Subject("interest on a late refund from", rate.valid_from.isoformat()), words


def _owed(policy: Policy) -> Iterator[Sentence]:
    for rule in policy.offer_table:
        when = ", ".join((*rule.causes, *rule.severities)) or "every case"
        yield Subject("amount for harm", rule.id), f"{rule.harm}: {_amount(rule)} ({rule.clause}) for {when}"


def _amount(rule: OfferRule) -> str:
    of = f"{rule.per_cent} % of {rule.owes}"
    usual = f", usually {rule.usual}" if rule.usual is not None else ""
    most = f", at most {rule.at_most}" if rule.at_most is not None else ""
    return f"{of}{usual}{most}"


def _extras(policy: Policy) -> Iterator[Sentence]:
    for place, limit in enumerate(policy.extra_limits, start=1):
        when = ", ".join((*limit.severities, *limit.tiers)) or "every case"
        yield Subject("extras", f"rule {place}"), f"at most {limit.at_most} ({limit.clause}) for {when}"
    for place, budget in enumerate(policy.extra_budgets, start=1):
        whose = ", ".join(budget.tiers) or "any other tier"
        most = f"at most {budget.at_most} in a {policy.authority_period} ({budget.clause})"
        yield Subject("extras in all", f"budget {place}"), f"{most} for all customers of {whose}"
