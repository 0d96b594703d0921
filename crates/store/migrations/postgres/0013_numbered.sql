-- Lists of people have numbers, and those who owe duties are listed apart from those whom ladders reached. Where all duties of one
-- list go over to other people, as when a post is filled, that list is changed and no duty is: a duty's row has a mark (U+0001)
-- where the people who owe it stand. All of it follows from the log, and is made anew.
TRUNCATE duties, rosters, roster_officers;
UPDATE head SET program = 'to be judged anew: numbered rosters' WHERE program IS NOT NULL;

-- `content` says which list it is: of which sort, and a hash of who stands in it.
ALTER TABLE roster_officers DROP CONSTRAINT roster_officers_roster_fkey;
ALTER TABLE rosters
    ALTER COLUMN roster TYPE BIGINT USING 0,
    ADD COLUMN content TEXT COLLATE "C" NOT NULL UNIQUE;
ALTER TABLE roster_officers
    ALTER COLUMN roster TYPE BIGINT USING 0,
    ADD FOREIGN KEY (roster) REFERENCES rosters (roster) ON DELETE CASCADE;
ALTER TABLE duties
    ALTER COLUMN held_by TYPE BIGINT USING 0,
    ALTER COLUMN called  TYPE BIGINT USING 0,
    ALTER COLUMN asked   TYPE BIGINT USING 0;
