-- Which states, purposes and roles there are is said by typed code. A list of them in the schema would keep a newer node
-- from writing a word of its own while older ones still run.

-- In the order in which the desks of running nodes lock them.
lock table order_line, seat_desk, customer_order, payment, seat_claim in access exclusive mode;

alter table seat_claim drop constraint seat_claim_state_check;
alter table customer_order drop constraint customer_order_state_check;
alter table customer_order drop constraint customer_order_check;
alter table payment drop constraint payment_state_check;
alter table session drop constraint session_kind_check;
alter table one_time_code drop constraint one_time_code_purpose_check;
alter table passkey_ceremony drop constraint passkey_ceremony_kind_check;
alter table membership drop constraint membership_role_check;
alter table invitation drop constraint invitation_role_check;
