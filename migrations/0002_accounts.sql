-- Accounts: people who come back, what they prove themselves with, and what staff may do.

create table account (
    account_id uuid primary key,
    -- The user name as its owner writes it; confirmed by a code before the account exists.
    email text not null,
    -- The same in lower case, by which it is found; null once the account is deleted.
    email_key text unique,
    name text not null,
    -- E.164; null without one.
    phone text,
    -- Codes go only to a phone that was confirmed by one.
    phone_confirmed_at bigint,
    language text not null,
    -- Argon2id in PHC format; null once the account is deleted.
    password_hash text,
    -- Base32 secret of an authenticator app (RFC 6238), sealed with the deployment's secret; null without one.
    totp_sealed text,
    -- The last time step whose code was taken: no code works twice.
    totp_step bigint,
    -- Runs the platform.
    is_operator boolean not null,
    created_at bigint not null,
    deleted_at bigint
);

-- Somebody wants an account: it becomes one when the code sent to the address is typed in. Kept apart, so
-- that a stranger's wish never stands in the way of the address's owner.
create table sign_up (
    sign_up_id uuid primary key,
    email text not null,
    name text not null,
    phone text,
    language text not null,
    password_hash text not null,
    expires_at bigint not null
);
create index sign_up_expiring on sign_up (expires_at);

-- Six digits sent to a phone or an address. A row exists as well for accounts that do not: who asks cannot
-- tell the difference.
create table one_time_code (
    code_id uuid primary key,
    -- Who asked for it; nobody else can type it.
    session_id uuid not null,
    purpose text not null check (purpose in ('sign_up', 'phone', 'email', 'reset')),
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
    used_at bigint
);
create index one_time_code_by_subject on one_time_code (subject) where subject is not null;
create index one_time_code_expiring on one_time_code (expires_at);

-- How much was asked under some name lately (an address, an account, a phone), shared by all nodes.
create table rate_bucket (
    -- Hash of the limit's and the asker's name.
    bucket text primary key,
    -- Generic cell rate algorithm (ITU-T I.371): the moment the next request would be expected at.
    expected_at bigint not null
);
create index rate_bucket_by_moment on rate_bucket (expected_at);

-- Who is signed in. A guest's session has no account.
alter table session add column account_id uuid references account;
-- When its owner last proved who she is; sensitive changes want that to be recent.
alter table session add column proved_at bigint;
alter table session add column last_used_at bigint not null default 0;
-- Ends when not used for so long.
alter table session add column idle_ttl_ms bigint not null default 2592000000;
-- Browser and system as the client named itself, shortened.
alter table session add column device text not null default '';
-- Apps: a short-lived token and the one that renews it.
alter table session add column token_expires_at bigint;
alter table session add column refresh_hash text;
-- The one before, for an app whose answer was lost; later use of it is theft and ends the session.
alter table session add column refresh_hash_before text;
alter table session add column refreshed_at bigint;
-- An account whose password was right and whose second factor is still asked for.
alter table session add column half_signed_in uuid references account;
alter table session add column half_signed_in_until bigint;
-- How it is to be signed in then: 'site_stay', 'site_once', 'app'.
alter table session add column half_kind text;
update session set last_used_at = created_at;
create index session_by_account on session (account_id) where account_id is not null;
create index session_expiring on session (expires_at);
create unique index session_by_refresh on session (refresh_hash) where refresh_hash is not null;
create index session_by_refresh_before on session (refresh_hash_before) where refresh_hash_before is not null;

-- WebAuthn credentials.
create table passkey (
    passkey_id uuid primary key,
    account_id uuid not null references account,
    -- The authenticator's id of it, base64url.
    credential_id text not null unique,
    -- What its owner calls it.
    name text not null,
    -- Public key, counter and flags as JSON.
    credential text not null,
    created_at bigint not null,
    last_used_at bigint
);
create index passkey_by_account on passkey (account_id);

-- A WebAuthn ceremony between its two halves; belongs to one session and is used once.
create table passkey_ceremony (
    ceremony_id uuid primary key,
    session_id uuid not null,
    kind text not null check (kind in ('register', 'sign_in', 'prove')),
    -- The challenge and what else must be remembered, as JSON.
    state text not null,
    expires_at bigint not null
);
create index passkey_ceremony_expiring on passkey_ceremony (expires_at);

-- Whose order it is once its buyer has an account; a guest's order belongs to the cart alone.
alter table customer_order add column account_id uuid references account;
create index customer_order_by_account on customer_order (account_id, created_at, order_id) where account_id is not null;
create index customer_order_by_email on customer_order (lower(buyer_email)) where account_id is null;
-- The buyer's account is deleted: once its performances are over, address and e-mail are erased.
alter table customer_order add column erase_contact_at bigint;
create index customer_order_erasing on customer_order (erase_contact_at) where erase_contact_at is not null;
-- Tax contained in this line's price, frozen with it; null for lines older than this column.
alter table order_line add column tax_rate_basis_points integer;
-- The buyer wants its card kept once it is authorised.
alter table payment add column keep_card boolean not null default false;

-- Wishes to have an order's mail again; the client makes the id.
create table order_mail (
    mail_id uuid primary key,
    order_id uuid not null references customer_order,
    asked_at bigint not null
);
create index order_mail_by_order on order_mail (order_id, asked_at);

-- An account at a payment provider.
create table gateway_customer (
    account_id uuid not null references account,
    gateway text not null,
    -- The provider's id.
    customer_ref text not null,
    primary key (account_id, gateway)
);

-- A card the provider keeps; we have only what it tells of it.
create table saved_card (
    saved_card_id uuid primary key,
    account_id uuid not null references account,
    gateway text not null,
    -- The provider's id of the payment method.
    payment_method text not null,
    brand text not null,
    last4 text not null,
    expires_month integer not null check (expires_month between 1 and 12),
    expires_year integer not null,
    -- The provider's mark of the card itself, the same whenever it is kept.
    fingerprint text not null,
    created_at bigint not null,
    -- Its owner removed it; the row goes once the provider has forgotten the card.
    removed_at bigint,
    unique (gateway, payment_method)
);
create unique index saved_card_by_account on saved_card (account_id, gateway, fingerprint) where removed_at is null;

-- What an account may do for an organizer.
create table membership (
    organizer_id uuid not null references organizer,
    account_id uuid not null references account,
    role text not null check (role in ('owner', 'manager', 'box_office', 'door')),
    created_at bigint not null,
    primary key (organizer_id, account_id)
);
create index membership_by_account on membership (account_id);

-- Somebody was asked to join an organizer's team.
create table invitation (
    invitation_id uuid primary key,
    organizer_id uuid not null references organizer,
    email_key text not null,
    role text not null check (role in ('owner', 'manager', 'box_office', 'door')),
    invited_by uuid not null references account,
    created_at bigint not null,
    expires_at bigint not null,
    answered_at bigint
);
create index invitation_by_email on invitation (email_key) where answered_at is null;

-- What staff did: written in the transaction of the deed, never changed.
create table audit_entry (
    audit_entry_id uuid primary key,
    at bigint not null,
    -- Null for a command typed at the machine itself.
    account_id uuid,
    organizer_id uuid,
    -- The trade's verb: 'member_invited', 'role_changed'.
    action text not null,
    -- What it was done to.
    subject text not null,
    -- What else matters, as JSON; no secrets.
    detail text not null
);
create index audit_entry_by_organizer on audit_entry (organizer_id, at, audit_entry_id);
create index audit_entry_by_account on audit_entry (account_id, at);

-- Words for one person (codes, notices) sealed with the deployment's secret, and erased once sent.
alter table outbox add column sealed text;
