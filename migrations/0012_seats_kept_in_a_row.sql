-- A place remembers since when one customer, or one network, has kept it without a pause, also while it is free: others
-- have their turn in the end. Its network is forgotten by the house-keeping. `renewed` is of no use any more.

-- When it was first held in this row of holds; null for what was never held, and in rows of older versions.
alter table seat_claim add column kept_since bigint;

create index seat_claim_remembered on seat_claim (expires_at) where state = 'free' and held_from is not null;
