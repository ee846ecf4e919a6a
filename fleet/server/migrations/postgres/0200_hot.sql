-- What is asked often, on a hundred thousand terminals and years of heartbeats.

-- A heartbeat changes no column of an index, so the row is written where it lies (HOT), with room left for it; the word itself
-- lies apart, so that the list reads short rows.
DROP INDEX health_received;
ALTER TABLE health SET (fillfactor = 60, toast_tuple_target = 256);
ALTER TABLE health ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX health_image ON health (image);
CREATE INDEX health_worst ON health (worst);
-- Each filter finds in one index the terminals, their order, and what the other filters ask.
DROP INDEX terminals_place;
CREATE INDEX terminals_place ON terminals (district, street, community, id, state, model);
DROP INDEX terminals_community;
CREATE INDEX terminals_community ON terminals (community, id, state, model);
DROP INDEX terminals_model;
CREATE INDEX terminals_model ON terminals (model, id, state, district, street, community);
DROP INDEX terminals_state;
CREATE INDEX terminals_state ON terminals (state, id, model, district, street, community);

-- Rows come in the order of time: the pages of a month are found by a few bytes for each range of pages.
DROP INDEX hours_hour;
CREATE INDEX hours_hour ON hours USING brin (hour) WITH (pages_per_range = 32);
