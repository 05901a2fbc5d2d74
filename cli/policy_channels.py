"""How channels are acknowledged, and what is one claim or one promise, in words."""

from collections.abc import Iterator

from cli.policy_rules import Sentence, Subject, length
from domain.policy import Policy


def channels(policy: Policy) -> Iterator[Sentence]:
    """Say of each channel how it is acknowledged, and what holds of claims, posts and promises."""
    for rule in policy.sources:
        kind = rule.kind.replace("_", " ")
        yield Subject("acknowledged by", rule.source), f"{', '.join(rule.means)} ({kind})"
        yield Subject("acknowledged within", rule.source), length(rule.within)
    if policy.same_claim_days is not None:
        yield Subject("one claim"), f"one order of one customer within {policy.same_claim_days} days"
    if policy.removal_explanation is not None:
        yield Subject("explanation of a removed post"), length(policy.removal_explanation)
    for matter, words in policy.promise_matters.items():
        yield Subject("promises about", matter), ", ".join(words)
