-- The second line behind the missing rights of the application role; it holds for the owner as well.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only; redact_event(case_id, seq) erases a body'
        USING ERRCODE = 'object_not_in_prerequisite_state';
END
$$;

-- An update passes only inside redact_event, for this very event, and only if it erases and nothing else.
CREATE FUNCTION refuse_all_but_redaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('redress.redacting', true) IS NOT DISTINCT FROM OLD.case_id || '/' || OLD.seq
        AND NEW.body IS NULL AND NEW.salt IS NULL
        AND to_jsonb(NEW) - 'body' - 'salt' = to_jsonb(OLD) - 'body' - 'salt'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'events are append-only; redact_event(case_id, seq) erases a body'
        USING ERRCODE = 'object_not_in_prerequisite_state';
END
$$;

CREATE TRIGGER events_are_not_updated BEFORE UPDATE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_all_but_redaction();
CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_are_not_truncated BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Erases the body and salt of one event and tells whether there was anything to erase. Digest and hash stay, so
-- the chain still verifies. Runs with the owner's rights; the fixed search path keeps callers from shadowing.
CREATE FUNCTION redact_event(of_case text, of_seq bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    erased boolean;
BEGIN
    PERFORM set_config('redress.redacting', of_case || '/' || of_seq, true);
    UPDATE public.events SET body = NULL, salt = NULL
        WHERE case_id = of_case AND seq = of_seq AND (body IS NOT NULL OR salt IS NOT NULL);
    erased := FOUND;
    PERFORM set_config('redress.redacting', '', true);
    RETURN erased;
END
$$;

REVOKE ALL ON FUNCTION redact_event(text, bigint) FROM PUBLIC;
