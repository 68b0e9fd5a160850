//! Forms: fields as they stand, what is wrong with them, and the page that is one form and nothing else.

use super::{
    layout::{Icon, Layout, Tab},
    reader::{SiteResult, page},
    wording::{Action, Choice, Countdown},
};
use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::Response,
};
use shared_model::words::messages::Localizer;
use shared_model::{
    Problem,
    text::{EMAIL_LENGTH_MAX, EmailAddress, NAME_LENGTH_MAX, PASSWORD_LENGTH_MAX},
};

/// Characters a password may be pasted with: one that is too long is reported, not cut.
const PASSWORD_TYPED_MAX: usize = 8 * PASSWORD_LENGTH_MAX;
/// Characters a phone number may be typed with, spaces and brackets included.
const PHONE_TYPED_MAX: usize = 32;
/// Characters a code may be pasted with; the script keeps the digits.
const CODE_TYPED_MAX: usize = 16;

/// A field of a form as it stands: what was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Field {
    pub name: &'static str,
    pub label: String,
    /// `text`, `email`, `tel`, `password`, or `code`: six digits, drawn as six cells.
    pub kind: &'static str,
    pub value: String,
    /// The token browsers fill it by (WHATWG autofill detail tokens).
    pub autocomplete: &'static str,
    pub length_max: usize,
    pub hint: String,
    pub error: Option<String>,
    /// Choices; an empty list is a field to type in.
    pub options: Vec<Choice>,
    /// The page opens with the cursor here.
    pub first: bool,
}

impl Field {
    pub fn name(label: String, value: &str) -> Self {
        let value = value.to_owned();
        Self {
            name: "name",
            label,
            kind: "text",
            value,
            autocomplete: "name",
            length_max: NAME_LENGTH_MAX,
            ..Self::default()
        }
    }

    /// `autocomplete`: "email" for a contact, "username" for who signs in.
    pub fn email(label: String, value: &str, autocomplete: &'static str) -> Self {
        let value = value.to_owned();
        Self {
            name: "email",
            label,
            kind: "email",
            value,
            autocomplete,
            length_max: EMAIL_LENGTH_MAX,
            ..Self::default()
        }
    }

    pub fn phone(label: String, value: &str) -> Self {
        let value = value.to_owned();
        Self {
            name: "phone",
            label,
            kind: "tel",
            value,
            autocomplete: "tel",
            length_max: PHONE_TYPED_MAX,
            ..Self::default()
        }
    }

    /// Never filled from what was typed before. `autocomplete`: "current-password" or "new-password".
    pub fn password(name: &'static str, label: String, autocomplete: &'static str) -> Self {
        Self { name, label, kind: "password", autocomplete, length_max: PASSWORD_TYPED_MAX, ..Self::default() }
    }

    pub fn code(label: String, value: &str) -> Self {
        let value = value.to_owned();
        Self {
            name: "code",
            label,
            kind: "code",
            value,
            autocomplete: "one-time-code",
            length_max: CODE_TYPED_MAX,
            ..Self::default()
        }
    }

    pub fn hint(self, hint: String) -> Self {
        Self { hint, ..self }
    }

    pub fn wrong(self, error: Option<String>) -> Self {
        Self { error, ..self }
    }

    pub fn first(self) -> Self {
        Self { first: true, ..self }
    }
}

/// A mistake in the summary above a form, leading to its field.
pub struct FieldError {
    pub field: &'static str,
    pub sentence: String,
}

/// The mistakes of a form, in its order.
pub fn errors(fields: &[Field]) -> Vec<FieldError> {
    let mistake = |field: &Field| {
        let sentence = format!("{}: {}", field.label, field.error.as_ref()?);
        Some(FieldError { field: field.name, sentence })
    };
    fields.iter().filter_map(mistake).collect()
}

/// A step in the bar above a form that has several.
pub struct FormStep {
    pub name: String,
    pub is_done: bool,
    pub is_current: bool,
}

/// The bar's steps as seen from the `current` one.
pub fn form_steps(names: &[&str], current: usize, localizer: Localizer<'_>) -> Vec<FormStep> {
    let step = |(at, name): (usize, &&str)| FormStep {
        name: localizer.text(name),
        is_done: at < current,
        is_current: at == current,
    };
    names.iter().enumerate().map(step).collect()
}

/// The button that lets a device answer instead of a password.
pub struct PasskeyButton {
    /// What the script does: `sign-in`, `second-factor`, `prove` or `register`.
    pub kind: &'static str,
    /// Where it leads.
    pub next: String,
    pub label: String,
}

/// Another code, once some time has passed.
pub struct Again {
    pub fact: String,
    pub words: String,
    /// `None`: it may be asked for.
    pub until: Option<Countdown>,
    pub button: String,
    /// The address that sends it.
    pub action: &'static str,
}

/// Why what was asked for was not done, above all fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    pub words: String,
    pub status: StatusCode,
    /// When it may be asked for again.
    pub retry_after_seconds: Option<u32>,
}

impl Alert {
    /// What was asked for is wrong, whenever it is asked.
    pub fn new(words: String) -> Self {
        Self { words, status: StatusCode::UNPROCESSABLE_ENTITY, retry_after_seconds: None }
    }

    /// It may be asked for again later.
    pub fn of(words: String, problem: &Problem) -> Self {
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
        Self { words, status, retry_after_seconds: problem.retry_after_seconds }
    }
}

/// A page with its HTTP status: one that reports mistakes is not 200, for clients that read only the status.
pub fn form_answer(template: &impl Template, alert: Option<&Alert>, fields: &[Field]) -> SiteResult<Response> {
    let mut answer = page(template)?;
    let has_mistake = fields.iter().any(|field| field.error.is_some());
    if let Some(alert) = alert {
        *answer.status_mut() = alert.status;
        if let Some(seconds) = alert.retry_after_seconds {
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
    } else if has_mistake {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

/// A form with everything that is said around it.
#[derive(Default)]
pub struct FormParts {
    pub back: Option<Action>,
    pub steps: Vec<FormStep>,
    pub lead: Vec<String>,
    pub alert: Option<Alert>,
    pub passkey: Option<PasskeyButton>,
    /// Said between the passkey's button and the fields.
    pub or: String,
    /// The address the form is sent to.
    pub action: &'static str,
    pub hidden: Vec<(&'static str, String)>,
    /// Whose new password it is, for what keeps passwords; not sent to be read.
    pub username: Option<String>,
    /// A picture to scan, as SVG of our own making, and the same in letters.
    pub scan: Option<(String, String)>,
    pub fields: Vec<Field>,
    /// `None`: the passkey's button is the form.
    pub submit: Option<String>,
    /// What it does cannot be undone.
    pub is_final: bool,
    pub again: Option<Again>,
    /// Other ways on, each a form that carries the hidden values.
    pub other_ways: Vec<Action>,
    pub links: Vec<Action>,
}

impl FormParts {
    /// A new password of this account, so that what keeps passwords knows whose it is.
    pub fn of(self, email: &EmailAddress) -> Self {
        Self { username: Some(email.to_string()), ..self }
    }
}

#[derive(Template)]
#[template(path = "form.html")]
pub struct FormPage<'a> {
    page: Layout<'a>,
    form: FormParts,
    errors: Vec<FieldError>,
}

impl<'a> FormPage<'a> {
    pub fn new(page: Layout<'a>, form: FormParts) -> Self {
        // One field needs no summary: the sentence stands right below it.
        let errors = if form.fields.len() > 1 { errors(&form.fields) } else { Vec::new() };
        Self { page, form, errors }
    }

    pub fn answer(self) -> SiteResult<Response> {
        form_answer(&self, self.form.alert.as_ref(), &self.form.fields)
    }
}
