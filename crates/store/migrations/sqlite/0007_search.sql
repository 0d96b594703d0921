-- The events of a stream, and the words of each event, to be searched for.
CREATE TABLE event_streams (
    stream TEXT NOT NULL,
    seq    INTEGER NOT NULL REFERENCES events (seq),
    PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE event_texts USING fts5(line, content = '', tokenize = 'unicode61 remove_diacritics 2');

INSERT INTO event_streams (stream, seq)
    SELECT json_extract(line, '$.stream'), seq FROM events WHERE json_extract(line, '$.stream') IS NOT NULL;
INSERT INTO event_texts (rowid, line) SELECT seq, replace(line, '\n', ' ') FROM events;

CREATE TRIGGER event_streams_no_update BEFORE UPDATE ON event_streams
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER event_streams_no_delete BEFORE DELETE ON event_streams
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
