-- Who may see what: the stream of what started a duty, whom its ladder reached, who holds which post, and who is in charge
-- of a stream. All of it follows from the log, and is made once for the duties that are there.
ALTER TABLE duties ADD COLUMN stream TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE duties ADD COLUMN agency TEXT COLLATE "C";
ALTER TABLE duties ADD COLUMN step BIGINT;
ALTER TABLE duties ADD COLUMN step_to TEXT COLLATE "C";
ALTER TABLE duties ADD COLUMN step_opens BIGINT;
ALTER TABLE duties ADD COLUMN step_due BIGINT;
ALTER TABLE duties ADD COLUMN lapsed BIGINT;
ALTER TABLE duties ADD COLUMN called TEXT COLLATE "C";
CREATE INDEX duties_by_stream ON duties (stream, rule, key, due_order, id);
CREATE INDEX duties_by_state_and_due ON duties (state, due_order, id);
CREATE INDEX duties_by_agency ON duties (agency, rule, key, due_order, id) WHERE agency IS NOT NULL;
CREATE INDEX duties_climbing  ON duties (step_to, step_opens, id) WHERE step IS NOT NULL;
UPDATE head SET program = 'to be judged anew: access' WHERE program IS NOT NULL;

CREATE TABLE duty_called (
    officer TEXT COLLATE "C" NOT NULL,
    duty    TEXT COLLATE "C" NOT NULL REFERENCES duties (id) ON DELETE CASCADE,
    PRIMARY KEY (officer, duty)
);
CREATE INDEX duty_called_by_duty ON duty_called (duty);

CREATE TABLE posts (
    number   BIGINT PRIMARY KEY,
    officer  TEXT COLLATE "C" NOT NULL,
    is_cover BOOLEAN NOT NULL,
    role     TEXT COLLATE "C",
    rank     TEXT COLLATE "C",
    team     TEXT COLLATE "C",
    agency   TEXT COLLATE "C",
    manager  TEXT COLLATE "C"
);
CREATE INDEX posts_of    ON posts (officer, number);
CREATE INDEX posts_under ON posts (manager, number) WHERE manager IS NOT NULL;
CREATE INDEX posts_in    ON posts (team, number) WHERE team IS NOT NULL;

CREATE TABLE in_charge (
    stream TEXT COLLATE "C" NOT NULL,
    entity TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (stream, entity)
);
CREATE INDEX in_charge_of ON in_charge (entity, stream);

-- Who let themselves into a case, and who opened what: neither is ever changed or deleted.
CREATE TABLE broken_glass (
    event   TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    stream  TEXT COLLATE "C" NOT NULL,
    officer TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    until   BIGINT NOT NULL
);
CREATE INDEX broken_glass_of ON broken_glass (officer, until, stream);
CREATE INDEX broken_glass_in ON broken_glass (stream, at);

CREATE TABLE readings (
    id      TEXT COLLATE "C" PRIMARY KEY,
    at      BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    officer TEXT COLLATE "C" NOT NULL,
    action  TEXT COLLATE "C" NOT NULL,
    entity  TEXT COLLATE "C" NOT NULL,
    why     TEXT COLLATE "C" NOT NULL
);
CREATE INDEX readings_of ON readings (entity, id);
CREATE INDEX readings_by ON readings (officer, id);

CREATE TRIGGER broken_glass_stay BEFORE UPDATE OR DELETE ON broken_glass FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER broken_glass_stay_all BEFORE TRUNCATE ON broken_glass FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER readings_stay BEFORE UPDATE OR DELETE ON readings FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER readings_stay_all BEFORE TRUNCATE ON readings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
