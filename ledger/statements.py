"""The SQL of the event store."""

from domain.theme import PREFIX

COLUMNS = "case_id, seq, kind, at, by, body, salt, digest, hash"

_APPEND = """
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
{shown}), pinned AS (
    INSERT INTO policies (hash, body)
    SELECT $14::text, $15::text WHERE $14 IS NOT NULL AND EXISTS (SELECT FROM linked)
    ON CONFLICT (hash) DO NOTHING
)
SELECT EXISTS (SELECT FROM linked)
"""

_CASE_SHOWN = """    INSERT INTO cases (case_id, version, row, opened_at, next_due)
    SELECT $1, (line ->> 'version')::bigint, line,
        (line ->> 'opened_at')::timestamptz, (line #>> '{dues,0,due}')::timestamptz
    FROM (SELECT $13::jsonb AS line) AS one
    WHERE line IS NOT NULL AND EXISTS (SELECT FROM linked)
    ON CONFLICT (case_id) DO UPDATE SET version = excluded.version, row = excluded.row,
        opened_at = excluded.opened_at, next_due = excluded.next_due
    WHERE cases.version < excluded.version
"""

_IMPROVEMENT_SHOWN = """    INSERT INTO improvements (improvement_id, version, row, next_due)
    SELECT $1, (line ->> 'version')::bigint, line, (line ->> 'next_due')::timestamptz
    FROM (SELECT $13::jsonb AS line) AS one
    WHERE line IS NOT NULL AND EXISTS (SELECT FROM linked)
    ON CONFLICT (improvement_id) DO UPDATE SET version = excluded.version, row = excluded.row,
        next_due = excluded.next_due
    WHERE improvements.version < excluded.version
"""

APPEND = _APPEND.format(shown=_CASE_SHOWN)
"""One statement, so that events, outbox and read model are written together or not at all."""

APPEND_TO_IMPROVEMENT = _APPEND.format(shown=_IMPROVEMENT_SHOWN)
"""The same for an improvement request, whose line is in a read model of its own."""

STORED_HASHES = "SELECT seq, hash FROM events WHERE case_id = $1 AND seq BETWEEN $2 AND $3"

READ = f"SELECT {COLUMNS} FROM events WHERE case_id = $1 ORDER BY seq"  # noqa: S608 - our own constant

ERASE = "SELECT erase_redacted($1, $2)"

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
    AND ($7::text IS NULL OR customer = $7)
    AND ($8::text IS NULL OR product = $8)
    AND ($9::text IS NULL OR voc_type = $9)
ORDER BY CASE WHEN $11 THEN -coalesce((row ->> 'priority')::int, 0) END, next_due NULLS LAST, case_id
LIMIT $10
"""

CONTACTS = """
SELECT (owed || jsonb_build_object(
    'case_id', case_id, 'stage', stage, 'department', department,
    'severity', row ->> 'severity', 'priority', (row ->> 'priority')::int))::text AS line
FROM cases, jsonb_array_elements(coalesce(row -> 'contacts', '[]')) WITH ORDINALITY AS each (owed, place)
WHERE ended IS NULL
    AND ($1::text IS NULL OR owed ->> 'direction' = $1)
    AND ($2::text IS NULL OR department = $2)
    AND ($3::text IS NULL OR owed ->> 'who' = $3)
    AND (NOT $4 OR owed ->> 'who' IS NULL)
ORDER BY coalesce(owed ->> 'due', owed ->> 'not_before', owed ->> 'since')::timestamptz,
    (row ->> 'priority')::int DESC, case_id, place
LIMIT $5
"""
"""Every contact that is owed, over all cases; who has waited longest without a due is not at the bottom."""

CASES_OF = """
SELECT row::text FROM cases
WHERE row ->> 'customer' = $1 AND case_id <> $2
ORDER BY opened_at DESC, case_id LIMIT $3
"""

OPEN_CASES_OF = """
SELECT case_id FROM cases
WHERE row ->> 'customer' = $1 AND case_id <> $2 AND ended IS NULL
ORDER BY case_id
"""

IS_REQUEST = f"case_id LIKE '{PREFIX}%'"
"""Events of improvement requests lie with those of cases, under ids that begin so."""

CASE_IDS = f"""
SELECT DISTINCT case_id FROM events WHERE case_id > $1 AND NOT {IS_REQUEST} ORDER BY case_id LIMIT $2
"""  # noqa: S608 - our own constants

IMPROVEMENT_IDS = f"""
SELECT DISTINCT case_id FROM events WHERE case_id > $1 AND {IS_REQUEST} ORDER BY case_id LIMIT $2
"""  # noqa: S608 - our own constants

IMPROVEMENT_ROW = "SELECT row::text FROM improvements WHERE improvement_id = $1"

IMPROVEMENTS = """
SELECT row::text FROM improvements
WHERE ($1::text IS NULL OR department = $1)
    AND ($2::text IS NULL OR product = $2)
    AND ($3::text IS NULL OR cause = $3)
    AND ($4::text[] IS NULL OR state = ANY($4))
    AND ($5::text IS NULL OR row -> 'months' ? $5)
ORDER BY (row ->> 'cases')::bigint DESC, improvement_id
LIMIT $6
"""
