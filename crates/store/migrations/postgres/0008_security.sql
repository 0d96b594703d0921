-- Tries to sign in are counted before they are looked at, from when the count began.
ALTER TABLE failures RENAME COLUMN last_at TO begun_at;

-- What was done, or refused, about who signs in and what they may do: never changed or deleted.
CREATE TABLE security_log (
    id         TEXT COLLATE "C" PRIMARY KEY,
    at         BIGINT NOT NULL,
    who        TEXT COLLATE "C",
    address    TEXT COLLATE "C",
    what       TEXT COLLATE "C" NOT NULL,
    about      TEXT COLLATE "C",
    is_refused BOOLEAN NOT NULL
);

CREATE TRIGGER security_log_stay BEFORE UPDATE OR DELETE ON security_log FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER security_log_stay_all BEFORE TRUNCATE ON security_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The administrator who made it in the pages, until another confirms it.
ALTER TABLE accounts ADD COLUMN proposed_by TEXT COLLATE "C";
ALTER TABLE tokens ADD COLUMN proposed_by TEXT COLLATE "C";

-- When a token ends; those from before have no end.
ALTER TABLE tokens ADD COLUMN ends_at BIGINT;
