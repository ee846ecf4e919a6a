-- What is asked often, on a hundred thousand terminals and years of heartbeats.

-- The list and its counts look at these columns of the newest word, and never at the word itself.
DROP INDEX health_received;
CREATE INDEX health_list ON health (terminal, received_at, in_service, worst, image);
-- Each filter finds in one index the terminals, their order, and what the other filters ask.
DROP INDEX terminals_place;
CREATE INDEX terminals_place ON terminals (district, street, community, id, state, model);
DROP INDEX terminals_community;
CREATE INDEX terminals_community ON terminals (community, id, state, model);
DROP INDEX terminals_model;
CREATE INDEX terminals_model ON terminals (model, id, state, district, street, community);
DROP INDEX terminals_state;
CREATE INDEX terminals_state ON terminals (state, id, model, district, street, community);

-- One tree in the order of terminal and hour: reports read a terminal's hours where they lie.
CREATE TABLE hours_by_terminal (
    terminal TEXT NOT NULL REFERENCES terminals (id) ON DELETE CASCADE,
    hour BIGINT NOT NULL,
    beats BIGINT NOT NULL,
    open_seconds BIGINT NOT NULL,
    served_seconds BIGINT NOT NULL,
    warmest DOUBLE PRECISION,
    disk_free BIGINT,
    PRIMARY KEY (terminal, hour)
) WITHOUT ROWID;
INSERT INTO hours_by_terminal (terminal, hour, beats, open_seconds, served_seconds, warmest, disk_free)
    SELECT terminal, hour, beats, open_seconds, served_seconds, warmest, disk_free FROM hours ORDER BY terminal, hour;
DROP TABLE hours;
ALTER TABLE hours_by_terminal RENAME TO hours;
