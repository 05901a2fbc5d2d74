"""The durable books of every service: what was done, under which key; a kill -9 forgets nothing."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS deeds (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    service TEXT NOT NULL,
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    case_id TEXT NOT NULL,
    at TEXT NOT NULL,
    request TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('done', 'refused')),
    result TEXT NOT NULL,
    asked INTEGER NOT NULL DEFAULT 1,
    UNIQUE (service, key)
);
CREATE INDEX IF NOT EXISTS deeds_by_order ON deeds (json_extract(request, '$.order_id'));
CREATE INDEX IF NOT EXISTS deeds_by_named ON deeds (json_extract(request, '$.reference'));
CREATE INDEX IF NOT EXISTS deeds_by_given ON deeds (json_extract(result, '$.reference'));
CREATE INDEX IF NOT EXISTS deeds_by_subject
    ON deeds (coalesce(json_extract(request, '$.post'), json_extract(request, '$.call')));
CREATE INDEX IF NOT EXISTS deeds_by_case ON deeds (case_id);
CREATE TABLE IF NOT EXISTS orders (order_id TEXT PRIMARY KEY, snapshot TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answers (reference TEXT PRIMARY KEY, answer TEXT NOT NULL);
"""

COLUMNS = "service, operation, key, digest, case_id, at, request, status, result, asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing a service did, or refused for good.

    Attributes:
        digest: of what was asked, without the time; the same key with another digest is a mistake.
        result: the answer as JSON; of a refusal its reason.
        asked: how many times the key was presented in all.
    """

    service: str
    operation: str
    key: str
    digest: str
    case_id: str
    at: datetime
    request: str
    status: str
    result: str
    asked: int = 1


class Books:
    """One SQLite file; used from one thread, so that looking up and writing down are one step."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "books.sqlite", isolation_level=None)
        # What was handed to the system outlives the process, however it dies; a sandbox needs no more.
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def find(self, service: str, key: str) -> Deed | None:
        """Return what happened under a key at a service."""
        rows = self._select("service = ? AND key = ?", service, key)
        return rows[0] if rows else None

    def write(self, deed: Deed) -> None:
        """Write down a deed; its key is new."""
        self._db.execute(
            f"INSERT INTO deeds ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - a constant
            (
                deed.service,
                deed.operation,
                deed.key,
                deed.digest,
                deed.case_id,
                deed.at.isoformat(),
                deed.request,
                deed.status,
                deed.result,
                deed.asked,
            ),
        )

    def settle(self, service: str, key: str, result: str) -> None:
        """Write down how something ended that was taken on earlier."""
        self._db.execute("UPDATE deeds SET result = ? WHERE service = ? AND key = ?", (result, service, key))

    def asked_again(self, service: str, key: str) -> None:
        """Count that a key came again."""
        self._db.execute("UPDATE deeds SET asked = asked + 1 WHERE service = ? AND key = ?", (service, key))

    def all_of(self, service: str, *, case_id: str | None = None) -> tuple[Deed, ...]:
        """Return everything a service did or refused, oldest first; for one case where one is named."""
        if case_id is None:
            return self._select("service = ?", service)
        return self._select("service = ? AND case_id = ?", service, case_id)

    def news_of(
        self, service: str, *, after: int, limit: int, about: str | None = None
    ) -> tuple[tuple[int, Deed], ...]:
        """Return what a service did after an entry, with its entries' numbers; about one thing, if named."""
        where = "service = ? AND status = 'done' AND n > ?"
        values: list[str | int] = [service, after]
        if about is not None:
            where += " AND coalesce(json_extract(request, '$.post'), json_extract(request, '$.call')) = ?"
            values.append(about)
        rows = self._db.execute(
            f"SELECT n, {COLUMNS} FROM deeds WHERE {where} ORDER BY n LIMIT ?",  # noqa: S608 - constants
            [*values, limit],
        )
        names = [name.strip() for name in COLUMNS.split(",")]
        return tuple((int(row[0]), _deed(dict(zip(names, row[1:], strict=True)))) for row in rows)

    def done_for_order(self, operation: str, order_id: str) -> tuple[Deed, ...]:
        """Return what was done in one operation for an order."""
        where = "operation = ? AND status = 'done' AND json_extract(request, '$.order_id') = ?"
        return self._select(where, operation, order_id)

    def done_with(self, operation: str, reference: str) -> tuple[Deed, ...]:
        """Return what was done in one operation that names a reference or has given it out."""
        fits = "json_extract(request, '$.reference') = ? OR json_extract(result, '$.reference') = ?"
        return self._select(
            f"operation = ? AND status = 'done' AND ({fits})", operation, reference, reference
        )

    def order(self, order_id: str) -> str | None:
        """Return an order as it was first told."""
        row = self._db.execute("SELECT snapshot FROM orders WHERE order_id = ?", (order_id,)).fetchone()
        return None if row is None else str(row[0])

    def keep_order(self, order_id: str, snapshot: str) -> None:
        """Remember an order, so that shop and bank speak of the same one for ever."""
        self._db.execute("INSERT OR IGNORE INTO orders VALUES (?, ?)", (order_id, snapshot))

    def answer(self, reference: str) -> str | None:
        """Return what was answered in a survey."""
        row = self._db.execute("SELECT answer FROM answers WHERE reference = ?", (reference,)).fetchone()
        return None if row is None else str(row[0])

    def keep_answer(self, reference: str, answer: str) -> bool:
        """Keep the one answer of a survey; say whether it was the first."""
        done = self._db.execute("INSERT OR IGNORE INTO answers VALUES (?, ?)", (reference, answer))
        return done.rowcount == 1

    def latest(self, case_id: str) -> datetime | None:
        """Return the case's own time when anything was last done for it."""
        row = self._db.execute("SELECT max(at) FROM deeds WHERE case_id = ?", (case_id,)).fetchone()
        return None if row is None or row[0] is None else datetime.fromisoformat(row[0])

    def _select(self, where: str, *values: str) -> tuple[Deed, ...]:
        rows = self._db.execute(f"SELECT {COLUMNS} FROM deeds WHERE {where} ORDER BY n", values)  # noqa: S608 - constants
        names = [name.strip() for name in COLUMNS.split(",")]
        return tuple(_deed(dict(zip(names, row, strict=True))) for row in rows)


def _deed(row: dict[str, str]) -> Deed:
    return Deed(
        service=row["service"],
        operation=row["operation"],
        key=row["key"],
        digest=row["digest"],
        case_id=row["case_id"],
        at=datetime.fromisoformat(row["at"]),
        request=row["request"],
        status=row["status"],
        result=row["result"],
        asked=int(row["asked"]),
    )
