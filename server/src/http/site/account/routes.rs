//! The account's own pages. Sensitive changes come by [`ProvedReader`]: the password or a passkey was asked
//! for a moment ago.

use super::{
    code::{About, CodeStep},
    code_routes::to_code_page,
    forms::{ContactForm, NewPasswordForm, ProofForm, delete_parts, remove_totp_parts},
    overview::{AccountPage, AccountSource, PasskeysPage},
    sign_in_routes::{NextQuery, with_new_tokens},
};
use crate::{
    coordinator::CommandResult,
    http::{
        AppState,
        answers::account_export,
        extractors::session::{ClientInfo, language_cookie, session_cookie},
        requests::request_checks::DocumentAllowance,
        site::{
            forms::{FormPage, FormParts},
            layout::Tab,
            links::return_path,
            reader::{AccountReader, ProvedReader, Reader, SiteError, SiteResult, page},
        },
    },
};
use axum::{
    Form, Router,
    extract::{Path, Query},
    http::header,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use shared_model::{
    ErrorCode, InvitationId, Language, PasskeyId, Problem, SavedCardId, SessionId,
    account::{AccountChange, ChangePasswordRequest},
    factor::{PASSKEY_NAME_LENGTH_MAX, TotpConfirmation, TotpSetup},
    text::{EmailAddress, PhoneNumber, Secret},
};

pub fn router() -> Router<AppState> {
    Router::new()
        .route("/account", get(overview))
        .route("/account/proof", get(ask_proof).post(prove))
        .route("/account/profile", post(change_profile))
        .route("/account/email", get(ask_email).post(begin_email))
        .route("/account/phone", get(ask_phone).post(begin_phone))
        .route("/account/phone/remove", post(remove_phone))
        .route("/account/password", get(ask_password).post(change_password))
        .route("/account/passkeys", get(passkeys))
        .route("/account/passkeys/{passkey_id}/remove", post(remove_passkey))
        .route("/account/authenticator", get(ask_totp).post(set_up_totp))
        .route("/account/authenticator/remove", post(remove_totp))
        .route("/account/cards/{saved_card_id}/remove", post(remove_card))
        .route("/account/sessions/end-others", post(end_other_sessions))
        .route("/account/sessions/{session_id}/end", post(end_session))
        .route("/account/invitations/{invitation_id}/accept", post(accept_invitation))
        .route("/account/invitations/{invitation_id}/decline", post(decline_invitation))
        .route("/account/export", get(export))
        .route("/account/delete", get(ask_delete).post(delete))
}

#[derive(Deserialize)]
struct SaidQuery {
    /// What was just done.
    #[serde(default)]
    done: String,
    /// Something was not.
    #[serde(default)]
    refused: String,
}

async fn overview(
    AccountReader { reader, visitor, account_id }: AccountReader,
    Query(query): Query<SaidQuery>,
) -> SiteResult<Response> {
    let coordinator = reader.coordinator();
    let account = coordinator.accounts().load_account(account_id).await?;
    let passkeys = coordinator.accounts().list_passkeys(account_id).await?;
    let cards = coordinator.orders().list_saved_cards(account_id).await?;
    let sessions = coordinator.accounts().list_sessions(&visitor, account_id).await?;
    let invitations = coordinator.staff().list_own_invitations(account_id).await?;
    let source = AccountSource {
        account: &account,
        passkeys: &passkeys,
        cards: &cards,
        sessions: &sessions,
        invitations: &invitations,
    };
    let cart = reader.cart().await?;
    let layout = reader.layout("", cart.as_ref()).tab(Tab::Account);
    page(&AccountPage::new(layout, &source, &query.done, !query.refused.is_empty()))
}

/// A page that is one form.
async fn form_page(reader: &Reader, title: &str, parts: FormParts) -> SiteResult<Response> {
    let cart = reader.cart().await?;
    let layout = reader.layout(&reader.localizer().text(title), cart.as_ref()).tab(Tab::Account);
    FormPage::new(layout, parts).answer()
}

/// Back to the account, saying what was done, or that it was not.
fn answered(result: CommandResult<()>, done: &str) -> SiteResult<Response> {
    match result {
        Ok(()) => Ok(Redirect::to(&format!("/account?done={done}")).into_response()),
        Err(problem) if problem.status >= 500 || problem.code == ErrorCode::NotFound => Err(problem.into()),
        Err(problem) => Err(SiteError::Elsewhere(format!("/account?refused={}", problem.code.as_str()))),
    }
}

async fn ask_proof(account: AccountReader, Query(query): Query<NextQuery>) -> SiteResult<Response> {
    let form = ProofForm { next: return_path(&query.next, "/account"), ..ProofForm::default() };
    show_proof(&account, &form, None).await
}

async fn show_proof(account: &AccountReader, form: &ProofForm, refused: Option<&Problem>) -> SiteResult<Response> {
    let has_passkey = !account.reader.coordinator().accounts().list_passkeys(account.account_id).await?.is_empty();
    let parts = form.proof_parts(has_passkey, refused, account.reader.localizer());
    form_page(&account.reader, "proof-title", parts).await
}

async fn prove(account: AccountReader, client: ClientInfo, Form(form): Form<ProofForm>) -> SiteResult<Response> {
    let next = return_path(&form.next, "/account");
    let AccountReader { reader, visitor, account_id } = &account;
    match reader.coordinator().accounts().prove(visitor, *account_id, &form.password, client.as_client()).await {
        Ok(opened) => Ok(with_new_tokens(reader, &opened, &next)),
        Err(problem) if problem.status >= 500 && problem.code != ErrorCode::Busy => Err(problem.into()),
        Err(problem) => show_proof(&account, &ProofForm { next, ..form }, Some(&problem)).await,
    }
}

#[derive(Deserialize)]
struct ProfileForm {
    name: String,
    language: Language,
}

async fn change_profile(account: AccountReader, Form(form): Form<ProfileForm>) -> SiteResult<Response> {
    let AccountReader { reader, visitor, account_id } = account;
    let Ok(name) = form.name.parse() else {
        return Err(SiteError::Elsewhere("/account?refused=invalid_input".to_owned()));
    };
    let change = AccountChange { name: Some(name), language: Some(form.language) };
    reader.coordinator().accounts().change_account(&visitor, account_id, change).await?;
    let cookie = language_cookie(form.language, reader.state.config.is_secure());
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/account?done=profile")).into_response())
}

async fn ask_email(ProvedReader(account): ProvedReader) -> SiteResult<Response> {
    let parts = ContactForm::default().email_parts(false, None, account.reader.localizer());
    form_page(&account.reader, "email-change-title", parts).await
}

async fn begin_email(
    ProvedReader(account): ProvedReader,
    client: ClientInfo,
    Form(form): Form<ContactForm>,
) -> SiteResult<Response> {
    let AccountReader { reader, visitor, account_id } = account;
    let refused = match form.email.parse::<EmailAddress>() {
        Err(_) => Problem::new(ErrorCode::InvalidInput),
        Ok(email) => {
            let begun = reader
                .coordinator()
                .accounts()
                .begin_email(&visitor, account_id, email.clone(), client.as_client())
                .await;
            match begun {
                Ok(sent) => {
                    let step = CodeStep { sent, about: About::Email { email }, next: "/account".to_owned() };
                    return Ok(to_code_page(&reader, &visitor, &step));
                }
                Err(problem) if problem.status >= 500 => return Err(problem.into()),
                Err(problem) => problem,
            }
        }
    };
    let parts = form.email_parts(true, Some(&refused), reader.localizer());
    form_page(&reader, "email-change-title", parts).await
}

async fn ask_phone(ProvedReader(account): ProvedReader) -> SiteResult<Response> {
    let known = account.reader.coordinator().accounts().load_account(account.account_id).await?;
    let has_one = known.phone_confirmed;
    // One that was given and never confirmed needs only its code.
    let waits = known.phone.filter(|_| !has_one).map(|phone| phone.to_string()).unwrap_or_default();
    let parts = ContactForm { phone: waits, ..ContactForm::default() }.phone_parts(
        has_one,
        false,
        None,
        account.reader.localizer(),
    );
    form_page(&account.reader, "phone-title", parts).await
}

async fn begin_phone(
    ProvedReader(account): ProvedReader,
    client: ClientInfo,
    Form(form): Form<ContactForm>,
) -> SiteResult<Response> {
    let AccountReader { reader, visitor, account_id } = account;
    let has_one = reader.coordinator().accounts().load_account(account_id).await?.phone_confirmed;
    let refused = match form.phone.parse::<PhoneNumber>() {
        Err(_) => Problem::new(ErrorCode::InvalidInput),
        Ok(phone) => {
            let begun = reader
                .coordinator()
                .accounts()
                .begin_phone(&visitor, account_id, phone.clone(), client.as_client())
                .await;
            match begun {
                Ok(sent) => {
                    let step =
                        CodeStep { sent, about: About::Phone { phone, may_wait: false }, next: "/account".to_owned() };
                    return Ok(to_code_page(&reader, &visitor, &step));
                }
                Err(problem) if problem.status >= 500 => return Err(problem.into()),
                Err(problem) => problem,
            }
        }
    };
    let parts = form.phone_parts(has_one, true, Some(&refused), reader.localizer());
    form_page(&reader, "phone-title", parts).await
}

async fn remove_phone(ProvedReader(account): ProvedReader) -> SiteResult<Response> {
    answered(account.reader.coordinator().accounts().remove_phone(account.account_id).await, "phone-removed")
}

async fn ask_password(account: AccountReader) -> SiteResult<Response> {
    let known = account.reader.coordinator().accounts().load_account(account.account_id).await?;
    let parts = NewPasswordForm::default().change_parts(None, account.reader.localizer()).of(&known.email);
    form_page(&account.reader, "password-change-title", parts).await
}

async fn change_password(
    account: AccountReader,
    client: ClientInfo,
    Form(form): Form<NewPasswordForm>,
) -> SiteResult<Response> {
    let AccountReader { reader, visitor, account_id } = account;
    let refused = match form.password() {
        None => Problem::new(ErrorCode::InvalidInput),
        Some(new) => {
            let request = ChangePasswordRequest { current: Secret(form.current.clone()), new };
            match reader
                .coordinator()
                .accounts()
                .change_password(&visitor, account_id, &request, client.as_client())
                .await
            {
                Ok(opened) => return Ok(with_new_tokens(&reader, &opened, "/account?done=password")),
                Err(problem) if problem.status >= 500 && problem.code != ErrorCode::Busy => return Err(problem.into()),
                Err(problem) => problem,
            }
        }
    };
    let known = reader.coordinator().accounts().load_account(account_id).await?;
    let parts = form.change_parts(Some(&refused), reader.localizer()).of(&known.email);
    form_page(&reader, "password-change-title", parts).await
}

async fn passkeys(ProvedReader(account): ProvedReader) -> SiteResult<Response> {
    let reader = &account.reader;
    let passkeys = reader.coordinator().accounts().list_passkeys(account.account_id).await?;
    let cart = reader.cart().await?;
    let layout = reader.layout("", cart.as_ref()).tab(Tab::Account);
    page(&PasskeysPage::new(layout, &passkeys, PASSKEY_NAME_LENGTH_MAX))
}

async fn remove_passkey(
    ProvedReader(account): ProvedReader,
    Path(passkey_id): Path<PasskeyId>,
) -> SiteResult<Response> {
    let AccountReader { reader, visitor, account_id } = account;
    answered(reader.coordinator().accounts().remove_passkey(&visitor, account_id, passkey_id).await, "passkey-removed")
}

async fn ask_totp(ProvedReader(account): ProvedReader) -> SiteResult<Response> {
    let AccountReader { reader, visitor, account_id } = account;
    if reader.coordinator().accounts().load_account(account_id).await?.has_totp {
        return form_page(&reader, "totp-remove-title", remove_totp_parts(reader.localizer())).await;
    }
    let setup = reader.coordinator().accounts().offer_totp(&visitor, account_id).await?;
    form_page(&reader, "totp-title", ProofForm::default().totp_parts(&setup, None, reader.localizer())).await
}

async fn set_up_totp(ProvedReader(account): ProvedReader, Form(form): Form<ProofForm>) -> SiteResult<Response> {
    let AccountReader { reader, visitor, account_id } = account;
    let confirmation = TotpConfirmation { sealed: form.sealed.clone(), code: Secret(form.code.clone()) };
    match reader.coordinator().accounts().set_up_totp(&visitor, account_id, &confirmation).await {
        Ok(()) => answered(Ok(()), "totp"),
        Err(problem) if matches!(problem.code, ErrorCode::WrongCode | ErrorCode::RateLimited) => {
            // The app has this secret already, so it stays the same.
            let setup: TotpSetup = reader.coordinator().accounts().repeat_totp_offer(account_id, &form.sealed).await?;
            let parts = form.totp_parts(&setup, Some(&problem), reader.localizer());
            form_page(&reader, "totp-title", parts).await
        }
        // Offered too long ago: a new one.
        Err(Problem { code: ErrorCode::CodeOver, .. }) => {
            Err(SiteError::Elsewhere("/account/authenticator".to_owned()))
        }
        Err(problem) => Err(problem.into()),
    }
}

async fn remove_totp(ProvedReader(account): ProvedReader) -> SiteResult<Response> {
    let AccountReader { reader, visitor, account_id } = account;
    answered(reader.coordinator().accounts().remove_totp(&visitor, account_id).await, "totp-removed")
}

async fn remove_card(account: AccountReader, Path(saved_card_id): Path<SavedCardId>) -> SiteResult<Response> {
    answered(
        account.reader.coordinator().orders().remove_saved_card(account.account_id, saved_card_id).await,
        "card-removed",
    )
}

async fn end_session(account: AccountReader, Path(session_id): Path<SessionId>) -> SiteResult<Response> {
    answered(account.reader.coordinator().accounts().end_session(account.account_id, session_id).await, "session-ended")
}

async fn end_other_sessions(AccountReader { reader, visitor, account_id }: AccountReader) -> SiteResult<Response> {
    answered(reader.coordinator().accounts().end_other_sessions(&visitor, account_id).await, "sessions-ended")
}

async fn accept_invitation(account: AccountReader, Path(invitation_id): Path<InvitationId>) -> SiteResult<Response> {
    let AccountReader { reader, visitor, account_id } = account;
    answered(reader.coordinator().staff().accept_invitation(&visitor, account_id, invitation_id).await, "joined")
}

async fn decline_invitation(account: AccountReader, Path(invitation_id): Path<InvitationId>) -> SiteResult<Response> {
    answered(
        account.reader.coordinator().staff().decline_invitation(account.account_id, invitation_id).await,
        "declined",
    )
}

async fn export(ProvedReader(account): ProvedReader, _: DocumentAllowance) -> SiteResult<Response> {
    let AccountReader { reader, visitor, account_id } = account;
    Ok(account_export::answer(reader.coordinator(), visitor, account_id).await?)
}

async fn ask_delete(ProvedReader(account): ProvedReader) -> SiteResult<Response> {
    form_page(&account.reader, "delete-title", delete_parts(None, account.reader.localizer())).await
}

async fn delete(ProvedReader(account): ProvedReader) -> SiteResult<Response> {
    let AccountReader { reader, visitor, account_id } = account;
    match reader.coordinator().accounts().delete_account(&visitor, account_id).await {
        Ok(()) => {
            // What is left of the session is a guest's.
            let opened = reader.coordinator().accounts().open_session(reader.language, "").await?;
            let cookie = session_cookie(&opened, reader.state.config.is_secure());
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response())
        }
        Err(problem) if problem.status >= 500 => Err(problem.into()),
        Err(problem) => form_page(&reader, "delete-title", delete_parts(Some(&problem), reader.localizer())).await,
    }
}
