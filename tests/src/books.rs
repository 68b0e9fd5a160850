//! Whether the books balance: money at the provider, orders, tickets and seats are read behind the product's back and
//! held against each other.

use std::collections::HashMap;
use ticketboss::{coordinator::Coordinator, data::Database};
use uuid::Uuid;

/// What must never be found, each with a statement that counts it.
const IMBALANCES: &[(&str, &str)] = &[
    (
        "a seat with two valid tickets",
        "select count(*) from (select 1 from ticket where revoked_at is null group by performance_id, seat_no having count(*) > 1) as t",
    ),
    (
        "a captured payment of an order that is not paid",
        "select count(*) from payment p join customer_order o on o.order_id = p.order_id where p.state = 'captured' and o.state <> 'paid'",
    ),
    (
        "a paid order without exactly one captured payment",
        "select count(*) from customer_order o where o.state = 'paid' and (select count(*) from payment p where p.order_id = o.order_id and p.state = 'captured') <> 1",
    ),
    (
        "a captured payment of another amount than its order",
        "select count(*) from payment p join customer_order o on o.order_id = p.order_id where p.state = 'captured' and (p.amount_minor <> o.total_minor or p.currency <> o.currency)",
    ),
    (
        "an order whose lines do not add up to its total",
        "select count(*) from customer_order o where o.total_minor <> o.delivery_fee_minor + (select coalesce(sum(l.price_minor), 0) from order_line l where l.order_id = o.order_id)",
    ),
    (
        "a line of a paid order without its ticket",
        "select count(*) from order_line l join customer_order o on o.order_id = l.order_id where o.state = 'paid' and not exists (select 1 from ticket t where t.order_id = l.order_id and t.line_no = l.line_no)",
    ),
    (
        "a ticket of an order that is not paid",
        "select count(*) from ticket t join customer_order o on o.order_id = t.order_id where o.state <> 'paid'",
    ),
    (
        "a ticket for a seat that is not sold to its order",
        "select count(*) from ticket t where t.revoked_at is null and not exists (select 1 from seat_claim c where c.performance_id = t.performance_id and c.seat_no = t.seat_no and c.state = 'sold' and c.order_id = t.order_id)",
    ),
    (
        "a sold seat whose order is neither paid nor being captured",
        "select count(*) from seat_claim c join customer_order o on o.order_id = c.order_id where c.state = 'sold' and o.state <> 'paid' and not exists (select 1 from payment p where p.order_id = o.order_id and p.state = 'authorized')",
    ),
    (
        "a seat kept for an order that is over",
        "select count(*) from seat_claim c join customer_order o on o.order_id = c.order_id where c.state = 'paying' and o.state <> 'pending'",
    ),
    (
        "an authorized payment without a capture on its way",
        "select count(*) from payment p where p.state = 'authorized' and not exists (select 1 from outbox x where x.kind = 'capture' and x.subject = p.payment_id and x.due_at is not null)",
    ),
    (
        "a paid order without its mail",
        "select count(*) from customer_order o where o.state = 'paid' and not exists (select 1 from outbox x where x.kind = 'order_mail' and x.subject = o.order_id)",
    ),
];
/// What must be gone once everything that was begun is finished.
const LOOSE_ENDS: &[(&str, &str)] = &[
    (
        "a payment nobody finished",
        "select count(*) from payment where state in ('created', 'requires_action', 'authorized')",
    ),
    ("a pending order", "select count(*) from customer_order where state = 'pending'"),
    ("a seat kept for a payment", "select count(*) from seat_claim where state = 'paying'"),
];
const PAYMENTS: &str = "select payment_id, state from payment";

/// Panics naming every imbalance. Holds at any moment between two steps.
pub async fn balance(coordinator: &Coordinator) {
    let mut wrong = count(coordinator.database(), IMBALANCES).await;
    wrong.extend(provider_disagrees(coordinator).await);
    assert!(wrong.is_empty(), "the books do not balance: {}", wrong.join("; "));
}

/// [`balance`], and nothing that was begun is unfinished, here or at the provider.
pub async fn balance_and_rest(coordinator: &Coordinator) {
    balance(coordinator).await;
    let mut open = count(coordinator.database(), LOOSE_ENDS).await;
    for intent in coordinator.orders().sandbox().list_intents().await.expect("the sandbox answers") {
        if matches!(intent.status.as_str(), "requires_action" | "requires_capture") {
            open.push(format!("intent {} is left in {}", intent.reference, intent.status));
        }
    }
    assert!(open.is_empty(), "something was left unfinished: {}", open.join("; "));
}

/// One number out of the database.
pub async fn count_one(database: &Database, sql: &'static str) -> i64 {
    let counted: (i64,) = match database {
        Database::Sqlite { readers, .. } => sqlx::query_as(sql).fetch_one(readers).await,
        Database::Postgres { pool, .. } => sqlx::query_as(sql).fetch_one(pool).await,
    }
    .unwrap_or_else(|error| panic!("{sql}: {error}"));
    counted.0
}

/// Every row of every table as text: what somebody sees who got hold of the database.
pub async fn everything(database: &Database) -> String {
    const SQLITE_TABLES: &str = "select name from sqlite_master where type = 'table'";
    const POSTGRES_TABLES: &str = "select tablename::text from pg_tables where schemaname = 'public'";
    let mut text = String::new();
    match database {
        Database::Sqlite { readers, .. } => {
            let tables: Vec<(String,)> =
                sqlx::query_as(SQLITE_TABLES).fetch_all(readers).await.expect("tables are listed");
            for (table,) in tables {
                let columns: Vec<(String,)> = sqlx::query_as("select name from pragma_table_info($1)")
                    .bind(&table)
                    .fetch_all(readers)
                    .await
                    .expect("columns are listed");
                let parts = columns.iter().map(|(name,)| {
                    format!("case typeof({name}) when 'blob' then lower(hex({name})) else coalesce({name}, '') end")
                });
                let sql = format!("select {} from {table}", parts.collect::<Vec<_>>().join(" || ' | ' || "));
                let rows: Vec<(String,)> =
                    sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(readers).await.expect("rows are read");
                text.extend(rows.into_iter().map(|(row,)| row + "\n"));
            }
        }
        Database::Postgres { pool, .. } => {
            let tables: Vec<(String,)> =
                sqlx::query_as(POSTGRES_TABLES).fetch_all(pool).await.expect("tables are listed");
            for (table,) in tables {
                let sql = format!("select row::text from {table} as row");
                let rows: Vec<(String,)> =
                    sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await.expect("rows are read");
                text.extend(rows.into_iter().map(|(row,)| row + "\n"));
            }
        }
    }
    text
}

/// Writes what no door writes: the passing of years, a provider's word.
pub async fn execute(database: &Database, sql: &'static str) {
    match database {
        Database::Sqlite { writer, .. } => sqlx::query(sql).execute(writer).await.map(drop),
        Database::Postgres { pool, .. } => sqlx::query(sql).execute(pool).await.map(drop),
    }
    .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

async fn count(database: &Database, what: &[(&str, &'static str)]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, sql) in what {
        match count_one(database, sql).await {
            0 => {}
            n => found.push(format!("{n} × {name}")),
        }
    }
    found
}

/// What the provider took must be what we think it took, and the other way round.
async fn provider_disagrees(coordinator: &Coordinator) -> Vec<String> {
    let ours: Vec<(Uuid, String)> = match coordinator.database() {
        Database::Sqlite { readers, .. } => sqlx::query_as(PAYMENTS).fetch_all(readers).await,
        Database::Postgres { pool, .. } => sqlx::query_as(PAYMENTS).fetch_all(pool).await,
    }
    .expect("payments can be read");
    let mut ours: HashMap<Uuid, String> = ours.into_iter().collect();
    let mut wrong = Vec::new();
    for intent in coordinator.orders().sandbox().list_intents().await.expect("the sandbox answers") {
        let state = ours.remove(&intent.payment_id).unwrap_or_else(|| "unknown".to_owned());
        let fits = match intent.status.as_str() {
            // The provider took the money; we may not know yet, but we have sold the seats.
            "succeeded" => matches!(state.as_str(), "captured" | "authorized"),
            // Nobody may believe to have what the provider did not take.
            _ => state != "captured",
        };
        if !fits {
            wrong.push(format!("intent {} is {} and our payment is {state}", intent.reference, intent.status));
        }
    }
    wrong.extend(
        ours.into_iter()
            .filter(|(_, state)| state == "captured")
            .map(|(id, _)| format!("payment {id} is captured and the provider never heard of it")),
    );
    wrong
}
