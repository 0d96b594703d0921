-- Who was written to of a duty that nobody else owes, so that they may open it: it is never changed or deleted.
CREATE TABLE told (
    officer TEXT COLLATE "C" NOT NULL,
    duty    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (officer, duty)
);
CREATE INDEX told_of ON told (duty, officer);

CREATE TRIGGER told_stay BEFORE UPDATE OR DELETE ON told FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER told_stay_all BEFORE TRUNCATE ON told FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- With the id too, by which it is told who was written to.
DROP INDEX duties_climbing;
CREATE INDEX duties_climbing ON duties (step_to, step_opens, step, step_due, lapsed, answered, state, stream, held_by, called, agency, id)
    WHERE step IS NOT NULL;
