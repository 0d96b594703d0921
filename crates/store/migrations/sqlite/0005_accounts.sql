-- Who signs in. `code_step` is the last step of time whose sign-in code was used, so that none is used twice.
CREATE TABLE accounts (
    name       TEXT PRIMARY KEY NOT NULL,
    officer    TEXT NOT NULL,
    shown      TEXT NOT NULL,
    grants     TEXT NOT NULL,
    password   TEXT,
    initial    INTEGER NOT NULL CHECK (initial IN (0, 1)),
    code       TEXT,
    code_step  INTEGER,
    subject    TEXT UNIQUE,
    created_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT;

-- A browser that somebody is signed in with, or has given the password in and not yet the code.
CREATE TABLE sessions (
    hash       TEXT PRIMARY KEY NOT NULL,
    account    TEXT NOT NULL REFERENCES accounts (name),
    is_full    INTEGER NOT NULL CHECK (is_full IN (0, 1)),
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of_account ON sessions (account);
CREATE INDEX sessions_by_start   ON sessions (created_at);

-- A browser that somebody signed in with before.
CREATE TABLE devices (
    hash    TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (name),
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (hash, account)
) STRICT, WITHOUT ROWID;

-- How often signing in failed, from an address or at an account.
CREATE TABLE failures (
    at_what TEXT PRIMARY KEY NOT NULL,
    number  INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT;

-- What somebody has begun to record. Its id is that of the event that it becomes.
CREATE TABLE drafts (
    id      TEXT PRIMARY KEY NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (name),
    journey TEXT NOT NULL,
    answers TEXT NOT NULL,
    kept_at INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_of_account ON drafts (account, kept_at);
