-- Events are found by their values, and no more by the names of their fields: their words are kept anew when the database is
-- opened next.
TRUNCATE event_texts;
