-- Until when the grant `reviewer` of an account holds: a review ends. None where it has no end, as of those from before.
ALTER TABLE accounts ADD COLUMN reviews_until BIGINT;
