-- Which of a provider's two worlds a payment is in: test or live.
alter table payment add column livemode boolean not null default false;
-- What the provider calls a payment is one payment of ours. Answers of our own, given for a provider that never heard
-- of it, have no name; nodes of older versions go on writing an empty one.
update payment set provider_ref = null where provider_ref = '';
create unique index payment_by_provider_ref on payment (gateway, livemode, provider_ref) where provider_ref <> '';

-- The sandbox provider's own records; no table of ours refers to them. Every node reads the same ones.
create table sandbox_intent (
    payment_id uuid primary key,
    -- What the provider calls it.
    reference text not null unique,
    amount_minor bigint not null,
    currency text not null,
    -- requires_confirmation, requires_action, requires_capture, succeeded, declined, canceled
    status text not null,
    -- Known once it is confirmed.
    payment_method text,
    decline_code text,
    customer text,
    keep_card boolean not null
);
create table sandbox_customer (
    account_id uuid primary key,
    reference text not null unique
);
-- The vault.
create table sandbox_card (
    payment_method text primary key,
    customer text not null,
    -- The payment it was kept after.
    payment_id uuid not null unique,
    -- The test card it behaves like.
    test_card text not null,
    forgotten boolean not null default false
);
create index sandbox_card_by_customer on sandbox_card (customer);
