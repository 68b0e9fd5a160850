-- A place remembers for how long one customer, or one network, has kept it in a row, also while it is free: others have
-- their turn in the end. Whose it was is forgotten by the house-keeping. `renewed` is of no use any more.

-- While held: when it was taken, less what was kept before in this row of holds. While free: the same of its last hold.
-- Null for what was never held, and in rows of older versions.
alter table seat_claim add column kept_since bigint;
-- While free: when its last hold ended, by running out, by being given back, or with its order.
alter table seat_claim add column ended_at bigint;

create index seat_claim_remembered on seat_claim (ended_at)
    where state = 'free' and (held_from is not null or account_id is not null);
