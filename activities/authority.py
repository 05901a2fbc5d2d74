"""Reserves and releases authority in the ledger; what the ledger does not answer in time is unknown."""

from temporalio import activity

from activities.http import expect
from activities.ledger_failure import ledger_failure
from domain.effect import Answer, Ask, ReleaseAuthority, ReserveAuthority
from ledger.authority import AuthorityStore
from ledger.errors import LedgerError


class AuthorityActivities:
    """The port authority, over a store that the worker opens and a test may replace."""

    def __init__(self, store: AuthorityStore) -> None:
        self._store = store

    @activity.defn
    async def reserve_authority(self, ask: Ask) -> Answer:
        """Count a proposal, once, where the limits of its request allow it."""
        request = expect(ask, ReserveAuthority)
        try:
            return Answer(result=await self._store.reserve(ask.case_id, request))
        except LedgerError as error:
            failure = ledger_failure(error)
        raise failure

    @activity.defn
    async def release_authority(self, ask: Ask) -> Answer:
        """Count a proposal no longer."""
        request = expect(ask, ReleaseAuthority)
        try:
            return Answer(result=await self._store.release(ask.case_id, request))
        except LedgerError as error:
            failure = ledger_failure(error)
        raise failure
