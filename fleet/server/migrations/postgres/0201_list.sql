-- The list is one narrow table: where a terminal stands and its newest word, a row for every terminal, heard of or not. Each
-- filter, and all of them together, is one look at it: none is much slower than another. The heartbeat itself lies apart.
LOCK TABLE terminals IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE health IN ACCESS EXCLUSIVE MODE;

CREATE TABLE heartbeats (
    terminal TEXT PRIMARY KEY REFERENCES terminals (id) ON DELETE CASCADE,
    body TEXT NOT NULL               -- the newest one, as fleet_api::health::Heartbeat
) WITH (fillfactor = 70);
INSERT INTO heartbeats (terminal, body) SELECT terminal, body FROM health;

-- Numbers first, which need no room between them; and room for the next word beside the last one (HOT).
CREATE TABLE standings (
    received_at BIGINT,              -- by the server's clock; null, as all words are, before the first one
    in_service BIGINT NOT NULL DEFAULT 0,
    outbox_needs_person BIGINT NOT NULL DEFAULT 0,
    disk_free BIGINT,                -- bytes of the data partition
    disk_total BIGINT,
    terminal TEXT PRIMARY KEY REFERENCES terminals (id) ON DELETE CASCADE,
    state TEXT NOT NULL DEFAULT '',  -- this and the next four as in terminals: triggers see to it
    model TEXT NOT NULL DEFAULT '',
    district TEXT NOT NULL DEFAULT '',
    street TEXT NOT NULL DEFAULT '',
    community TEXT NOT NULL DEFAULT '',
    worst TEXT,                      -- ready, attention, media, keeper, technician
    image TEXT,
    catalogue TEXT,
    out_of_service TEXT
) WITH (fillfactor = 60);
INSERT INTO standings (terminal, state, model, district, street, community, received_at, in_service, worst, image, catalogue,
    out_of_service, outbox_needs_person)
    SELECT t.id, t.state, t.model, t.district, t.street, t.community, h.received_at, COALESCE(h.in_service, 0), h.worst, h.image,
        h.catalogue, h.out_of_service, COALESCE(h.outbox_needs_person, 0)
    FROM terminals t LEFT JOIN health h ON h.terminal = t.id;
DROP TABLE health;
ALTER TABLE standings RENAME TO health;
ALTER INDEX standings_pkey RENAME TO health_pkey;

CREATE FUNCTION yilin_keep_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO health (terminal, state, model, district, street, community)
        VALUES (NEW.id, NEW.state, NEW.model, NEW.district, NEW.street, NEW.community)
        ON CONFLICT (terminal) DO UPDATE SET state = excluded.state, model = excluded.model, district = excluded.district,
            street = excluded.street, community = excluded.community;
    RETURN NULL;
END
$$;
CREATE TRIGGER terminals_planned AFTER INSERT ON terminals FOR EACH ROW EXECUTE FUNCTION yilin_keep_place();
CREATE TRIGGER terminals_placed AFTER UPDATE OF state, model, district, street, community ON terminals
    FOR EACH ROW EXECUTE FUNCTION yilin_keep_place();

-- Nothing looks for terminals by these any more.
DROP INDEX terminals_place;
DROP INDEX terminals_community;
DROP INDEX terminals_model;
DROP INDEX terminals_state;
