-- Instants are milliseconds since 1970 in UTC. Texts compare by code point.

CREATE TABLE head (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    seq     INTEGER NOT NULL,
    as_of   INTEGER,
    program TEXT
) STRICT;
INSERT INTO head (one, seq) VALUES (1, 0);

CREATE TABLE events (
    seq  INTEGER PRIMARY KEY,
    id   TEXT NOT NULL UNIQUE,
    line TEXT NOT NULL
) STRICT;

CREATE TABLE event_entities (
    entity TEXT    NOT NULL,
    seq    INTEGER NOT NULL REFERENCES events (seq),
    PRIMARY KEY (entity, seq)
) STRICT, WITHOUT ROWID;

-- A duty without a due comes before those with one: `due_order` is then before every instant.
CREATE TABLE duties (
    id        TEXT PRIMARY KEY NOT NULL,
    rule      TEXT NOT NULL,
    key       TEXT NOT NULL,
    due       INTEGER,
    due_order INTEGER NOT NULL GENERATED ALWAYS AS (COALESCE(due, -1000000000000000)) STORED,
    state     TEXT NOT NULL,
    wakes_at  INTEGER,
    holders   TEXT NOT NULL,
    row       TEXT NOT NULL
) STRICT;
CREATE INDEX duties_in_order ON duties (rule, key, due_order, id);
CREATE INDEX duties_by_key   ON duties (key, rule, due_order, id);
CREATE INDEX duties_by_state ON duties (state, rule, key, due_order, id);
CREATE INDEX duties_asleep   ON duties (wakes_at) WHERE wakes_at IS NOT NULL;

CREATE TABLE duty_holders (
    holder TEXT NOT NULL,
    duty   TEXT NOT NULL REFERENCES duties (id) ON DELETE CASCADE,
    PRIMARY KEY (holder, duty)
) STRICT, WITHOUT ROWID;
CREATE INDEX duty_holders_by_duty ON duty_holders (duty);

CREATE TABLE steps (
    duty      TEXT    NOT NULL,
    step      INTEGER NOT NULL,
    raised_at INTEGER NOT NULL,
    event     TEXT    NOT NULL,
    PRIMARY KEY (duty, step)
) STRICT, WITHOUT ROWID;

-- `next_at`: when a waiting message may be taken; while it is claimed, when its lease ends.
CREATE TABLE outbox (
    id         TEXT PRIMARY KEY NOT NULL,
    at         INTEGER NOT NULL,
    channel    TEXT    NOT NULL,
    recipient  TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
    next_at    INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    tried_at   INTEGER,
    error      TEXT
) STRICT;
CREATE INDEX outbox_waiting ON outbox (next_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_dead    ON outbox (at, id) WHERE state = 'dead';

CREATE TABLE tokens (
    hash       TEXT PRIMARY KEY NOT NULL,
    name       TEXT    NOT NULL,
    scopes     TEXT    NOT NULL,
    records_as TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE UNIQUE INDEX tokens_valid ON tokens (name) WHERE revoked_at IS NULL;

CREATE TABLE contacts (
    officer TEXT PRIMARY KEY NOT NULL,
    email   TEXT
) STRICT;

CREATE TABLE webhooks (
    name      TEXT PRIMARY KEY NOT NULL,
    url       TEXT    NOT NULL,
    secret    TEXT    NOT NULL,
    heartbeat INTEGER NOT NULL CHECK (heartbeat IN (0, 1))
) STRICT;

CREATE TABLE feeds (
    hash       TEXT PRIMARY KEY NOT NULL,
    officer    TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE INDEX feeds_valid ON feeds (officer) WHERE revoked_at IS NULL;

CREATE TABLE policies (
    seq          INTEGER PRIMARY KEY,
    name         TEXT    NOT NULL,
    version      TEXT    NOT NULL,
    fingerprint  TEXT    NOT NULL,
    files        TEXT    NOT NULL,
    activated_at INTEGER NOT NULL,
    activated_by TEXT    NOT NULL
) STRICT;

CREATE TABLE nodes (
    node TEXT PRIMARY KEY NOT NULL,
    at   INTEGER NOT NULL,
    seq  INTEGER NOT NULL
) STRICT;

-- What was recorded stays as it was. `INSERT OR REPLACE` fires no trigger of deletes, so that a row of the same key is
-- turned away before it.
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER events_no_replace BEFORE INSERT ON events WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER events_no_reuse BEFORE INSERT ON events WHEN EXISTS (SELECT 1 FROM events WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'an append number is never used again'); END;

CREATE TRIGGER event_entities_no_update BEFORE UPDATE ON event_entities
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER event_entities_no_delete BEFORE DELETE ON event_entities
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;

CREATE TRIGGER steps_no_update BEFORE UPDATE ON steps
BEGIN SELECT RAISE(ABORT, 'steps are never changed'); END;
CREATE TRIGGER steps_no_delete BEFORE DELETE ON steps
BEGIN SELECT RAISE(ABORT, 'steps are never deleted'); END;
CREATE TRIGGER steps_no_replace BEFORE INSERT ON steps
WHEN EXISTS (SELECT 1 FROM steps WHERE duty = NEW.duty AND step = NEW.step)
BEGIN SELECT RAISE(IGNORE); END;

CREATE TRIGGER policies_no_update BEFORE UPDATE ON policies
BEGIN SELECT RAISE(ABORT, 'policies are never changed'); END;
CREATE TRIGGER policies_no_delete BEFORE DELETE ON policies
BEGIN SELECT RAISE(ABORT, 'policies are never deleted'); END;
CREATE TRIGGER policies_no_replace BEFORE INSERT ON policies WHEN EXISTS (SELECT 1 FROM policies WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'policies are never changed'); END;
