"""What a policy adds for whom, in words: relations, rows, profile, exceptions, clauses."""

from collections.abc import Iterator
from itertools import chain

from cli.policy_rules import Sentence, Subject, length
from domain.policy import Policy
from domain.treatment_rules import TreatmentRow


def treatment(policy: Policy) -> Iterator[Sentence]:
    """Say what is added for whom, sentence by sentence."""
    return chain(
        _relations(policy),
        _rows(policy),
        _profile(policy),
        _wishes(policy),
        _exceptions(policy),
        _named(policy),
    )


def _relations(policy: Policy) -> Iterator[Sentence]:
    for place, rule in enumerate(policy.relations, start=1):
        partner = ", taking part as a partner" if rule.partner else ""
        words = (
            f"{rule.relation} from {rule.purchases} purchases, {rule.months} months and "
            f"{rule.referrals} referrals on{partner} ({rule.clause})"
        )
        yield Subject("relationship", f"rule {place}"), words


def _rows(policy: Policy) -> Iterator[Sentence]:
    for place, row in enumerate(policy.treatments, start=1):
        yield Subject("treatment", f"row {place}"), row.id
        yield Subject(f"treatment {row.id}", "for"), _whom(row)
        yield Subject(f"treatment {row.id}", "adds"), _what(row)


def _whom(row: TreatmentRow) -> str:
    lists = (
        ("life cycle", row.life_cycles),
        ("severity", row.severities),
        ("tier", row.tiers),
        ("relation", row.relations),
        ("emotion", row.emotions),
    )
    said = [f"{name} {' or '.join(values)}" for name, values in lists if values]
    said += ["failed before"] if row.failed_before else []
    said += [f"worth {row.value_from} or more"] if row.value_from is not None else []
    return ", ".join(said) or "everybody"


def _what(row: TreatmentRow) -> str:
    said = [f"priority {row.priority}, level {row.level}"]
    said += [f"{name} in {share:g} of its time" for name, share in row.sooner.items()]
    said += [f"extras up to {row.extras} more"] if row.extras is not None else []
    said += ["a supervisor is told"] if row.alert else []
    said += [f"tone {row.tone}"] if row.tone else []
    said += [f"by {', '.join(row.channels)} first"] if row.channels else []
    said += [f"from {row.hours[0]} to {row.hours[1]} o'clock"] if row.hours else []
    return f"{', '.join(said)} ({row.clause})"


def _profile(policy: Policy) -> Iterator[Sentence]:
    if policy.profile is not None:
        waits = ", ".join(str(wait) for wait in policy.profile.again_after) or "never"
        yield Subject("profile and order are tried for"), str(policy.profile.patience)
        read = "must be read before a proposal" if policy.profile.read_first else "may be left unread"
        yield Subject("the brief"), read
        yield Subject("profile and order are asked for again after"), waits
        yield Subject("proposed to the CRM"), ", ".join(policy.profile.proposes) or "nothing"
        yield Subject("needs that a contact may note"), ", ".join(policy.profile.needs) or "none"


def _wishes(policy: Policy) -> Iterator[Sentence]:
    for kind, known in policy.wish_words.items():
        yield Subject("expected", kind), ", ".join(known)


def _exceptions(policy: Policy) -> Iterator[Sentence]:
    for rule in policy.exceptions:
        most = f" up to {rule.at_most}" if rule.at_most is not None else ""
        words = (
            f"{rule.rule}{most}, approved by a {rule.approver} within {length(rule.answer)}, "
            f"valid for {length(rule.valid)} ({rule.clause})"
        )
        yield Subject("exception", rule.rule), words


def _named(policy: Policy) -> Iterator[Sentence]:
    for name, clause in policy.decision_clauses.items():
        yield Subject("a decision names", name), clause
    for ground, clause in policy.ground_clauses.items():
        yield Subject("a line granted names", ground), clause
