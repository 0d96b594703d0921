-- Who was written to of a duty that is not theirs, so that they may open it: it is never changed or deleted.
CREATE TABLE told (
    officer TEXT NOT NULL,
    duty    TEXT NOT NULL,
    PRIMARY KEY (officer, duty)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER told_no_update BEFORE UPDATE ON told
BEGIN SELECT RAISE(ABORT, 'what was told is never changed'); END;
CREATE TRIGGER told_no_delete BEFORE DELETE ON told
BEGIN SELECT RAISE(ABORT, 'what was told is never deleted'); END;
