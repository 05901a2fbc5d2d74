import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.authority import AuthorityActivities
from activities.retry import START_TO_CLOSE
from domain.effect import (
    REFUSED,
    Ask,
    AuthorityAnswer,
    AuthorityFreed,
    FetchOrder,
    ReleaseAuthority,
    Request,
)
from ledger.authority import PATIENCE, AuthorityStore
from ledger.errors import LedgerError, LedgerNotReady, LedgerRejected, LedgerUnavailable
from ledger.pool import CONNECT_SECONDS, Pool
from tests.ledger.chains import NOON
from tests.ledger.failing import failing
from tests.ledger.test_authority import approving, asking

RELEASE = ReleaseAuthority(proposal="p1")


def ask(request: Request) -> Ask:
    """Ask as a case does."""
    return Ask(case_id="case-1", key="authority:1", at=NOON, request=request)


async def test_authority_is_reserved_approved_and_released(pool: Pool) -> None:
    port, run = AuthorityActivities(AuthorityStore(pool)), ActivityEnvironment().run
    reserved = (await run(port.reserve_authority, ask(asking()))).result
    assert isinstance(reserved, AuthorityAnswer)
    assert reserved.state == "reserved"
    again = (await run(port.reserve_authority, ask(approving()))).result
    assert isinstance(again, AuthorityAnswer)
    assert (again.state, again.customer_used) == ("reserved", asking().amount.model_copy(update={"minor": 0}))
    assert (await run(port.release_authority, ask(RELEASE))).result == AuthorityFreed()


@pytest.mark.parametrize(
    ("error", "kind", "final"),
    [
        (LedgerUnavailable("not now"), "LedgerUnavailable", False),
        (LedgerNotReady("not yet"), "LedgerUnavailable", False),
        (LedgerRejected("never"), "LedgerRejected", True),
    ],
)
async def test_what_the_database_does_not_take_is_unknown_and_never_a_refusal(
    pool: Pool, error: LedgerError, kind: str, *, final: bool
) -> None:
    port, run = AuthorityActivities(failing(AuthorityStore(pool), error)), ActivityEnvironment().run
    for activity, request in ((port.reserve_authority, asking()), (port.release_authority, RELEASE)):
        with pytest.raises(ApplicationError) as raised:
            await run(activity, ask(request))
        assert (raised.value.type, raised.value.non_retryable) == (kind, final)
        assert raised.value.type != REFUSED
        assert raised.value.__context__ is None


async def test_a_request_for_another_port_is_not_understood(pool: Pool) -> None:
    port = AuthorityActivities(AuthorityStore(pool))
    with pytest.raises(ApplicationError, match="was sent to the activity for ReserveAuthority"):
        await ActivityEnvironment().run(port.reserve_authority, ask(FetchOrder(source="web", source_key="k")))


def test_an_attempt_is_longer_than_the_wait_for_the_database() -> None:
    longest = PATIENCE.total_seconds() + CONNECT_SECONDS
    for kind in ("reserve_authority", "release_authority"):
        assert START_TO_CLOSE[kind].total_seconds() > longest
