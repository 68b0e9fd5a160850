//! Sends a note of the outbox: looks up its recipient, applies rate limits, and hands it to a transport.
//! [`crate::coordinator::accounts::codes`] writes most of them.

use super::{Outbox, lanes::SendError};
use crate::{
    auth::{
        accounts::{self, Known},
        codes::SENDING_MAX,
        limits::message_limits::{Receiver, count_message, count_text},
        notes::{Addressee, Mailbox, News, Note, read_note},
    },
    data::{
        DataError,
        accounts::{account_rows as rows, email_key::email_key},
        outbox::OutboxRow,
    },
    delivery::messages::account_note::{Envelope, Say, SmsSay, build_note_mail, sms_text},
};
use shared_model::{
    CodeId, Language, OutboxId, PerformanceId, Timestamp,
    account::CodeChannel,
    text::{EmailAddress, PhoneNumber},
};

impl Outbox<'_> {
    /// Sends a note of the outbox to the account or mailbox that it resolves to.
    pub(in crate::coordinator) async fn send_note(self, row: &OutboxRow) -> Result<(), SendError> {
        let sealed = row.sealed.as_deref().ok_or_else(|| SendError::GiveUp("the note has no words".to_owned()))?;
        let note = read_note(&self.inner.secret, row.outbox_id, sealed)
            .ok_or_else(|| SendError::GiveUp("the note was sealed with another secret".to_owned()))?;
        match note {
            Note::ResetCode { code_id, code, email, channel, by_owner } => {
                self.send_reset_code(row, code_id, &code, &email, channel, by_owner).await
            }
            Note::SignInCode { code_id, code, to } => {
                let key = email_key(to.email.as_str());
                if !self.is_worth_sending(code_id).await? || !self.count(row, Receiver::SignIns(&key)).await? {
                    return Ok(());
                }
                self.hand_over(code_id, self.mail_note(row, &to.mailbox(), Say::SignInCode(&code))).await
            }
            Note::SignUpCode { code_id, code, to } => match self.may_send(row, code_id, &to).await? {
                MaySend::Code => {
                    self.hand_over(code_id, self.mail_note(row, &to.nameless(), Say::SignUpCode(&code))).await
                }
                MaySend::News => self.mail_note(row, &to.nameless(), Say::News(&News::AlreadyHasAccount)).await,
                MaySend::Nothing => Ok(()),
            },
            Note::EmailCode { code_id, code, to } => match self.may_send(row, code_id, &to).await? {
                MaySend::Code => {
                    self.hand_over(code_id, self.mail_note(row, &to.nameless(), Say::EmailCode(&code))).await
                }
                MaySend::News => self.mail_note(row, &to.nameless(), Say::News(&News::AlreadyHasAccount)).await,
                MaySend::Nothing => Ok(()),
            },
            Note::PhoneCode { code_id, code, phone, language } => {
                if !self.is_worth_sending(code_id).await? || !self.count(row, Receiver::Phone(phone.as_str())).await? {
                    return Ok(());
                }
                self.hand_over(code_id, self.text_note(row, &phone, language, SmsSay::PhoneCode(&code))).await
            }
            Note::News { to, news: news @ News::Invited { .. } } => {
                self.mail_note(row, &to.nameless(), Say::News(&news)).await
            }
            Note::News { to, news } => self.mail_note(row, &to.mailbox(), Say::News(&news)).await,
            Note::SeatsFree { performance_id, email, language } => {
                self.send_seats_free(row, performance_id, Mailbox { email: &email, name: None, language }).await
            }
        }
    }

    /// Notifies somebody on the waiting list that seats can be bought.
    async fn send_seats_free(
        self,
        row: &OutboxRow,
        performance_id: PerformanceId,
        to: Mailbox<'_>,
    ) -> Result<(), SendError> {
        let found = self.coordinator.catalogue().find_performance(performance_id).await;
        let Some(detail) = found.map_err(|problem| SendError::Retry(problem.title))? else { return Ok(()) };
        if !self.count(row, Receiver::SeatsFree(&email_key(to.email.as_str()))).await? {
            return Ok(());
        }
        let url = format!("{}/performances/{performance_id}/seats", self.inner.public_url);
        self.mail_note(row, &to, Say::SeatsFree { performance: &detail.summary, url: &url }).await
    }

    /// A reset's code by SMS to the confirmed phone; by mail where there is none, where it was asked for, or
    /// where no more messages may go to the phone.
    async fn send_reset_code(
        self,
        row: &OutboxRow,
        code_id: CodeId,
        code: &str,
        email: &EmailAddress,
        channel: CodeChannel,
        by_owner: bool,
    ) -> Result<(), SendError> {
        let mut link = self.inner.database.read().await.map_err(retry)?;
        let Some(known) = accounts::find_by_email(&mut link, email).await.map_err(retry)? else { return Ok(()) };
        drop(link);
        if !self.is_worth_sending(code_id).await? {
            return Ok(());
        }
        let key = email_key(known.email.as_str());
        if let Some(phone) = known.confirmed_phone().filter(|_| channel == CodeChannel::Sms)
            && self.count(row, if by_owner { Receiver::OwnPhone } else { Receiver::Phone }(phone.as_str())).await?
        {
            self.give_code(code_id, &known).await?;
            let sending = self.text_note(row, phone, known.language, SmsSay::ResetCode(code));
            return self.hand_over(code_id, sending).await;
        }
        if !self.count(row, if by_owner { Receiver::OwnMailbox } else { Receiver::Mailbox }(&key)).await? {
            return Ok(());
        }
        self.give_code(code_id, &known).await?;
        let to = Addressee::owner(&known);
        self.hand_over(code_id, self.mail_note(row, &to.mailbox(), Say::ResetCode(code))).await
    }

    /// Sends a code. The code becomes valid when it is handed to the transport, so that it can be typed as soon as it
    /// arrives, and only if the transport accepted it; the outbox's next attempt starts from the beginning.
    async fn hand_over(
        self,
        code_id: CodeId,
        sending: impl Future<Output = Result<(), SendError>>,
    ) -> Result<(), SendError> {
        let mut link = self.inner.database.begin().await.map_err(retry)?;
        let until = (self.coordinator.now() + SENDING_MAX).as_millis();
        rows::make_code_good(&mut link, code_id.0, until).await.map_err(retry)?;
        link.commit().await.map_err(retry)?;
        let sent = sending.await;
        let mut link = self.inner.database.begin().await.map_err(retry)?;
        rows::settle_code(&mut link, code_id.0, sent.is_ok()).await.map_err(retry)?;
        link.commit().await.map_err(retry)?;
        sent
    }

    /// The code is the account's from now on.
    async fn give_code(self, code_id: CodeId, known: &Known) -> Result<(), SendError> {
        let mut link = self.inner.database.begin().await.map_err(retry)?;
        rows::set_code_subject(&mut link, code_id.0, known.account_id.0).await.map_err(retry)?;
        link.commit().await.map_err(retry)
    }

    async fn may_send(self, row: &OutboxRow, code_id: CodeId, to: &Addressee) -> Result<MaySend, SendError> {
        if !self.is_worth_sending(code_id).await? {
            return Ok(MaySend::Nothing);
        }
        let mut link = self.inner.database.read().await.map_err(retry)?;
        let has_account = accounts::find_by_email(&mut link, &to.email).await.map_err(retry)?.is_some();
        drop(link);
        let key = email_key(to.email.as_str());
        // Word of an account uses up none of its codes.
        let receiver = if has_account { Receiver::AccountExists(&key) } else { Receiver::Mailbox(&key) };
        Ok(match (self.count(row, receiver).await?, has_account) {
            (false, _) => MaySend::Nothing,
            (true, true) => MaySend::News,
            (true, false) => MaySend::Code,
        })
    }

    /// A code that is over by now helps nobody.
    async fn is_worth_sending(self, code_id: CodeId) -> Result<bool, SendError> {
        let mut link = self.inner.database.read().await.map_err(retry)?;
        rows::is_code_open(&mut link, code_id.0, self.coordinator.now().as_millis()).await.map_err(retry)
    }

    /// Counts a message. False: no more may go there for now.
    async fn count(self, row: &OutboxRow, receiver: Receiver<'_>) -> Result<bool, SendError> {
        let mut link = self.inner.database.begin().await.map_err(retry)?;
        let (secret, max) = (&self.inner.secret, self.inner.outgoing.sms_per_day_max);
        let (id, now) = (row.outbox_id, self.coordinator.now());
        let by_sms = matches!(receiver, Receiver::Phone(_) | Receiver::OwnPhone(_));
        let may_go = count_message(&mut link, secret, receiver, id, now).await.map_err(retry)?
            && (!by_sms || count_text(&mut link, secret, max, id, now).await.map_err(retry)?);
        if !may_go {
            // Dropping the link undoes what was counted for the receiver alone.
            tracing::warn!(outbox_id = %row.outbox_id, "a message to an account was not sent: rate limit reached");
            return Ok(false);
        }
        link.commit().await.map_err(retry)?;
        Ok(true)
    }

    async fn mail_note(self, row: &OutboxRow, to: &Mailbox<'_>, say: Say<'_>) -> Result<(), SendError> {
        let outgoing = &self.inner.outgoing;
        let envelope = Envelope {
            outbox_id: OutboxId(row.outbox_id),
            from: outgoing.from.clone(),
            site_url: &self.inner.public_url,
            written_at: Timestamp(row.created_at),
        };
        let message = build_note_mail(to, say, envelope, &outgoing.messages)
            .map_err(|error| SendError::GiveUp(error.to_string()))?;
        outgoing.mail.send(OutboxId(row.outbox_id), &message).await.map_err(SendError::from)
    }

    async fn text_note(
        self,
        row: &OutboxRow,
        phone: &PhoneNumber,
        language: Language,
        say: SmsSay<'_>,
    ) -> Result<(), SendError> {
        let outgoing = &self.inner.outgoing;
        let host = self.inner.public_url.split("://").last().unwrap_or_default();
        let host = host.split([':', '/']).next().unwrap_or_default();
        let text = sms_text(say, host, language, &outgoing.messages);
        outgoing.sms.send(OutboxId(row.outbox_id), phone, &text).await.map_err(SendError::from)
    }
}

/// What an address is told.
enum MaySend {
    Code,
    /// It has an account already.
    News,
    Nothing,
}

fn retry(error: DataError) -> SendError {
    SendError::Retry(error.to_string())
}
