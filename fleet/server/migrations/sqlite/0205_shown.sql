-- Nobody is shown by the name of somebody else who works here: the database sees to it, whichever instances add an account.
-- Of those who are shown by one name already the first keeps it; the later ones get what they sign in with behind it.
UPDATE accounts SET shown = shown || ' (' || name || ')' WHERE state <> 'closed' AND EXISTS (
    SELECT 1 FROM accounts a WHERE a.shown = accounts.shown AND a.state <> 'closed' AND a.id < accounts.id);
CREATE UNIQUE INDEX accounts_shown ON accounts (shown) WHERE state <> 'closed';
