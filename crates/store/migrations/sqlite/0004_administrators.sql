ALTER TABLE contacts ADD COLUMN administrator INTEGER NOT NULL DEFAULT 0 CHECK (administrator IN (0, 1));

-- When somebody looked last for gaps ahead, and of which of them administrators were told when, as JSON.
CREATE TABLE gaps (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    looked_at INTEGER,
    told      TEXT NOT NULL
) STRICT;
INSERT INTO gaps (one, told) VALUES (1, '{}');
