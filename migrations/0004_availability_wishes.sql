-- People who want to hear when seats of a performance can be bought.

-- One row for each performance and mailbox; gone an hour after it was told, or when the performance has begun.
create table availability_wish (
    performance_id uuid not null references performance,
    -- The address as it is compared.
    email_key text not null,
    -- The address as it was typed.
    email text not null,
    language text not null,
    wished_at bigint not null,
    -- When a mail about free seats was written for it.
    told_at bigint,
    primary key (performance_id, email_key)
);
create index availability_wish_by_key on availability_wish (email_key);
