//! What people may ask of us about their data: all of it as one document (GDPR art. 15 and 20), and its deletion
//! (art. 17). What stays, and why, is said in [`crate::reservations::orders::erasure`].

use super::Accounts;
use crate::{
    auth::{accounts, notes::News},
    coordinator::{
        Visitor,
        error::{CommandResult, OrProblem, not_found},
        orders::placed_orders::{EXPORT_PAGE, OrdersAsked},
    },
    data::{
        accounts::{email_key::email_key, erasure as rows},
        events::availability_wishes,
        outbox::{self, OutboxKind},
    },
    reservations::orders::erasure,
};
use shared_model::{
    AccountId, AuditEntryId, ErrorCode, OrderId, OrganizerId, PasskeyId, PerformanceId, Problem, Timestamp,
    account::{AccountExport, AskedOrderMail, AwaitedSeats, Deed, PasskeyInfo},
    event::Page,
    order::Order,
};
use uuid::Uuid;

impl Accounts<'_> {
    /// Everything we hold on an account, but for its orders ([`Self::export_orders`]).
    pub async fn export_account(self, visitor: &Visitor, account_id: AccountId) -> CommandResult<AccountExport> {
        let mut link = self.inner.database.begin().await.or_problem()?;
        let known = accounts::find_account(&mut link, account_id).await.or_problem()?.ok_or_else(not_found)?;
        self.take_over_guest_orders(&mut link, visitor, &known).await?;
        link.commit().await.or_problem()?;
        let account = self.load_account(account_id).await?;
        let mut link = self.inner.database.read().await.or_problem()?;
        let passkeys = rows::list_passkeys(&mut link, account_id.0).await.or_problem()?;
        let deeds = rows::list_deeds(&mut link, account_id.0).await.or_problem()?;
        let drafts = rows::list_drafts(&mut link, account_id.0).await.or_problem()?;
        let order_mails = rows::list_order_mails(&mut link, account_id.0).await.or_problem()?;
        let provider_names = rows::list_provider_names(&mut link, account_id.0).await.or_problem()?;
        let wishes =
            availability_wishes::list_of_address(&mut link, &email_key(account.email.as_str())).await.or_problem()?;
        drop(link);
        Ok(AccountExport {
            exported_at: self.coordinator.now(),
            account,
            sessions: self.list_sessions(visitor, account_id).await?,
            passkeys: passkeys.into_iter().map(passkey_info).collect(),
            cards: self.coordinator.orders().list_saved_cards(account_id).await?,
            deeds: deeds.into_iter().map(deed).collect(),
            wishes: wishes.into_iter().map(awaited).collect(),
            // A draft of an older version that cannot be read is none.
            drafts: drafts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect(),
            invitations: self.coordinator.staff().list_own_invitations(account_id).await?,
            order_mails: order_mails.into_iter().map(asked_order_mail).collect(),
            provider_names: provider_names.into_iter().map(|(gateway, name)| format!("{gateway}: {name}")).collect(),
            orders: Vec::new(),
        })
    }

    /// A page of all orders of a visitor.
    pub async fn export_orders(self, visitor: &Visitor, cursor: Option<String>) -> CommandResult<Page<Order>> {
        let asked = OrdersAsked { period: None, cursor, limit: Some(EXPORT_PAGE) };
        self.coordinator.orders().list_orders(visitor, &asked).await
    }

    /// Deletes an account. A repeat finds nothing left to do.
    ///
    /// # Errors
    /// `Forbidden` for the last owner of an organizer: somebody must answer for what it sells.
    pub async fn delete_account(self, visitor: &Visitor, account_id: AccountId) -> CommandResult<()> {
        let now = self.coordinator.now();
        let mut link = self.inner.database.begin().await.or_problem()?;
        let known = accounts::find_account(&mut link, account_id).await.or_problem()?.ok_or_else(not_found)?;
        // Orders that the owner placed as a guest belong to the account as well.
        self.take_over_guest_orders(&mut link, visitor, &known).await?;
        let left_alone = rows::list_owned_alone(&mut link, account_id.0).await.or_problem()?;
        if !left_alone.is_empty() {
            let words =
                format!("you are the last owner of {}: make somebody else an owner first", left_alone.join(", "));
            return Err(Problem::new(ErrorCode::Forbidden).detail(words));
        }
        if !rows::empty_account(&mut link, account_id.0, now.as_millis()).await.or_problem()? {
            return Ok(());
        }
        let key = email_key(known.email.as_str());
        rows::delete_belongings(&mut link, account_id.0, &key, now.as_millis()).await.or_problem()?;
        erasure::erase_orders(&mut link, account_id).await.or_problem()?;
        erasure::erase_from_audit_log(&mut link, account_id, &key).await.or_problem()?;
        erasure::erase_contacts(&mut link, now).await.or_problem()?;
        let forget = OutboxKind::ForgetCustomer.about(account_id.0, now);
        outbox::insert_rows(&mut link, &[forget]).await.or_problem()?;
        self.tell(&mut link, &known, News::AccountDeleted).await?;
        link.commit().await.or_problem()?;
        self.inner.sessions.forget_account(account_id);
        Ok(())
    }
}

fn passkey_info(row: rows::PasskeyNameRow) -> PasskeyInfo {
    PasskeyInfo {
        passkey_id: PasskeyId(row.passkey_id),
        name: row.name,
        created_at: Timestamp(row.created_at),
        last_used_at: row.last_used_at.map(Timestamp),
    }
}

fn awaited((performance_id, wished_at, told_at): (Uuid, i64, Option<i64>)) -> AwaitedSeats {
    AwaitedSeats {
        performance_id: PerformanceId(performance_id),
        wished_at: Timestamp(wished_at),
        told_at: told_at.map(Timestamp),
    }
}

fn asked_order_mail((order_id, asked_at): (Uuid, i64)) -> AskedOrderMail {
    AskedOrderMail { order_id: OrderId(order_id), asked_at: Timestamp(asked_at) }
}

fn deed(row: rows::DeedRow) -> Deed {
    Deed {
        audit_entry_id: AuditEntryId(row.audit_entry_id),
        at: Timestamp(row.at),
        organizer_id: row.organizer_id.map(OrganizerId),
        action: row.action,
        subject: row.subject,
        detail: row.detail,
    }
}
