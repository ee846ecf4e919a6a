-- Hours as they come: one index in the order of time serves reports, retention and each heartbeat's row, and grows at its end.
-- What no report is made of is not kept. Numbers of an hour need four bytes.
CREATE TABLE hours_in_order (
    hour BIGINT NOT NULL,            -- the full hour, seconds of Unix time
    beats INTEGER NOT NULL,
    open_seconds INTEGER NOT NULL,   -- within the opening hours
    served_seconds INTEGER NOT NULL, -- and in service, as heartbeats say
    terminal TEXT NOT NULL REFERENCES terminals (id) ON DELETE CASCADE,
    PRIMARY KEY (hour, terminal)
);
LOCK TABLE hours IN ACCESS EXCLUSIVE MODE;
INSERT INTO hours_in_order (hour, beats, open_seconds, served_seconds, terminal)
    SELECT hour, beats, open_seconds, served_seconds, terminal FROM hours ORDER BY hour, terminal;
DROP TABLE hours;
ALTER TABLE hours_in_order RENAME TO hours;
ALTER INDEX hours_in_order_pkey RENAME TO hours_pkey;
