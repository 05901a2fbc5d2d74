"""V3: money goes out at most once per effect, and exactly once where the case says that it did."""

from collections import Counter
from collections.abc import Iterator

from cli.checks.evidence import Books, Ledger, Refund, events
from domain.saga import PAYOUTS, StepBegun, StepDone
from ledger.breach import Breach


def money_breaches(ledger: Ledger, books: Books) -> tuple[Breach, ...]:
    """Compare the bank's own record with what the cases say."""
    by_case: dict[str, list[Refund]] = {}
    for refund in books.refunds:
        by_case.setdefault(refund.case_id, []).append(refund)
    found = [
        Breach("V3", case_id, "the bank paid for a case that the ledger does not know")
        for case_id in sorted(by_case.keys() - ledger.keys())
    ]
    for case_id, entries in ledger.items():
        said = [event for event in events(entries) if isinstance(event, StepDone | StepBegun)]
        found.extend(Breach("V3", case_id, what) for what in _differences(said, by_case.get(case_id, [])))
    return tuple(found)


def _differences(said: list[StepDone | StepBegun], paid: list[Refund]) -> Iterator[str]:
    done = [event for event in said if isinstance(event, StepDone) and event.amount is not None]
    begun = {event.once for event in said if isinstance(event, StepBegun) and event.step in PAYOUTS}
    for reference, times in Counter(refund.reference for refund in paid).items():
        if times > 1:
            yield f"the bank paid {reference} {times} times"
    if len(paid) > len(begun):
        yield f"the bank paid {len(paid)} times, the case began {len(begun)} payouts"
    amounts = {refund.reference: refund.amount for refund in paid}
    for event in done:
        if amounts.get(event.reference) != event.amount:
            yield f"the case says {event.reference} paid {event.amount}, the bank does not"
    unsaid = amounts.keys() - {event.reference for event in done}
    if unsaid:
        yield f"the bank paid {', '.join(sorted(unsaid))}, the case does not say so"
