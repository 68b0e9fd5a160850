//! Somebody with an account, who does everything through the RESTful API as an app would.

use crate::{
    app::TestApp,
    buyer::{Answer, Buyer},
    letterbox,
    process::wait_until,
    sms_office::SmsOffice,
};
use serde_json::{Value, json};
use shared_model::account::{Account, CodeSent, NewSession, SignUp, SignedIn};

pub const PASSWORD: &str = "faro norte gaviota";
pub const PHONE: &str = "+34612345678";

/// A person with an account; her app is signed in.
#[derive(Debug, Clone)]
pub struct AccountHolder {
    pub app: Buyer,
    pub email: String,
    pub account: Account,
    pub refresh_token: String,
    pub device_token: String,
}

impl AccountHolder {
    /// Makes an account with a session of its own.
    pub async fn sign_up(app: &TestApp, email: &str) -> Self {
        Self::sign_up_as(app, app.buyer().await, email).await
    }

    /// A guest makes an account: her cart comes along.
    pub async fn sign_up_as(app: &TestApp, guest: Buyer, email: &str) -> Self {
        let seen = letterbox::code_mails_to(app.data_folder(), email).len();
        let sign_up: SignUp = guest.post("/sign-ups", &wish(email)).await.expect("everyone may ask for an account");
        let code = letterbox::code_by_mail(app.data_folder(), email, seen).await;
        let typed = json!({ "code_id": sign_up.code.code_id, "code": code });
        let signed_in: SignedIn = guest.post("/sign-ups/confirmations", &typed).await.expect("the code is right");
        Self::of(guest, email, signed_in)
    }

    /// Makes an account whose phone is confirmed.
    pub async fn with_phone(app: &TestApp, email: &str, phone: &str) -> Self {
        let holder = Self::sign_up(app, email).await;
        let seen = letterbox::texts(app.data_folder()).iter().filter(|text| text.contains(phone)).count();
        let sent: CodeSent =
            holder.app.post("/account/phone", &json!({ "phone": phone })).await.expect("a real number");
        let code = letterbox::code_by_sms(app.data_folder(), phone, seen).await;
        let typed = json!({ "code_id": sent.code_id, "code": code });
        holder.app.post::<Value>("/account/phone/confirmations", &typed).await.expect("the code is right");
        holder
    }

    /// Makes an account whose phone is confirmed by a code that came by the provider's double.
    pub async fn with_office_phone(app: &TestApp, email: &str, phone: &str, office: &SmsOffice) -> Self {
        let holder = Self::sign_up(app, email).await;
        let sent: CodeSent =
            holder.app.post("/account/phone", &json!({ "phone": phone })).await.expect("a real number");
        wait_until("the code comes", async || !office.taken().is_empty()).await;
        let code = letterbox::find_code(&office.taken()[0].body).expect("the text has a code");
        let typed = json!({ "code_id": sent.code_id, "code": code });
        holder.app.post::<Value>("/account/phone/confirmations", &typed).await.expect("the code is right");
        holder
    }

    /// The same person on another device.
    pub async fn elsewhere(&self, app: &TestApp) -> Self {
        let guest = app.buyer().await;
        let signed_in = sign_in(&guest, &self.email, PASSWORD).await.expect("her password is right");
        Self::of(guest, &self.email, signed_in)
    }

    /// Types her password again, before a sensitive change; her tokens are new.
    pub async fn prove(&mut self) {
        let proved: NewSession =
            self.app.post("/account/proofs", &json!({ "password": PASSWORD })).await.expect("it is her password");
        self.app.token = proved.token;
        self.refresh_token = proved.refresh_token.map(|token| token.0).unwrap_or_default();
    }

    /// A guest who was just signed in.
    pub fn of(guest: Buyer, email: &str, signed_in: SignedIn) -> Self {
        Self {
            app: guest.with_token(&signed_in.session.token),
            email: email.to_owned(),
            account: signed_in.account,
            refresh_token: signed_in.session.refresh_token.map(|token| token.0).unwrap_or_default(),
            device_token: signed_in.device_token.0,
        }
    }
}

/// What one sends to get an account.
pub fn wish(email: &str) -> Value {
    json!({ "email": email, "name": "Inés Roldán", "password": PASSWORD, "language": "en" })
}

pub async fn sign_in(guest: &Buyer, email: &str, password: &str) -> Answer<SignedIn> {
    guest.post("/sign-ins", &json!({ "email": email, "password": password })).await
}
