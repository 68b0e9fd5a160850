//! Those who work for organizers and for the platform, each with an authenticator app as second factor.

use crate::{
    account_holder::AccountHolder,
    app::TestApp,
    buyer::{Answer, Buyer},
};
use serde_json::{Value, json};
use shared_model::{
    InvitationId, OrganizerId, Timestamp,
    factor::TotpSetup,
    staff::{Invitation, MemberRole, OrganizerInfo},
};
use totp_rs::Totp;

/// Somebody's authenticator app.
pub struct AuthenticatorApp(Totp);

impl AuthenticatorApp {
    /// Reads the code on the screen.
    pub fn scan(setup: &TotpSetup) -> Self {
        Self(Totp::from_url(setup.uri.as_str()).expect("apps read such an address"))
    }

    /// Types the letters below the picture.
    pub fn of_secret(letters: &str) -> Self {
        let uri = format!("otpauth://totp/TicketBoss:typed?secret={letters}&issuer=TicketBoss");
        Self(Totp::from_url(uri).expect("apps take such letters"))
    }

    /// The six digits at that moment.
    pub fn shows(&self, at: Timestamp) -> String {
        self.0.generate(at.as_millis() as u64 / 1_000).to_string()
    }

    /// Gives an account this app as its second factor.
    pub async fn set_up_with(app: &TestApp, holder: &Buyer) -> (Self, TotpSetup) {
        let setup: TotpSetup = holder.post("/account/totp", &json!({})).await.expect("she proved herself a moment ago");
        let phone = Self::scan(&setup);
        let body = json!({ "sealed": setup.sealed, "code": phone.shows(app.now()) });
        holder.put::<Value>("/account/totp", &body).await.expect("the code is right");
        (phone, setup)
    }
}

/// Lets an account run the platform.
pub async fn make_operator(app: &TestApp, holder: &AccountHolder) {
    app.coordinator().accounts().make_operator(&holder.email).await.expect("she has an account");
}

/// An account that runs the platform, second factor and all.
pub async fn operator(app: &TestApp) -> AccountHolder {
    let holder = AccountHolder::sign_up(app, "operator@example.com").await;
    make_operator(app, &holder).await;
    AuthenticatorApp::set_up_with(app, &holder.app).await;
    holder
}

/// A new organizer with its first owner.
pub async fn organizer(app: &TestApp, operator: &AccountHolder, slug: &str) -> (OrganizerId, AccountHolder) {
    let owner = AccountHolder::sign_up(app, &format!("owner@{slug}.example")).await;
    let body = json!({ "slug": slug, "name": slug, "email": "office@example.com", "owner_email": owner.email });
    let opened: OrganizerInfo = operator.app.post("/organizers", &body).await.expect("operators open organizers");
    accept_only(&owner.app).await;
    AuthenticatorApp::set_up_with(app, &owner.app).await;
    (opened.organizer_id, owner)
}

/// Somebody who joins a team, with a second factor.
pub async fn member(app: &TestApp, owner: &AccountHolder, organizer: OrganizerId, role: MemberRole) -> AccountHolder {
    let holder = AccountHolder::sign_up(app, &format!("{}@{organizer}.example", role.as_str())).await;
    invite(&owner.app, organizer, &holder.email, role).await.expect("owners invite");
    accept_only(&holder.app).await;
    AuthenticatorApp::set_up_with(app, &holder.app).await;
    holder
}

/// Asks an address to join a team.
pub async fn invite(who: &Buyer, organizer: OrganizerId, email: &str, role: MemberRole) -> Answer<Invitation> {
    who.post(&format!("/organizers/{organizer}/invitations"), &json!({ "email": email, "member_role": role })).await
}

/// Says yes to the only invitation there is.
pub async fn accept_only(holder: &Buyer) {
    let waiting: Vec<Invitation> = holder.get("/account/invitations").await.expect("she is signed in");
    assert_eq!(waiting.len(), 1);
    accept(holder, waiting[0].invitation_id).await.expect("she was asked");
}

/// Says yes to an invitation.
pub async fn accept(holder: &Buyer, id: InvitationId) -> Answer<()> {
    holder.post(&format!("/account/invitations/{id}/acceptance"), &json!({})).await
}
