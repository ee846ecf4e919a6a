-- Since when the screen of a terminal that is heard of is away; null while it runs. What only the screen can tell stays so long.
ALTER TABLE health ADD COLUMN screen_away_since BIGINT;
