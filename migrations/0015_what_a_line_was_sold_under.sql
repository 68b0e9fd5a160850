-- Whose each seat was, and under which terms, frozen with its price.

-- Null in lines of older versions whose performance is gone.
alter table order_line add column organizer_id uuid references organizer;
update order_line set organizer_id = (
    select e.organizer_id from performance p join event e on e.event_id = p.event_id
    where p.performance_id = order_line.performance_id
);
-- The tax that is contained in the price; the lines of a performance add up to its tax. Null in lines of older versions,
-- whose tax is known by rate alone.
alter table order_line add column tax_minor bigint;
-- The version of the organizer's payment agreement; the first is the terms that hold where none was made.
alter table order_line add column agreement_version integer not null default 1;
