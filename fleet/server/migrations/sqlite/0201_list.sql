-- The list is one narrow table: where a terminal stands and its newest word, a row for every terminal, heard of or not. Each
-- filter, and all of them together, is one look at it: none is much slower than another. The heartbeat itself lies apart.
CREATE TABLE heartbeats (
    terminal TEXT PRIMARY KEY REFERENCES terminals (id) ON DELETE CASCADE,
    body TEXT NOT NULL               -- the newest one, as fleet_api::health::Heartbeat
);
INSERT INTO heartbeats (terminal, body) SELECT terminal, body FROM health;

-- A tree of its own in the order of the list.
CREATE TABLE standings (
    terminal TEXT PRIMARY KEY REFERENCES terminals (id) ON DELETE CASCADE,
    received_at BIGINT,              -- by the server's clock; null, as all words are, before the first one
    in_service BIGINT NOT NULL DEFAULT 0,
    outbox_needs_person BIGINT NOT NULL DEFAULT 0,
    disk_free BIGINT,                -- bytes of the data partition
    disk_total BIGINT,
    state TEXT NOT NULL DEFAULT '',  -- this and the next four as in terminals: triggers see to it
    model TEXT NOT NULL DEFAULT '',
    district TEXT NOT NULL DEFAULT '',
    street TEXT NOT NULL DEFAULT '',
    community TEXT NOT NULL DEFAULT '',
    worst TEXT,                      -- ready, attention, media, keeper, technician
    image TEXT,
    catalogue TEXT,
    out_of_service TEXT
) WITHOUT ROWID;
INSERT INTO standings (terminal, state, model, district, street, community, received_at, in_service, worst, image, catalogue,
    out_of_service, outbox_needs_person)
    SELECT t.id, t.state, t.model, t.district, t.street, t.community, h.received_at, COALESCE(h.in_service, 0), h.worst, h.image,
        h.catalogue, h.out_of_service, COALESCE(h.outbox_needs_person, 0)
    FROM terminals t LEFT JOIN health h ON h.terminal = t.id;
DROP TABLE health;
ALTER TABLE standings RENAME TO health;

CREATE TRIGGER terminals_planned AFTER INSERT ON terminals BEGIN
    INSERT INTO health (terminal, state, model, district, street, community)
        VALUES (NEW.id, NEW.state, NEW.model, NEW.district, NEW.street, NEW.community);
END;
CREATE TRIGGER terminals_placed AFTER UPDATE OF state, model, district, street, community ON terminals BEGIN
    UPDATE health SET state = NEW.state, model = NEW.model, district = NEW.district, street = NEW.street,
        community = NEW.community WHERE terminal = NEW.id;
END;

-- Nothing looks for terminals by these any more.
DROP INDEX terminals_place;
DROP INDEX terminals_community;
DROP INDEX terminals_model;
DROP INDEX terminals_state;
