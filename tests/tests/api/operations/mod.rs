//! For those who run it: the operators' addresses, databases, migrations, clocks.

mod admin;
mod clocks;
mod database_states;
mod health;
mod migrations;
mod statements;
