-- Who was written to of a duty that is not theirs, so that they may open it: it is never changed or deleted.
CREATE TABLE told (
    officer TEXT COLLATE "C" NOT NULL,
    duty    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (officer, duty)
);

CREATE TRIGGER told_stay BEFORE UPDATE OR DELETE ON told FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER told_stay_all BEFORE TRUNCATE ON told FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
