-- The events of a stream, and the words of each event, to be searched for.
CREATE TABLE event_streams (
    stream TEXT COLLATE "C" NOT NULL,
    seq    BIGINT NOT NULL REFERENCES events (seq),
    PRIMARY KEY (stream, seq)
);

CREATE TABLE event_texts (
    seq   BIGINT PRIMARY KEY REFERENCES events (seq),
    words TSVECTOR NOT NULL
);
CREATE INDEX event_texts_words ON event_texts USING GIN (words);

INSERT INTO event_streams (stream, seq)
    SELECT line::json ->> 'stream', seq FROM events WHERE line::json ->> 'stream' IS NOT NULL;
INSERT INTO event_texts (seq, words) SELECT seq, to_tsvector('simple', left(replace(line, '\n', ' '), 200000)) FROM events;

CREATE TRIGGER event_streams_stay BEFORE UPDATE OR DELETE ON event_streams FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_streams_stay_all BEFORE TRUNCATE ON event_streams FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
