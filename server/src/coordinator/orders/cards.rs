//! Saved cards: kept at the payment provider by consent once an order is paid with them, paid with again, removed.
//! What the buyer typed never comes here.
//!
//! Saving and removing go through the outbox ([`crate::coordinator::background::loops`]): both survive a crash at any
//! moment.

use super::{
    Orders,
    payments::{crash_point, provider_ref},
};
use crate::{
    commerce::{
        gateway::{GatewayError, GatewayResult},
        saved_cards::{CARDS_PER_ACCOUNT_MAX, CardRow, is_expired, new_card, shown},
    },
    coordinator::{
        Visitor,
        error::{CommandResult, OrProblem, not_found},
        invalid,
        outbox::lanes::SendError,
    },
    data::{
        DataError, DataResult,
        orders::{
            cards as rows,
            order_rows::{self as orders, OrderRow, PaymentRow},
        },
        outbox::{OutboxKind, OutboxRow, insert_rows},
    },
    reservations::orders::placing::{Means, is_payment_method},
};
use shared_model::{AccountId, ErrorCode, PaymentId, Problem, SavedCardId, account::SavedCard};

impl Orders<'_> {
    /// An account's cards, newest first; expired ones are among them.
    pub async fn list_saved_cards(self, account_id: AccountId) -> CommandResult<Vec<SavedCard>> {
        let cards = self.list_cards(account_id).await?;
        let now = self.coordinator.now();
        Ok(cards.iter().map(|card| shown(card, now)).collect())
    }

    /// The card pays nothing any more, here at once and at the provider soon.
    pub async fn remove_saved_card(self, account_id: AccountId, saved_card_id: SavedCardId) -> CommandResult<()> {
        let now = self.coordinator.now();
        let mut link = self.inner.database.begin().await.or_problem()?;
        if !rows::mark_removed(&mut link, account_id.0, saved_card_id.0, now.as_millis()).await.or_problem()? {
            return Err(not_found());
        }
        insert_rows(&mut link, &[OutboxKind::ForgetCard.about(saved_card_id.0, now)]).await.or_problem()?;
        link.commit().await.or_problem()
    }

    async fn list_cards(self, account_id: AccountId) -> CommandResult<Vec<CardRow>> {
        let mut link = self.inner.database.read().await.or_problem()?;
        rows::list_cards(&mut link, account_id.0, CARDS_PER_ACCOUNT_MAX as i64 + 1).await.or_problem()
    }

    /// What a buyer pays with: one of their saved cards by its id, or the provider's id of a card just typed.
    pub(in crate::coordinator) async fn choose_means(
        self,
        visitor: &Visitor,
        chosen: &str,
        keep_card: bool,
    ) -> CommandResult<Means> {
        if let Ok(saved_card_id) = chosen.parse::<SavedCardId>() {
            let card = self.find_own_card(visitor.account_id, saved_card_id).await?;
            // A card is charged by the provider that keeps it, whichever takes new ones now.
            let keeper = self.inner.gateways.named(&card.gateway).or_problem()?;
            let (gateway, livemode) = (keeper.name(), keeper.livemode());
            return Ok(Means { gateway, livemode, payment_method: card.payment_method, keep_card: false });
        }
        let for_new = self.inner.gateways.for_new();
        let (gateway, livemode) = (for_new.name(), for_new.livemode());
        if !is_payment_method(chosen) {
            return Err(invalid("payment_method is the provider's id of a card, or the id of a saved card"));
        }
        if keep_card {
            let account_id = visitor.account_id.ok_or_else(|| invalid("save_card needs an account; sign in first"))?;
            if self.list_cards(account_id).await?.len() >= CARDS_PER_ACCOUNT_MAX {
                let words = "save_card: the account has reached its limit of saved cards; remove one first";
                return Err(Problem { limit: Some(CARDS_PER_ACCOUNT_MAX as u32), ..invalid(words) });
            }
        }
        Ok(Means { gateway, livemode, payment_method: chosen.to_owned(), keep_card })
    }

    /// A card of another account is answered like one that does not exist.
    async fn find_own_card(self, account_id: Option<AccountId>, id: SavedCardId) -> CommandResult<CardRow> {
        let mut link = self.inner.database.read().await.or_problem()?;
        let card = rows::find_card(&mut link, id.0).await.or_problem()?;
        let own = card.filter(|card| is_usable(card, account_id.map(Into::into)));
        let declined = |reason: &str, words: &str| {
            Problem { reason: Some(reason.to_owned()), ..Problem::new(ErrorCode::CardDeclined) }.detail(words)
        };
        let card = own.ok_or_else(|| declined("unknown_card", "there is no such saved card"))?;
        if is_expired(&card, self.coordinator.now()) {
            return Err(declined("expired_card", "the card has expired; choose another one"));
        }
        Ok(card)
    }

    /// The provider's customer a payment is made by: for cards that are kept, or to be kept.
    ///
    /// # Errors
    /// [`GatewayError::Refused`] for a kept card of somebody else, as if there were none.
    pub(in crate::coordinator) async fn customer_of(
        self,
        order: &OrderRow,
        payment: &PaymentRow,
    ) -> GatewayResult<Option<String>> {
        let gateway = payment.gateway.as_str();
        let mut link = self.inner.database.read().await.map_err(uncertain)?;
        let saved = rows::find_card_by_method(&mut link, gateway, &payment.payment_method).await.map_err(uncertain)?;
        if saved.as_ref().is_some_and(|card| !is_usable(card, order.account_id)) {
            return Err(GatewayError::Refused("there is no such payment method".to_owned()));
        }
        let Some(account_id) = order.account_id.filter(|_| saved.is_some() || payment.keep_card) else {
            return Ok(None);
        };
        if let Some(customer) = rows::find_customer(&mut link, account_id, gateway).await.map_err(uncertain)? {
            return Ok(Some(customer));
        }
        drop(link);
        let customer = self.gateway_of(payment)?.create_customer(AccountId(account_id)).await?;
        let write = async {
            let mut link = self.inner.database.begin().await?;
            rows::insert_customer(&mut link, account_id, gateway, &customer).await?;
            link.commit().await
        };
        write.await.map_err(uncertain)?;
        Ok(Some(customer))
    }

    /// Keeps the card of an authorised payment for the account that paid.
    pub(in crate::coordinator) async fn keep_card(self, row: &OutboxRow) -> Result<(), SendError> {
        let payment_id = PaymentId(row.subject);
        let Some(account_id) = self.payer_of(payment_id).await.map_err(retry)? else {
            return Err(SendError::GiveUp("its account is deleted".to_owned()));
        };
        let order_id = self.order_of(payment_id).await.map_err(|problem| SendError::Retry(problem.title))?;
        let payment = self.load_payment(order_id, payment_id).await.map_err(SendError::Retry)?;
        let gateway = self.gateway_of(&payment)?;
        let at = provider_ref(&payment).ok_or_else(|| SendError::GiveUp("it was never paid".to_owned()))?;
        let kept = gateway.keep_card(&at).await?;
        crash_point("after_keeping_card");
        let method = kept.payment_method.clone();
        let card = new_card(account_id, &payment.gateway, kept, self.coordinator.now());
        let is_another = self.insert_card(&card).await.map_err(retry)?;
        if is_another {
            // The account has this very card already, under another name: one is enough.
            gateway.forget_card(&method).await?;
        }
        Ok(())
    }

    /// Whose payment it is, as long as the account is there.
    async fn payer_of(self, payment_id: PaymentId) -> DataResult<Option<AccountId>> {
        let mut link = self.inner.database.read().await?;
        Ok(orders::find_payer(&mut link, payment_id.0).await?.map(AccountId))
    }

    /// True when the account has the same card under another name.
    async fn insert_card(self, card: &CardRow) -> DataResult<bool> {
        let mut link = self.inner.database.begin().await?;
        let is_another = !rows::insert_card(&mut link, card).await?
            && rows::find_card_by_method(&mut link, &card.gateway, &card.payment_method).await?.is_none();
        link.commit().await?;
        Ok(is_another)
    }

    /// Tells the provider that a card was removed; then the row goes as well.
    pub(in crate::coordinator) async fn forget_card(self, row: &OutboxRow) -> Result<(), SendError> {
        let find = async {
            let mut link = self.inner.database.read().await?;
            rows::find_card(&mut link, row.subject).await
        };
        let Some(card) = find.await.map_err(retry)? else { return Ok(()) };
        self.inner.gateways.named(&card.gateway)?.forget_card(&card.payment_method).await?;
        let delete = async {
            let mut link = self.inner.database.begin().await?;
            rows::delete_card(&mut link, row.subject).await?;
            link.commit().await
        };
        delete.await.map_err(retry)
    }

    /// Tells the provider that an account was deleted.
    pub(in crate::coordinator) async fn forget_customer(self, row: &OutboxRow) -> Result<(), SendError> {
        let find = async {
            let mut link = self.inner.database.read().await?;
            rows::list_customers(&mut link, row.subject).await
        };
        for (gateway, customer) in find.await.map_err(retry)? {
            self.inner.gateways.named(&gateway)?.forget_customer(&customer).await?;
            let delete = async {
                let mut link = self.inner.database.begin().await?;
                rows::delete_cards(&mut link, row.subject, &gateway).await?;
                rows::delete_customer(&mut link, row.subject, &gateway).await?;
                link.commit().await
            };
            delete.await.map_err(retry)?;
        }
        Ok(())
    }
}

fn is_usable(card: &CardRow, account_id: Option<uuid::Uuid>) -> bool {
    account_id == Some(card.account_id) && card.removed_at.is_none()
}

fn uncertain(error: DataError) -> GatewayError {
    GatewayError::Silent(error.to_string())
}

fn retry(error: DataError) -> SendError {
    SendError::Retry(error.to_string())
}

impl From<GatewayError> for SendError {
    fn from(error: GatewayError) -> Self {
        match error {
            GatewayError::Silent(_) | GatewayError::Busy { .. } => Self::Retry(error.to_string()),
            GatewayError::Refused(_) => Self::GiveUp(error.to_string()),
        }
    }
}
