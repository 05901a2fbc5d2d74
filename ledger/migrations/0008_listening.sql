-- How far `redress listen` has read each feed of the outside world; what it does with an entry may be repeated.
CREATE TABLE feeds (
    name text PRIMARY KEY,
    cursor bigint NOT NULL CHECK (cursor >= 0),
    moved_at timestamptz NOT NULL DEFAULT now()
);

-- Calls that belong to no one case: of a caller nobody knows, or who has several. The caller is a keyed digest.
CREATE TABLE unplaced_calls (
    reference text PRIMARY KEY,
    happened timestamptz NOT NULL,
    caller_key text,
    cases text[] NOT NULL,
    reached boolean NOT NULL,
    wait_seconds bigint NOT NULL,
    minutes bigint NOT NULL
);

CREATE INDEX cases_caller ON cases ((row ->> 'caller_key')) WHERE ended IS NULL;
CREATE INDEX cases_claim ON cases ((row ->> 'claim')) WHERE ended IS NULL;
