-- no-transaction
-- Which states, purposes and roles there are is said by typed code. A list of them in the schema would keep a newer node
-- from writing a word of its own while older ones still run, and SQLite cannot change such a list: each table is built
-- anew without it, in the way of https://sqlite.org/lang_altertable.html#otheralter. Foreign keys can be switched off
-- outside a transaction only; all else is one. Run twice it does the same.

pragma foreign_keys = off;
begin immediate;

create table new_seat_claim (
    performance_id uuid not null references seat_desk,
    seat_no integer not null,
    state text not null,
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
    account_id uuid,
    held_from text,
    given_back boolean not null default false,
    renewed boolean not null default false,
    kept_since bigint,
    ended_at bigint,
    primary key (performance_id, seat_no)
);
insert into new_seat_claim (
    performance_id, seat_no, state, cart_id, order_id, hold_id, ticket_type_id, started_at, expires_at, extended,
    reason, version, account_id, held_from, given_back, renewed, kept_since, ended_at
) select
    performance_id, seat_no, state, cart_id, order_id, hold_id, ticket_type_id, started_at, expires_at, extended,
    reason, version, account_id, held_from, given_back, renewed, kept_since, ended_at
from seat_claim;
drop table seat_claim;
alter table new_seat_claim rename to seat_claim;
create index seat_claim_by_version on seat_claim (performance_id, version);
create index seat_claim_by_cart on seat_claim (cart_id) where cart_id is not null;
create index seat_claim_by_order on seat_claim (order_id) where order_id is not null;
create index seat_claim_lapsing on seat_claim (expires_at) where state = 'held';
create index seat_claim_remembered on seat_claim (ended_at)
    where state = 'free' and (held_from is not null or account_id is not null);

create table new_customer_order (
    order_id uuid primary key,
    cart_id uuid not null,
    number text not null unique,
    state text not null,
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
    account_id uuid references account,
    erase_contact_at bigint,
    joined_at bigint,
    buyer_email_key text
);
insert into new_customer_order (
    order_id, cart_id, number, state, buyer_name, buyer_email, language, delivery, delivery_fee_minor, currency,
    fees_minor, tax_minor, tax_rate_basis_points, total_minor, created_at, paid_at, keeps_seats_until, account_id,
    erase_contact_at, joined_at, buyer_email_key
) select
    order_id, cart_id, number, state, buyer_name, buyer_email, language, delivery, delivery_fee_minor, currency,
    fees_minor, tax_minor, tax_rate_basis_points, total_minor, created_at, paid_at, keeps_seats_until, account_id,
    erase_contact_at, joined_at, buyer_email_key
from customer_order;
drop table customer_order;
alter table new_customer_order rename to customer_order;
create index customer_order_by_cart on customer_order (cart_id, created_at);
create index customer_order_pending on customer_order (keeps_seats_until) where state = 'pending';
create index customer_order_by_account on customer_order (account_id, created_at, order_id) where account_id is not null;
create index customer_order_erasing on customer_order (erase_contact_at) where erase_contact_at is not null;
create index customer_order_by_email_key on customer_order (buyer_email_key);
create index customer_order_unkeyed on customer_order (order_id) where buyer_email_key is null;

create table new_payment (
    payment_id uuid primary key,
    order_id uuid not null references customer_order,
    gateway text not null,
    state text not null,
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
    ask_at bigint,
    keep_card boolean not null default false,
    livemode boolean not null default false
);
insert into new_payment (
    payment_id, order_id, gateway, state, amount_minor, currency, payment_method, provider_ref, card_brand,
    card_last4, next_action_url, decline_code, created_at, updated_at, ask_at, keep_card, livemode
) select
    payment_id, order_id, gateway, state, amount_minor, currency, payment_method, provider_ref, card_brand,
    card_last4, next_action_url, decline_code, created_at, updated_at, ask_at, keep_card, livemode
from payment;
drop table payment;
alter table new_payment rename to payment;
create index payment_by_order on payment (order_id, created_at);
create index payment_open on payment (ask_at) where ask_at is not null;
create unique index payment_by_provider_ref on payment (gateway, livemode, provider_ref) where provider_ref <> '';

create table new_session (
    session_id uuid primary key,
    token_hash text not null unique,
    cart_id uuid not null unique,
    language text not null,
    created_at bigint not null,
    expires_at bigint not null,
    account_id uuid references account,
    proved_at bigint,
    last_used_at bigint not null default 0,
    idle_ttl_ms bigint not null default 2592000000,
    device text not null default '',
    token_expires_at bigint,
    refresh_hash text,
    refreshed_at bigint,
    half_signed_in uuid references account,
    half_signed_in_until bigint,
    half_kind text,
    second_factor_at bigint,
    kind text,
    refresh_generation bigint not null default 0,
    half_code_id uuid
);
insert into new_session (
    session_id, token_hash, cart_id, language, created_at, expires_at, account_id, proved_at, last_used_at,
    idle_ttl_ms, device, token_expires_at, refresh_hash, refreshed_at, half_signed_in, half_signed_in_until,
    half_kind, second_factor_at, kind, refresh_generation, half_code_id
) select
    session_id, token_hash, cart_id, language, created_at, expires_at, account_id, proved_at, last_used_at,
    idle_ttl_ms, device, token_expires_at, refresh_hash, refreshed_at, half_signed_in, half_signed_in_until,
    half_kind, second_factor_at, kind, refresh_generation, half_code_id
from session;
drop table session;
alter table new_session rename to session;
create index session_by_account on session (account_id) where account_id is not null;
create index session_expiring on session (expires_at);
create unique index session_by_refresh on session (refresh_hash) where refresh_hash is not null;

create table new_one_time_code (
    code_id uuid primary key,
    -- Who asked for it; nobody else can type it.
    session_id uuid not null,
    purpose text not null,
    -- The sign-up or account it is for; null where there is none.
    subject uuid,
    -- The new phone or address it confirms, sealed with the deployment's secret.
    confirms_sealed text,
    -- Keyed with the deployment's secret: six digits alone are soon found by trying.
    code_hash text not null,
    created_at bigint not null,
    expires_at bigint not null,
    tries_left integer not null check (tries_left >= 0),
    -- When the right code was typed; it works once.
    proved_at bigint,
    -- When what it proved was done (the new password set).
    used_at bigint,
    good_until bigint not null default 0,
    counted_under text not null default '',
    by_owner boolean not null default false
);
insert into new_one_time_code (
    code_id, session_id, purpose, subject, confirms_sealed, code_hash, created_at, expires_at, tries_left,
    proved_at, used_at, good_until, counted_under, by_owner
) select
    code_id, session_id, purpose, subject, confirms_sealed, code_hash, created_at, expires_at, tries_left,
    proved_at, used_at, good_until, counted_under, by_owner
from one_time_code;
drop table one_time_code;
alter table new_one_time_code rename to one_time_code;
create index one_time_code_by_subject on one_time_code (subject) where subject is not null;
create index one_time_code_expiring on one_time_code (expires_at);

create table new_passkey_ceremony (
    ceremony_id uuid primary key,
    session_id uuid not null,
    kind text not null,
    -- The challenge and what else must be remembered, as JSON.
    state text not null,
    expires_at bigint not null
);
insert into new_passkey_ceremony (
    ceremony_id, session_id, kind, state, expires_at
) select
    ceremony_id, session_id, kind, state, expires_at
from passkey_ceremony;
drop table passkey_ceremony;
alter table new_passkey_ceremony rename to passkey_ceremony;
create index passkey_ceremony_expiring on passkey_ceremony (expires_at);

create table new_membership (
    organizer_id uuid not null references organizer,
    account_id uuid not null references account,
    role text not null,
    created_at bigint not null,
    primary key (organizer_id, account_id)
);
insert into new_membership (
    organizer_id, account_id, role, created_at
) select
    organizer_id, account_id, role, created_at
from membership;
drop table membership;
alter table new_membership rename to membership;
create index membership_by_account on membership (account_id);

create table new_invitation (
    invitation_id uuid primary key,
    organizer_id uuid not null references organizer,
    email_key text not null,
    role text not null,
    invited_by uuid not null references account,
    created_at bigint not null,
    expires_at bigint not null,
    answered_at bigint,
    invitation_no bigint not null default 0
);
insert into new_invitation (
    invitation_id, organizer_id, email_key, role, invited_by, created_at, expires_at, answered_at, invitation_no
) select
    invitation_id, organizer_id, email_key, role, invited_by, created_at, expires_at, answered_at, invitation_no
from invitation;
drop table invitation;
alter table new_invitation rename to invitation;
create index invitation_by_email on invitation (email_key) where answered_at is null;
create index invitation_by_organizer on invitation (organizer_id, email_key) where answered_at is null;
create index invitation_by_inviter on invitation (invited_by) where answered_at is null;
create index invitation_by_no on invitation (organizer_id, invitation_no);

commit;
pragma foreign_keys = on;
