//! The account's own page: everything it consists of, each with the way to change it.

use crate::{
    calendar_text::CalendarText,
    http::site::{
        forms::{Field, PasskeyButton},
        layout::{Icon, Layout, Tab},
        wording,
    },
    messages::{Localizer, Value},
};
use askama::Template;
use shared_model::{
    account::{Account, PasskeyInfo, SavedCard, SessionInfo},
    staff::{Invitation, MemberRole, Role},
};

/// The zone dates of an account are written in; an account has no venue.
const ACCOUNT_ZONE: &str = "Europe/Madrid";
/// What may have just been done, by the word in the address.
const DONE: [&str; 14] = [
    "profile",
    "email",
    "phone",
    "phone-removed",
    "password",
    "passkey-removed",
    "totp",
    "totp-removed",
    "card-removed",
    "session-ended",
    "sessions-ended",
    "joined",
    "declined",
    "passkey",
];

/// What an account consists of.
pub struct AccountSource<'a> {
    pub account: &'a Account,
    pub passkeys: &'a [PasskeyInfo],
    pub cards: &'a [SavedCard],
    pub sessions: &'a [SessionInfo],
    pub invitations: &'a [Invitation],
}

/// A thing of the account in a list, with the form that takes it away.
pub struct Entry {
    pub name: String,
    pub detail: String,
    /// `None`: it stays.
    pub remove: Option<String>,
}

/// A team that asks for somebody.
pub struct Asked {
    pub sentence: String,
    pub until: String,
    pub accept: String,
    pub decline: String,
}

#[derive(Template)]
#[template(path = "account/account.html")]
pub struct AccountPage<'a> {
    page: Layout<'a>,
    done: Option<String>,
    /// Why something was not done.
    alert: Option<String>,
    email: String,
    name: Field,
    phone: Option<String>,
    /// Given and not confirmed yet.
    phone_waits: Option<String>,
    passkeys: String,
    has_totp: bool,
    cards: Vec<Entry>,
    sessions: Vec<Entry>,
    has_other_sessions: bool,
    roles: Vec<String>,
    asked: Vec<Asked>,
    since: String,
}

impl<'a> AccountPage<'a> {
    /// `done` and `refused` are words out of the address; unknown ones say nothing.
    pub fn new(mut page: Layout<'a>, source: &AccountSource<'_>, done: &str, refused: bool) -> Self {
        let localizer = page.localizer();
        page.title = localizer.text("account-title");
        let calendar = CalendarText::new(localizer, ACCOUNT_ZONE);
        let account = source.account;
        let passkeys = [("count", Value::from(source.passkeys.len()))];
        let since = calendar.date_plain(account.created_at);
        Self {
            done: DONE.contains(&done).then(|| localizer.text(&format!("account-done-{done}"))),
            alert: refused.then(|| localizer.text("refused-other")),
            email: account.email.to_string(),
            name: Field::name(localizer.text("you-name"), account.name.as_str()),
            phone: account.phone.as_ref().filter(|_| account.phone_confirmed).map(wording::phone),
            phone_waits: account
                .phone
                .as_ref()
                .filter(|_| !account.phone_confirmed)
                .map(|phone| localizer.fill("account-phone-waits", &[("phone", wording::phone(phone).into())])),
            passkeys: localizer.fill("account-passkeys-count", &passkeys),
            has_totp: account.has_totp,
            cards: source.cards.iter().filter_map(|card| card_entry(card, localizer)).collect(),
            sessions: source.sessions.iter().map(|one| session_entry(one, &calendar, localizer)).collect(),
            has_other_sessions: source.sessions.len() > 1,
            roles: account.roles.iter().map(|role| role_words(role, localizer)).collect(),
            asked: source.invitations.iter().map(|one| asked(one, &calendar, localizer)).collect(),
            since: localizer.fill("account-since", &[("date", since.into())]),
            page,
        }
    }
}

impl AccountPage<'_> {
    /// What there is to do about the phone.
    fn phone_action(&self) -> &'static str {
        match (&self.phone, &self.phone_waits) {
            (Some(_), _) => "account-change",
            (None, Some(_)) => "account-confirm",
            (None, None) => "account-add",
        }
    }
}

fn card_entry(card: &SavedCard, localizer: Localizer<'_>) -> Option<Entry> {
    let month = format!("{:02}/{:02}", card.expires_month, card.expires_year % 100);
    let key = if card.expired { "card-expired" } else { "card-until" };
    Some(Entry {
        name: wording::card(Some(&card.brand), Some(&card.last4), localizer)?,
        detail: localizer.fill(key, &[("month", month.into())]),
        remove: Some(format!("/account/cards/{}/remove", card.saved_card_id)),
    })
}

fn session_entry(session: &SessionInfo, calendar: &CalendarText<'_>, localizer: Localizer<'_>) -> Entry {
    let used = calendar.date_time_short(session.last_used_at);
    Entry {
        name: if session.device.is_empty() {
            localizer.text("account-session-unknown")
        } else {
            session.device.clone()
        },
        detail: if session.is_this {
            localizer.text("account-session-this")
        } else {
            localizer.fill("account-session-used", &[("when", used.into())])
        },
        remove: (!session.is_this).then(|| format!("/account/sessions/{}/end", session.session_id)),
    }
}

fn role_words(role: &Role, localizer: Localizer<'_>) -> String {
    match role {
        Role::Operator => localizer.text("role-operator"),
        Role::Member { organizer_name, member_role, .. } => {
            let words =
                [("organizer", organizer_name.as_str().into()), ("role", role_name(*member_role, localizer).into())];
            localizer.fill("role-in-team", &words)
        }
    }
}

fn role_name(role: MemberRole, localizer: Localizer<'_>) -> String {
    localizer.text(match role {
        MemberRole::Owner => "role-owner",
        MemberRole::Manager => "role-manager",
        MemberRole::BoxOffice => "role-box-office",
        MemberRole::Door => "role-door",
    })
}

fn asked(invitation: &Invitation, calendar: &CalendarText<'_>, localizer: Localizer<'_>) -> Asked {
    let role = role_name(invitation.member_role, localizer);
    let words = [("organizer", invitation.organizer_name.as_str().into()), ("role", role.into())];
    let until = calendar.date_plain(invitation.expires_at);
    let path = |what: &str| format!("/account/invitations/{}/{what}", invitation.invitation_id);
    Asked {
        sentence: localizer.fill("invitation-sentence", &words),
        until: localizer.fill("invitation-until", &[("date", until.into())]),
        accept: path("accept"),
        decline: path("decline"),
    }
}

/// The account's passkeys, and the way to a new one.
#[derive(Template)]
#[template(path = "account/passkeys.html")]
pub struct PasskeysPage<'a> {
    page: Layout<'a>,
    passkeys: Vec<Entry>,
    name: Field,
    passkey: PasskeyButton,
}

impl<'a> PasskeysPage<'a> {
    pub fn new(mut page: Layout<'a>, passkeys: &[PasskeyInfo], name_length_max: usize) -> Self {
        let localizer = page.localizer();
        page.title = localizer.text("passkeys-title");
        let calendar = CalendarText::new(localizer, ACCOUNT_ZONE);
        let entry = |passkey: &PasskeyInfo| {
            let (key, at) = match passkey.last_used_at {
                Some(at) => ("account-session-used", calendar.date_time_short(at)),
                None => ("passkey-made", calendar.date_plain(passkey.created_at)),
            };
            Entry {
                name: passkey.name.clone(),
                detail: localizer.fill(key, &[("when", at.into())]),
                remove: Some(format!("/account/passkeys/{}/remove", passkey.passkey_id)),
            }
        };
        Self {
            passkeys: passkeys.iter().map(entry).collect(),
            name: Field {
                autocomplete: "off",
                length_max: name_length_max,
                ..Field::name(localizer.text("passkey-name"), "")
            }
            .hint(localizer.text("passkey-name-hint")),
            passkey: PasskeyButton {
                kind: "register",
                next: "/account?done=passkey".to_owned(),
                label: localizer.text("passkey-add"),
            },
            page,
        }
    }
}
