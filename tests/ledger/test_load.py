"""What people have on their desks, and where cases are looked up."""

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.load import LoadActivities
from domain.effect import Ask, LoadAnswer, ReadLoad
from ledger.errors import LedgerError, LedgerRejected, LedgerUnavailable
from ledger.load import LoadStore
from ledger.pool import Pool
from ledger.store import EventStore
from tests.ledger.chains import NOON, chain, fold
from tests.ledger.failing import failing

ASK = Ask(case_id="c", key="load:1", at=NOON, request=ReadLoad(people=("mira", "nobody")))


async def keep(store: EventStore, case_id: str, stage: str, **changes: object) -> None:
    """Store a case with a row that says something of its own."""
    events = chain(case_id, 2, stage=stage)
    await store.append(case_id, events, fold(events).model_copy(update=changes))


async def test_open_cases_are_counted_per_owner_and_the_asking_case_is_left_out(
    store: EventStore, pool: Pool
) -> None:
    for case_id in "abc":
        await keep(store, case_id, "owned")
    await keep(store, "d", "recovered", owner="mira")
    await keep(store, "e", "owned", owner="ben")
    answer = await ActivityEnvironment().run(LoadActivities(LoadStore(pool)).read_load, ASK)
    assert answer.result == LoadAnswer(open_cases={"mira": 2})


@pytest.mark.parametrize(
    ("error", "final"), [(LedgerUnavailable("away"), False), (LedgerRejected("no"), True)]
)
async def test_what_the_ledger_does_not_answer_is_no_refusal(
    pool: Pool, error: LedgerError, *, final: bool
) -> None:
    with pytest.raises(ApplicationError) as raised:
        await ActivityEnvironment().run(LoadActivities(failing(LoadStore(pool), error)).read_load, ASK)
    assert (raised.value.type, raised.value.non_retryable) == (type(error).__name__, final)


async def test_cases_are_found_by_customer_product_type_department_and_owner(store: EventStore) -> None:
    await keep(store, "a", "owned", customer="kim", product="cup", voc_type="inquiry", department="sales")
    await keep(store, "b", "registered")
    for wanted in (
        {"customer": "kim"},
        {"product": "cup"},
        {"voc_type": "inquiry"},
        {"department": "sales"},
        {"owner": "mira"},
        {"customer": "kim", "product": "cup", "ended": False},
    ):
        assert [row.case_id for row in await store.cases(**wanted)] == ["a"], wanted
    assert await store.cases(customer="kim", product="pot") == []
