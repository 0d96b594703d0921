-- Lists of people have numbers, and those who owe duties are listed apart from those whom ladders reached. Where all duties of one
-- list go over to other people, as when a post is filled, that list is changed and no duty is: a duty's row has a mark (U+0001)
-- where the people who owe it stand. All of it follows from the log, and is made anew.
DROP TABLE duties;
DROP TABLE roster_officers;
DROP TABLE rosters;
UPDATE head SET program = 'to be judged anew: numbered rosters' WHERE program IS NOT NULL;

-- `content` says which list it is: of which sort, and a hash of who stands in it.
CREATE TABLE rosters (
    roster   INTEGER PRIMARY KEY NOT NULL,
    content  TEXT NOT NULL UNIQUE,
    officers TEXT NOT NULL
) STRICT;
CREATE TABLE roster_officers (
    officer TEXT NOT NULL,
    roster  INTEGER NOT NULL REFERENCES rosters (roster) ON DELETE CASCADE,
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
    held_by    INTEGER,
    called     INTEGER,
    asked      INTEGER,
    row        TEXT NOT NULL
) STRICT;
-- What decides who may see a duty stands in the indexes by which duties are counted and listed.
CREATE INDEX duties_in_order         ON duties (rule, key, due_order, id);
CREATE INDEX duties_by_state         ON duties (state, rule, key, due_order, id);
CREATE INDEX duties_asleep           ON duties (wakes_at) WHERE wakes_at IS NOT NULL;
CREATE INDEX duties_called           ON duties (called, state, due_order, id, stream) WHERE called IS NOT NULL;
CREATE INDEX duties_by_state_and_due ON duties (state, due_order, id, stream, held_by, called, agency);
CREATE INDEX duties_by_due           ON duties (due_order, id, stream, held_by, called, agency);
CREATE INDEX duties_by_key           ON duties (key, rule, due_order, id, stream, held_by, called, agency);
CREATE INDEX duties_by_stream        ON duties (stream, rule, key, due_order, id, held_by, called, agency);
CREATE INDEX duties_by_agency        ON duties (agency, state, due_order, id) WHERE agency IS NOT NULL;
CREATE INDEX duties_climbing         ON duties (step_to, step_opens, step, step_due, lapsed, answered, state, stream, held_by, called, agency)
    WHERE step IS NOT NULL;
CREATE INDEX duties_climbing_by_due  ON duties (due_order, id, step, step_due, lapsed, answered, step_to, stream, held_by, called, agency)
    WHERE step IS NOT NULL;
CREATE INDEX duties_held             ON duties (held_by, state, due_order, id, rule, stream, called, agency) WHERE held_by IS NOT NULL;
CREATE INDEX duties_asked            ON duties (asked, state, due_order, id, answered) WHERE asked IS NOT NULL;
