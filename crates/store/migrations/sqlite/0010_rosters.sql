-- Lists of people that duties share: who holds one, whom its ladder reached, who of them is asked. Each is kept once, so that
-- a post that is filled changes one list, and not each person's line of each duty. The long text of a duty's row stands last, so that
-- the columns that are asked for are read without it. All of it follows from the log, and is made anew.
DROP TABLE duty_holders;
DROP TABLE duty_called;
DROP TABLE duties;
UPDATE head SET program = 'to be judged anew: rosters' WHERE program IS NOT NULL;

CREATE TABLE rosters (
    roster   TEXT PRIMARY KEY NOT NULL,
    officers TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE roster_officers (
    officer TEXT NOT NULL,
    roster  TEXT NOT NULL REFERENCES rosters (roster) ON DELETE CASCADE,
    PRIMARY KEY (officer, roster)
) STRICT, WITHOUT ROWID;
CREATE INDEX roster_officers_of ON roster_officers (roster);

-- A duty without a due comes before those with one: `due_order` is then before every instant.
CREATE TABLE duties (
    id         TEXT PRIMARY KEY NOT NULL,
    rule       TEXT NOT NULL,
    key        TEXT NOT NULL,
    due        INTEGER,
    due_order  INTEGER NOT NULL GENERATED ALWAYS AS (COALESCE(due, -1000000000000000)) STORED,
    state      TEXT NOT NULL,
    wakes_at   INTEGER,
    stream     TEXT NOT NULL,
    agency     TEXT,
    step       INTEGER,
    step_to    TEXT,
    step_opens INTEGER,
    step_due   INTEGER,
    lapsed     INTEGER,
    answered   INTEGER,
    held_by    TEXT,
    called     TEXT,
    asked      TEXT,
    row        TEXT NOT NULL
) STRICT;
CREATE INDEX duties_in_order         ON duties (rule, key, due_order, id);
CREATE INDEX duties_by_key           ON duties (key, rule, due_order, id);
CREATE INDEX duties_by_state         ON duties (state, rule, key, due_order, id);
CREATE INDEX duties_asleep           ON duties (wakes_at) WHERE wakes_at IS NOT NULL;
CREATE INDEX duties_by_stream        ON duties (stream, rule, key, due_order, id);
CREATE INDEX duties_by_state_and_due ON duties (state, due_order, id);
CREATE INDEX duties_by_agency        ON duties (agency, rule, key, due_order, id) WHERE agency IS NOT NULL;
CREATE INDEX duties_climbing         ON duties (step_to, step_opens, id) WHERE step IS NOT NULL;
CREATE INDEX duties_by_due           ON duties (due_order, id);
CREATE INDEX duties_held             ON duties (held_by, state, due_order, id, stream) WHERE held_by IS NOT NULL;
CREATE INDEX duties_called           ON duties (called, state, due_order, id, stream) WHERE called IS NOT NULL;
CREATE INDEX duties_asked            ON duties (asked, state, due_order, id) WHERE asked IS NOT NULL;
