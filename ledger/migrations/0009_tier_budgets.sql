-- What the customers of one tier have had beyond what is owed, in a period: a third sum of the same kind.
ALTER TABLE authority_used DROP CONSTRAINT authority_used_scope_check;
ALTER TABLE authority_used ADD CONSTRAINT authority_used_scope_check
    CHECK (scope IN ('customer', 'person', 'tier'));

-- The part of a proposal that counts for its customer's tier.
ALTER TABLE authority_claims ADD COLUMN tier text;
ALTER TABLE authority_claims ADD COLUMN extras bigint NOT NULL DEFAULT 0 CHECK (extras >= 0);
