-- Streams have numbers, by which a duty and an event say where they belong: above 0 of cases, below 0 of what is no case, and 0 of
-- what has no stream. A number stays. Duties and who is in charge of what follow from the log, and are made anew.
CREATE TABLE streams (
    number BIGINT PRIMARY KEY,
    stream TEXT COLLATE "C" NOT NULL UNIQUE,
    CHECK (number <> 0 AND (number > 0) = (stream >= 'case:' AND stream < 'case;'))
);
INSERT INTO streams (number, stream)
    SELECT CASE WHEN stream >= 'case:' AND stream < 'case;' THEN place ELSE -place END, stream
    FROM (SELECT stream, ROW_NUMBER() OVER (ORDER BY stream) AS place FROM event_streams WHERE stream <> '' GROUP BY stream) AS placed;

CREATE TRIGGER streams_stay BEFORE UPDATE OR DELETE ON streams FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER streams_stay_all BEFORE TRUNCATE ON streams FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE numbered_streams (
    stream BIGINT NOT NULL REFERENCES streams (number),
    seq    BIGINT NOT NULL REFERENCES events (seq)
);
INSERT INTO numbered_streams (stream, seq)
    SELECT number, seq FROM event_streams JOIN streams USING (stream) ORDER BY number, seq;
DROP TABLE event_streams;
ALTER TABLE numbered_streams RENAME TO event_streams;
ALTER TABLE event_streams ADD PRIMARY KEY (stream, seq);
CREATE INDEX event_streams_of ON event_streams (seq, stream);
CREATE TRIGGER event_streams_stay BEFORE UPDATE OR DELETE ON event_streams FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_streams_stay_all BEFORE TRUNCATE ON event_streams FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

TRUNCATE duties, rosters, roster_officers, in_charge;
UPDATE head SET program = 'to be judged anew: numbered streams' WHERE program IS NOT NULL;
DROP INDEX duties_called;
ALTER TABLE duties
    ALTER COLUMN stream DROP DEFAULT,
    ALTER COLUMN stream TYPE BIGINT USING 0;
ALTER TABLE in_charge
    ALTER COLUMN stream TYPE BIGINT USING 0,
    ADD FOREIGN KEY (stream) REFERENCES streams (number);
CREATE INDEX duties_called ON duties (called, stream) WHERE called IS NOT NULL;
