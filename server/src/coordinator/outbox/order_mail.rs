//! What is sent for a paid order: the confirmation with its tickets, the letter. Called by the
//! outbox; a repeat makes the same documents with the same ids.

use super::{Outbox, lanes::SendError};
use crate::{
    auth::accounts::{self, Known},
    coordinator::error::{OrProblem, not_found},
    data::{
        DataResult,
        accounts::email_key::email_key,
        orders::{order_mails, order_rows as rows},
        outbox::OutboxRow,
    },
    delivery::{
        documents::background_drawing,
        messages::order_mail::{OrderMail, build_order_mail},
        transports::{
            mail::{Letter, LetterTransport, MailTransport, TransportError},
            sms::SmsTransport,
        },
    },
    messages::Messages,
    reservations::orders::{access::Owner, erasure::is_erased, order_view},
};
use governor::DefaultDirectRateLimiter;
use lettre::message::Mailbox;
use shared_model::{
    OrderId, OutboxId, Problem, Timestamp,
    order::{Delivery, Order},
    text::PersonName,
};
use std::sync::Arc;

/// How messages are sent.
pub struct Outgoing {
    pub mail: MailTransport,
    pub letters: LetterTransport,
    pub sms: SmsTransport,
    /// The limit of text messages per day, for the whole deployment.
    pub sms_per_day_max: u32,
    /// ISO 3166-1 codes of the countries whose phones get any; empty for all.
    pub sms_countries: Vec<String>,
    /// How many mails with tickets leave in a minute; `None`: as many as are due.
    pub ticket_mails: Option<Arc<DefaultDirectRateLimiter>>,
    pub from: Mailbox,
    pub messages: Arc<Messages>,
}

impl Outbox<'_> {
    /// The confirmation with tickets and calendar.
    pub(in crate::coordinator) async fn mail_order(self, row: &OutboxRow, order_id: OrderId) -> Result<(), SendError> {
        self.join_paid_order(order_id).await.map_err(|error| SendError::Retry(error.to_string()))?;
        let (owner, order) = self.paid_order(order_id).await?;
        let greeted = self.greeted(owner, &order).await.map_err(|error| SendError::Retry(error.to_string()))?;
        let (order, tickets_pdf) = self.render(order).await?;
        if is_erased(&order.buyer.email) {
            return Err(SendError::GiveUp("the buyer's account and address are deleted".to_owned()));
        }
        let outgoing = &self.inner.outgoing;
        let mail = OrderMail {
            order: &order,
            greeted: greeted.as_ref(),
            tickets_pdf,
            outbox_id: OutboxId(row.outbox_id),
            from: outgoing.from.clone(),
            site_url: &self.inner.public_url,
            order_key: &self.coordinator.orders().order_key(order_id),
            written_at: Timestamp(row.created_at),
        };
        let message =
            build_order_mail(mail, &outgoing.messages).map_err(|error| SendError::GiveUp(error.to_string()))?;
        outgoing.mail.send(OutboxId(row.outbox_id), &message).await.map_err(SendError::from)
    }

    /// A guest's order joins the account with the same address, if there is one, as soon as it is paid.
    async fn join_paid_order(self, order_id: OrderId) -> DataResult<()> {
        let mut link = self.inner.database.read().await?;
        let Some(account_id) = rows::find_account_of_guest(&mut link, order_id.0).await? else { return Ok(()) };
        drop(link);
        let mut link = self.inner.database.begin().await?;
        rows::join_order(&mut link, order_id.0, account_id, self.coordinator.now().as_millis()).await?;
        link.commit().await
    }

    /// The mail of an order that its buyer asked for again.
    pub(in crate::coordinator) async fn mail_order_again(self, row: &OutboxRow) -> Result<(), SendError> {
        let find = async {
            let mut link = self.inner.database.read().await?;
            order_mails::find_mail(&mut link, row.subject).await
        };
        let order_id = find.await.map_err(|error| SendError::Retry(error.to_string()))?;
        let order_id = order_id.ok_or_else(|| SendError::GiveUp("the row names no order".to_owned()))?;
        self.mail_order(row, OrderId(order_id)).await
    }

    /// The printed tickets.
    pub(in crate::coordinator) async fn post_order(self, row: &OutboxRow) -> Result<(), SendError> {
        let (_, order) = self.paid_order(OrderId(row.subject)).await?;
        let (order, pdf) = self.render(order).await?;
        let Delivery::Post { address } = &order.delivery else {
            return Err(SendError::GiveUp("the order is not to be posted".to_owned()));
        };
        let letter = Letter { outbox_id: OutboxId(row.outbox_id), order_number: &order.number, address, pdf: &pdf };
        self.inner.outgoing.letters.send(letter).await.map_err(SendError::from)
    }

    /// The name of the account whose confirmed address the order's mail goes to.
    async fn greeted(self, owner: Owner, order: &Order) -> DataResult<Option<PersonName>> {
        let Some(account_id) = owner.account_id else { return Ok(None) };
        let mut link = self.inner.database.read().await?;
        let known = accounts::find_account(&mut link, account_id).await?;
        let is_own = |known: &Known| email_key(known.email.as_str()) == email_key(order.buyer.email.as_str());
        Ok(known.filter(is_own).map(|known| known.name))
    }

    async fn paid_order(self, order_id: OrderId) -> Result<(Owner, Order), SendError> {
        let read = async {
            let mut link = self.inner.database.read().await.or_problem()?;
            let found = order_view::find_order(&mut link, &self.inner.pricing, order_id).await.or_problem()?;
            found.ok_or_else(not_found)
        };
        read.await.map_err(|problem: Problem| SendError::Retry(problem.title))
    }

    /// The tickets as they are sent: drawn when nobody is kept waiting by it.
    async fn render(self, order: Order) -> Result<(Order, Vec<u8>), SendError> {
        let drawing = self.coordinator.orders().drawing(order);
        let drawn = background_drawing::draw(move || drawing(&|| true)).await;
        drawn.unwrap_or_else(|| Err("the drawing panicked".to_owned())).map_err(SendError::GiveUp)
    }
}

impl From<TransportError> for SendError {
    fn from(error: TransportError) -> Self {
        if error.may_be_tried_again() { Self::Retry(error.to_string()) } else { Self::GiveUp(error.to_string()) }
    }
}
