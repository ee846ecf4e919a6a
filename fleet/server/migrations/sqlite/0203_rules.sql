-- The rules of tickets look at those terminals only of which something may be wrong, or changed.
CREATE INDEX supplies_at ON supplies (at);
CREATE INDEX devices_needing ON devices (terminal) WHERE kind IN ('keeper', 'technician', 'media');
CREATE INDEX actions_failed ON actions (terminal, id) WHERE state = 'failed';
