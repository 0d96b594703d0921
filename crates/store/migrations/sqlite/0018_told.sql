-- Who was written to of a duty that nobody else owes, so that they may open it: it is never changed or deleted.
CREATE TABLE told (
    officer TEXT NOT NULL,
    duty    TEXT NOT NULL,
    PRIMARY KEY (officer, duty)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_of ON told (duty, officer);

CREATE TRIGGER told_no_update BEFORE UPDATE ON told
BEGIN SELECT RAISE(ABORT, 'what was told is never changed'); END;
CREATE TRIGGER told_no_delete BEFORE DELETE ON told
BEGIN SELECT RAISE(ABORT, 'what was told is never deleted'); END;

-- With the id too, by which it is told who was written to.
DROP INDEX duties_climbing;
CREATE INDEX duties_climbing ON duties (step_to, step_opens, step, step_due, lapsed, answered, state, stream, held_by, called, agency, id)
    WHERE step IS NOT NULL;
