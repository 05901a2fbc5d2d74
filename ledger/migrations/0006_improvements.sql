-- The read model of improvement requests; their events lie with those of cases, under ids that begin with IMP-.
-- Dropped and rebuilt at will (`redress rebuild`), as the cases are.
CREATE TABLE improvements (
    improvement_id text PRIMARY KEY,
    version bigint NOT NULL,
    row jsonb NOT NULL,
    next_due timestamptz,
    theme text GENERATED ALWAYS AS (row ->> 'theme') STORED,
    department text GENERATED ALWAYS AS (row ->> 'department') STORED,
    product text GENERATED ALWAYS AS (row ->> 'product') STORED,
    cause text GENERATED ALWAYS AS (row ->> 'cause') STORED,
    state text GENERATED ALWAYS AS (row ->> 'state') STORED,
    owner text GENERATED ALWAYS AS (row ->> 'owner') STORED
);

CREATE INDEX improvements_next_due ON improvements (next_due, improvement_id);
