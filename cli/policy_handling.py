"""How a case finds its people, in words: skills, hand-overs, tasks, sure readings, prices of handling."""

from collections.abc import Iterator

from cli.policy_rules import Sentence, Subject, length
from domain.policy import Handling, Policy, SkillRule


def handling(policy: Policy) -> Iterator[Sentence]:
    """Say what a policy asks of departments and owners."""
    yield Subject("answers for the figures"), policy.service_head or "nobody"
    for person in policy.people:
        yield Subject("skills of", person.id), ", ".join(person.skills) or "none"
        for each in person.absences:
            until = f"to {each.to_day}" if each.to_day else "for good"
            yield Subject("away", f"{person.id} from {each.from_day}"), until
    if policy.handling is not None:
        yield from _handling(policy.handling)


def _handling(rules: Handling) -> Iterator[Sentence]:
    yield Subject("departments that may refuse"), str(rules.max_refusals)
    yield Subject("hand-over that moves a case up"), f"number {rules.max_transfers}"
    yield Subject("task of a department"), length(rules.task)
    for place, rule in enumerate(rules.skills, start=1):
        yield Subject("skill rule", f"{place}"), f"{rule.skill} for {_scope(rule)}"
    if rules.heated is not None:
        yield Subject("who calls an upset customer"), f"has {rules.heated.skill}, or leads"
        yield Subject("cooling-off"), length(rules.heated.cooling_off)
    if rules.sure is not None:
        words = f"words weigh {rules.sure.least} together and {rules.sure.lead} more than the next reading"
        yield Subject("routed without a person"), words
    moved = "is handed to that department" if rules.reroute else "stays where it is"
    yield Subject("owned case that a new class gives to another department"), moved
    for name, price in rules.costs or ():
        yield Subject("costs", name.replace("_", " ")), str(price)


def _scope(rule: SkillRule) -> str:
    named = {
        "type": rule.voc_types,
        "cause": rule.causes,
        "product": rule.products,
        "severity": rule.severities,
    }
    words = (f"{name} {' or '.join(values)}" for name, values in named.items() if values)
    return ", ".join(words) or "every case"
