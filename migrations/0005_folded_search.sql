-- Words are searched without accents and capitals ("malaga" finds Málaga): what is searched is written down folded. Rows
-- that stand here already are folded when the server starts.

alter table venue add column search_text text not null default '';
update event set search_text = '';
