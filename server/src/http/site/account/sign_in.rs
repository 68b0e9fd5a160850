//! Signing in: one card, shown as a page and, by the script, as a dialog over what is being done.

use super::forms::refusal;
use crate::{
    http::site::{
        forms::{Alert, Field, PasskeyButton, form_answer},
        layout::{Glyph, Icon, Layout, Tab},
        links::percent_encode,
        reader::SiteResult,
    },
    messages::Value,
};
use askama::Template;
use axum::response::Response;
use serde::Deserialize;
use shared_model::{ErrorCode, Problem};

/// The sign-in form as it was sent.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    pub email: String,
    pub password: String,
    /// Sent only when ticked.
    pub stay: String,
    /// Where to go on afterwards.
    pub next: String,
}

#[derive(Template)]
#[template(path = "account/sign_in.html")]
pub struct SignInPage<'a> {
    page: Layout<'a>,
    /// How many seats stay held; `None` when the cart holds none.
    safe: Option<String>,
    alert: Option<Alert>,
    passkey: PasskeyButton,
    fields: Vec<Field>,
    stay: bool,
    next: String,
    /// `next` as it stands in an address.
    next_query: String,
    guest_href: String,
}

impl<'a> SignInPage<'a> {
    /// `next` is an address of this site.
    pub fn new(mut page: Layout<'a>, form: &SignInForm, next: String, refused: Option<&Problem>) -> Self {
        let localizer = page.localizer();
        page.title = localizer.text("sign-in-title");
        let safe =
            page.cart.as_ref().map(|cart| localizer.fill("sign-in-safe", &[("seats", Value::from(cart.seat_count))]));
        let wrong = refused.is_some_and(|problem| problem.code == ErrorCode::BadCredentials);
        let alert = if wrong {
            Some(Alert::new(localizer.text("sign-in-wrong")))
        } else {
            refused.and_then(|problem| refusal(problem, localizer))
        };
        let email = Field::email(localizer.text("account-email"), &form.email, "username webauthn");
        let password = Field::password("password", localizer.text("account-password"), "current-password");
        Self {
            safe,
            alert,
            passkey: PasskeyButton { kind: "sign-in", next: next.clone(), label: localizer.text("passkey-use") },
            fields: vec![if wrong { email } else { email.first() }, if wrong { password.first() } else { password }],
            stay: !form.stay.is_empty() || form.email.is_empty(),
            next_query: percent_encode(&next),
            // Back to the page before, which needs no account.
            guest_href: if next.starts_with("/account") { "/".to_owned() } else { next.clone() },
            next,
            page,
        }
    }

    pub fn answer(self) -> SiteResult<Response> {
        form_answer(&self, self.alert.as_ref(), &self.fields)
    }
}
