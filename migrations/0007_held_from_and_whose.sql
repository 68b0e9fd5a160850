-- A hold knows whose it is over sessions and where it was made, and a place that is free remembers its last hold: limits
-- by customer and by network are counted from these rows, on every node.

-- The account that holds, pays for or bought it; null for guests.
alter table seat_claim add column account_id uuid;
-- Where it was held from: keyed digests of the address and the networks around it, never the address; null for staff,
-- and once it is sold or free.
alter table seat_claim add column held_from text;
-- While free: the last hold was given back (or its order), rather than run out: it is not offered again, but whoever
-- takes the place again goes on with its time.
alter table seat_claim add column given_back boolean not null default false;
-- The hold is the second in a row: the one before ran out.
alter table seat_claim add column renewed boolean not null default false;

update seat_claim set account_id = (
    select o.account_id from customer_order o where o.order_id = seat_claim.order_id
) where order_id is not null;

