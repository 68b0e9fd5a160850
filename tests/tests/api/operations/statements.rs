//! Every statement of the product, prepared by both engines, and how PostgreSQL finds their rows.

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, postgres::PgConnectOptions};
use std::str::FromStr;
use ticketboss::data::{Database, Engine, POSTGRES_PLANNING};
use ticketboss_tests::{app::fresh_database, on_both_engines, process::Folder};

/// Rows of every table when plans are looked at.
const ROWS: u32 = 20_000;

/// Statements that may read all of a table, and why.
const READS_ALL: &[(&str, &str)] = &[
    ("COUNT_EVENTS", "before the demo is installed"),
    ("LIST_ACCOUNTS_BEYOND_ASCII", "once, after an upgrade"),
    ("LIST_WISHES_BEYOND_ASCII", "once, after an upgrade"),
    ("LIST_INVITATIONS_BEYOND_ASCII", "once, after an upgrade"),
    ("LIST_UNFOLDED_EVENTS", "once, after an upgrade"),
    ("LIST_UNFOLDED_VENUES", "once, after an upgrade"),
    ("LIST_INTENTS", "of the sandbox, when its old file is taken over"),
    ("LIST_SANDBOX_CARDS", "of the sandbox, when its old file is taken over"),
    ("LIST_CITIES", "all that is to come, for everybody once a second"),
    ("LIST_EVENT_SLUGS", "all that is to come, for search engines"),
    ("LIST_ORGANIZERS", "all of them, for the platform's operators"),
    ("DELETE_DRAFTS_OF_NOBODY", "housekeeping, every ten minutes"),
    ("DELETE_ENDED", "housekeeping, every ten minutes"),
    ("DELETE_IDLE", "housekeeping, every ten minutes"),
    ("FORGET_TOLD", "housekeeping, every ten minutes"),
    ("FIND_ERASABLE", "housekeeping, every ten minutes; here all orders are to be erased"),
    ("ERASE_LAPSED", "housekeeping, every ten minutes; here all orders are to be erased"),
    ("DELETE_CEREMONIES", "an account is deleted"),
    ("ERASE_FROM_AUDIT_LOG", "an account is deleted"),
    ("DELETE_INVITATIONS", "an account is deleted"),
];

on_both_engines! {
    async fn every_statement_can_be_prepared(app) {
        let database = app.coordinator().database();
        let mut refused = Vec::new();
        let mut prepared = 0;
        for (name, statement) in Database::statements() {
            prepared += 1;
            if let Err(error) = database.prepare(statement).await {
                refused.push(format!("{name}: {error}"));
            }
        }
        assert!(refused.is_empty(), "{}", refused.join("\n"));
        assert!(prepared > 50, "there are more than {prepared} statements");
    }
}

/// Fills every table with rows that mean nothing but are as many as a big night's.
async fn fill(connection: &mut PgConnection) {
    // What rows point to need not be there.
    sqlx::query("set session_replication_role = replica").execute(&mut *connection).await.unwrap();
    let columns = r"
        select table_name::text, string_agg(quote_ident(column_name), ', ' order by ordinal_position),
        string_agg(case when data_type = 'uuid' then 'gen_random_uuid()' when data_type = 'text' then '''x'' || i'
        when data_type = 'boolean' then 'i % 2 = 0' when data_type = 'bytea' then 'sha256(i::text::bytea)' else 'i' end,
        ', ' order by ordinal_position)
        from information_schema.columns where table_schema = 'public' and table_name <> '_sqlx_migrations'
        and is_generated = 'NEVER' and is_identity = 'NO' group by table_name";
    for table in sqlx::query(columns).fetch_all(&mut *connection).await.unwrap() {
        let (name, columns, values): (String, String, String) = (table.get(0), table.get(1), table.get(2));
        let checks = "select conname::text from pg_constraint where contype = 'c' and conrelid = $1::regclass";
        for check in sqlx::query(checks).bind(&name).fetch_all(&mut *connection).await.unwrap() {
            let drop = format!("alter table {name} drop constraint {}", check.get::<String, _>(0));
            sqlx::query(AssertSqlSafe(drop)).execute(&mut *connection).await.unwrap();
        }
        let insert = format!(
            "insert into {name} ({columns}) select {values} from generate_series(1, {ROWS}) i on conflict do nothing"
        );
        let inserted = sqlx::query(AssertSqlSafe(insert)).execute(&mut *connection).await;
        inserted.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    sqlx::query("analyze").execute(&mut *connection).await.unwrap();
}

/// The tables that a statement reads from end to end.
async fn read_from_end_to_end(connection: &mut PgConnection, statement: &str) -> Vec<String> {
    let parameters = (1..40).take_while(|n| statement.contains(&format!("${n}"))).count();
    let prepare = format!("prepare looked_at as {statement}");
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *connection).await.unwrap();
    let nulls = if parameters == 0 { String::new() } else { format!("({})", vec!["null"; parameters].join(", ")) };
    let explain = format!("explain execute looked_at {nulls}");
    let plan = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_all(&mut *connection).await.unwrap();
    sqlx::raw_sql("deallocate looked_at").execute(&mut *connection).await.unwrap();
    let lines = plan.iter().map(|row| row.get::<String, _>(0));
    lines.filter_map(|line| Some(line.split_once("Seq Scan on ")?.1.split(' ').next()?.to_owned())).collect()
}

/// What is read from end to end in a database, with plans that PostgreSQL keeps: statement and table.
async fn whole_tables_read(connection: &mut PgConnection) -> Vec<(&'static str, String)> {
    sqlx::query("set plan_cache_mode = force_generic_plan").execute(&mut *connection).await.unwrap();
    let mut found = Vec::new();
    for (name, statement) in Database::statements() {
        for table in read_from_end_to_end(connection, statement.postgres).await {
            found.push((name, table));
        }
    }
    found
}

#[tokio::test]
async fn postgres_finds_rows_of_big_tables_by_their_indexes() {
    let folder = Folder::new("plans");
    let url = fresh_database(Engine::Postgres, folder.path()).await;
    Database::open(&url).await.unwrap().close().await;
    let options = PgConnectOptions::from_str(&url).unwrap().options(POSTGRES_PLANNING);
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    fill(&mut connection).await;
    let found = whole_tables_read(&mut connection).await;
    let may = |name: &str| READS_ALL.iter().any(|(all, _)| *all == name);
    let wrong: Vec<_> = found.iter().filter(|(name, _)| !may(name)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let gone: Vec<_> =
        READS_ALL.iter().filter(|(all, _)| !Database::statements().any(|(name, _)| name == *all)).collect();
    assert!(gone.is_empty(), "there are no such statements: {gone:#?}");
    sqlx::query("drop index payment_by_order").execute(&mut connection).await.unwrap();
    let without = whole_tables_read(&mut connection).await;
    let is_seen = without.iter().any(|(name, table)| *name == "LIST_PAYMENTS" && table == "payment");
    assert!(is_seen, "an index that is missing shows: {without:?}");
}
