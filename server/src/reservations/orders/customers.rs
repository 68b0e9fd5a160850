//! Who is one customer when seats are bought: the limit of a performance is counted over sessions and devices. Pure,
//! but for the reading of what was bought.
//!
//! Carts and accounts are counted when seats are held ([`crate::reservations::seats::decide`]). A guest enters a
//! mailbox only when buying; so here, under the locks of the performances, what an account and a mailbox have bought is
//! counted as well.
//!
//! A mailbox that a guest enters is not confirmed. So what a stranger orders under somebody's address counts against
//! that address only once its money is reserved: an order that is never paid locks nobody out. Of orders that are paid
//! at the same moment the first counts ([`super::transitions`]).
//!
//! Mailboxes are compared as everywhere ([`email_key`]).

use crate::data::{
    DataResult, Link,
    accounts::email_key::email_key,
    orders::order_rows::{self as rows, BoughtRow, BuyerAt, LineRow, MailboxKey, OrderRow},
};
use shared_model::PerformanceId;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Seats of one performance that an order has, or is being paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bought {
    pub order_id: Uuid,
    pub performance_id: PerformanceId,
    pub account_id: Option<Uuid>,
    /// The mailbox it was bought under, folded.
    pub mailbox: String,
    /// Its money is reserved or taken.
    pub is_bought: bool,
    pub seats: u32,
}

/// What the orders of a batch must know of their buyers.
#[derive(Debug, Clone, Default)]
pub struct Customers {
    /// Each order and performance once.
    bought: BTreeMap<(PerformanceId, Uuid), Bought>,
    /// The confirmed mailboxes of the accounts that are about, folded.
    confirmed: HashMap<Uuid, String>,
}

impl Customers {
    /// Reads what the buyers of new orders have bought at the performances these are about.
    pub async fn load(link: &mut Link, new: &[(&OrderRow, &[LineRow])]) -> DataResult<Self> {
        let mut customers = Self::default();
        let accounts: BTreeSet<Uuid> = new.iter().filter_map(|(order, _)| order.account_id).collect();
        let accounts: Vec<Uuid> = accounts.into_iter().collect();
        if !accounts.is_empty() {
            customers.confirmed.extend(rows::list_email_keys_of_accounts(link, &accounts).await?);
        }
        let guests = new.iter().filter(|(order, _)| order.account_id.is_none());
        let typed: BTreeSet<MailboxKey> =
            guests.map(|(order, _)| MailboxKey { email_key: email_key(&order.buyer_email) }).collect();
        if !typed.is_empty() {
            let typed: Vec<MailboxKey> = typed.into_iter().collect();
            customers.confirmed.extend(rows::list_accounts_of_email_keys(link, &typed).await?);
        }
        let mut buyers = BTreeSet::new();
        for (order, lines) in new {
            // A guest's mailbox may be the confirmed one of an account: what that bought under any mailbox counts.
            let (account_id, email_key) = match order.account_id {
                Some(account_id) => (Some(account_id), customers.confirmed.get(&account_id).cloned()),
                None => {
                    let key = email_key(&order.buyer_email);
                    let confirmed = customers.confirmed.iter().find(|(_, mailbox)| **mailbox == key);
                    (confirmed.map(|(account_id, _)| *account_id), Some(key))
                }
            };
            for performance_id in lines.iter().map(|line| line.performance_id).collect::<BTreeSet<_>>() {
                buyers.insert(BuyerAt { performance_id, account_id, email_key: email_key.clone() });
            }
        }
        let has_accounts = buyers.iter().any(|buyer| buyer.account_id.is_some());
        let buyers: Vec<BuyerAt> = buyers.into_iter().collect();
        for row in rows::list_bought_under_mailbox(link, &buyers).await? {
            customers.add(bought_of(row));
        }
        if has_accounts {
            for row in rows::list_bought_by_account(link, &buyers).await? {
                customers.add(bought_of(row));
            }
        }
        Ok(customers)
    }

    pub fn add(&mut self, bought: Bought) {
        self.bought.insert((bought.performance_id, bought.order_id), bought);
    }

    /// How many seats the buyer of this order has at a performance besides it, in orders that count.
    pub fn count(&self, order: &OrderRow, performance_id: PerformanceId, counts: impl Fn(&Bought) -> bool) -> u32 {
        let first = (performance_id, Uuid::nil());
        let last = (performance_id, Uuid::max());
        let others = self.bought.range(first..=last).map(|(_, bought)| bought);
        let its = others.filter(|bought| bought.order_id != order.order_id && self.is_same_customer(order, bought));
        its.filter(|bought| counts(bought)).map(|bought| bought.seats).sum()
    }

    fn is_same_customer(&self, order: &OrderRow, bought: &Bought) -> bool {
        let Some(account_id) = order.account_id else {
            let mailbox = email_key(&order.buyer_email);
            let owner = bought.account_id.and_then(|account_id| self.confirmed.get(&account_id));
            return bought.is_bought && (bought.mailbox == mailbox || owner == Some(&mailbox));
        };
        let is_of_mailbox = self.confirmed.get(&account_id).is_some_and(|mailbox| bought.mailbox == *mailbox);
        let is_guests = bought.account_id.is_none();
        bought.account_id == Some(account_id) || (is_guests && is_of_mailbox && bought.is_bought)
    }
}

fn bought_of(row: BoughtRow) -> Bought {
    Bought {
        order_id: row.order_id,
        performance_id: PerformanceId(row.performance_id),
        account_id: row.account_id,
        mailbox: email_key(&row.buyer_email),
        is_bought: row.is_bought,
        seats: u32::try_from(row.seats).unwrap_or(u32::MAX),
    }
}
