"""Counts what people have on their desks, from the read model of open cases."""

from collections.abc import Sequence
from datetime import timedelta

from ledger.patience import patiently
from ledger.pool import CONNECT_SECONDS, Pool

PATIENCE = timedelta(seconds=5)
"""Short: a suggestion waits for this, and without an answer it is made without the load."""

COUNT = """
SELECT owner, count(*) AS cases FROM cases
WHERE ended IS NULL AND owner = ANY($1::text[]) AND case_id <> $2
GROUP BY owner
"""


class LoadStore:
    """How many open cases people own."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def open_cases(self, people: Sequence[str], *, but: str) -> dict[str, int]:
        """Return the number of open cases of each person, the case that asks left out.

        Raises:
            LedgerError: where the database stayed away or takes no question.
        """

        async def count() -> dict[str, int]:
            async with self._pool.acquire(timeout=CONNECT_SECONDS) as connection:
                records = await connection.fetch(COUNT, list(people), but)
            return {record["owner"]: record["cases"] for record in records}

        return await patiently(count, PATIENCE)
