-- The keys tickets are signed with are numbered, sealed with the deployment's secret, and replaced now and then. The one
-- that `setting` had in clear moves here when the server starts.

create table ticket_key (
    -- What a ticket's code says which key signed it: 1 to 255.
    key_id integer primary key,
    -- Ed25519, Base64: doors check tickets with it, also after the key was replaced.
    verifying_key text not null,
    -- The private half, sealed with the deployment's secret; null once the key was replaced.
    signing_key_sealed text,
    created_at bigint not null,
    retired_at bigint
);
