-- Tries to sign in are counted before they are looked at, from when the count began.
ALTER TABLE failures RENAME COLUMN last_at TO begun_at;

-- What was done, or refused, about who signs in and what they may do: never changed or deleted.
CREATE TABLE security_log (
    id         TEXT PRIMARY KEY NOT NULL,
    at         INTEGER NOT NULL,
    who        TEXT,
    address    TEXT,
    what       TEXT NOT NULL,
    about      TEXT,
    is_refused INTEGER NOT NULL CHECK (is_refused IN (0, 1))
) STRICT;

CREATE TRIGGER security_log_no_update BEFORE UPDATE ON security_log
BEGIN SELECT RAISE(ABORT, 'the security log is never changed'); END;
CREATE TRIGGER security_log_no_delete BEFORE DELETE ON security_log
BEGIN SELECT RAISE(ABORT, 'the security log is never deleted'); END;
CREATE TRIGGER security_log_no_replace BEFORE INSERT ON security_log WHEN EXISTS (SELECT 1 FROM security_log WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the security log is never changed'); END;

-- The administrator who made it in the pages, until another confirms it.
ALTER TABLE accounts ADD COLUMN proposed_by TEXT;
ALTER TABLE tokens ADD COLUMN proposed_by TEXT;

-- When a token ends; those from before have no end.
ALTER TABLE tokens ADD COLUMN ends_at INTEGER;
