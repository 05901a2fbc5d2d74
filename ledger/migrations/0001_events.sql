-- Append-only: what happened to a case. `at` is the exact text that was hashed, `instant` the same for sorting.
-- `body` is the exact canonical JSON that was digested (jsonb would reorder it); body and salt are null once
-- erased. `position` orders all events of all cases, but rows may commit out of its order: read the outbox.
CREATE TABLE events (
    case_id text NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    kind text NOT NULL,
    at text NOT NULL,
    instant timestamptz NOT NULL,
    by text NOT NULL,
    body text,
    salt text,
    digest text NOT NULL,
    hash text NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (case_id, seq)
);

-- One row per event, written with it: whoever hands events on marks or deletes what is sent (at least once;
-- the id is the same every time). It holds no body, so that an erased event is not kept here.
CREATE TABLE outbox (
    id text PRIMARY KEY,
    case_id text NOT NULL,
    seq bigint NOT NULL,
    queued_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz
);

CREATE INDEX outbox_unsent ON outbox (queued_at, case_id, seq) WHERE sent_at IS NULL;
