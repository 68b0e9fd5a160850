//! What is proved by a code: a new account's address, a phone, a new address, a forgotten password.
//!
//! A request gets the same answer, after the same work, whether there is an account or not: it only stores a code and a
//! sealed note; the note's recipient is looked up when it is sent ([`crate::coordinator::outbox::account_mail`]).

use super::{
    Accounts,
    admission::{of_owner, of_strangers, typist, under_account, under_mailbox},
    client::Client,
    sign_in::SignedIn,
};
use crate::{
    auth::{
        accounts::{self, Known, PhoneRefusal},
        codes::{AGAIN_AFTER, CodePurpose, CodeWish, CountedUnder, Tried, Try, make_code, try_code},
        factors::passwords::{Queue, Waiting},
        notes::{Addressee, News, Note, write_note},
        sessions::{devices::new_device_token, store::Proof, visitor::Kind},
    },
    coordinator::{
        OpenedSession, Visitor,
        error::{CommandResult, OrProblem, too_often},
        invalid,
    },
    data::{
        DataError, Link,
        accounts::{account_rows as rows, email_key::email_key},
        staff::team,
    },
};
use shared_model::{
    AccountId, CodeId, ErrorCode, Problem, SignUpId, Timestamp,
    account::{CodeSent, CodeTyped, ResetRequest, SignUp, SignUpRequest},
    text::{EmailAddress, Password, PhoneNumber, Secret},
};
use std::time::Duration;
use uuid::Uuid;

/// How long a sign-up waits for its code, new codes included.
const SIGN_UP_TTL: Duration = Duration::from_secs(60 * 60);

impl Accounts<'_> {
    /// Begins a new account: a code goes to the address, or word that it has an account already.
    pub async fn begin_sign_up(
        self,
        visitor: &Visitor,
        request: SignUpRequest,
        client: Client<'_>,
    ) -> CommandResult<SignUp> {
        let now = self.coordinator.now();
        if let Some(phone) = &request.phone {
            self.judge_phone(phone)?;
        }
        let about = [request.email.as_str(), request.name.as_str()];
        // Counted before anything is computed. Who mistypes uses up none of its codes.
        self.admit_new_password(client).await?;
        let waiting = Waiting { queue: Queue::NewAccounts, from: client.address };
        self.inner.passwords.judge(&request.password, &about, waiting).await.or_problem()?;
        self.admit_code(visitor, &request.email, client).await?;
        let password_hash = self.inner.passwords.hash(&request.password, waiting).await.or_problem()?;
        let sign_up_id = SignUpId::new();
        let row = rows::SignUpRow {
            sign_up_id: sign_up_id.0,
            email: request.email.to_string(),
            name: request.name.to_string(),
            phone: request.phone.map(String::from),
            language: request.language.tag().to_owned(),
            password_hash,
            expires_at: (now + SIGN_UP_TTL).as_millis(),
        };
        let mut link = self.inner.database.begin().await.or_problem()?;
        rows::insert_sign_up(&mut link, &row).await.or_problem()?;
        let code = self.send_sign_up_code(&mut link, visitor, &row, now).await?;
        link.commit().await.or_problem()?;
        Ok(SignUp { sign_up_id, code })
    }

    /// Another code for a sign-up that still waits.
    pub async fn repeat_sign_up_code(
        self,
        visitor: &Visitor,
        sign_up_id: SignUpId,
        client: Client<'_>,
    ) -> CommandResult<CodeSent> {
        let now = self.coordinator.now();
        let mut link = self.inner.database.begin().await.or_problem()?;
        let row = rows::find_sign_up(&mut link, sign_up_id.0).await.or_problem()?;
        let row = row.filter(|row| now < Timestamp(row.expires_at)).ok_or_else(code_over)?;
        drop(link);
        let email = row.email.parse().map_err(|_| code_over())?;
        self.admit_code(visitor, &email, client).await?;
        let mut link = self.inner.database.begin().await.or_problem()?;
        let code = self.send_sign_up_code(&mut link, visitor, &row, now).await?;
        link.commit().await.or_problem()?;
        Ok(code)
    }

    async fn send_sign_up_code(
        self,
        link: &mut Link,
        visitor: &Visitor,
        row: &rows::SignUpRow,
        now: Timestamp,
    ) -> CommandResult<CodeSent> {
        let to = addressee(row).ok_or_else(code_over)?;
        let counted = of_strangers(vec![under_mailbox(&to.email)]);
        let wish = Wish { purpose: CodePurpose::SignUp, subject: Some(row.sign_up_id), confirms: None, counted };
        self.write_code(link, visitor, wish, now, |code_id, code| Note::SignUpCode { code_id, code, to }).await
    }

    /// Makes a code and writes the note that brings it, in the transaction at hand.
    async fn write_code(
        self,
        link: &mut Link,
        visitor: &Visitor,
        wish: Wish<'_>,
        now: Timestamp,
        note: impl FnOnce(CodeId, String) -> Note,
    ) -> CommandResult<CodeSent> {
        let Wish { purpose, subject, confirms, counted } = wish;
        let wish = CodeWish { session_id: visitor.session_id, purpose, subject, confirms, counted: &counted };
        let made = make_code(link, &self.inner.secret, &self.inner.limits, wish, now).await.or_problem()?;
        let sent = CodeSent { code_id: made.code_id, expires_at: made.expires_at, again_at: now + AGAIN_AFTER };
        let note = note(made.code_id, made.digits);
        write_note(link, &self.inner.secret, made.code_id.0, &note, now).await.or_problem()?;
        Ok(sent)
    }

    /// [`Self::write_code`] in a transaction of its own.
    async fn send_code(
        self,
        visitor: &Visitor,
        wish: Wish<'_>,
        note: impl FnOnce(CodeId, String) -> Note,
    ) -> CommandResult<CodeSent> {
        let mut link = self.inner.database.begin().await.or_problem()?;
        let sent = self.write_code(&mut link, visitor, wish, self.coordinator.now(), note).await?;
        link.commit().await.or_problem()?;
        Ok(sent)
    }

    /// The right code creates the account and signs its owner in; the cart stays.
    pub async fn finish_sign_up(
        self,
        visitor: &Visitor,
        typed: &CodeTyped,
        kind: Kind,
        client: Client<'_>,
    ) -> CommandResult<SignedIn> {
        let now = self.coordinator.now();
        let (subject, _) = self.prove_code(visitor, typed, CodePurpose::SignUp, client).await?;
        let mut link = self.inner.database.begin().await.or_problem()?;
        let sign_up = match subject {
            Some(sign_up_id) => rows::take_sign_up(&mut link, sign_up_id).await.or_problem()?,
            None => None,
        };
        let sign_up = sign_up.ok_or_else(code_over)?;
        let account_id = AccountId::new();
        if !rows::insert_account(&mut link, account_id.0, &sign_up, now.as_millis()).await.or_problem()? {
            // Somebody was faster with the same address.
            return Err(code_over());
        }
        let known = accounts::find_account(&mut link, account_id).await.or_problem()?.ok_or_else(code_over)?;
        link.commit().await.or_problem()?;
        self.sign_in_as(visitor, known, kind, Proof::Once, client).await
    }

    /// A code for the mailbox of an account whose password was right, in the transaction at hand.
    pub(in crate::coordinator) async fn send_sign_in_code(
        self,
        link: &mut Link,
        visitor: &Visitor,
        known: &Known,
    ) -> CommandResult<CodeId> {
        let subject = Some(known.account_id.0);
        let counted = of_strangers(vec![under_mailbox(&known.email), under_account(known.account_id)]);
        let wish = Wish { purpose: CodePurpose::SignIn, subject, confirms: None, counted };
        let to = Addressee::owner(known);
        let note = |code_id, code| Note::SignInCode { code_id, code, to };
        Ok(self.write_code(link, visitor, wish, self.coordinator.now(), note).await?.code_id)
    }

    /// The mailed code that was asked for besides the right password.
    pub async fn finish_sign_in_with_mailed_code(
        self,
        visitor: &Visitor,
        typed: Secret,
        client: Client<'_>,
    ) -> CommandResult<SignedIn> {
        let half = self.half_signed_in(visitor).await?;
        let typed = CodeTyped { code_id: half.code_id.ok_or_else(code_over)?, code: typed };
        self.prove_code(visitor, &typed, CodePurpose::SignIn, client).await?;
        let mut link = self.inner.database.begin().await.or_problem()?;
        let known = accounts::find_account(&mut link, half.account_id).await.or_problem()?.ok_or_else(code_over)?;
        rows::prove_guess(&mut link, half.account_id.0).await.or_problem()?;
        link.commit().await.or_problem()?;
        self.sign_in_as(visitor, known, half.kind, Proof::Once, client).await
    }

    /// Sends a code to the phone that is to become the account's.
    pub async fn begin_phone(
        self,
        visitor: &Visitor,
        account_id: AccountId,
        phone: PhoneNumber,
        client: Client<'_>,
    ) -> CommandResult<CodeSent> {
        self.judge_phone(&phone)?;
        let account = self.load_account(account_id).await?;
        self.admit_code(visitor, &account.email, client).await?;
        let confirms = phone.to_string();
        let counted = of_strangers(vec![under_account(account_id), format!("phone {phone}")]);
        let (purpose, subject) = (CodePurpose::Phone, Some(account_id.0));
        let wish = Wish { purpose, subject, confirms: Some(&confirms), counted };
        let language = account.language;
        self.send_code(visitor, wish, |code_id, code| Note::PhoneCode { code_id, code, phone, language }).await
    }

    /// The right code makes the phone the account's.
    pub async fn finish_phone(
        self,
        visitor: &Visitor,
        account_id: AccountId,
        typed: &CodeTyped,
        client: Client<'_>,
    ) -> CommandResult<()> {
        let phone = self.prove_for(visitor, account_id, typed, CodePurpose::Phone, client).await?;
        let mut link = self.inner.database.begin().await.or_problem()?;
        let known = accounts::find_account(&mut link, account_id).await.or_problem()?.ok_or_else(code_over)?;
        let at = Some(self.coordinator.now().as_millis());
        rows::set_phone(&mut link, account_id.0, Some(&phone), at).await.or_problem()?;
        rows::void_codes(&mut link, account_id.0, self.coordinator.now().as_millis()).await.or_problem()?;
        self.tell(&mut link, &known, News::PhoneChanged).await?;
        link.commit().await.or_problem()
    }

    /// Sends a code to the address that is to become the account's user name.
    pub async fn begin_email(
        self,
        visitor: &Visitor,
        account_id: AccountId,
        email: EmailAddress,
        client: Client<'_>,
    ) -> CommandResult<CodeSent> {
        self.admit_code(visitor, &email, client).await?;
        let account = self.load_account(account_id).await?;
        let confirms = email.to_string();
        let counted = of_strangers(vec![under_account(account_id), under_mailbox(&email)]);
        let (purpose, subject) = (CodePurpose::Email, Some(account_id.0));
        let wish = Wish { purpose, subject, confirms: Some(&confirms), counted };
        let to = Addressee { email, name: None, language: account.language };
        self.send_code(visitor, wish, |code_id, code| Note::EmailCode { code_id, code, to }).await
    }

    /// The right code makes the address the user name. The old address is notified; session and device get new tokens.
    pub async fn finish_email(
        self,
        visitor: &Visitor,
        account_id: AccountId,
        typed: &CodeTyped,
        client: Client<'_>,
    ) -> CommandResult<SignedIn> {
        let email = self.prove_for(visitor, account_id, typed, CodePurpose::Email, client).await?;
        let email = email.parse::<EmailAddress>().map_err(|_| code_over())?;
        let mut link = self.inner.database.begin().await.or_problem()?;
        let known = accounts::find_account(&mut link, account_id).await.or_problem()?.ok_or_else(code_over)?;
        match rows::set_email(&mut link, account_id.0, email.as_str()).await {
            // It has another account: its owner was notified instead of getting the code.
            Err(DataError::Conflict) => return Err(code_over()),
            other => other.or_problem()?,
        }
        let now = self.coordinator.now().as_millis();
        let (former, present) = (email_key(known.email.as_str()), email_key(email.as_str()));
        if former != present {
            team::move_invitations(&mut link, account_id.0, &former, &present, now).await.or_problem()?;
        }
        rows::void_codes(&mut link, account_id.0, now).await.or_problem()?;
        self.tell(&mut link, &known, News::EmailChanged { now: email.clone() }).await?;
        let known = accounts::Known { email, ..known };
        self.take_over_guest_orders(&mut link, visitor, &known).await?;
        let roles = accounts::list_memberships(&mut link, account_id).await.or_problem()?;
        let session = Box::new(self.proved(link, visitor, Proof::Once).await?);
        // The device is now known under the new user name.
        let device_token = new_device_token(&self.inner.secret, &known.email, self.coordinator.now());
        Ok(SignedIn::Whole { session, account: Box::new(known.into_account(roles)), device_token })
    }

    /// Sends a code for a forgotten password, if there is anybody to send it to.
    pub async fn begin_reset(
        self,
        visitor: &Visitor,
        request: ResetRequest,
        client: Client<'_>,
    ) -> CommandResult<CodeSent> {
        self.admit_code(visitor, &request.email, client).await?;
        let ResetRequest { email, channel } = request;
        let own = match self.device_of(&email, client) {
            Some(device) => Some(device),
            None => self.is_owner_of(visitor, &email).await?.then(|| format!("session {}", visitor.session_id)),
        };
        let by_owner = own.is_some();
        let counted = own.map_or_else(|| of_strangers(vec![under_mailbox(&email)]), of_owner);
        let wish = Wish { purpose: CodePurpose::Reset, subject: None, confirms: None, counted };
        self.send_code(visitor, wish, |code_id, code| Note::ResetCode { code_id, code, email, channel, by_owner }).await
    }

    /// Whether the visitor is signed in to the account with this user name.
    async fn is_owner_of(self, visitor: &Visitor, email: &EmailAddress) -> CommandResult<bool> {
        let Some(account_id) = visitor.account_id else { return Ok(false) };
        let account = self.load_account(account_id).await?;
        Ok(email_key(account.email.as_str()) == email_key(email.as_str()))
    }

    /// The code for a forgotten password is the right one: a new password may be set.
    pub async fn prove_reset(self, visitor: &Visitor, typed: &CodeTyped, client: Client<'_>) -> CommandResult<()> {
        self.prove_code(visitor, typed, CodePurpose::Reset, client).await.map(drop)
    }

    /// The new password; once for each proved code. All sessions of the account end; where this one is, it gets new
    /// tokens.
    pub async fn finish_reset(
        self,
        visitor: &Visitor,
        code_id: CodeId,
        password: &Password,
        client: Client<'_>,
    ) -> CommandResult<Option<OpenedSession>> {
        self.admit_proved(visitor, client).await?;
        let mut link = self.inner.database.read().await.or_problem()?;
        let now = self.coordinator.now().as_millis();
        let subject = rows::find_proved(&mut link, code_id.0, visitor.session_id.0, now).await.or_problem()?;
        let account_id = AccountId(subject.ok_or_else(code_over)?);
        let known = accounts::find_account(&mut link, account_id).await.or_problem()?.ok_or_else(code_over)?;
        drop(link);
        let about = [known.email.as_str(), known.name.as_str()];
        // Made slowly on purpose, so before the transaction. Who proved a code is the account's owner.
        let waiting = Waiting { queue: Queue::Owners, from: client.address };
        let hash = self.inner.passwords.judge_and_hash(password, &about, waiting).await.or_problem()?;
        let mut link = self.inner.database.begin().await.or_problem()?;
        let subject = rows::use_proved(&mut link, code_id.0, visitor.session_id.0, now).await.or_problem()?;
        subject.ok_or_else(code_over)?;
        self.write_password(&mut link, visitor, &known, &hash).await?;
        let opened = if visitor.account_id == Some(account_id) {
            Some(self.proved(link, visitor, Proof::Once).await?)
        } else {
            link.commit().await.or_problem()?;
            None
        };
        self.inner.sessions.forget_account(account_id);
        Ok(opened)
    }

    /// What a code confirms that this account asked for: the session may have changed hands since.
    async fn prove_for(
        self,
        visitor: &Visitor,
        account_id: AccountId,
        typed: &CodeTyped,
        purpose: CodePurpose,
        client: Client<'_>,
    ) -> CommandResult<String> {
        let (subject, confirms) = self.prove_code(visitor, typed, purpose, client).await?;
        confirms.filter(|_| subject == Some(account_id.0)).ok_or_else(code_over)
    }

    /// Tries a code: what it was for, and what it confirms.
    async fn prove_code(
        self,
        visitor: &Visitor,
        typed: &CodeTyped,
        purpose: CodePurpose,
        client: Client<'_>,
    ) -> CommandResult<(Option<Uuid>, Option<String>)> {
        let now = self.coordinator.now();
        let mut link = self.inner.database.begin().await.or_problem()?;
        let typed = Try {
            code_id: typed.code_id,
            session_id: visitor.session_id,
            purpose,
            typed: typed.code.as_str(),
            typist: typist(visitor, client),
            counts_first: self.inner.safeguards.tries_first,
        };
        let tried = try_code(&mut link, &self.inner.secret, &self.inner.limits, typed, now).await.or_problem()?;
        if let Tried::TooOften(refused) = tried {
            // Dropping the link gives the try back: nobody looked at it.
            return Err(too_often(refused));
        }
        // Right or wrong, the try counts.
        link.commit().await.or_problem()?;
        match tried {
            Tried::Right { subject, confirms } => Ok((subject, confirms)),
            Tried::Wrong { tries_left } => {
                Err(Problem { limit: Some(tries_left), ..Problem::new(ErrorCode::WrongCode) })
            }
            Tried::Over => Err(code_over()),
            Tried::TooOften(refused) => Err(too_often(refused)),
        }
    }

    /// Refuses numbers that get no text messages, or that the deployment sends none to.
    fn judge_phone(self, phone: &PhoneNumber) -> CommandResult<()> {
        let countries = &self.inner.outgoing.sms_countries;
        accounts::judge_phone(phone, countries).map_err(|refusal| match refusal {
            PhoneRefusal::NoNumber => {
                invalid("phone is not a valid number of its country; it looks like +34 612 345 678")
            }
            PhoneRefusal::NoTexts => {
                invalid("phone cannot receive text messages: codes are sent by SMS, so a mobile number is needed")
            }
            PhoneRefusal::Country => invalid(format!(
                "phone is of a country we send no text messages to; we send to {}",
                countries.join(", ")
            )),
        })
    }
}

/// What a code is wanted for, by whoever asks.
struct Wish<'a> {
    purpose: CodePurpose,
    subject: Option<Uuid>,
    confirms: Option<&'a str>,
    counted: CountedUnder,
}

/// The address that is to be confirmed; what its name is, only whoever typed it knows.
fn addressee(row: &rows::SignUpRow) -> Option<Addressee> {
    Some(Addressee { email: row.email.parse().ok()?, name: None, language: row.language.parse().ok()? })
}

fn code_over() -> Problem {
    Problem::new(ErrorCode::CodeOver)
}
