-- Which catalogue a terminal serves, by its last word.
ALTER TABLE health ADD COLUMN catalogue TEXT;
CREATE INDEX health_catalogue ON health (catalogue);
