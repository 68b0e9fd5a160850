//! Notes as mails and text messages, in the recipient's language. They never contain a link to sign in: a code is typed
//! where it was requested, so that a faked mail cannot lead anybody to another site.

use super::order_mail::{MailError, MailFrame, build_plain_mail};
use crate::{
    auth::notes::{Mailbox, News},
    calendar_text::CalendarText,
    messages::{Localizer, Messages, Value},
};
use askama::Template;
use lettre::{Message, message};
use shared_model::{Language, OutboxId, Timestamp, event::PerformanceSummary, staff::MemberRole};

/// What a mail says.
#[derive(Debug, Clone, Copy)]
pub enum Say<'a> {
    /// The six digits for a sign-up, a sign-in, a reset, a new address.
    SignUpCode(&'a str),
    SignInCode(&'a str),
    ResetCode(&'a str),
    EmailCode(&'a str),
    News(&'a News),
    /// Seats can be bought at this address of the site.
    SeatsFree {
        performance: &'a PerformanceSummary,
        url: &'a str,
    },
}

/// The six digits for a phone.
#[derive(Debug, Clone, Copy)]
pub enum SmsSay<'a> {
    ResetCode(&'a str),
    PhoneCode(&'a str),
}

/// What travels along with every mail.
pub struct Envelope<'a> {
    pub outbox_id: OutboxId,
    pub from: message::Mailbox,
    pub site_url: &'a str,
    pub written_at: Timestamp,
}

/// # Errors
/// [`MailError`]; trying again does not help.
pub fn build_note_mail(
    to: &Mailbox<'_>,
    say: Say<'_>,
    envelope: Envelope<'_>,
    messages: &Messages,
) -> Result<Message, MailError> {
    let localizer = messages.localizer(to.language);
    let view = NoteView::new(to, say, envelope.site_url, localizer);
    let text = TextTemplate { mail: &view }.render()?;
    let html = HtmlTemplate { mail: &view }.render()?;
    let frame = MailFrame {
        outbox_id: envelope.outbox_id,
        from: envelope.from,
        to: (to.name.map_or("", |name| name.as_str()), to.email.as_str()),
        subject: view.subject,
        language: to.language,
        written_at: envelope.written_at,
    };
    build_plain_mail(frame, text, html)
}

/// One text message; short enough for one part in GSM-7 or two in UCS-2. The last line lets browsers offer
/// the code where it is asked for (developer.apple.com, "origin-bound one-time codes").
pub fn sms_text(say: SmsSay<'_>, host: &str, language: Language, messages: &Messages) -> String {
    let localizer = messages.localizer(language);
    let (key, code) = match say {
        SmsSay::ResetCode(code) => ("note-sms-reset", code),
        SmsSay::PhoneCode(code) => ("note-sms-phone", code),
    };
    let words = localizer.fill(key, &[("code", code.into())]);
    format!("{words}\n\n@{host} #{code}")
}

#[derive(Template)]
#[template(path = "mail/note.txt")]
struct TextTemplate<'a> {
    mail: &'a NoteView,
}

#[derive(Template)]
#[template(path = "mail/note.html")]
struct HtmlTemplate<'a> {
    mail: &'a NoteView,
}

/// Every sentence of the mail.
struct NoteView {
    language: &'static str,
    subject: String,
    greeting: String,
    lead: String,
    /// Written in two groups of three.
    code: Option<String>,
    /// Where to go on, and what it says there.
    link: Option<(String, String)>,
    advice: String,
    foot: String,
}

impl NoteView {
    fn new(to: &Mailbox<'_>, say: Say<'_>, site_url: &str, localizer: Localizer<'_>) -> Self {
        let (key, code, args) = parts(say, localizer);
        let args = args.iter().map(|(name, value)| (*name, Value::from(value.as_str()))).collect::<Vec<_>>();
        let of = |part: &str| localizer.fill(&format!("note-{key}-{part}"), &args);
        Self {
            language: to.language.tag(),
            subject: of("subject"),
            greeting: match to.name {
                Some(name) => localizer.fill("note-greeting", &[("name", name.as_str().into())]),
                None => localizer.text("note-greeting-nameless"),
            },
            lead: of("lead"),
            code: code.map(|code| format!("{} {}", &code[..code.len() / 2], &code[code.len() / 2..])),
            link: match say {
                Say::SeatsFree { url, .. } => Some((url.to_owned(), of("link"))),
                Say::SignUpCode(_) | Say::SignInCode(_) | Say::ResetCode(_) | Say::EmailCode(_) | Say::News(_) => None,
            },
            advice: of("advice"),
            foot: localizer.fill("note-foot", &[("site", site_url.into())]),
        }
    }
}

/// The message's key, its code, and what its sentences are filled with.
fn parts<'a>(say: Say<'a>, localizer: Localizer<'_>) -> (&'static str, Option<&'a str>, Vec<(&'static str, String)>) {
    match say {
        Say::SignUpCode(code) => ("sign-up", Some(code), Vec::new()),
        Say::SignInCode(code) => ("sign-in", Some(code), Vec::new()),
        Say::ResetCode(code) => ("reset", Some(code), Vec::new()),
        Say::EmailCode(code) => ("email", Some(code), Vec::new()),
        Say::SeatsFree { performance, .. } => {
            let calendar = CalendarText::new(localizer, &performance.venue.time_zone);
            let when = calendar.date_time_long(performance.starts_at);
            let args =
                vec![("title", performance.title.clone()), ("when", when), ("venue", performance.venue.name.clone())];
            ("seats-free", None, args)
        }
        Say::News(news) => match news {
            News::AlreadyHasAccount => ("already", None, Vec::new()),
            News::PasswordChanged => ("password-changed", None, Vec::new()),
            News::EmailChanged { now } => ("email-changed", None, vec![("email", now.to_string())]),
            News::PhoneChanged => ("phone-changed", None, Vec::new()),
            News::PasskeyAdded { name } => ("passkey-added", None, vec![("name", name.clone())]),
            News::AuthenticatorAdded => ("app-added", None, Vec::new()),
            News::SecondFactorRemoved => ("factor-removed", None, Vec::new()),
            News::AccountDeleted => ("deleted", None, Vec::new()),
            News::Invited { organizer, role } => {
                ("invited", None, vec![("organizer", organizer.clone()), ("role", localizer.text(role_key(*role)))])
            }
        },
    }
}

fn role_key(role: MemberRole) -> &'static str {
    match role {
        MemberRole::Owner => "role-owner",
        MemberRole::Manager => "role-manager",
        MemberRole::BoxOffice => "role-box-office",
        MemberRole::Door => "role-door",
    }
}
