-- SQLite wakes nobody: its changes are asked for.
SELECT 1;
