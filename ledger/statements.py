"""The SQL of the event store."""

COLUMNS = "case_id, seq, kind, at, by, body, salt, digest, hash"

APPEND = """
WITH given AS (
    SELECT * FROM unnest(
        $3::bigint[], $4::text[], $5::text[], $6::timestamptz[], $7::text[],
        $8::text[], $9::text[], $10::text[], $11::text[]
    ) AS event (seq, kind, at, instant, by, body, salt, digest, hash)
), head AS (
    SELECT CASE
        WHEN $2::bigint = 1 THEN $12::text
        ELSE (SELECT hash FROM events WHERE case_id = $1 AND seq = $2 - 1)
    END AS hash
), linked AS (
    -- Has no row where the event before is missing or is not the one that the first event was linked to.
    SELECT FROM given, head
    WHERE given.seq = $2 AND given.hash = encode(sha256(convert_to(
        head.hash || E'\\n' || $1 || E'\\n' || given.seq || E'\\n' || given.kind
            || E'\\n' || given.at || E'\\n' || given.by || E'\\n' || given.digest, 'UTF8')), 'hex')
), written AS (
    INSERT INTO events (case_id, seq, kind, at, instant, by, body, salt, digest, hash)
    SELECT $1, seq, kind, at, instant, by, body, salt, digest, hash FROM given
    WHERE EXISTS (SELECT FROM linked) ORDER BY seq
    RETURNING seq
), queued AS (
    INSERT INTO outbox (id, case_id, seq) SELECT $1 || '/' || seq, $1, seq FROM written
), shown AS (
    INSERT INTO cases (case_id, version, row, opened_at, next_due)
    SELECT $1, (line ->> 'version')::bigint, line,
        (line ->> 'opened_at')::timestamptz, (line #>> '{dues,0,due}')::timestamptz
    FROM (SELECT $13::jsonb AS line) AS one
    WHERE line IS NOT NULL AND EXISTS (SELECT FROM linked)
    ON CONFLICT (case_id) DO UPDATE SET version = excluded.version, row = excluded.row,
        opened_at = excluded.opened_at, next_due = excluded.next_due
    WHERE cases.version < excluded.version
), pinned AS (
    INSERT INTO policies (hash, body)
    SELECT $14::text, $15::text WHERE $14 IS NOT NULL AND EXISTS (SELECT FROM linked)
    ON CONFLICT (hash) DO NOTHING
)
SELECT EXISTS (SELECT FROM linked)
"""
"""One statement, so that events, outbox and read model are written together or not at all."""

STORED_HASHES = "SELECT seq, hash FROM events WHERE case_id = $1 AND seq BETWEEN $2 AND $3"

READ = f"SELECT {COLUMNS} FROM events WHERE case_id = $1 ORDER BY seq"  # noqa: S608 - our own constant

ROW = "SELECT row::text FROM cases WHERE case_id = $1"

FIND_SOURCE = "SELECT case_id FROM cases WHERE source = $1 AND key_digest = $2"

POLICIES = "SELECT hash, body FROM policies"

CASES = """
SELECT row::text FROM cases
WHERE ($1::text IS NULL OR stage = $1)
    AND ($2::text IS NULL OR owner = $2)
    AND ($3::text IS NULL OR department = $3)
    AND ($4::timestamptz IS NULL OR next_due < $4)
    AND ($5::boolean IS NULL OR (parked IS NOT NULL) = $5)
    AND ($6::boolean IS NULL OR (ended IS NOT NULL) = $6)
ORDER BY CASE WHEN $8 THEN -coalesce((row ->> 'priority')::int, 0) END, next_due NULLS LAST, case_id
LIMIT $7
"""

CASES_OF = """
SELECT row::text FROM cases
WHERE row ->> 'customer' = $1 AND case_id <> $2
ORDER BY opened_at DESC, case_id LIMIT $3
"""

CASE_IDS = "SELECT DISTINCT case_id FROM events WHERE case_id > $1 ORDER BY case_id LIMIT $2"
