//! A database that has been in use since the first version: each migration finds data, loses none of it, and what comes
//! out is what a new one begins with.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr, SqliteConnection};
use std::collections::BTreeSet;
use ticketboss::data::{Database, orders::order_rows};
use ticketboss_tests::{
    app::{Engine, Setting, TestApp, fresh_database},
    on_each_engine,
    process::Folder,
};
use uuid::Uuid;

const ORGANIZER: u128 = 1;
const VENUE: u128 = 2;
const PLAN: u128 = 3;
const PLAN_VERSION: u128 = 4;
const EVENT: u128 = 5;
const PERFORMANCE: u128 = 6;
const CART: u128 = 7;
const PAID: u128 = 8;
const LAPSED: u128 = 9;
const ACCOUNT: u128 = 10;
const SESSION: u128 = 11;

/// The migration that builds SQLite's tables anew.
const REBUILD: i64 = 14;

/// A database behind the product's back.
enum Behind {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Behind {
    async fn open(engine: Engine, url: &str) -> Self {
        match engine {
            Engine::Sqlite => {
                let options: sqlx::sqlite::SqliteConnectOptions = url.parse().unwrap();
                let options = options.create_if_missing(true).foreign_keys(true);
                Self::Sqlite(SqliteConnection::connect_with(&options).await.unwrap())
            }
            Engine::Postgres => Self::Postgres(PgConnection::connect(url).await.unwrap()),
        }
    }

    async fn migrate_to(&mut self, version: i64) {
        match self {
            Self::Sqlite(link) => Database::migrations(Engine::Sqlite).run_to(version, link).await,
            Self::Postgres(link) => Database::migrations(Engine::Postgres).run_to(version, link).await,
        }
        .unwrap_or_else(|error| panic!("migration {version}: {error}"));
    }

    fn id(&self, n: u128) -> String {
        let id = Uuid::from_u128(n);
        match self {
            Self::Sqlite(_) => format!("x'{}'", id.simple()),
            Self::Postgres(_) => format!("'{id}'"),
        }
    }

    async fn run(&mut self, sql: &str) {
        let text = AssertSqlSafe(sql.to_owned()).into_sql_str();
        match self {
            Self::Sqlite(link) => link.execute(text).await.map(drop),
            Self::Postgres(link) => link.execute(text).await.map(drop),
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    async fn texts(&mut self, sql: &str) -> Vec<String> {
        let text = AssertSqlSafe(sql.to_owned());
        let rows: Vec<(String,)> = match self {
            Self::Sqlite(link) => sqlx::query_as(text).fetch_all(link).await,
            Self::Postgres(link) => sqlx::query_as(text).fetch_all(link).await,
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
        rows.into_iter().map(|(text,)| text).collect()
    }

    /// Tables with their columns, and indexes.
    async fn schema(&mut self) -> BTreeSet<String> {
        let columns = match self {
            Self::Sqlite(_) => {
                "select t.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || c.pk || ' ' || coalesce(c.dflt_value, '') from sqlite_schema t
                 join pragma_table_info(t.name) c where t.type = 'table' and t.name not like 'sqlite%'
                 union all select name || ' ' || coalesce(sql, '') from sqlite_schema where type = 'index'"
            }
            Self::Postgres(_) => {
                "select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
                 from information_schema.columns where table_schema = 'public'
                 union all select indexdef from pg_indexes where schemaname = 'public'
                 union all select conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace"
            }
        };
        self.texts(columns).await.into_iter().collect()
    }

    async fn close(self) {
        match self {
            Self::Sqlite(link) => link.close().await.unwrap(),
            Self::Postgres(link) => link.close().await.unwrap(),
        }
    }
}

/// What the first version wrote: an order that is paid, and one that came to nothing after two cards.
async fn use_the_first_version(old: &mut Behind) {
    let id = |n| old.id(n);
    let [organizer, venue, plan, plan_version, event, performance] =
        [ORGANIZER, VENUE, PLAN, PLAN_VERSION, EVENT, PERFORMANCE].map(id);
    let [cart, paid, lapsed, session] = [CART, PAID, LAPSED, SESSION].map(id);
    let [charged, declined, unheard, ticket, hold] = [20, 21, 22, 23, 24].map(id);
    let order = |order: &str, number: &str, state: &str, paid_at: &str| {
        format!(
            "insert into customer_order values ({order}, {cart}, '{number}', '{state}', 'Ana Ruiz', 'Ana@Example.com', 'en',
             '{{\"kind\":\"email\"}}', 0, 'EUR', 300, 436, 1000, 4800, 1000, {paid_at}, null);"
        )
    };
    let line = |order: &str, seat: u32| {
        format!(
            "insert into order_line values ({order}, 1, {performance}, {seat}, 'Stalls', 'F', '14', '', 'Stalls', 'Full price', '', 4800, 300);"
        )
    };
    let payment = |payment: &str, order: &str, state: &str, reference: &str| {
        format!(
            "insert into payment values ({payment}, {order}, 'sandbox', '{state}', 4800, 'EUR', 'pm_card_visa', '{reference}', 'visa', '4242',
             null, null, 1000, 2000, null);"
        )
    };
    let sql = [
        format!("insert into organizer values ({organizer}, 'muelle', 'Teatro del Muelle', 'box@example.com');"),
        format!(
            "insert into venue values ({venue}, 'muelle', 'Teatro', 'Calle 1', '39004', 'Santander', 'ES', 'Europe/Madrid', 43.4, -3.8, '');"
        ),
        format!("insert into seating_plan values ({plan}, {venue}, 'Hall');"),
        format!("insert into plan_version values ({plan_version}, {plan}, 1, '{{}}', 100, 1000);"),
        format!(
            "insert into event values ({event}, {organizer}, 'seagull', 'The Seagull', '', '', 'theatre', null, 'teal', 120, 1, null, 'en', '', 'seagull');"
        ),
        format!(
            "insert into performance values ({performance}, {event}, {venue}, {plan_version}, 9000, null, null, null, 0, 9000, 10, true, 'EUR', 1000);"
        ),
        format!("insert into seat_desk values ({performance}, 7);"),
        format!(
            "insert into seat_claim values ({performance}, 1, 'sold', {cart}, {paid}, null, null, null, null, false, null, 6);"
        ),
        format!(
            "insert into seat_claim values ({performance}, 2, 'held', {cart}, null, {hold}, null, 1000, 2000, false, null, 7);"
        ),
        format!(
            "insert into seat_claim values ({performance}, 3, 'blocked', null, null, null, null, null, null, false, 'camera', 5);"
        ),
        format!("insert into session values ({session}, 'hash', {cart}, 'en', 1000, 9000);"),
        order(&paid, "TB-0000001", "paid", "2000"),
        order(&lapsed, "TB-0000002", "lapsed", "null"),
        line(&paid, 1),
        line(&lapsed, 2),
        payment(&charged, &paid, "captured", "pi_1"),
        // Answers of our own had an empty name.
        payment(&declined, &lapsed, "declined", ""),
        payment(&unheard, &lapsed, "voided", ""),
        format!("insert into ticket values ({ticket}, {paid}, 1, {performance}, 1, 'code', 'SHORT', 2000, null);"),
        format!("insert into outbox values ({}, 'order_mail', {paid}, 1000, null, 1, null, 2000);", old.id(25)),
    ];
    old.run(&sql.concat()).await;
}

/// What accounts added.
async fn use_the_second_version(old: &mut Behind) {
    let [account, organizer, invitation, code, session] = [ACCOUNT, ORGANIZER, 30, 31, SESSION].map(|n| old.id(n));
    let columns = old.texts(match old {
        Behind::Sqlite(_) => "select name from pragma_table_info('account') where \"notnull\" = 1 and dflt_value is null and pk = 0",
        Behind::Postgres(_) => "select column_name::text from information_schema.columns where table_name = 'account' and is_nullable = 'NO' and column_default is null and column_name <> 'account_id'",
    });
    let columns = columns.await;
    let value = |column: &String| match column {
        _ if column.ends_with("_at") => "1000".to_owned(),
        _ if column.starts_with("is_") => "false".to_owned(),
        _ => format!("'{column}'"),
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    let sql = [
        format!("insert into account (account_id, {}) values ({account}, {});", columns.join(", "), values.join(", ")),
        format!("update customer_order set account_id = {account} where number = 'TB-0000001';"),
        format!("insert into membership values ({organizer}, {account}, 'owner', 1000);"),
        format!(
            "insert into invitation (invitation_id, organizer_id, email_key, role, invited_by, created_at, expires_at)
                 values ({invitation}, {organizer}, 'eva@example.com', 'door', {account}, 1000, 2000);"
        ),
        format!("insert into passkey_ceremony values ({code}, {session}, 'register', '{{}}', 9000);"),
    ];
    old.run(&sql.concat()).await;
}

async fn what_older_versions_wrote_is_all_there(engine: Engine) {
    let folder = Folder::new("migrations");
    let url = fresh_database(engine, folder.path()).await;
    let mut old = Behind::open(engine, &url).await;
    let versions: Vec<i64> = Database::migrations(engine).iter().map(|migration| migration.version).collect();
    assert_eq!((versions[0], versions[1]), (1, 2));
    for version in &versions {
        let before = old.schema().await;
        old.migrate_to(*version).await;
        if *version == REBUILD && engine == Engine::Sqlite {
            assert_eq!(old.schema().await, before, "only lists of words go");
        }
        match version {
            1 => use_the_first_version(&mut old).await,
            2 => use_the_second_version(&mut old).await,
            _ => {}
        }
    }
    let migrated = old.schema().await;
    let claims = old
        .texts("select cast(seat_no as text) || ' ' || state || ' ' || version from seat_claim order by seat_no")
        .await;
    assert_eq!(claims, ["1 sold 6", "2 held 7", "3 blocked 5"]);
    let payments =
        old.texts("select state || ' ' || coalesce(provider_ref, '-') from payment order by payment_id").await;
    assert_eq!(payments, ["captured pi_1", "declined -", "voided -"]);
    let people =
        "select m.role || ' ' || i.role from membership m join invitation i on i.organizer_id = m.organizer_id";
    assert_eq!(old.texts(people).await, ["owner door"]);
    if let Behind::Sqlite(_) = old {
        assert_eq!(old.texts("select \"table\" from pragma_foreign_key_check").await, Vec::<String>::new());
        assert_eq!(old.texts("select cast(foreign_keys as text) from pragma_foreign_keys").await, ["1"]);
    }
    // A word of a version to come, which an older node must be able to stand.
    old.run("update payment set state = 'disputed' where state = 'voided'").await;
    old.run("update seat_claim set state = 'reserved' where state = 'blocked'").await;
    old.close().await;

    let database = Database::open(&url).await.unwrap();
    let mut link = database.read().await.unwrap();
    let orders = order_rows::list_orders(&mut link, &[Uuid::from_u128(PAID), Uuid::from_u128(LAPSED)]).await.unwrap();
    assert_eq!(orders.len(), 2);
    let lines = order_rows::list_lines(&mut link, &[Uuid::from_u128(PAID)]).await.unwrap();
    let terms: Vec<_> = lines.iter().map(|line| (line.organizer_id, line.agreement_version, line.tax_minor)).collect();
    assert_eq!(terms, [(Some(Uuid::from_u128(ORGANIZER)), 1, None)]);
    let tickets = order_rows::list_tickets(&mut link, &[Uuid::from_u128(PAID)]).await.unwrap();
    assert_eq!(tickets.len(), 1);
    drop(link);
    database.close().await;

    // A new database looks the same, and the product runs on the old one.
    let new_url = fresh_database(engine, &folder.below("new")).await;
    Database::open(&new_url).await.unwrap().close().await;
    let mut new = Behind::open(engine, &new_url).await;
    assert_eq!(migrated, new.schema().await);
    new.close().await;
    let app = TestApp::start_on(Setting::of(engine), folder, url).await;
    app.coordinator().ready().await.unwrap();
}

/// SQLite's rebuilt tables: cut off after its work and before its note, the migration runs once more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_that_runs_twice_loses_nothing() {
    let folder = Folder::new("migrations");
    let url = fresh_database(Engine::Sqlite, folder.path()).await;
    let mut old = Behind::open(Engine::Sqlite, &url).await;
    old.migrate_to(1).await;
    use_the_first_version(&mut old).await;
    old.migrate_to(REBUILD).await;
    old.run(&format!("delete from _sqlx_migrations where version = {REBUILD}")).await;
    old.migrate_to(REBUILD).await;
    assert_eq!(old.texts("select number from customer_order order by number").await, ["TB-0000001", "TB-0000002"]);
    assert_eq!(old.texts("select \"table\" from pragma_foreign_key_check").await, Vec::<String>::new());
}

/// The sandbox kept its records in a file of its own; payments under way and saved cards live on.
async fn what_the_sandbox_kept_in_a_file_is_taken_over_once(engine: Engine) {
    const OLD: &str = "create table intent (payment_id blob primary key, reference text not null unique, amount_minor bigint not null,
            currency text not null, payment_method text not null, status text not null, decline_code text);
        create table customer (account_id blob primary key, reference text not null unique);
        create table intent_customer (payment_id blob primary key, customer text not null, keep_card integer not null);
        create table kept_card (payment_method text primary key, customer text not null, payment_id blob not null unique,
            test_card text not null, forgotten integer not null default 0);
        insert into intent values (x'00000000000000000000000000000001', 'pi_1', 4800, 'EUR', 'pm_card_visa', 'succeeded', null);
        insert into intent_customer values (x'00000000000000000000000000000001', 'cus_1', 1);
        insert into intent values (x'00000000000000000000000000000002', 'pi_2', 100, 'EUR', 'pm_1', 'declined', 'expired_card');
        insert into customer values (x'00000000000000000000000000000003', 'cus_1');
        insert into kept_card values ('pm_1', 'cus_1', x'00000000000000000000000000000001', 'pm_card_visa', 0);";
    let folder = Folder::new("takeover");
    let file = folder.path().join("sandbox.db");
    let mut old = Behind::open(Engine::Sqlite, &format!("sqlite:{}", file.display())).await;
    old.run(OLD).await;
    old.close().await;
    let url = fresh_database(engine, folder.path()).await;
    let mut app = TestApp::start_on(Setting::of(engine), folder, url).await;
    for _ in 0..2 {
        let sandbox = app.coordinator().orders().sandbox();
        let mut intents = sandbox.list_intents().await.unwrap();
        intents.sort_by(|one, other| one.reference.cmp(&other.reference));
        let known: Vec<_> =
            intents.iter().map(|known| (known.reference.as_str(), known.status.as_str(), known.keep_card)).collect();
        assert_eq!(known, [("pi_1", "succeeded", true), ("pi_2", "declined", false)]);
        let cards = sandbox.list_kept_cards().await.unwrap();
        assert_eq!(cards.iter().map(|card| card.payment_method.as_str()).collect::<Vec<_>>(), ["pm_1"]);
        assert!(!app.data_folder().join("sandbox.db").exists(), "it is set aside");
        let (folder, url) = app.stop().await;
        app = TestApp::start_on(Setting::of(engine), folder, url).await;
    }
}

on_each_engine! {
    what_the_sandbox_kept_in_a_file_is_taken_over_once
    what_older_versions_wrote_is_all_there
}
