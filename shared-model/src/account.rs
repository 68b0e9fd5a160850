//! Accounts: how people sign up, prove who they are, and what their rights are.
//!
//! Answers never reveal whether an account exists: a request for a code gets the same answer for everybody, and a wrong
//! password the same as an unknown address.

use crate::{
    AccountId, AuditEntryId, CodeId, Language, OrderId, OrganizerId, PasskeyId, PerformanceId, SavedCardId, SessionId,
    SignUpId, Timestamp,
    order::{CheckoutDraft, Order},
    staff::{Invitation, Role},
    values::text::{EmailAddress, Password, PersonName, PhoneNumber, Secret},
};
use serde::{Deserialize, Serialize};

/// Digits of a code that is sent to a phone or an address.
pub const CODE_DIGITS: usize = 6;

/// Body of `POST /sign-ups`: asks for an account. A code is mailed to the address; typed in, it makes
/// the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignUpRequest {
    pub email: EmailAddress,
    pub name: PersonName,
    /// Where codes go when the password is forgotten; confirmed by a code of its own later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
    pub password: Password,
    pub language: Language,
}

/// A sign-up that waits for its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignUp {
    pub sign_up_id: SignUpId,
    pub code: CodeSent,
}

/// A code is on its way, if there is anybody to send it to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CodeSent {
    pub code_id: CodeId,
    pub expires_at: Timestamp,
    /// When another one may be asked for.
    pub again_at: Timestamp,
}

/// A typed code, with or without spaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CodeTyped {
    pub code_id: CodeId,
    pub code: Secret,
}

/// Body of `POST /sign-ins`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInRequest {
    pub email: EmailAddress,
    /// As it was typed: what breaks today's rule for new passwords may still be an old one.
    pub password: Secret,
    /// Keep the session for weeks; else it ends with the browser or after half a day.
    #[serde(default)]
    pub stay: bool,
    /// What an earlier sign-in of this device gave it; absent the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_token: Option<Secret>,
}

/// A session for an app, just opened or renewed: the only moment its tokens are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSession {
    /// Sent as `Authorization: Bearer …`; stored by us only as a hash.
    pub token: String,
    /// When the token ends; the session may go on by its refresh token.
    pub expires_at: Timestamp,
    /// Renews the session; works once. Guests' sessions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    pub language: Language,
}

/// Answer of a sign-in over the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    pub session: NewSession,
    pub account: Account,
    /// Marks this device as known when it signs in again; kept beside the tokens, it grants nothing by itself.
    pub device_token: Secret,
}

/// Body of `POST /sessions/refresh`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefreshRequest {
    pub refresh_token: Secret,
}

/// Where a reset code goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CodeChannel {
    /// To the confirmed phone; to the address where the account has none.
    #[default]
    Sms,
    /// To the address: for who has the phone no longer.
    Email,
}

/// Body of `POST /password-resets`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResetRequest {
    pub email: EmailAddress,
    #[serde(default)]
    pub channel: CodeChannel,
}

/// Body of `PUT /password-resets/{code_id}/password`: after the code was proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPasswordRequest {
    pub password: Password,
}

/// Body of `PUT /account/password`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangePasswordRequest {
    pub current: Secret,
    pub new: Password,
}

/// Body of `POST /account/proofs`: proves again who is asking, before a sensitive change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProofRequest {
    pub password: Secret,
}

/// Body of `PATCH /account`; what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

/// Body of `POST /account/phone`: sends a code to a new phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhoneRequest {
    pub phone: PhoneNumber,
}

/// Body of `POST /account/email`: sends a code to a new address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailRequest {
    pub email: EmailAddress,
}

/// An account as its owner reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    pub account_id: AccountId,
    pub email: EmailAddress,
    pub name: PersonName,
    pub phone: Option<PhoneNumber>,
    /// Codes go only to a phone that was confirmed.
    pub phone_confirmed: bool,
    pub language: Language,
    pub roles: Vec<Role>,
    /// An authenticator app is asked for a code at sign-in.
    pub has_totp: bool,
    pub created_at: Timestamp,
}

/// A place an account is signed in at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionInfo {
    pub session_id: SessionId,
    /// Browser and system as the client named itself; empty when it did not.
    pub device: String,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    pub is_this: bool,
}

/// A way to sign in by what one has (WebAuthn).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeyInfo {
    pub passkey_id: PasskeyId,
    pub name: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// Everything we hold on an account: answer of `GET /account/export`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountExport {
    pub exported_at: Timestamp,
    pub account: Account,
    pub sessions: Vec<SessionInfo>,
    pub passkeys: Vec<PasskeyInfo>,
    pub cards: Vec<SavedCard>,
    /// What was done as staff.
    pub deeds: Vec<Deed>,
    /// Performances on whose waiting list this address is.
    pub wishes: Vec<AwaitedSeats>,
    /// Check-out drafts of the account's sessions, not bought yet.
    pub drafts: Vec<CheckoutDraft>,
    /// Open invitations to teams.
    pub invitations: Vec<Invitation>,
    /// Wishes to have an order's mail again.
    pub order_mails: Vec<AskedOrderMail>,
    /// The account's customer ids at the payment providers.
    pub provider_names: Vec<String>,
    /// With their tickets. At the end, because the document is written while it is sent.
    pub orders: Vec<Order>,
}

/// A wish to have an order's mail again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskedOrderMail {
    pub order_id: OrderId,
    pub asked_at: Timestamp,
}

/// An entry of the waiting list of a performance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AwaitedSeats {
    pub performance_id: PerformanceId,
    pub wished_at: Timestamp,
    /// When the mail was sent; the entry is deleted soon after.
    pub told_at: Option<Timestamp>,
}

/// A line of the audit log as its doer may read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deed {
    pub audit_entry_id: AuditEntryId,
    pub at: Timestamp,
    pub organizer_id: Option<OrganizerId>,
    /// The trade's verb: `member_invited`.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// What else matters, as JSON.
    pub detail: String,
}

/// A card the payment provider keeps for an account, as the provider reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedCard {
    pub saved_card_id: SavedCardId,
    /// `visa`, `mastercard` …
    pub brand: String,
    pub last4: String,
    /// 1 to 12.
    pub expires_month: u32,
    /// Four digits.
    pub expires_year: u32,
    /// It can pay nothing any more.
    pub expired: bool,
}
