"""Asks the ledger for the load of people; what it does not answer in time is unknown, never guessed."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.http import expect
from domain.effect import Answer, Ask, LoadAnswer, ReadLoad
from ledger.errors import LedgerError, LedgerRejected
from ledger.load import LoadStore


class LoadActivities:
    """The port load, over a store that the worker opens and a test may replace."""

    def __init__(self, store: LoadStore) -> None:
        self._store = store

    @activity.defn
    async def read_load(self, ask: Ask) -> Answer:
        """Return how many open cases each of the people owns, the asking case left out."""
        request = expect(ask, ReadLoad)
        try:
            counted = await self._store.open_cases(request.people, but=ask.case_id)
            return Answer(result=LoadAnswer(open_cases=counted))
        except LedgerError as error:
            failure = ApplicationError(
                str(error), type=type(error).__name__, non_retryable=isinstance(error, LedgerRejected)
            )
        raise failure
