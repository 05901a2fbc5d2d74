-- A case asks for the other cases of its customer, by the id that the read model's line holds.
CREATE INDEX cases_customer ON cases ((row ->> 'customer'));
