-- Tables are told from rows on tickets, and a hold that ran out is remembered when all its seats are gone.

-- Whether row_label names a table and seat a chair at it.
alter table order_line add column is_table boolean not null default false;

-- A cart's hold ran out, and somebody else took of its seats since: what the cart says about it when nothing is
-- left to be offered again. Seats nobody took are told by seat_claim itself. Swept after an hour.
create table lapsed_hold (
    cart_id uuid not null,
    performance_id uuid not null references seat_desk,
    lapsed_at bigint not null,
    primary key (cart_id, performance_id)
);
create index lapsed_hold_by_time on lapsed_hold (lapsed_at);
