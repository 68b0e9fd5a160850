-- Two addresses are one mailbox by a key that the server computes: ASCII letters alone are folded before the @, and the
-- domain is compared as IDNA writes it. What the engines' lower() does beyond ASCII differs, and U+212A is no "k".

-- The key of buyer_email. Null on rows of an older version until the server has computed it.
alter table customer_order add column buyer_email_key text;
-- For ASCII alone both rules are the same.
update customer_order set buyer_email_key = lower(buyer_email) where octet_length(buyer_email) = length(buyer_email);
create index customer_order_by_email_key on customer_order (buyer_email_key);
create index customer_order_unkeyed on customer_order (order_id) where buyer_email_key is null;
drop index customer_order_by_email;

-- A code can be typed right only until then: a minute from the moment a transport has it in its hands, and to its end
-- once it was sent. Zero while it was not. Codes on their way when this runs are asked for again.
alter table one_time_code add column good_until bigint not null default 0;
-- Under which names (a mailbox, an account, a phone) wrong codes are counted: digests, separated by blanks.
alter table one_time_code add column counted_under text not null default '';
-- Asked for by who is signed in to the account, or on a device that was: what strangers type does not keep it from its
-- owner.
alter table one_time_code add column by_owner boolean not null default false;
