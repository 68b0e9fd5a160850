-- One text for SQLite and PostgreSQL: uuid, bigint (UTC milliseconds, minor units), integer, text,
-- boolean. Landed migrations are never edited: expand in a new file, contract in a later one.

create table setting (
    name text primary key,
    -- Keys and the like that a deployment makes once for itself.
    value text not null
);

-- Event Management -----------------------------------------------------------------------------

create table organizer (
    organizer_id uuid primary key,
    slug text not null unique,
    name text not null,
    -- Where customers write to.
    email text not null
);

create table venue (
    venue_id uuid primary key,
    slug text not null unique,
    name text not null,
    street text not null,
    postal_code text not null,
    city text not null,
    -- ISO 3166-1 alpha-2.
    country text not null,
    -- IANA name; every time of this venue is shown in it.
    time_zone text not null,
    latitude double precision not null,
    longitude double precision not null,
    -- One sentence a line.
    accessibility text not null
);

create table seating_plan (
    seating_plan_id uuid primary key,
    venue_id uuid not null references venue,
    name text not null
);

-- Published and never changed again: performances number their seats by it.
create table plan_version (
    plan_version_id uuid primary key,
    seating_plan_id uuid not null references seating_plan,
    version_no integer not null,
    -- The plan as JSON, in our own format.
    document text not null,
    -- Seats and standing places together.
    place_count integer not null,
    published_at bigint not null,
    unique (seating_plan_id, version_no)
);

create table event (
    event_id uuid primary key,
    organizer_id uuid not null references organizer,
    slug text not null unique,
    title text not null,
    subtitle text not null,
    description text not null,
    category text not null,
    -- Key of an image of ours.
    poster text,
    -- Name of one of the accents of the look.
    accent text not null,
    duration_minutes integer,
    interval_count integer not null,
    age_min integer,
    -- BCP 47; null where there are no words.
    language text,
    refund_terms text not null,
    -- Lower-cased words the list is searched by.
    search_text text not null
);

create table performance (
    performance_id uuid primary key,
    event_id uuid not null references event,
    venue_id uuid not null references venue,
    plan_version_id uuid not null references plan_version,
    starts_at bigint not null,
    doors_at bigint,
    -- The date it was announced for before it was moved.
    moved_from bigint,
    cancelled_at bigint,
    on_sale_from bigint not null,
    on_sale_until bigint not null,
    seats_per_customer_max integer not null check (seats_per_customer_max between 1 and 10),
    -- Refuse choices that leave single seats.
    orphan_rule boolean not null,
    currency text not null,
    -- Tax contained in prices: 1000 is 10 %.
    tax_rate_basis_points integer not null
);
create index performance_by_date on performance (starts_at, performance_id);
create index performance_by_event on performance (event_id, starts_at);

create table price_category (
    price_category_id uuid primary key,
    performance_id uuid not null references performance,
    -- Key of the plan's category it prices.
    plan_category text not null,
    name text not null,
    -- 1 is the dearest; colour and mark on the chart.
    band integer not null check (band between 1 and 4),
    unique (performance_id, plan_category)
);

create table ticket_type (
    ticket_type_id uuid primary key,
    performance_id uuid not null references performance,
    position integer not null,
    name text not null,
    -- What its holder must bring.
    note text not null,
    unique (performance_id, position)
);

create table price (
    price_category_id uuid not null references price_category,
    ticket_type_id uuid not null references ticket_type,
    -- What the buyer pays, every fee contained.
    price_minor bigint not null check (price_minor >= 0),
    fee_minor bigint not null check (fee_minor >= 0 and fee_minor <= price_minor),
    primary key (price_category_id, ticket_type_id)
);

-- Reservation Management -------------------------------------------------------------------------

-- The lock and the clock of one performance's seats: whoever changes claims raises the version first,
-- so changes run one after the other and their versions in commit order.
create table seat_desk (
    performance_id uuid primary key references performance,
    version bigint not null
);

-- Who has which place. A place without a row is free; a row is never deleted. A 'held' row whose
-- expires_at has passed is free by that very condition.
create table seat_claim (
    performance_id uuid not null references seat_desk,
    seat_no integer not null,
    state text not null check (state in ('free', 'held', 'paying', 'sold', 'blocked')),
    -- Whose cart; kept when a hold lapses, so that the same seats can be offered again.
    cart_id uuid,
    order_id uuid,
    -- The client's id of the request that took it; a repeat is recognised by it.
    hold_id uuid,
    ticket_type_id uuid,
    -- When the cart's first seat here was taken, and when all of them lapse.
    started_at bigint,
    expires_at bigint,
    extended boolean not null,
    -- Why the organizer blocked it.
    reason text,
    -- The desk's version that wrote this row.
    version bigint not null,
    primary key (performance_id, seat_no)
);
create index seat_claim_by_version on seat_claim (performance_id, version);
create index seat_claim_by_cart on seat_claim (cart_id) where cart_id is not null;
create index seat_claim_by_order on seat_claim (order_id) where order_id is not null;
create index seat_claim_lapsing on seat_claim (expires_at) where state = 'held';

-- A visitor; the token is stored as its hash only.
create table session (
    session_id uuid primary key,
    token_hash text not null unique,
    cart_id uuid not null unique,
    language text not null,
    created_at bigint not null,
    expires_at bigint not null
);

-- What a buyer has filled in on the way to the till.
create table checkout_draft (
    cart_id uuid primary key,
    document text not null,
    updated_at bigint not null
);

create table customer_order (
    order_id uuid primary key,
    cart_id uuid not null,
    number text not null unique,
    state text not null check (state in ('pending', 'paid', 'lapsed', 'voided')),
    buyer_name text not null,
    buyer_email text not null,
    language text not null,
    -- How tickets reach the buyer, as JSON.
    delivery text not null,
    delivery_fee_minor bigint not null,
    currency text not null,
    fees_minor bigint not null,
    tax_minor bigint not null,
    tax_rate_basis_points integer not null,
    total_minor bigint not null,
    created_at bigint not null,
    paid_at bigint,
    -- While pending: until when its seats are kept.
    keeps_seats_until bigint,
    check ((state = 'paid') = (paid_at is not null))
);
create index customer_order_by_cart on customer_order (cart_id, created_at);
create index customer_order_pending on customer_order (keeps_seats_until) where state = 'pending';

create table order_line (
    order_id uuid not null references customer_order,
    line_no integer not null,
    performance_id uuid not null references performance,
    seat_no integer not null,
    -- As people say it, frozen with the price.
    section text not null,
    row_label text not null,
    seat text not null,
    entrance text not null,
    price_category text not null,
    ticket_type text not null,
    ticket_type_note text not null,
    price_minor bigint not null,
    fee_minor bigint not null,
    primary key (order_id, line_no)
);

create table ticket (
    ticket_id uuid primary key,
    order_id uuid not null,
    line_no integer not null,
    performance_id uuid not null,
    seat_no integer not null,
    -- Signed; what the QR code says.
    code text not null,
    short_code text not null unique,
    issued_at bigint not null,
    revoked_at bigint,
    foreign key (order_id, line_no) references order_line,
    unique (order_id, line_no)
);
-- The last word on "no seat is sold twice".
create unique index ticket_one_per_seat on ticket (performance_id, seat_no) where revoked_at is null;

-- Commerce Interface -------------------------------------------------------------------------------

-- One attempt to pay an order. Its id is the idempotency key at the provider.
create table payment (
    payment_id uuid primary key,
    order_id uuid not null references customer_order,
    gateway text not null,
    state text not null check (state in ('created', 'requires_action', 'authorized', 'captured', 'declined', 'voided')),
    amount_minor bigint not null,
    currency text not null,
    payment_method text not null,
    -- The provider's id of it, once it answered.
    provider_ref text,
    card_brand text,
    card_last4 text,
    next_action_url text,
    decline_code text,
    created_at bigint not null,
    updated_at bigint not null,
    -- While open: when the reconciler asks the provider about it.
    ask_at bigint
);
create index payment_by_order on payment (order_id, created_at);
create index payment_open on payment (ask_at) where ask_at is not null;

-- What must leave the house, written in the transaction of its cause.
create table outbox (
    outbox_id uuid primary key,
    -- What to do: 'capture', 'void', 'order_mail', 'letter'.
    kind text not null,
    -- The payment or order it is about; once for this and never again.
    subject uuid not null,
    created_at bigint not null,
    -- When to try next; null once done or given up.
    due_at bigint,
    attempts integer not null,
    last_error text,
    done_at bigint,
    unique (kind, subject)
);
create index outbox_due on outbox (due_at) where due_at is not null;
