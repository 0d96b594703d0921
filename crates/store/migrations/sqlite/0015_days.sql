-- How many duties are due on each day of UTC, by state: of all (an empty agency), and of those that an agency owes as a whole. So a
-- year is counted by its days.
CREATE TABLE duty_days (
    agency TEXT NOT NULL,
    day    INTEGER NOT NULL,
    state  TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (agency, day, state)
) STRICT, WITHOUT ROWID;
INSERT INTO duty_days (agency, day, state, number)
    SELECT '', (due_order - (due_order % 86400000 + 86400000) % 86400000) / 86400000, state, COUNT(*)
    FROM duties INDEXED BY duties_by_state_and_due WHERE due_order > -1000000000000000 GROUP BY 2, 3;
INSERT INTO duty_days (agency, day, state, number)
    SELECT agency, (due_order - (due_order % 86400000 + 86400000) % 86400000) / 86400000, state, COUNT(*)
    FROM duties INDEXED BY duties_by_agency WHERE due_order > -1000000000000000 AND agency <> '' GROUP BY 1, 2, 3;
