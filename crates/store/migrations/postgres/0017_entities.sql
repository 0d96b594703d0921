-- In which streams an entity turns up, each once, however many events say so.
CREATE TABLE entity_streams (
    entity TEXT   COLLATE "C" NOT NULL,
    stream BIGINT NOT NULL REFERENCES streams (number),
    PRIMARY KEY (entity, stream)
);
-- What an older version records meanwhile would not be in it.
LOCK TABLE event_entities, event_streams IN SHARE MODE;
INSERT INTO entity_streams (entity, stream)
    SELECT DISTINCT entity, stream FROM event_entities JOIN event_streams USING (seq);

CREATE TRIGGER entity_streams_stay BEFORE UPDATE OR DELETE ON entity_streams FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entity_streams_stay_all BEFORE TRUNCATE ON entity_streams FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
