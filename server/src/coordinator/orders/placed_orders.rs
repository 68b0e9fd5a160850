//! Orders once they were placed: opened, listed, mailed again.
//!
//! Access is decided here and nowhere else: [`Owner::is`] for visitors, or the signed link of the order's mail. A link
//! opens an order for reading; only its owner can pay it or give it up.

use super::Orders;
use crate::{
    auth::secret::Purpose,
    coordinator::{
        Visitor,
        error::{CommandResult, OrProblem, not_found},
        invalid,
    },
    cursor::{AFTER_ALL, BEFORE_ALL, cut_page, page_start},
    data::{
        orders::{
            order_mails,
            order_rows::{self as rows, OrdersQuery},
        },
        outbox::{self, OutboxKind},
    },
    reservations::orders::{
        access::{Claimant, Owner},
        erasure,
        mail_again::{MAIL_DAY, MAILS_PER_DAY_MAX, may_be_mailed},
        order_view,
    },
};
use lru::LruCache;
use parking_lot::Mutex;
use shared_model::{
    ErrorCode, OrderId, OrderMailId, PaymentId, Problem, Timestamp,
    event::Page,
    order::{Order, OrderPeriod, OrderState, PaymentState},
};
use std::{collections::HashMap, num::NonZeroUsize, time::Duration};
use uuid::Uuid;

/// Orders on a page when nobody says how many, and at most.
const PAGE_LIMIT_DEFAULT: u32 = 20;
const PAGE_LIMIT_MAX: u32 = 50;
/// Lines that all orders of a page have together; an order that alone has more is a page of its own.
const PAGE_LINES_MAX: i64 = 500;
/// Orders an export reads at once.
pub(in crate::coordinator) const EXPORT_PAGE: u32 = PAGE_LIMIT_MAX;

/// Which page of a visitor's orders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrdersAsked {
    /// All of them when absent.
    pub period: Option<OrderPeriod>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// 1 to 50; 20 when absent.
    pub limit: Option<u32>,
}

/// How many orders a visitor has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrderCounts {
    pub upcoming: usize,
    pub past: usize,
}

impl Orders<'_> {
    /// An order of this visitor. Asks the provider first when a payment waits for its word.
    pub async fn find_order(self, visitor: &Visitor, order_id: OrderId) -> CommandResult<Order> {
        let order = self.read_order(visitor, order_id).await?;
        self.bring_up_to_date(order).await
    }

    /// An order for reading: for its owner, or for who holds its signed link.
    pub async fn open_order(
        self,
        visitor: Option<&Visitor>,
        order_id: OrderId,
        key: Option<&str>,
    ) -> CommandResult<Order> {
        let holds_link = key.is_some_and(|key| {
            let secret = &self.inner.secret;
            secret.verify(Purpose::OrderLink, &[order_id.0.as_bytes()], key)
        });
        let mut link = self.inner.database.read().await.or_problem()?;
        let found = order_view::find_order(&mut link, &self.inner.pricing, order_id).await.or_problem()?;
        drop(link);
        // An order of somebody else is answered like one that does not exist.
        let opened = found.filter(|(owner, _)| holds_link || visitor.is_some_and(|who| belongs_to(who, *owner)));
        let (_, order) = opened.ok_or_else(not_found)?;
        self.bring_up_to_date(order).await
    }

    /// What opens this order without a session: the value of `key` in its link.
    pub fn order_key(self, order_id: OrderId) -> String {
        self.inner.secret.sign(Purpose::OrderLink, &[order_id.0.as_bytes()])
    }

    /// This visitor's orders, the upcoming ones soonest first, others newest first, as they stand: the provider is not
    /// asked.
    ///
    /// # Errors
    /// `InvalidInput` for a limit out of bounds or a cursor that no page gave.
    pub async fn list_orders(self, visitor: &Visitor, asked: &OrdersAsked) -> CommandResult<Page<Order>> {
        let OrdersAsked { period, cursor, limit } = asked;
        let limit = limit.unwrap_or(PAGE_LIMIT_DEFAULT);
        if !(1..=PAGE_LIMIT_MAX).contains(&limit) {
            return Err(Problem { limit: Some(PAGE_LIMIT_MAX), ..invalid("limit must be 1 to 50") });
        }
        let first = if *period == Some(OrderPeriod::Upcoming) { BEFORE_ALL } else { AFTER_ALL };
        let query = OrdersQuery {
            upcoming_since: OrderPeriod::upcoming_since(self.coordinator.now()).0,
            account_id: visitor.account_id.map(Into::into),
            cart_id: visitor.cart_id.0,
            after: page_start(cursor.as_deref(), first).map_err(|error| invalid(error.to_string()))?,
            limit: i64::from(limit) + 1,
        };
        let mut link = self.inner.database.read().await.or_problem()?;
        let listed = match period {
            Some(OrderPeriod::Upcoming) => rows::list_upcoming_of(&mut link, &query).await,
            Some(OrderPeriod::Past) => rows::list_orders_of(&mut link, &query, true).await,
            None => rows::list_orders_of(&mut link, &query, false).await,
        };
        let mut listed = listed.or_problem()?;
        let ids: Vec<Uuid> = listed.iter().map(|(id, _)| *id).take(limit as usize).collect();
        let lines: HashMap<Uuid, i64> = rows::count_lines(&mut link, &ids).await.or_problem()?.into_iter().collect();
        let shown = orders_on_page(ids.iter().map(|id| lines.get(id).copied().unwrap_or(0)));
        let next_cursor = cut_page(&mut listed, shown, |(id, at)| (*at, *id));
        let ids: Vec<Uuid> = listed.into_iter().map(|(id, _)| id).collect();
        let loaded = order_view::load_orders(&mut link, &self.inner.pricing, &ids).await.or_problem()?;
        Ok(Page { items: loaded.into_iter().map(|(_, order)| order).collect(), next_cursor })
    }

    /// How many orders this visitor has.
    pub async fn count_orders(self, visitor: &Visitor) -> CommandResult<OrderCounts> {
        let (account_id, cart_id) = (visitor.account_id.map(Into::into), visitor.cart_id.0);
        let since = OrderPeriod::upcoming_since(self.coordinator.now()).0;
        let mut link = self.inner.database.read().await.or_problem()?;
        let (all, upcoming) = rows::count_orders_of(&mut link, account_id, cart_id, since).await.or_problem()?;
        let count = |orders: i64| usize::try_from(orders).unwrap_or_default();
        Ok(OrderCounts { upcoming: count(upcoming), past: count(all - upcoming) })
    }

    /// Sends a paid order's mail once more. A repeat of the wish sends nothing more.
    ///
    /// # Errors
    /// `OrderClosed` where there are no tickets to send or no address any more, `RateLimited` when it was asked for
    /// too often.
    pub async fn mail_order_again_for(self, order: &Order, mail_id: OrderMailId) -> CommandResult<()> {
        if order.state != OrderState::Paid || erasure::is_erased(&order.buyer.email) {
            return Err(Problem::new(ErrorCode::OrderClosed).detail("this order has no mail to send again"));
        }
        let (order_id, now) = (order.order_id.0, self.coordinator.now());
        let mut link = self.inner.database.begin().await.or_problem()?;
        order_mails::lock_order(&mut link, order_id).await.or_problem()?;
        match order_mails::find_mail(&mut link, mail_id.0).await.or_problem()? {
            Some(known) if known == order_id => return Ok(()),
            Some(_) => return Err(invalid("mail_id was used for another mail; generate a new one")),
            None => {}
        }
        let since = now.as_millis() - MAIL_DAY.as_millis() as i64;
        let asked = order_mails::list_asked(&mut link, order_id, since, MAILS_PER_DAY_MAX as i64).await.or_problem()?;
        let asked: Vec<Timestamp> = asked.into_iter().map(Timestamp).collect();
        if let Err(at) = may_be_mailed(&asked, now) {
            let seconds = at.saturating_since(now).as_secs_f64().ceil() as u32;
            return Err(Problem { retry_after_seconds: Some(seconds), ..Problem::new(ErrorCode::RateLimited) });
        }
        if !order_mails::insert_mail(&mut link, mail_id.0, order_id, now.as_millis()).await.or_problem()? {
            return Err(invalid("mail_id was used for another mail; generate a new one"));
        }
        let row = OutboxKind::OrderMailAgain.about(mail_id.0, now);
        outbox::insert_rows(&mut link, &[row]).await.or_problem()?;
        link.commit().await.or_problem()
    }

    pub(in crate::coordinator) async fn read_order(self, visitor: &Visitor, order_id: OrderId) -> CommandResult<Order> {
        let mut link = self.inner.database.read().await.or_problem()?;
        match order_view::find_order(&mut link, &self.inner.pricing, order_id).await.or_problem()? {
            Some((owner, order)) if belongs_to(visitor, owner) => Ok(order),
            _ => Err(not_found()),
        }
    }

    pub(super) async fn bring_up_to_date(self, order: Order) -> CommandResult<Order> {
        let order_id = order.order_id;
        // Reloading an order page does not ask the provider, or lock the order's performances, more often than this.
        let open = order.payment.as_ref().filter(|_| order.state == OrderState::Pending);
        let monotonic = self.coordinator.monotonic();
        if !open.is_some_and(|payment| self.inner.asked_lately.is_due(payment.payment_id, monotonic)) {
            return Ok(order);
        }
        match &order.payment {
            Some(payment) if order.state == OrderState::Pending && payment.state.is_open() => {
                self.ask_provider(order_id, payment.payment_id).await;
            }
            Some(payment) if order.state == OrderState::Pending && payment.state == PaymentState::Authorized => {
                self.capture_now(order_id, payment.payment_id).await;
            }
            _ => return Ok(order),
        }
        let mut link = self.inner.database.read().await.or_problem()?;
        let found = order_view::find_order(&mut link, &self.inner.pricing, order_id).await.or_problem()?;
        found.map(|(_, order)| order).ok_or_else(not_found)
    }
}

/// How many orders a page shows that have so many lines each: one at least.
fn orders_on_page(lines: impl Iterator<Item = i64>) -> usize {
    let sums = lines.scan(0, |sum, lines| {
        *sum += lines;
        Some(*sum)
    });
    sums.take_while(|sum| *sum <= PAGE_LINES_MAX).count().max(1)
}

/// When providers were asked about a payment because its order was read, on this node. No cache of answers: it looks
/// and counts under one lock, and forgets those first that were asked about longest ago.
pub(in crate::coordinator) struct AskedLately(Mutex<LruCache<PaymentId, Duration>>);

impl Default for AskedLately {
    fn default() -> Self {
        /// Payments remembered.
        const PAYMENTS_MAX: NonZeroUsize = NonZeroUsize::new(10_000).expect("it is not zero");
        Self(Mutex::new(LruCache::new(PAYMENTS_MAX)))
    }
}

impl AskedLately {
    /// Whether the provider may be asked about it now; then it counts as asked.
    pub(super) fn is_due(&self, payment_id: PaymentId, monotonic: Duration) -> bool {
        /// Shorter than the page of a payment that is under way waits until it looks again.
        const EVERY: Duration = Duration::from_secs(2);
        let mut asked = self.0.lock();
        let is_due = asked.get(&payment_id).is_none_or(|at| monotonic.saturating_sub(*at) >= EVERY);
        if is_due {
            asked.put(payment_id, monotonic);
        }
        is_due
    }
}

pub(super) fn belongs_to(visitor: &Visitor, owner: Owner) -> bool {
    owner.is(Claimant { cart_id: visitor.cart_id, account_id: visitor.account_id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_so_many_lines_and_one_order_at_least() {
        assert_eq!(orders_on_page([2; 50].into_iter()), 50);
        assert_eq!(orders_on_page([130; 50].into_iter()), 3);
        assert_eq!(orders_on_page([250, 250, 1].into_iter()), 2);
        assert_eq!(orders_on_page([501, 1].into_iter()), 1);
    }
}
