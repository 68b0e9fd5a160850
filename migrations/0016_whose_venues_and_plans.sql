-- Whose venue it is, and whose drawing of it. Null: the platform's, for every organizer's events.
alter table venue add column organizer_id uuid references organizer;
alter table seating_plan add column organizer_id uuid references organizer;
create index seating_plan_by_venue on seating_plan (venue_id);
-- What was read from end to end until now.
create index audit_entry_by_moment on audit_entry (at, audit_entry_id);
create index session_by_half_signed_in on session (half_signed_in) where half_signed_in is not null;
