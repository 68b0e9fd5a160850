//! The page a sent code is typed on, whatever it confirms, and what its address carries.

use super::forms::{RESET_STEPS, refusal};
use crate::{
    http::site::{
        forms::{Again, Field, FormParts, form_steps},
        layout::countdown,
        wording::{self, Action},
    },
    messages::{Speech, Value},
};
use serde::{Deserialize, Serialize};
use shared_model::{
    ErrorCode, Problem, SignUpId, Timestamp,
    account::{CodeChannel, CodeSent},
    text::{EmailAddress, PhoneNumber},
};

/// A code that waits to be typed. Travels sealed in the page's address, so that a reload loses nothing and no
/// log reads whom it is for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CodeStep {
    pub sent: CodeSent,
    pub about: About,
    /// Where to go on afterwards.
    pub next: String,
}

/// What a code confirms.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum About {
    SignUp {
        sign_up_id: SignUpId,
        email: EmailAddress,
    },
    Reset {
        email: EmailAddress,
        channel: CodeChannel,
    },
    /// `may_wait`: right after a sign-up, on the way to something else.
    Phone {
        phone: PhoneNumber,
        may_wait: bool,
    },
    Email {
        email: EmailAddress,
    },
}

/// The title of the page.
pub fn code_title(about: &About) -> &'static str {
    match about {
        About::SignUp { .. } | About::Email { .. } => "code-title-email",
        About::Reset { .. } | About::Phone { .. } => "code-title",
    }
}

/// The page's form. `typed` is what was typed before; `refused` is why it is shown again.
pub fn code_form(
    step: &CodeStep,
    sealed: &str,
    typed: &str,
    refused: Option<&Problem>,
    now: Timestamp,
    speech: Speech<'_>,
) -> FormParts {
    let lead = match &step.about {
        About::SignUp { email, .. } | About::Email { email } => {
            speech.fill("code-lead-email", &[("email", email.as_str().into())])
        }
        About::Phone { phone, .. } => speech.fill("code-lead-phone", &[("phone", wording::phone(phone).into())]),
        About::Reset { channel: CodeChannel::Sms, .. } => speech.text("reset-lead-sms"),
        About::Reset { channel: CodeChannel::Email, .. } => speech.text("reset-lead-email"),
    };
    let by_sms = matches!(step.about, About::Phone { .. } | About::Reset { channel: CodeChannel::Sms, .. });
    let error = refused.and_then(|problem| match problem.code {
        ErrorCode::WrongCode => {
            Some(speech.fill("code-wrong", &[("tries", Value::from(problem.limit.unwrap_or_default()))]))
        }
        ErrorCode::CodeOver => Some(speech.text("code-over")),
        _ => None,
    });
    let alert = refused.and_then(|problem| refusal(problem, speech));
    let waits = step.sent.again_at > now;
    let is_reset = matches!(step.about, About::Reset { .. });
    let may_wait = matches!(step.about, About::Phone { may_wait: true, .. });
    FormParts {
        back: (!may_wait).then(|| Action {
            href: match step.about {
                About::SignUp { .. } => "/sign-up".to_owned(),
                About::Reset { .. } => "/reset".to_owned(),
                About::Phone { .. } => "/account/phone".to_owned(),
                About::Email { .. } => "/account/email".to_owned(),
            },
            label: speech.text("account-back"),
        }),
        steps: if is_reset { form_steps(&RESET_STEPS, 1, speech) } else { Vec::new() },
        lead: if may_wait { vec![lead, speech.text("code-phone-why")] } else { vec![lead] },
        alert,
        action: "/code",
        hidden: vec![("step", sealed.to_owned())],
        fields: vec![
            Field::code(speech.text(if by_sms { "code-from-sms" } else { "code-from-email" }), typed)
                .wrong(error)
                .first(),
        ],
        submit: Some(speech.text("code-check")),
        again: Some(Again {
            fact: speech.text(if by_sms { "code-no-sms" } else { "code-no-email" }),
            words: speech.text(if waits { "code-again-in" } else { "code-again-now" }),
            until: waits.then(|| countdown(step.sent.again_at, now)),
            button: speech.text("code-again"),
            action: "/code/again",
        }),
        other_ways: match step.about {
            About::Reset { channel: CodeChannel::Sms, .. } => {
                vec![Action { href: "/code/by-email".to_owned(), label: speech.text("reset-no-phone") }]
            }
            _ => Vec::new(),
        },
        links: if may_wait {
            vec![Action { href: step.next.clone(), label: speech.text("code-phone-later") }]
        } else {
            Vec::new()
        },
        ..FormParts::default()
    }
}
