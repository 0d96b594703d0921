-- Lists of people that duties share: who holds one, whom its ladder reached, who of them is asked. Each is kept once, so that
-- a post that is filled changes one list, and not each person's line of each duty. All of it follows from the log, and is made anew.
DROP TABLE duty_holders;
DROP TABLE duty_called;
TRUNCATE duties;
UPDATE head SET program = 'to be judged anew: rosters' WHERE program IS NOT NULL;

CREATE TABLE rosters (
    roster   TEXT COLLATE "C" PRIMARY KEY,
    officers TEXT COLLATE "C" NOT NULL
);
CREATE TABLE roster_officers (
    officer TEXT COLLATE "C" NOT NULL,
    roster  TEXT COLLATE "C" NOT NULL REFERENCES rosters (roster) ON DELETE CASCADE,
    PRIMARY KEY (officer, roster)
);
CREATE INDEX roster_officers_of ON roster_officers (roster);

ALTER TABLE duties
    DROP COLUMN holders,
    DROP COLUMN called,
    DROP COLUMN asked,
    ADD COLUMN held_by TEXT COLLATE "C",
    ADD COLUMN called  TEXT COLLATE "C",
    ADD COLUMN asked   TEXT COLLATE "C";
CREATE INDEX duties_held   ON duties (held_by, state, due_order, id, stream) WHERE held_by IS NOT NULL;
CREATE INDEX duties_called ON duties (called, state, due_order, id, stream) WHERE called IS NOT NULL;
CREATE INDEX duties_asked  ON duties (asked, state, due_order, id) WHERE asked IS NOT NULL;
