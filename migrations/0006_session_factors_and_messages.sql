-- What a session has shown of its owner, which tokens of an app are the present ones, and what was sent when.

-- When a second factor (passkey, authenticator app) was last shown in this session; staff act only with one.
alter table session add column second_factor_at bigint;
-- How it is signed in, which decides how long it lives; null for guests.
alter table session add column kind text check (kind in ('site_stay', 'site_once', 'app'));
-- An app's tokens are one family, numbered: `refresh_hash` is the family's, this is the number of the present ones.
-- Older ones that come again are theft and end the session.
alter table session add column refresh_generation bigint not null default 0;
drop index session_by_refresh_before;
alter table session drop column refresh_hash_before;
-- What the tokens of before this were cannot be read any longer: their apps sign in again.
delete from session where refresh_hash is not null;
update session set kind = 'site_stay' where account_id is not null;

-- Messages that were sent under some name (a phone, a mailbox, all phones together): exactly so many in any hour
-- and any day.
create table message_sent (
    -- Digest of the limit's and the receiver's name.
    bucket text not null,
    -- What was sent; counted once, however often it is tried.
    message_id uuid not null,
    at bigint not null,
    primary key (bucket, message_id)
);
create index message_sent_by_bucket on message_sent (bucket, at);
create index message_sent_by_moment on message_sent (at);

-- A sign-in whose right password is not enough, because strangers try many: the code in its owner's mailbox that is
-- asked for besides.
alter table session add column half_code_id uuid;
-- Codes for signing in join the others. Those under way live ten minutes and are asked for again.
drop table one_time_code;
create table one_time_code (
    code_id uuid primary key,
    -- Who asked for it; nobody else can type it.
    session_id uuid not null,
    purpose text not null check (purpose in ('sign_up', 'phone', 'email', 'reset', 'sign_in')),
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

-- When a guest's order joined the account that confirmed its address; null for orders placed by the account itself. A
-- guest's order stays open in the browser that bought it.
alter table customer_order add column joined_at bigint;

-- Right passwords of strangers, among many tried ones, whose mailed code was never typed: somebody may know the password.
-- While there are any, no new device signs in without such a code; a new password ends it.
alter table account add column unproved_guesses integer not null default 0;
