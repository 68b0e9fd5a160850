//! Every page of an account with sample data, for the tests that render all pages of the site.

use super::{
    code::{About, CodeStep, code_form, code_title},
    forms::{ContactForm, NewPasswordForm, ProofForm, SignUpForm, delete_parts, remove_totp_parts},
    overview::{AccountPage, AccountSource, PasskeysPage},
    sign_in::{SignInForm, SignInPage},
};
use crate::{
    http::site::{
        forms::{FormPage, FormParts},
        layout::{Layout, Tab},
        rendered::samples,
    },
    messages::Localizer,
};
use askama::Template;
use shared_model::{
    AccountId, CodeId, ErrorCode, InvitationId, Language, OrganizerId, PasskeyId, Problem, SessionId, SignUpId,
    account::{Account, CodeChannel, CodeSent, PasskeyInfo, SessionInfo},
    factor::{SecondFactors, TotpSetup},
    staff::{Invitation, MemberRole, Role},
    text::Secret,
};

const EMAIL: &str = "ines.roldan@example.com";

/// Name and text of every page, in one language.
pub fn pages(localizer: Localizer<'_>) -> Vec<(&'static str, String)> {
    let cart = samples::cart();
    let layout = |title: &str| Layout::new(localizer, localizer.text(title)).tab(Tab::Account).cart(Some(&cart));
    let form = |title: &str, parts: FormParts| render(&FormPage::new(layout(title), parts));
    let problem = Problem::new;
    let next = || "/account".to_owned();
    let sign_in = |refused: Option<&Problem>| {
        let typed = SignInForm { email: EMAIL.into(), ..SignInForm::default() };
        render(&SignInPage::new(layout(""), &typed, next(), refused))
    };
    let mut pages = vec![
        ("sign-in", sign_in(None)),
        ("sign-in-wrong", sign_in(Some(&problem(ErrorCode::BadCredentials)))),
        ("sign-in-later", sign_in(Some(&later(12)))),
        ("sign-up", form("sign-up-title", SignUpForm::default().parts(false, None, localizer))),
        ("sign-up-wrong", form("sign-up-title", SignUpForm::default().parts(true, None, localizer))),
        ("reset", form("reset-title", ContactForm::default().reset_parts(false, None, localizer))),
        ("reset-password", form("reset-password-title", NewPasswordForm::default().reset_parts(None, localizer))),
        (
            "reset-password-wrong",
            form(
                "reset-password-title",
                two_passwords().reset_parts(Some(&problem(ErrorCode::WeakPassword)), localizer),
            ),
        ),
        ("account-password", form("password-change-title", NewPasswordForm::default().change_parts(None, localizer))),
        ("account-email", form("email-change-title", ContactForm::default().email_parts(true, None, localizer))),
        ("account-phone", form("phone-title", ContactForm::default().phone_parts(true, true, None, localizer))),
        (
            "account-proof",
            form(
                "proof-title",
                ProofForm::default().proof_parts(true, Some(&problem(ErrorCode::BadCredentials)), localizer),
            ),
        ),
        (
            "second-factor",
            form(
                "second-factor-title",
                ProofForm::default().second_factor_parts(
                    SecondFactors { totp: true, passkey: true, mailed_code: false },
                    Some(&problem(ErrorCode::WrongCode)),
                    localizer,
                ),
            ),
        ),
        ("account-totp", form("totp-title", ProofForm::default().totp_parts(&totp(), None, localizer))),
        ("account-totp-remove", form("totp-remove-title", remove_totp_parts(localizer))),
        ("account-delete", form("delete-title", delete_parts(Some(&problem(ErrorCode::Forbidden)), localizer))),
        ("account-passkeys", render(&PasskeysPage::new(layout(""), &[passkey()], 60))),
        ("account", account_page(layout(""), "profile", true)),
        ("account-bare", account_page(layout(""), "", false)),
    ];
    pages.extend(code_pages(localizer));
    pages
}

fn render(template: &impl Template) -> String {
    template.render().expect("a template renders whatever its data")
}

fn later(minutes: u32) -> Problem {
    Problem { retry_after_seconds: Some(60 * minutes), ..Problem::new(ErrorCode::RateLimited) }
}

fn two_passwords() -> NewPasswordForm {
    NewPasswordForm { password: "password1".into(), again: "password2".into(), ..NewPasswordForm::default() }
}

fn code_pages(localizer: Localizer<'_>) -> Vec<(&'static str, String)> {
    let now = samples::now();
    let email = || EMAIL.parse().expect("it is an address");
    let page = |about: About, refused: Option<&Problem>| {
        let minute = std::time::Duration::from_secs(42);
        let sent = CodeSent { code_id: CodeId::default(), expires_at: now + 10 * minute, again_at: now + minute };
        let step = CodeStep { sent, about, next: "/tickets".into() };
        let layout = Layout::new(localizer, localizer.text(code_title(&step.about))).tab(Tab::Account);
        render(&FormPage::new(layout, code_form(&step, "sealed", "417029", refused, now, localizer)))
    };
    let phone = || "+34612345678".parse().expect("it is a number");
    let reset = |channel| About::Reset { email: email(), channel };
    vec![
        ("code-sign-up", page(About::SignUp { sign_up_id: SignUpId::default(), email: email() }, None)),
        (
            "code-reset",
            page(reset(CodeChannel::Sms), Some(&Problem { limit: Some(4), ..Problem::new(ErrorCode::WrongCode) })),
        ),
        ("code-reset-over", page(reset(CodeChannel::Email), Some(&Problem::new(ErrorCode::CodeOver)))),
        ("code-phone", page(About::Phone { phone: phone(), may_wait: false }, Some(&later(3)))),
        ("code-phone-after-sign-up", page(About::Phone { phone: phone(), may_wait: true }, None)),
        ("code-email", page(About::Email { email: email() }, None)),
    ]
}

fn totp() -> TotpSetup {
    TotpSetup {
        secret: Secret("JBSWY3DPEHPK3PXP".into()),
        uri: Secret("otpauth://totp/TicketBoss:ines?secret=JBSWY3DPEHPK3PXP".into()),
        sealed: "sealed".into(),
    }
}

fn passkey() -> PasskeyInfo {
    PasskeyInfo {
        passkey_id: PasskeyId::default(),
        name: "My phone".into(),
        created_at: samples::now(),
        last_used_at: None,
    }
}

fn account_page(page: Layout<'_>, done: &str, has_all: bool) -> String {
    let now = samples::now();
    let account = Account {
        account_id: AccountId::default(),
        email: EMAIL.parse().expect("it is an address"),
        name: "Inés Roldán".parse().expect("it is a name"),
        phone: has_all.then(|| "+34612345678".parse().expect("it is a number")),
        phone_confirmed: has_all,
        language: Language::En,
        roles: if has_all {
            let organizer_name = "Teatro del Muelle".to_owned();
            let member_role = MemberRole::BoxOffice;
            vec![Role::Operator, Role::Member { organizer_id: OrganizerId::default(), organizer_name, member_role }]
        } else {
            Vec::new()
        },
        has_totp: has_all,
        created_at: now,
    };
    let session = |is_this| SessionInfo {
        session_id: SessionId::default(),
        device: if is_this { "Firefox, Linux".into() } else { String::new() },
        created_at: now,
        last_used_at: now,
        is_this,
    };
    let invitation = Invitation {
        invitation_id: InvitationId::default(),
        organizer_id: OrganizerId::default(),
        organizer_name: "Ópera de la Ribera".into(),
        email: EMAIL.into(),
        member_role: MemberRole::Manager,
        created_at: now,
        expires_at: now,
    };
    let all = usize::from(has_all);
    render(&AccountPage::new(
        page,
        &AccountSource {
            account: &account,
            passkeys: &[passkey()][..all],
            cards: &samples::saved_cards()[..if has_all { samples::saved_cards().len() } else { 0 }],
            sessions: &[session(true), session(false)][..=all],
            invitations: &[invitation][..all],
        },
        done,
        !has_all,
    ))
}
