//! The page a sent code is typed on, whatever it confirms, and what its address carries.

use super::forms::{RESET_STEPS, refusal};
use crate::{
    http::site::{
        forms::{Again, Field, FormParts, form_steps},
        layout::countdown,
        wording::{self, Action},
    },
    messages::{Localizer, Value},
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
    localizer: Localizer<'_>,
) -> FormParts {
    let lead = match &step.about {
        About::SignUp { email, .. } | About::Email { email } => {
            localizer.fill("code-lead-email", &[("email", email.as_str().into())])
        }
        About::Phone { phone, .. } => localizer.fill("code-lead-phone", &[("phone", wording::phone(phone).into())]),
        About::Reset { channel: CodeChannel::Sms, .. } => localizer.text("reset-lead-sms"),
        About::Reset { channel: CodeChannel::Email, .. } => localizer.text("reset-lead-email"),
    };
    let by_sms = matches!(step.about, About::Phone { .. } | About::Reset { channel: CodeChannel::Sms, .. });
    let error = refused.and_then(|problem| match problem.code {
        ErrorCode::WrongCode => {
            Some(localizer.fill("code-wrong", &[("tries", Value::from(problem.limit.unwrap_or_default()))]))
        }
        ErrorCode::CodeOver => Some(localizer.text("code-over")),
        _ => None,
    });
    let alert = refused.and_then(|problem| refusal(problem, localizer));
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
            label: localizer.text("account-back"),
        }),
        steps: if is_reset { form_steps(&RESET_STEPS, 1, localizer) } else { Vec::new() },
        lead: if may_wait { vec![lead, localizer.text("code-phone-why")] } else { vec![lead] },
        alert,
        action: "/code",
        hidden: vec![("step", sealed.to_owned())],
        fields: vec![
            Field::code(localizer.text(if by_sms { "code-from-sms" } else { "code-from-email" }), typed)
                .wrong(error)
                .first(),
        ],
        submit: Some(localizer.text("code-check")),
        again: Some(Again {
            fact: localizer.text(if by_sms { "code-no-sms" } else { "code-no-email" }),
            words: localizer.text(if waits { "code-again-in" } else { "code-again-now" }),
            until: waits.then(|| countdown(step.sent.again_at, now)),
            button: localizer.text("code-again"),
            action: "/code/again",
        }),
        other_ways: match step.about {
            About::Reset { channel: CodeChannel::Sms, .. } => {
                vec![Action { href: "/code/by-email".to_owned(), label: localizer.text("reset-no-phone") }]
            }
            _ => Vec::new(),
        },
        links: if may_wait {
            vec![Action { href: step.next.clone(), label: localizer.text("code-phone-later") }]
        } else {
            Vec::new()
        },
        ..FormParts::default()
    }
}
