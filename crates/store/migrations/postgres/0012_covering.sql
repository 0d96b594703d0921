-- What decides who may see a duty stands in the indexes by which duties are counted and listed, so that none is looked up for it.
DROP INDEX duties_by_state_and_due;
DROP INDEX duties_by_due;
DROP INDEX duties_by_agency;
DROP INDEX duties_climbing;
DROP INDEX duties_held;
DROP INDEX duties_asked;
DROP INDEX duties_by_key;
DROP INDEX duties_by_stream;
CREATE INDEX duties_by_state_and_due ON duties (state, due_order, id, stream, held_by, called, agency);
CREATE INDEX duties_by_due           ON duties (due_order, id, stream, held_by, called, agency);
CREATE INDEX duties_by_key           ON duties (key, rule, due_order, id, stream, held_by, called, agency);
CREATE INDEX duties_by_stream        ON duties (stream, rule, key, due_order, id, held_by, called, agency);
CREATE INDEX duties_by_agency        ON duties (agency, state, due_order, id) WHERE agency IS NOT NULL;
CREATE INDEX duties_climbing         ON duties (step_to, step_opens, step, step_due, lapsed, answered, state, stream, held_by, called, agency)
    WHERE step IS NOT NULL;
CREATE INDEX duties_climbing_by_due  ON duties (due_order, id, step, step_due, lapsed, answered, step_to, stream, held_by, called, agency)
    WHERE step IS NOT NULL;
CREATE INDEX duties_held             ON duties (held_by, state, due_order, id, rule, stream, called, agency) WHERE held_by IS NOT NULL;
CREATE INDEX duties_asked            ON duties (asked, state, due_order, id, answered) WHERE asked IS NOT NULL;
