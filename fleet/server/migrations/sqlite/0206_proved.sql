-- A session begins with a proof, and nothing looked at any later one: what changes an account asks for the password again.
ALTER TABLE sessions DROP COLUMN proved_at;
