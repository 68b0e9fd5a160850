-- Whose venue it is, and whose drawing of it. Null: the platform's, for every organizer's events.
alter table venue add column organizer_id uuid references organizer;
alter table seating_plan add column organizer_id uuid references organizer;
