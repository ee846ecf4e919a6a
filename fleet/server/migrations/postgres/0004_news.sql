-- Who writes a change wakes the other instances when it is committed; several of one transaction wake them once.
CREATE FUNCTION yilin_tell_of_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('yilin_changes', '');
    RETURN NULL;
END
$$;
CREATE TRIGGER changes_told AFTER INSERT ON changes FOR EACH STATEMENT EXECUTE FUNCTION yilin_tell_of_changes();
