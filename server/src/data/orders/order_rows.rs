//! Rows of `customer_order`, `order_line`, `payment` and `ticket`. Written many at a time: the order desk writes a
//! batch of orders in one transaction.

use crate::data::{
    DataError, DataResult, Link, Statement,
    accounts::email_key::email_key,
    execute, fetch_all, fetch_optional,
    outbox::{ids, json},
    seats::claims::ClaimRow,
    statement::{bulk_insert, json_rows, statements},
};
use serde::Serialize;
use shared_model::order::{OrderState, PaymentState};
use uuid::Uuid;

/// A `select` whose key stands in a JSON array of ids given as `$1`.
macro_rules! select_by_ids {
    ($select:literal, $key:literal, $order_by:literal) => {
        Statement::each(
            concat!($select, " where ", $key, " in (", json_rows!(sqlite: "id" uuid), ") ", $order_by),
            concat!($select, " where ", $key, " in (", json_rows!(postgres: "id" uuid), ") ", $order_by),
        )
    };
}

/// Seats of orders that are paid or being paid for, by order and performance, of the buyers in `$1`.
macro_rules! list_bought {
    ($whose:literal) => {
        Statement::each(
            list_bought!(sqlite $whose, json_rows!(sqlite: "performance_id" uuid, "account_id" uuid, "email_key" text)),
            list_bought!(postgres $whose, json_rows!(postgres: "performance_id" uuid, "account_id" uuid, "email_key" text)),
        )
    };
    ($engine:ident $whose:literal, $($rows:tt)+) => {
        concat!(
            "select o.order_id, o.account_id, o.buyer_email, o.state = 'paid' or o.keeps_seats_until is null as is_bought, l.performance_id,
             count(distinct l.line_no) as seats from (",
            $($rows)+,
            ") as r join customer_order o on ", $whose,
            " join order_line l on l.order_id = o.order_id and l.performance_id = r.performance_id
             where o.state in ('pending', 'paid') group by o.order_id, o.account_id, o.buyer_email, o.state, o.keeps_seats_until, l.performance_id"
        )
    };
}

statements! {
    LIST_ORDERS = select_by_ids!(
        "select order_id, cart_id, number, state, buyer_name, buyer_email, language, delivery, delivery_fee_minor, currency,
         fees_minor, tax_minor, tax_rate_basis_points, total_minor, created_at, paid_at, keeps_seats_until, account_id, joined_at from customer_order",
        "order_id", ""
    );
    LIST_LINES = select_by_ids!(
        "select order_id, line_no, performance_id, seat_no, section, row_label, is_table, seat, entrance, price_category, ticket_type,
         ticket_type_note, price_minor, fee_minor, tax_rate_basis_points, tax_minor, organizer_id, agreement_version from order_line",
        "order_id", "order by order_id, line_no"
    );
    LIST_PAYMENTS = select_by_ids!(
        "select payment_id, order_id, gateway, state, amount_minor, currency, payment_method, provider_ref, card_brand, card_last4,
         next_action_url, decline_code, created_at, updated_at, ask_at, keep_card, livemode from payment",
        "order_id", "order by created_at, payment_id"
    );
    LIST_TICKETS = select_by_ids!(
        "select ticket_id, order_id, line_no, performance_id, seat_no, code, short_code, issued_at from ticket",
        "order_id", "order by order_id, line_no"
    );
    LIST_CLAIMS = Statement::each(
        concat!(
            "select c.performance_id, c.seat_no, c.state, c.cart_id, c.order_id, c.hold_id, c.ticket_type_id, c.started_at, c.expires_at,
             c.extended, c.reason, c.version, c.account_id, c.held_from, c.given_back, c.kept_since, c.ended_at from seat_claim c join (",
            json_rows!(sqlite: "performance_id" uuid, "seat_no" integer),
            ") as r on c.performance_id = r.performance_id and c.seat_no = r.seat_no"
        ),
        concat!(
            "select c.performance_id, c.seat_no, c.state, c.cart_id, c.order_id, c.hold_id, c.ticket_type_id, c.started_at, c.expires_at,
             c.extended, c.reason, c.version, c.account_id, c.held_from, c.given_back, c.kept_since, c.ended_at from seat_claim c join (",
            json_rows!(postgres: "performance_id" uuid, "seat_no" integer),
            ") as r on c.performance_id = r.performance_id and c.seat_no = r.seat_no"
        ),
    );
    COUNT_LINES = select_by_ids!("select order_id, count(*) from order_line", "order_id", "group by order_id");
    LIST_PAYMENT_OWNERS = select_by_ids!("select payment_id, order_id from payment", "payment_id", "");
    LIST_EMAIL_KEYS_OF_ACCOUNTS = select_by_ids!(
        "select account_id, email_key from account", "account_id", "and deleted_at is null and email_key is not null"
    );
    /// `$1` rows of keys.
    LIST_ACCOUNTS_OF_EMAIL_KEYS = Statement::each(
        concat!(
            "select a.account_id, a.email_key from (",
            json_rows!(sqlite: "email_key" text),
            ") as r join account a on a.email_key = r.email_key where a.deleted_at is null"
        ),
        concat!(
            "select a.account_id, a.email_key from (",
            json_rows!(postgres: "email_key" text),
            ") as r join account a on a.email_key = r.email_key where a.deleted_at is null"
        ),
    );
    /// `$1` buyers at performances: what was bought there under their mailboxes.
    LIST_BOUGHT_UNDER_MAILBOX = list_bought!("o.buyer_email_key = r.email_key");
    /// `$1` buyers at performances: what their accounts bought there.
    LIST_BOUGHT_BY_ACCOUNT = list_bought!("o.account_id = r.account_id");
    FIND_ORDER_OF_PAYMENT = Statement::both("select order_id from payment where payment_id = $1");
    UPSERT_ORDERS = bulk_insert!(
        "customer_order" (
            "order_id" uuid, "cart_id" uuid, "number" text, "state" text, "buyer_name" text, "buyer_email" text, "language" text,
            "delivery" text, "delivery_fee_minor" bigint, "currency" text, "fees_minor" bigint, "tax_minor" bigint,
            "tax_rate_basis_points" integer, "total_minor" bigint, "created_at" bigint, "paid_at" bigint, "keeps_seats_until" bigint,
            "account_id" uuid, "buyer_email_key" text
        )
        "on conflict (order_id) do update set state = excluded.state, paid_at = excluded.paid_at,
         keeps_seats_until = excluded.keeps_seats_until, account_id = coalesce(customer_order.account_id, excluded.account_id)
         where customer_order.cart_id = excluded.cart_id"
    );
    INSERT_LINES = bulk_insert!(
        "order_line" (
            "order_id" uuid, "line_no" integer, "performance_id" uuid, "seat_no" integer, "section" text, "row_label" text, "is_table" boolean, "seat" text,
            "entrance" text, "price_category" text, "ticket_type" text, "ticket_type_note" text, "price_minor" bigint, "fee_minor" bigint,
            "tax_rate_basis_points" integer, "tax_minor" bigint, "organizer_id" uuid, "agreement_version" integer
        )
        ""
    );
    UPSERT_PAYMENTS = bulk_insert!(
        "payment" (
            "payment_id" uuid, "order_id" uuid, "gateway" text, "state" text, "amount_minor" bigint, "currency" text,
            "payment_method" text, "provider_ref" text, "card_brand" text, "card_last4" text, "next_action_url" text,
            "decline_code" text, "created_at" bigint, "updated_at" bigint, "ask_at" bigint, "keep_card" boolean,
            "livemode" boolean
        )
        "on conflict (payment_id) do update set state = excluded.state, provider_ref = coalesce(payment.provider_ref, excluded.provider_ref),
         card_brand = excluded.card_brand, card_last4 = excluded.card_last4, next_action_url = excluded.next_action_url,
         decline_code = excluded.decline_code, updated_at = excluded.updated_at, ask_at = excluded.ask_at
         where payment.order_id = excluded.order_id"
    );
    INSERT_TICKETS = bulk_insert!(
        "ticket" (
            "ticket_id" uuid, "order_id" uuid, "line_no" integer, "performance_id" uuid, "seat_no" integer, "code" text,
            "short_code" text, "issued_at" bigint
        )
        ""
    );
    /// The account of a payment's order, unless it was deleted.
    FIND_PAYER = Statement::both(
        "select a.account_id from payment p join customer_order o on o.order_id = p.order_id
         join account a on a.account_id = o.account_id where p.payment_id = $1 and a.deleted_at is null",
    );
    LIST_LAPSING_ORDERS = Statement::both(
        "select order_id from customer_order where state = 'pending' and keeps_seats_until <= $1 order by keeps_seats_until limit $2",
    );
    LIST_OPEN_PAYMENTS = Statement::both(
        "select payment_id, order_id from payment where ask_at <= $1 and state in ('created', 'requires_action')
         order by ask_at limit $2",
    );
    MARK_OPENED = Statement::both(
        "update payment set provider_ref = $3 where payment_id = $1 and order_id = $2 and state = 'created'
         and (provider_ref is null or provider_ref = $3)",
    );
    POSTPONE_ASKING = Statement::both("update payment set ask_at = $2 where payment_id = $1 and ask_at is not null");
    /// The rule of `reservations::access` as a condition.
    LIST_ORDERS_OF = Statement::both(
        "select order_id, created_at from customer_order
         where (account_id = $1 or (cart_id = $2 and (account_id is null or (joined_at is not null and $1 is null))))
         and (created_at < $3 or (created_at = $3 and order_id < $4))
         and not (cast($6 as boolean) and state in ('pending', 'paid') and exists (
             select 1 from order_line l join performance p on p.performance_id = l.performance_id
             where l.order_id = customer_order.order_id and p.starts_at >= $7))
         order by created_at desc, order_id desc limit $5",
    );
    /// Those with a performance that began at `$6` or later, by the first such.
    LIST_UPCOMING_OF = Statement::both(
        "select o.order_id, min(p.starts_at) from customer_order o join order_line l on l.order_id = o.order_id
         join performance p on p.performance_id = l.performance_id
         where (o.account_id = $1 or (o.cart_id = $2 and (o.account_id is null or (o.joined_at is not null and $1 is null))))
         and o.state in ('pending', 'paid') and p.starts_at >= $6 group by o.order_id
         having min(p.starts_at) > $3 or (min(p.starts_at) = $3 and o.order_id > $4)
         order by min(p.starts_at), o.order_id limit $5",
    );
    COUNT_ORDERS_OF = Statement::both(
        "select count(*), count(case when state in ('pending', 'paid') and exists (
             select 1 from order_line l join performance p on p.performance_id = l.performance_id
             where l.order_id = customer_order.order_id and p.starts_at >= $3) then 1 end)
         from customer_order where (account_id = $1 or (cart_id = $2 and (account_id is null or (joined_at is not null and $1 is null))))",
    );
    /// What a guest bought under an address belongs to the account that confirmed it. Not while it is being paid: its
    /// buyer stands at the till, and it joins the next time.
    JOIN_GUEST_ORDERS = Statement::both(
        "update customer_order set account_id = $1, joined_at = (case when cart_id = $3 then null else cast($4 as bigint) end)
         where account_id is null and buyer_email_key = $2 and state <> 'pending'",
    );
    /// The account that confirmed the address of a guest's order.
    FIND_ACCOUNT_OF_GUEST = Statement::both(
        "select a.account_id from customer_order o join account a on a.email_key = o.buyer_email_key and a.deleted_at is null
         where o.order_id = $1 and o.account_id is null",
    );
    JOIN_ORDER = Statement::both(
        "update customer_order set account_id = $2, joined_at = (case when exists (
             select 1 from session s where s.cart_id = customer_order.cart_id and s.account_id = $2) then null else cast($3 as bigint) end)
         where order_id = $1 and account_id is null
         and exists (select 1 from account a where a.account_id = $2 and a.email_key = buyer_email_key and a.deleted_at is null)",
    );
    /// On a sign-in or sign-out: guest orders that joined the account are no longer open to the cart's guest.
    KEEP_FOR_ACCOUNT_ALONE = Statement::both(
        "update customer_order set joined_at = null where account_id = $1 and cart_id = $2 and joined_at is not null",
    );
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct OrderRow {
    pub order_id: Uuid,
    pub cart_id: Uuid,
    pub number: String,
    #[sqlx(try_from = "String")]
    pub state: OrderState,
    pub buyer_name: String,
    pub buyer_email: String,
    pub language: String,
    pub delivery: String,
    pub delivery_fee_minor: i64,
    pub currency: String,
    pub fees_minor: i64,
    pub tax_minor: i64,
    pub tax_rate_basis_points: i32,
    pub total_minor: i64,
    pub created_at: i64,
    pub paid_at: Option<i64>,
    pub keeps_seats_until: Option<i64>,
    /// A guest's order has none.
    pub account_id: Option<Uuid>,
    /// When it joined the account; written by itself alone.
    pub joined_at: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct LineRow {
    pub order_id: Uuid,
    pub line_no: i32,
    pub performance_id: Uuid,
    pub seat_no: i32,
    pub section: String,
    pub row_label: String,
    pub is_table: bool,
    pub seat: String,
    pub entrance: String,
    pub price_category: String,
    pub ticket_type: String,
    pub ticket_type_note: String,
    pub price_minor: i64,
    pub fee_minor: i64,
    /// Frozen with the price; lines older than this column have none.
    pub tax_rate_basis_points: Option<i32>,
    /// The tax contained in the price; `None` in lines of older versions.
    pub tax_minor: Option<i64>,
    /// Whose seat it was; `None` in lines of older versions whose performance is gone.
    pub organizer_id: Option<Uuid>,
    /// Of the organizer's payment agreement ([`DEFAULT_AGREEMENT`] where none was made).
    pub agreement_version: i32,
}

/// The terms of organizers who have made no agreement of their own.
pub const DEFAULT_AGREEMENT: i32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct PaymentRow {
    pub payment_id: Uuid,
    pub order_id: Uuid,
    pub gateway: String,
    #[sqlx(try_from = "String")]
    pub state: PaymentState,
    pub amount_minor: i64,
    pub currency: String,
    pub payment_method: String,
    pub provider_ref: Option<String>,
    pub card_brand: Option<String>,
    pub card_last4: Option<String>,
    pub next_action_url: Option<String>,
    pub decline_code: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub ask_at: Option<i64>,
    /// The buyer wants the card saved for next time.
    pub keep_card: bool,
    /// Real money.
    pub livemode: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct TicketRow {
    pub ticket_id: Uuid,
    pub order_id: Uuid,
    pub line_no: i32,
    pub performance_id: Uuid,
    pub seat_no: i32,
    pub code: String,
    pub short_code: String,
    pub issued_at: i64,
}

/// A mailbox, folded ([`email_key`]).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct MailboxKey {
    pub email_key: String,
}

/// Somebody who buys at a performance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct BuyerAt {
    pub performance_id: Uuid,
    pub account_id: Option<Uuid>,
    /// Of the account's address where there is one, else of what the guest typed.
    pub email_key: Option<String>,
}

/// How many seats of a performance an order has.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BoughtRow {
    pub order_id: Uuid,
    pub account_id: Option<Uuid>,
    pub buyer_email: String,
    /// Its money is reserved or taken: a pending order keeps its seats until some moment before that, and for good
    /// after.
    pub is_bought: bool,
    pub performance_id: Uuid,
    pub seats: i64,
}

/// A place by its performance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PlaceKey {
    pub performance_id: Uuid,
    pub seat_no: i32,
}

pub async fn list_orders(link: &mut Link, order_ids: &[Uuid]) -> DataResult<Vec<OrderRow>> {
    fetch_all!(link, OrderRow, LIST_ORDERS, ids(order_ids))
}

pub async fn list_lines(link: &mut Link, order_ids: &[Uuid]) -> DataResult<Vec<LineRow>> {
    fetch_all!(link, LineRow, LIST_LINES, ids(order_ids))
}

/// How many lines each of these orders has, `(order_id, lines)`.
pub async fn count_lines(link: &mut Link, order_ids: &[Uuid]) -> DataResult<Vec<(Uuid, i64)>> {
    fetch_all!(link, (Uuid, i64), COUNT_LINES, ids(order_ids))
}

/// Oldest first.
pub async fn list_payments(link: &mut Link, order_ids: &[Uuid]) -> DataResult<Vec<PaymentRow>> {
    fetch_all!(link, PaymentRow, LIST_PAYMENTS, ids(order_ids))
}

pub async fn list_tickets(link: &mut Link, order_ids: &[Uuid]) -> DataResult<Vec<TicketRow>> {
    fetch_all!(link, TicketRow, LIST_TICKETS, ids(order_ids))
}

/// The claims on these places; a place without one is free.
pub async fn list_claims(link: &mut Link, places: &[PlaceKey]) -> DataResult<Vec<ClaimRow>> {
    fetch_all!(link, ClaimRow, LIST_CLAIMS, json(places))
}

/// The keys of the confirmed addresses of these accounts.
pub async fn list_email_keys_of_accounts(link: &mut Link, account_ids: &[Uuid]) -> DataResult<Vec<(Uuid, String)>> {
    fetch_all!(link, (Uuid, String), LIST_EMAIL_KEYS_OF_ACCOUNTS, ids(account_ids))
}

/// The accounts whose confirmed addresses have these keys.
pub async fn list_accounts_of_email_keys(link: &mut Link, keys: &[MailboxKey]) -> DataResult<Vec<(Uuid, String)>> {
    fetch_all!(link, (Uuid, String), LIST_ACCOUNTS_OF_EMAIL_KEYS, json(keys))
}

/// What was bought at these performances under these mailboxes.
pub async fn list_bought_under_mailbox(link: &mut Link, buyers: &[BuyerAt]) -> DataResult<Vec<BoughtRow>> {
    fetch_all!(link, BoughtRow, LIST_BOUGHT_UNDER_MAILBOX, json(buyers))
}

/// What these accounts bought at these performances.
pub async fn list_bought_by_account(link: &mut Link, buyers: &[BuyerAt]) -> DataResult<Vec<BoughtRow>> {
    fetch_all!(link, BoughtRow, LIST_BOUGHT_BY_ACCOUNT, json(buyers))
}

/// Whose these payments are, `(payment_id, order_id)`; ids without a payment are left out.
pub async fn list_payment_owners(link: &mut Link, payment_ids: &[Uuid]) -> DataResult<Vec<(Uuid, Uuid)>> {
    fetch_all!(link, (Uuid, Uuid), LIST_PAYMENT_OWNERS, ids(payment_ids))
}

pub async fn find_order_of_payment(link: &mut Link, payment_id: Uuid) -> DataResult<Option<Uuid>> {
    Ok(fetch_optional!(link, (Uuid,), FIND_ORDER_OF_PAYMENT, payment_id)?.map(|(id,)| id))
}

/// Whose payment it is; nobody's for guests and deleted accounts.
pub async fn find_payer(link: &mut Link, payment_id: Uuid) -> DataResult<Option<Uuid>> {
    Ok(fetch_optional!(link, (Uuid,), FIND_PAYER, payment_id)?.map(|(id,)| id))
}

/// An order with the key its buyer's account would be found by.
#[derive(Serialize)]
struct KeyedOrderRow<'a> {
    #[serde(flatten)]
    row: &'a OrderRow,
    buyer_email_key: String,
}

/// Inserts orders, or updates what may change of one: its state and moments, and an account where it had none.
///
/// # Errors
/// [`DataError::Conflict`] when one of the ids is an order of another cart.
pub async fn upsert_orders(link: &mut Link, rows: &[OrderRow]) -> DataResult<()> {
    let keyed = rows.iter().map(|row| KeyedOrderRow { row, buyer_email_key: email_key(&row.buyer_email) });
    write_all(link, UPSERT_ORDERS, &keyed.collect::<Vec<_>>()).await
}

pub async fn insert_lines(link: &mut Link, rows: &[LineRow]) -> DataResult<()> {
    write(link, INSERT_LINES, rows).await
}

/// Inserts payments, or updates what the provider's answers change of one.
///
/// # Errors
/// [`DataError::Conflict`] when one of the ids is a payment of another order.
pub async fn upsert_payments(link: &mut Link, rows: &[PaymentRow]) -> DataResult<()> {
    write_all(link, UPSERT_PAYMENTS, rows).await
}

pub async fn insert_tickets(link: &mut Link, rows: &[TicketRow]) -> DataResult<()> {
    write(link, INSERT_TICKETS, rows).await
}

/// Each row or none: an id is a client's, and a row of somebody else's is left alone by its statement's condition.
async fn write_all<T: Serialize>(link: &mut Link, statement: Statement, rows: &[T]) -> DataResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let written = execute!(link, statement, json(rows))?;
    if written == rows.len() as u64 { Ok(()) } else { Err(DataError::Conflict) }
}

async fn write<T: Serialize>(link: &mut Link, statement: Statement, rows: &[T]) -> DataResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    execute!(link, statement, json(rows)).map(drop)
}

/// Whose orders, and after which one.
pub struct OrdersQuery {
    pub account_id: Option<Uuid>,
    pub cart_id: Uuid,
    /// The last one seen: its moment in the list's order, and its id.
    pub after: (i64, Uuid),
    pub limit: i64,
    /// What is still upcoming began then or later.
    pub upcoming_since: i64,
}

/// Orders of an account and of a cart, newest first: `(order_id, created_at)`. `only_past`: without the upcoming ones.
pub async fn list_orders_of(link: &mut Link, query: &OrdersQuery, only_past: bool) -> DataResult<Vec<(Uuid, i64)>> {
    let (created_at, order_id) = query.after;
    let OrdersQuery { account_id, cart_id, limit, upcoming_since, .. } = *query;
    fetch_all!(
        link,
        (Uuid, i64),
        LIST_ORDERS_OF,
        account_id,
        cart_id,
        created_at,
        order_id,
        limit,
        only_past,
        upcoming_since
    )
}

/// The upcoming ones, soonest first: `(order_id, when the first performance still to come begins)`.
pub async fn list_upcoming_of(link: &mut Link, query: &OrdersQuery) -> DataResult<Vec<(Uuid, i64)>> {
    let (next_at, order_id) = query.after;
    let OrdersQuery { account_id, cart_id, limit, upcoming_since, .. } = *query;
    fetch_all!(link, (Uuid, i64), LIST_UPCOMING_OF, account_id, cart_id, next_at, order_id, limit, upcoming_since)
}

/// How many orders an account and a cart have: all, and the upcoming ones.
pub async fn count_orders_of(
    link: &mut Link,
    account_id: Option<Uuid>,
    cart_id: Uuid,
    upcoming_since: i64,
) -> DataResult<(i64, i64)> {
    let counted = fetch_optional!(link, (i64, i64), COUNT_ORDERS_OF, account_id, cart_id, upcoming_since)?;
    Ok(counted.unwrap_or_default())
}

/// Gives an account the finished orders guests placed under its confirmed address, by its key. Those of its owner's
/// cart join as if they had been placed while signed in.
pub async fn join_guest_orders(
    link: &mut Link,
    account_id: Uuid,
    email_key: &str,
    own_cart_id: Uuid,
    now: i64,
) -> DataResult<u64> {
    execute!(link, JOIN_GUEST_ORDERS, account_id, email_key, own_cart_id, now)
}

/// What joined the account from this cart is not open to the cart any more.
pub async fn keep_for_account_alone(link: &mut Link, account_id: Uuid, cart_id: Uuid) -> DataResult<()> {
    execute!(link, KEEP_FOR_ACCOUNT_ALONE, account_id, cart_id).map(drop)
}

/// The account that confirmed the address of a guest's order; `None` where there is none, or the order is an account's.
pub async fn find_account_of_guest(link: &mut Link, order_id: Uuid) -> DataResult<Option<Uuid>> {
    Ok(fetch_optional!(link, (Uuid,), FIND_ACCOUNT_OF_GUEST, order_id)?.map(|(id,)| id))
}

/// Gives a guest's order to the account that confirmed its address.
pub async fn join_order(link: &mut Link, order_id: Uuid, account_id: Uuid, now: i64) -> DataResult<()> {
    execute!(link, JOIN_ORDER, order_id, account_id, now).map(drop)
}

/// Pending orders whose time to pay is over.
pub async fn list_lapsing_orders(link: &mut Link, now: i64, limit: i64) -> DataResult<Vec<Uuid>> {
    Ok(fetch_all!(link, (Uuid,), LIST_LAPSING_ORDERS, now, limit)?.into_iter().map(|(id,)| id).collect())
}

/// Payments the provider should be asked about: `(payment_id, order_id)`.
pub async fn list_open_payments(link: &mut Link, now: i64, limit: i64) -> DataResult<Vec<(Uuid, Uuid)>> {
    fetch_all!(link, (Uuid, Uuid), LIST_OPEN_PAYMENTS, now, limit)
}

/// Writes down what the provider calls a payment, before any money can move. False when the payment was called off or
/// given up meanwhile: then it must not be confirmed.
pub async fn mark_opened(link: &mut Link, payment_id: Uuid, order_id: Uuid, provider_ref: &str) -> DataResult<bool> {
    Ok(execute!(link, MARK_OPENED, payment_id, order_id, provider_ref)? == 1)
}

/// The provider is asked again at `ask_at`, unless it has answered.
pub async fn postpone_asking(link: &mut Link, payment_id: Uuid, ask_at: i64) -> DataResult<()> {
    execute!(link, POSTPONE_ASKING, payment_id, ask_at).map(drop)
}
