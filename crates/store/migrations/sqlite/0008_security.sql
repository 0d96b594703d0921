-- Tries to sign in are counted before they are looked at, from when the count began.
ALTER TABLE failures RENAME COLUMN last_at TO begun_at;
