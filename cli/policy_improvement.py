"""When like cases become a request, and what opens a case in advance, in words."""

from collections.abc import Iterator
from datetime import timedelta

from cli.policy_rules import Sentence, Subject, length
from domain.policy import Policy


def improvement(policy: Policy) -> Iterator[Sentence]:
    """Say each limit of improvement requests, and each rule over signals."""
    rules = policy.improvement
    if rules is not None:
        yield Subject("improvement", "raised"), f"at {rules.raise_at} like cases in {_span(rules.window)}"
        for name in ("usual", "safety"):
            limits = getattr(rules, name)
            words = f"taken on in {length(limits.accept)}, then done in {length(limits.done)}"
            yield Subject("improvement", f"{name} limits"), words
        yield Subject("improvement", "reminder"), f"at {rules.remind_at:g} of the way to a limit"
        yield Subject("improvement", "late"), f"moves up every {length(rules.late_every)}"
        share = rules.partner_share or "nothing"
        yield Subject("improvement", "partners who took part get at most"), str(share)
        yield Subject("improvement", "measured"), f"over {_span(rules.measure_over)} before and after"
    figures = policy.figures
    if figures is not None:
        told = f", late to {', '.join(figures.late_to)}" if figures.late_to else ""
        yield Subject("figures"), f"of every {figures.every}, answered in {length(figures.answer)}{told}"
    sales = policy.sales_level
    if sales is not None:
        words = f"first answer in {sales.answer_minutes} working minutes, courtesy {sales.courtesy:g} of 7"
        yield Subject("level of sales"), words
    for rule in policy.signals:
        score = f", score at most {rule.at_most}" if rule.at_most is not None else ""
        later = f", later than {_span(rule.later_than)}" if rule.later_than is not None else ""
        what = f"{rule.at_least} {rule.signal} in {_span(rule.within)}{score}{later}"
        yield Subject("signal", rule.id), f"{what}: {' / '.join(rule.text.values())}"


def _span(time: timedelta) -> str:
    return f"{time / timedelta(days=1):g} days"
