-- Who holds the highest step of an open ladder, and whether somebody answered it. Both follow from the log, and are made once
-- for the duties that are there.
ALTER TABLE duties ADD COLUMN answered INTEGER;
ALTER TABLE duties ADD COLUMN asked TEXT;
ALTER TABLE duty_called ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;
UPDATE head SET program = 'to be judged anew: asked' WHERE program IS NOT NULL;

-- In which streams an entity turns up.
CREATE INDEX event_streams_of ON event_streams (seq, stream);

-- Duties in the order in which they are due, whatever their state.
CREATE INDEX duties_by_due ON duties (due_order, id);
