-- How the application erases: only what a recorded redaction names, and never the record itself. The event
-- comes first and holds what is left of the other, so a crash between the two loses nothing, and erasing again
-- changes nothing. Runs with the owner's rights; the bare redact_event stays the owner's alone.
CREATE FUNCTION erase_redacted(of_case text, of_seq bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.events
        WHERE case_id = of_case AND kind = 'redacted' AND (body::jsonb ->> 'seq')::bigint = of_seq
    ) OR EXISTS (SELECT FROM public.events WHERE case_id = of_case AND seq = of_seq AND kind = 'redacted')
    THEN
        RAISE EXCEPTION 'no recorded redaction names this event'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN public.redact_event(of_case, of_seq);
END
$$;

REVOKE ALL ON FUNCTION erase_redacted(text, bigint) FROM PUBLIC;
