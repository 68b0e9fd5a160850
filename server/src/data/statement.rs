//! SQL texts by name, one for both engines or one for each.

/// A statement's text on each engine.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

impl Statement {
    /// One text that both engines understand.
    pub const fn both(text: &'static str) -> Self {
        Self { sqlite: text, postgres: text }
    }

    /// Where a dialect is worth it.
    pub const fn each(sqlite: &'static str, postgres: &'static str) -> Self {
        Self { sqlite, postgres }
    }
}

/// Declares statements as constants and lists them all in `ALL`.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $statement:expr;)+) => {
        $($(#[$doc])* pub(super) const $name: $crate::data::Statement = $statement;)+
        pub(in crate::data) const ALL: &[(&str, $crate::data::Statement)] = &[$((stringify!($name), $name)),+];
    };
}

/// How a column is read out of a JSON row on SQLite.
macro_rules! sqlite_column {
    ($column:literal uuid) => {
        concat!("unhex(value->>'", $column, "','-')")
    };
    ($column:literal $other:ident) => {
        concat!("value->>'", $column, "'")
    };
}

/// A table of rows from one JSON array parameter `$1`: many rows with one statement on both engines. SQLite's
/// `jsonb_each` parses the array once; `json_each` would have every row parsed again for each of its columns.
/// `json_rows!(sqlite: "a" uuid, "b" bigint)` is a `select` of those columns.
macro_rules! json_rows {
    (sqlite: $first:literal $first_type:ident $(, $column:literal $type:ident)* $(,)?) => {
        concat!(
            "select ", $crate::data::statement::sqlite_column!($first $first_type), " as ", $first,
            $(", ", $crate::data::statement::sqlite_column!($column $type), " as ", $column,)*
            " from jsonb_each($1)"
        )
    };
    (postgres: $first:literal $first_type:ident $(, $column:literal $type:ident)* $(,)?) => {
        concat!(
            "select ", $first, $(", ", $column,)*
            " from json_to_recordset($1::json) as r(", $first, " ", stringify!($first_type),
            $(", ", $column, " ", stringify!($type),)* ")"
        )
    };
}

/// `insert into table (columns) select … ` from one JSON array parameter, followed by `$tail`.
macro_rules! bulk_insert {
    ($table:literal ($first:literal $first_type:ident $(, $column:literal $type:ident)* $(,)?) $tail:literal) => {
        $crate::data::Statement::each(
            concat!(
                "insert into ", $table, " (", $first, $(", ", $column,)* ") ",
                $crate::data::statement::json_rows!(sqlite: $first $first_type $(, $column $type)*), " where true ", $tail
            ),
            concat!(
                "insert into ", $table, " (", $first, $(", ", $column,)* ") ",
                $crate::data::statement::json_rows!(postgres: $first $first_type $(, $column $type)*), " ", $tail
            ),
        )
    };
}

pub(crate) use {bulk_insert, json_rows, sqlite_column, statements};
