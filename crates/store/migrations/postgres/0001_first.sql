-- Instants are milliseconds since 1970 in UTC. Texts compare by code point.

CREATE TABLE head (
    one     BIGINT PRIMARY KEY CHECK (one = 1),
    seq     BIGINT NOT NULL,
    as_of   BIGINT,
    program TEXT COLLATE "C"
);
INSERT INTO head (one, seq) VALUES (1, 0);

CREATE TABLE events (
    seq  BIGINT PRIMARY KEY,
    id   TEXT COLLATE "C" NOT NULL UNIQUE,
    line TEXT COLLATE "C" NOT NULL
);

CREATE TABLE event_entities (
    entity TEXT COLLATE "C" NOT NULL,
    seq    BIGINT NOT NULL REFERENCES events (seq),
    PRIMARY KEY (entity, seq)
);

-- A duty without a due comes before those with one: `due_order` is then before every instant.
CREATE TABLE duties (
    id        TEXT COLLATE "C" PRIMARY KEY,
    rule      TEXT COLLATE "C" NOT NULL,
    key       TEXT COLLATE "C" NOT NULL,
    due       BIGINT,
    due_order BIGINT NOT NULL GENERATED ALWAYS AS (COALESCE(due, -1000000000000000)) STORED,
    state     TEXT COLLATE "C" NOT NULL,
    wakes_at  BIGINT,
    holders   TEXT COLLATE "C" NOT NULL,
    row       TEXT COLLATE "C" NOT NULL
);
CREATE INDEX duties_in_order ON duties (rule, key, due_order, id);
CREATE INDEX duties_by_key   ON duties (key, rule, due_order, id);
CREATE INDEX duties_by_state ON duties (state, rule, key, due_order, id);
CREATE INDEX duties_asleep   ON duties (wakes_at) WHERE wakes_at IS NOT NULL;

CREATE TABLE duty_holders (
    holder TEXT COLLATE "C" NOT NULL,
    duty   TEXT COLLATE "C" NOT NULL REFERENCES duties (id) ON DELETE CASCADE,
    PRIMARY KEY (holder, duty)
);
CREATE INDEX duty_holders_by_duty ON duty_holders (duty);

CREATE TABLE steps (
    duty      TEXT COLLATE "C" NOT NULL,
    step      BIGINT NOT NULL,
    raised_at BIGINT NOT NULL,
    event     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (duty, step)
);

-- `next_at`: when a waiting message may be taken; while it is claimed, when its lease ends.
CREATE TABLE outbox (
    id         TEXT COLLATE "C" PRIMARY KEY,
    at         BIGINT NOT NULL,
    channel    TEXT COLLATE "C" NOT NULL,
    recipient  TEXT COLLATE "C" NOT NULL,
    body       TEXT COLLATE "C" NOT NULL,
    state      TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
    next_at    BIGINT NOT NULL,
    attempts   BIGINT NOT NULL,
    tried_at   BIGINT,
    error      TEXT COLLATE "C"
);
CREATE INDEX outbox_waiting ON outbox (next_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_dead    ON outbox (at, id) WHERE state = 'dead';

CREATE TABLE tokens (
    hash       TEXT COLLATE "C" PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL,
    scopes     TEXT COLLATE "C" NOT NULL,
    records_as TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX tokens_valid ON tokens (name) WHERE revoked_at IS NULL;

CREATE TABLE contacts (
    officer TEXT COLLATE "C" PRIMARY KEY,
    email   TEXT COLLATE "C"
);

CREATE TABLE webhooks (
    name      TEXT COLLATE "C" PRIMARY KEY,
    url       TEXT COLLATE "C" NOT NULL,
    secret    TEXT COLLATE "C" NOT NULL,
    heartbeat BOOLEAN NOT NULL
);

CREATE TABLE feeds (
    hash       TEXT COLLATE "C" PRIMARY KEY,
    officer    TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX feeds_valid ON feeds (officer) WHERE revoked_at IS NULL;

CREATE TABLE policies (
    seq          BIGINT PRIMARY KEY,
    name         TEXT COLLATE "C" NOT NULL,
    version      TEXT COLLATE "C" NOT NULL,
    fingerprint  TEXT COLLATE "C" NOT NULL,
    files        TEXT COLLATE "C" NOT NULL,
    activated_at BIGINT NOT NULL,
    activated_by TEXT COLLATE "C" NOT NULL
);

CREATE TABLE nodes (
    node TEXT COLLATE "C" PRIMARY KEY,
    at   BIGINT NOT NULL,
    seq  BIGINT NOT NULL
);

-- What was recorded stays as it was, whoever asks; rights say so once more to the application's role.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% are never changed or deleted', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_stay_all BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_entities_stay BEFORE UPDATE OR DELETE ON event_entities FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_entities_stay_all BEFORE TRUNCATE ON event_entities FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER steps_stay BEFORE UPDATE OR DELETE ON steps FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER steps_stay_all BEFORE TRUNCATE ON steps FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER policies_stay BEFORE UPDATE OR DELETE ON policies FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER policies_stay_all BEFORE TRUNCATE ON policies FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
