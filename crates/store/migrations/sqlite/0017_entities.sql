-- In which streams an entity turns up, each once, however many events say so.
CREATE TABLE entity_streams (
    entity TEXT    NOT NULL,
    stream INTEGER NOT NULL REFERENCES streams (number),
    PRIMARY KEY (entity, stream)
) STRICT, WITHOUT ROWID;
INSERT INTO entity_streams (entity, stream)
    SELECT DISTINCT entity, stream FROM event_entities JOIN event_streams USING (seq) ORDER BY entity, stream;

CREATE TRIGGER entity_streams_no_update BEFORE UPDATE ON entity_streams
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER entity_streams_no_delete BEFORE DELETE ON entity_streams
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
