-- What no report is made of is not kept.
ALTER TABLE hours DROP COLUMN warmest;
ALTER TABLE hours DROP COLUMN disk_free;
