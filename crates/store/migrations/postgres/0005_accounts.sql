-- Who signs in. `code_step` is the last step of time whose sign-in code was used, so that none is used twice.
CREATE TABLE accounts (
    name       TEXT COLLATE "C" PRIMARY KEY,
    officer    TEXT COLLATE "C" NOT NULL,
    shown      TEXT COLLATE "C" NOT NULL,
    grants     TEXT COLLATE "C" NOT NULL,
    password   TEXT COLLATE "C",
    initial    BOOLEAN NOT NULL,
    code       TEXT COLLATE "C",
    code_step  BIGINT,
    subject    TEXT COLLATE "C" UNIQUE,
    created_at BIGINT NOT NULL,
    ended_at   BIGINT
);

-- A browser that somebody is signed in with, or has given the password in and not yet the code.
CREATE TABLE sessions (
    hash       TEXT COLLATE "C" PRIMARY KEY,
    account    TEXT COLLATE "C" NOT NULL REFERENCES accounts (name),
    is_full    BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL
);
CREATE INDEX sessions_of_account ON sessions (account);
CREATE INDEX sessions_by_start   ON sessions (created_at);

-- A browser that somebody signed in with before.
CREATE TABLE devices (
    hash    TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL REFERENCES accounts (name),
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (hash, account)
);

-- How often signing in failed, from an address or at an account.
CREATE TABLE failures (
    at_what TEXT COLLATE "C" PRIMARY KEY,
    number  BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);

-- What somebody has begun to record. Its id is that of the event that it becomes.
CREATE TABLE drafts (
    id      TEXT COLLATE "C" PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL REFERENCES accounts (name),
    journey TEXT COLLATE "C" NOT NULL,
    answers TEXT COLLATE "C" NOT NULL,
    kept_at BIGINT NOT NULL
);
CREATE INDEX drafts_of_account ON drafts (account, kept_at);
