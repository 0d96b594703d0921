ALTER TABLE contacts ADD COLUMN administrator BOOLEAN NOT NULL DEFAULT FALSE;

-- When somebody looked last for gaps ahead, and of which of them administrators were told when, as JSON.
CREATE TABLE gaps (
    one       BIGINT PRIMARY KEY CHECK (one = 1),
    looked_at BIGINT,
    told      TEXT COLLATE "C" NOT NULL
);
INSERT INTO gaps (one, told) VALUES (1, '{}');
