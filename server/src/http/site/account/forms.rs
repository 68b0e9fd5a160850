//! The account's forms: their fields, how input is parsed, and the messages about mistakes. Text in, parsed values or
//! messages out.

use crate::{
    http::site::{
        forms::{Alert, Field, FormParts, PasskeyButton, form_steps},
        links::with_next,
        orders::ticket::qr_svg,
        wording::Action,
    },
    messages::{Localizer, Value},
};
use serde::Deserialize;
use shared_model::{
    ErrorCode, Language, Problem,
    account::SignUpRequest,
    factor::{SecondFactors, TotpSetup},
    text::{EmailAddress, PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, Password, PersonName, PhoneNumber},
};

/// The steps of a forgotten password.
pub const RESET_STEPS: [&str; 3] = ["reset-step-email", "reset-step-code", "reset-step-password"];

/// Minutes until something may be tried again, as a refusal tells it.
pub fn later_minutes(problem: &Problem) -> u32 {
    problem.retry_after_seconds.unwrap_or(60).div_ceil(60).max(1)
}

/// A refusal that concerns no field, in words; `None` for one that says itself where it belongs.
pub fn refusal(problem: &Problem, localizer: Localizer<'_>) -> Option<Alert> {
    let words = match problem.code {
        ErrorCode::RateLimited => localizer.fill("account-later", &[("minutes", Value::from(later_minutes(problem)))]),
        ErrorCode::Busy => localizer.text("error-busy"),
        _ => return None,
    };
    Some(Alert::of(words, problem))
}

/// A password as it was typed, or what is wrong with it.
fn new_password(typed: &str, refused: Option<ErrorCode>, localizer: Localizer<'_>) -> Result<Password, String> {
    let password = typed.parse::<Password>().map_err(|_| {
        let bounds = [("min", Value::from(PASSWORD_LENGTH_MIN)), ("max", Value::from(PASSWORD_LENGTH_MAX))];
        localizer.fill("password-length", &bounds)
    })?;
    if refused == Some(ErrorCode::WeakPassword) { Err(localizer.text("password-weak")) } else { Ok(password) }
}

/// A new password typed twice.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct NewPasswordForm {
    pub step: String,
    /// Asked for only where the visitor is signed in.
    pub current: String,
    pub password: String,
    pub again: String,
}

impl NewPasswordForm {
    /// The new password, when both are the same and long enough.
    pub fn password(&self) -> Option<Password> {
        self.password.parse().ok().filter(|_| self.password == self.again)
    }

    fn fields(&self, refused: Option<ErrorCode>, localizer: Localizer<'_>) -> [Field; 2] {
        let sent = !self.password.is_empty() || !self.again.is_empty() || refused.is_some();
        let password = Field::password("password", localizer.text("password-new"), "new-password")
            .hint(localizer.fill("password-hint", &[("min", Value::from(PASSWORD_LENGTH_MIN))]));
        let again = Field::password("again", localizer.text("password-again"), "new-password");
        let differs = sent && self.password != self.again;
        [
            if sent { password.wrong(new_password(&self.password, refused, localizer).err()) } else { password },
            again.wrong(differs.then(|| localizer.text("password-differs"))),
        ]
    }

    /// The last step of a forgotten password.
    pub fn reset_parts(&self, refused: Option<&Problem>, localizer: Localizer<'_>) -> FormParts {
        let [password, again] = self.fields(refused.map(|problem| problem.code), localizer);
        FormParts {
            steps: form_steps(&RESET_STEPS, 2, localizer),
            lead: vec![localizer.text("reset-password-lead")],
            alert: refused.and_then(|problem| refusal(problem, localizer)),
            action: "/reset/password",
            hidden: vec![("step", self.step.clone())],
            fields: vec![password.first(), again],
            submit: Some(localizer.text("reset-password-set")),
            ..FormParts::default()
        }
    }

    /// A new password for the old one.
    pub fn change_parts(&self, refused: Option<&Problem>, localizer: Localizer<'_>) -> FormParts {
        let code = refused.map(|problem| problem.code);
        let wrong = (code == Some(ErrorCode::BadCredentials)).then(|| localizer.text("password-current-wrong"));
        let [password, again] = self.fields(code, localizer);
        FormParts {
            back: Some(back_to_account(localizer)),
            lead: vec![localizer.text("password-change-lead")],
            alert: refused.and_then(|problem| refusal(problem, localizer)),
            action: "/account/password",
            fields: vec![
                Field::password("current", localizer.text("password-current"), "current-password").wrong(wrong).first(),
                password,
                again,
            ],
            submit: Some(localizer.text("password-change")),
            ..FormParts::default()
        }
    }
}

/// The sign-up form as it was sent.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct SignUpForm {
    pub name: String,
    pub email: String,
    pub phone: String,
    pub password: String,
    pub next: String,
}

impl SignUpForm {
    /// What is asked for, or nothing when the form has mistakes ([`Self::parts`] tells them).
    pub fn request(&self, language: Language) -> Option<SignUpRequest> {
        let phone = match self.phone.trim() {
            "" => None,
            typed => Some(typed.parse().ok()?),
        };
        Some(SignUpRequest {
            email: self.email.parse().ok()?,
            name: self.name.parse().ok()?,
            phone,
            password: self.password.parse().ok()?,
            language,
        })
    }

    /// `judged`: it was sent, so mistakes are told; `refused` is what the server said no to.
    pub fn parts(&self, judged: bool, refused: Option<&Problem>, localizer: Localizer<'_>) -> FormParts {
        let code = refused.map(|problem| problem.code);
        let name = Field::name(localizer.text("you-name"), &self.name);
        let email = Field::email(localizer.text("account-email"), &self.email, "username");
        let phone =
            Field::phone(localizer.text("sign-up-phone"), &self.phone).hint(localizer.text("sign-up-phone-hint"));
        let password = Field::password("password", localizer.text("account-password"), "new-password")
            .hint(localizer.fill("password-hint", &[("min", Value::from(PASSWORD_LENGTH_MIN))]));
        let mistake = |wrong: bool, key: &str| (judged && wrong).then(|| localizer.text(key));
        let phone_wrong = !self.phone.trim().is_empty() && self.phone.parse::<PhoneNumber>().is_err();
        let password_wrong = if judged { new_password(&self.password, code, localizer).err() } else { None };
        FormParts {
            back: Some(Action { href: with_next("/sign-in", &self.next), label: localizer.text("sign-in-title") }),
            lead: vec![localizer.text("sign-up-lead")],
            alert: refused.and_then(|problem| refusal(problem, localizer)),
            action: "/sign-up",
            hidden: vec![("next", self.next.clone())],
            fields: vec![
                name.wrong(mistake(self.name.parse::<PersonName>().is_err(), "you-name-wrong")).first(),
                email.wrong(mistake(self.email.parse::<EmailAddress>().is_err(), "you-email-wrong")),
                phone.wrong(mistake(phone_wrong || code == Some(ErrorCode::InvalidInput), "phone-wrong")),
                password.wrong(password_wrong),
            ],
            submit: Some(localizer.text("sign-up-go-on")),
            ..FormParts::default()
        }
    }
}

/// One address or number, and where to go on.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ContactForm {
    pub email: String,
    pub phone: String,
    pub next: String,
}

impl ContactForm {
    /// The first step of a forgotten password.
    pub fn reset_parts(&self, judged: bool, refused: Option<&Problem>, localizer: Localizer<'_>) -> FormParts {
        let wrong = judged && self.email.parse::<EmailAddress>().is_err();
        FormParts {
            back: Some(Action { href: with_next("/sign-in", &self.next), label: localizer.text("sign-in-title") }),
            steps: form_steps(&RESET_STEPS, 0, localizer),
            lead: vec![localizer.text("reset-lead")],
            alert: refused.and_then(|problem| refusal(problem, localizer)),
            action: "/reset",
            hidden: vec![("next", self.next.clone())],
            fields: vec![
                Field::email(localizer.text("account-email"), &self.email, "username")
                    .wrong(wrong.then(|| localizer.text("you-email-wrong")))
                    .first(),
            ],
            submit: Some(localizer.text("reset-send")),
            ..FormParts::default()
        }
    }

    /// A new address for the account.
    pub fn email_parts(&self, judged: bool, refused: Option<&Problem>, localizer: Localizer<'_>) -> FormParts {
        let wrong = judged && self.email.parse::<EmailAddress>().is_err();
        FormParts {
            back: Some(back_to_account(localizer)),
            lead: vec![localizer.text("email-change-lead")],
            alert: refused.and_then(|problem| refusal(problem, localizer)),
            action: "/account/email",
            fields: vec![
                Field::email(localizer.text("email-new"), &self.email, "email")
                    .wrong(wrong.then(|| localizer.text("you-email-wrong")))
                    .first(),
            ],
            submit: Some(localizer.text("code-send")),
            ..FormParts::default()
        }
    }

    /// A phone for the account; `has_one`: it may also be removed.
    pub fn phone_parts(
        &self,
        has_one: bool,
        judged: bool,
        refused: Option<&Problem>,
        localizer: Localizer<'_>,
    ) -> FormParts {
        let not_real = refused.is_some_and(|problem| problem.code == ErrorCode::InvalidInput);
        let wrong = judged && (not_real || self.phone.parse::<PhoneNumber>().is_err());
        let remove = || Action { href: "/account/phone/remove".to_owned(), label: localizer.text("phone-remove") };
        FormParts {
            back: Some(back_to_account(localizer)),
            lead: vec![localizer.text("phone-lead")],
            alert: refused.and_then(|problem| refusal(problem, localizer)),
            action: "/account/phone",
            fields: vec![
                Field::phone(localizer.text("phone-new"), &self.phone)
                    .hint(localizer.text("phone-hint"))
                    .wrong(wrong.then(|| localizer.text("phone-wrong")))
                    .first(),
            ],
            submit: Some(localizer.text("code-send")),
            other_ways: if has_one { vec![remove()] } else { Vec::new() },
            ..FormParts::default()
        }
    }
}

/// A password typed again, or a code of an authenticator app.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ProofForm {
    pub password: String,
    pub code: String,
    /// The offered secret that the code is of.
    pub sealed: String,
    pub next: String,
}

impl ProofForm {
    /// The password once more, before a sensitive change.
    pub fn proof_parts(&self, has_passkey: bool, refused: Option<&Problem>, localizer: Localizer<'_>) -> FormParts {
        let wrong = refused.is_some_and(|problem| problem.code == ErrorCode::BadCredentials);
        let label = localizer.text("passkey-use");
        FormParts {
            back: Some(back_to_account(localizer)),
            lead: vec![localizer.text("proof-lead")],
            alert: refused.and_then(|problem| refusal(problem, localizer)),
            passkey: has_passkey.then(|| PasskeyButton { kind: "prove", next: self.next.clone(), label }),
            or: localizer.text("sign-in-or"),
            action: "/account/proof",
            hidden: vec![("next", self.next.clone())],
            fields: vec![
                Field::password("password", localizer.text("account-password"), "current-password")
                    .wrong(wrong.then(|| localizer.text("password-current-wrong")))
                    .first(),
            ],
            submit: Some(localizer.text("proof-go-on")),
            links: vec![Action { href: with_next("/reset", &self.next), label: localizer.text("sign-in-forgot") }],
            ..FormParts::default()
        }
    }

    /// The second factor of a sign-in whose password was right.
    pub fn second_factor_parts(
        &self,
        factors: SecondFactors,
        refused: Option<&Problem>,
        localizer: Localizer<'_>,
    ) -> FormParts {
        let wrong = refused.is_some_and(|problem| problem.code == ErrorCode::WrongCode);
        let label = localizer.text("passkey-use");
        let (lead, label_of_code, wrong_code) = if factors.mailed_code {
            ("second-factor-mailed-lead", "code-from-email", "totp-wrong")
        } else {
            ("second-factor-lead", "totp-code", "totp-wrong")
        };
        let code = Field::code(localizer.text(label_of_code), "");
        let by_code = factors.totp || factors.mailed_code;
        FormParts {
            back: Some(Action { href: with_next("/sign-in", &self.next), label: localizer.text("sign-in-title") }),
            lead: vec![localizer.text(lead)],
            alert: refused.and_then(|problem| refusal(problem, localizer)),
            passkey: factors.passkey.then(|| PasskeyButton { kind: "second-factor", next: self.next.clone(), label }),
            or: localizer.text("second-factor-or"),
            action: "/sign-in/second",
            hidden: vec![("next", self.next.clone())],
            fields: if by_code {
                vec![code.wrong(wrong.then(|| localizer.text(wrong_code))).first()]
            } else {
                Vec::new()
            },
            submit: by_code.then(|| localizer.text("sign-in-button")),
            ..FormParts::default()
        }
    }

    /// Setting up an authenticator app: its secret as a picture and in letters, and its first code.
    pub fn totp_parts(&self, setup: &TotpSetup, refused: Option<&Problem>, localizer: Localizer<'_>) -> FormParts {
        let wrong = refused.is_some_and(|problem| problem.code == ErrorCode::WrongCode);
        FormParts {
            back: Some(back_to_account(localizer)),
            lead: vec![localizer.text("totp-lead")],
            alert: refused.and_then(|problem| refusal(problem, localizer)),
            scan: Some((qr_svg(setup.uri.as_str()), in_fours(setup.secret.as_str()))),
            action: "/account/authenticator",
            hidden: vec![("sealed", setup.sealed.clone())],
            fields: vec![
                Field::code(localizer.text("totp-code"), &self.code)
                    .wrong(wrong.then(|| localizer.text("totp-wrong")))
                    .first(),
            ],
            submit: Some(localizer.text("totp-set-up")),
            ..FormParts::default()
        }
    }
}

/// An authenticator app that may be removed.
pub fn remove_totp_parts(localizer: Localizer<'_>) -> FormParts {
    FormParts {
        back: Some(back_to_account(localizer)),
        lead: vec![localizer.text("totp-remove-lead")],
        action: "/account/authenticator/remove",
        submit: Some(localizer.text("totp-remove")),
        is_final: true,
        ..FormParts::default()
    }
}

/// The last word before an account goes.
pub fn delete_parts(refused: Option<&Problem>, localizer: Localizer<'_>) -> FormParts {
    let last_owner = refused.is_some_and(|problem| problem.code == ErrorCode::Forbidden);
    FormParts {
        back: Some(back_to_account(localizer)),
        lead: ["delete-lead", "delete-kept", "delete-tickets"].map(|key| localizer.text(key)).into(),
        alert: if last_owner {
            Some(Alert::new(localizer.text("delete-last-owner")))
        } else {
            let other = || Alert::new(localizer.text("refused-other"));
            refused.map(|problem| refusal(problem, localizer).unwrap_or_else(other))
        },
        action: "/account/delete",
        submit: Some(localizer.text("delete-now")),
        is_final: true,
        ..FormParts::default()
    }
}

fn back_to_account(localizer: Localizer<'_>) -> Action {
    Action { href: "/account".to_owned(), label: localizer.text("nav-account") }
}

/// Letters in groups of four, as people copy them.
fn in_fours(text: &str) -> String {
    let letters = text.chars().collect::<Vec<_>>();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared_model::words::messages::Messages;

    fn wrong_fields(parts: &FormParts) -> Vec<&'static str> {
        parts.fields.iter().filter(|field| field.error.is_some()).map(|field| field.name).collect()
    }

    #[test]
    fn a_new_password_is_typed_twice_and_long_enough() {
        let messages = Messages::load();
        let localizer = messages.localizer(Language::En);
        let form = |password: &str, again: &str| NewPasswordForm {
            password: password.to_owned(),
            again: again.to_owned(),
            ..NewPasswordForm::default()
        };
        assert!(form("faro norte gaviota", "faro norte gaviota").password().is_some());
        assert!(form("faro norte gaviota", "faro norte").password().is_none());
        assert_eq!(wrong_fields(&form("", "").reset_parts(None, localizer)), [] as [&str; 0]);
        assert_eq!(wrong_fields(&form("short", "short").reset_parts(None, localizer)), ["password"]);
        assert_eq!(wrong_fields(&form("faro norte gaviota", "x").reset_parts(None, localizer)), ["again"]);
        let weak = Problem::new(ErrorCode::WeakPassword);
        assert_eq!(wrong_fields(&form("password1", "password1").reset_parts(Some(&weak), localizer)), ["password"]);
    }

    #[test]
    fn a_sign_up_form_tells_every_mistake_at_its_field() {
        let messages = Messages::load();
        let localizer = messages.localizer(Language::En);
        let form = SignUpForm { phone: "612".into(), ..SignUpForm::default() };
        assert_eq!(wrong_fields(&form.parts(false, None, localizer)), [] as [&str; 0]);
        assert_eq!(wrong_fields(&form.parts(true, None, localizer)), ["name", "email", "phone", "password"]);
        let good = SignUpForm {
            name: "Inés".into(),
            email: "ines@example.org".into(),
            password: "faro norte gaviota".into(),
            ..SignUpForm::default()
        };
        assert_eq!(wrong_fields(&good.parts(true, None, localizer)), [] as [&str; 0]);
        assert_eq!(good.request(Language::Es).and_then(|request| request.phone), None);
    }

    #[test]
    fn a_secret_is_written_in_fours() {
        assert_eq!(in_fours("JBSWY3DPEH"), "JBSW Y3DP EH");
    }
}
