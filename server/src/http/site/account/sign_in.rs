//! Signing in: one card, shown as a page and, by the script, as a dialog over what is being done.

use super::super::{
    forms::{Field, PasskeyButton},
    layout::{Glyph, Icon, Layout, Tab},
    reader::percent_encode,
};
use crate::messages::Value;
use askama::Template;
use serde::Deserialize;

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

/// Why somebody was not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSignedIn {
    /// The address or the password; which one is not said.
    Wrong,
    /// Too many tries; minutes until the next.
    Later(u32),
}

#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage<'a> {
    page: Layout<'a>,
    /// How many seats stay hers; `None` when she holds none.
    safe: Option<String>,
    alert: Option<String>,
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
    pub fn new(mut page: Layout<'a>, form: &SignInForm, next: String, refused: Option<NotSignedIn>) -> Self {
        let speech = page.speech();
        page.title = speech.text("sign-in-title");
        let safe =
            page.cart.as_ref().map(|cart| speech.fill("sign-in-safe", &[("seats", Value::from(cart.seat_count))]));
        let alert = refused.map(|refused| match refused {
            NotSignedIn::Wrong => speech.text("sign-in-wrong"),
            NotSignedIn::Later(minutes) => speech.fill("account-later", &[("minutes", Value::from(minutes))]),
        });
        let wrong = refused == Some(NotSignedIn::Wrong);
        let email = Field::email(speech.text("account-email"), &form.email, "username webauthn");
        let password = Field::password("password", speech.text("account-password"), "current-password");
        Self {
            safe,
            alert,
            passkey: PasskeyButton { kind: "sign-in", next: next.clone(), label: speech.text("passkey-use") },
            fields: vec![if wrong { email } else { email.first() }, if wrong { password.first() } else { password }],
            stay: !form.stay.is_empty() || form.email.is_empty(),
            next_query: percent_encode(&next),
            // Back to what she was doing, which needs no account.
            guest_href: if next.starts_with("/account") { "/".to_owned() } else { next.clone() },
            next,
            page,
        }
    }
}
