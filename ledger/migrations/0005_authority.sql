-- What people have decided alone and customers have had, one row per person or customer and period. Whoever adds
-- to it locks the row, so two proposals at the same instant cannot both be the last that fits.
CREATE TABLE authority_used (
    scope text NOT NULL CHECK (scope IN ('customer', 'person')),
    subject text NOT NULL,
    period text NOT NULL,
    currency text NOT NULL,
    minor bigint NOT NULL DEFAULT 0 CHECK (minor >= 0),
    PRIMARY KEY (scope, subject, period, currency)
);

-- What each proposal counts for, under its hash: asked twice it counts once. One that was released stays, so that
-- a request which was on its way meanwhile finds it and counts for nothing.
CREATE TABLE authority_claims (
    case_id text NOT NULL,
    proposal text NOT NULL,
    person text,
    customer text,
    period text,
    currency text,
    minor bigint NOT NULL DEFAULT 0 CHECK (minor >= 0),
    state text NOT NULL CHECK (state IN ('reserved', 'approved', 'released')),
    PRIMARY KEY (case_id, proposal)
);

CREATE INDEX authority_claims_person ON authority_claims (person, period) WHERE state <> 'released';
CREATE INDEX authority_claims_customer ON authority_claims (customer, period) WHERE state <> 'released';
