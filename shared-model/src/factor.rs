//! Second factors: passkeys (WebAuthn) and authenticator apps (TOTP), as they travel.
//!
//! WebAuthn requests and responses are the browser's own JSON (WebAuthn level 3, §5.1.8 and §5.1.9): passed through
//! here, parsed only by the server.

use crate::{CeremonyId, values::text::Secret};
use serde::{Deserialize, Serialize};

/// Characters of a passkey's name.
pub const PASSKEY_NAME_LENGTH_MAX: usize = 60;
/// Passkeys an account may have.
pub const PASSKEYS_PER_ACCOUNT_MAX: usize = 20;

/// What a passkey is asked; answered once, within five minutes, in the same session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeyCeremony {
    pub ceremony_id: CeremonyId,
    /// `PublicKeyCredentialCreationOptionsJSON` to register, `PublicKeyCredentialRequestOptionsJSON` to sign in.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub public_key: serde_json::Value,
}

/// Body of `POST /account/passkeys`: what the authenticator made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPasskey {
    pub ceremony_id: CeremonyId,
    /// What its owner calls it.
    pub name: String,
    /// `RegistrationResponseJSON`.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub credential: serde_json::Value,
}

/// Body of `PATCH /account/passkeys/{passkey_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeyChange {
    pub name: String,
}

/// What the authenticator answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeyAnswer {
    /// `AuthenticationResponseJSON`.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub credential: serde_json::Value,
    /// Keep the session for weeks; matters only where it signs in.
    #[serde(default)]
    pub stay: bool,
}

/// A new secret for an authenticator app. Nothing is kept before its first code comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpSetup {
    /// The secret in Base32, for who cannot scan.
    pub secret: Secret,
    /// `otpauth://totp/…`, what the QR code says.
    pub uri: Secret,
    /// The same secret sealed for this account; goes back with the first code, within 15 minutes.
    pub sealed: String,
}

/// Body of `PUT /account/totp`: the first code shows that the app has the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpConfirmation {
    pub sealed: String,
    pub code: Secret,
}

/// What a sign-in whose password was right can be finished with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecondFactors {
    /// A code of the authenticator app.
    pub totp: bool,
    pub passkey: bool,
    /// A code that was mailed to the account's address: strangers try many passwords for it.
    #[serde(default)]
    pub mailed_code: bool,
}

/// Body of `POST /sign-ins/second-factor/totp`: a code of the authenticator app, with or without spaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpTyped {
    pub code: Secret,
}
