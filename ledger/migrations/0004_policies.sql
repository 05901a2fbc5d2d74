-- The pinned policies, by the hash of their content: without its policy nobody could fold a case again.
CREATE TABLE policies (
    hash text PRIMARY KEY,
    body text NOT NULL,
    first_used_at timestamptz NOT NULL DEFAULT now()
);
