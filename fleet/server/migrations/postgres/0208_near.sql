-- A community's or a street's terminals are few among all: they are found, not looked for. No heartbeat changes these columns.
CREATE INDEX health_community ON health (community);
CREATE INDEX health_street ON health (street);
