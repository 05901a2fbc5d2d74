-- The open-cases read model: the whole row as the domain folds it, and what lists filter by. Generated columns
-- cannot disagree with the row. Dropped and rebuilt at will (`redress rebuild`).
CREATE TABLE cases (
    case_id text PRIMARY KEY,
    version bigint NOT NULL,
    row jsonb NOT NULL,
    opened_at timestamptz NOT NULL,
    next_due timestamptz,
    source text NOT NULL GENERATED ALWAYS AS (row ->> 'source') STORED,
    key_digest text NOT NULL GENERATED ALWAYS AS (row ->> 'key_digest') STORED,
    voc_type text GENERATED ALWAYS AS (row ->> 'voc_type') STORED,
    product text GENERATED ALWAYS AS (row ->> 'product') STORED,
    severity text GENERATED ALWAYS AS (row ->> 'severity') STORED,
    stage text GENERATED ALWAYS AS (row ->> 'stage') STORED,
    department text GENERATED ALWAYS AS (row ->> 'department') STORED,
    owner text GENERATED ALWAYS AS (row ->> 'owner') STORED,
    customer text GENERATED ALWAYS AS (row ->> 'customer') STORED,
    level integer GENERATED ALWAYS AS ((row ->> 'level')::integer) STORED,
    acknowledged boolean GENERATED ALWAYS AS ((row ->> 'acknowledged')::boolean) STORED,
    parked text GENERATED ALWAYS AS (row ->> 'parked') STORED,
    ended text GENERATED ALWAYS AS (row ->> 'end') STORED,
    -- Beyond the Temporal server's retention this is what keeps one complaint one case.
    CONSTRAINT cases_source_key UNIQUE (source, key_digest)
);

CREATE INDEX cases_next_due ON cases (next_due, case_id) WHERE ended IS NULL;
CREATE INDEX cases_owner ON cases (owner) WHERE ended IS NULL;
CREATE INDEX cases_stage ON cases (stage);
