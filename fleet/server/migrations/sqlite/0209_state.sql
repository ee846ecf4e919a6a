-- SQLite reads all rows of the list's index in time; with one more to choose from it takes the wrong one for a list by several columns.
SELECT 1;
