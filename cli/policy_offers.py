"""What a policy says about amounts, in words: what each harm comes to, and what may be given beyond."""

from collections.abc import Iterator
from itertools import chain

from cli.policy_rules import Sentence, Subject
from domain.policy import OfferRule, Policy


def offers(policy: Policy) -> Iterator[Sentence]:
    """Say what every harm comes to, sentence by sentence."""
    return chain(_owed(policy), _extras(policy), _interest(policy))


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
