-- How often a device failed without a whole day between: what comes and goes never stays long enough for a ticket.
ALTER TABLE devices ADD COLUMN troubles BIGINT NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN troubled_at BIGINT;
CREATE INDEX devices_troubled ON devices (troubled_at) WHERE troubles >= 5;
