//! The demo's mail page. Exists only in the demo and without a mail server.

use super::super::{
    demo_mail::{DemoMailPage, MailFile, MailRow, OpenMail},
    reader::{Reader, SiteResult, page},
};
use crate::{
    calendar_text::CalendarText,
    delivery::mailbox::{Mailbox, StoredMail},
    http::AppState,
};
use axum::{
    Router,
    extract::Path,
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use shared_model::{ErrorCode, OutboxId};

/// A mail's own HTML carries inline styles, as mails must; it may do nothing else.
const MAIL_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'; base-uri 'none'";
/// The zone times of sending are written in.
const MAIL_ZONE: &str = "Europe/Madrid";

pub fn router() -> Router<AppState> {
    Router::new()
        .route("/demo/mail", get(list))
        .route("/demo/mail/{id}", get(open))
        .route("/demo/mail/{id}/html", get(html))
        .route("/demo/mail/{id}/attachments/{position}", get(attachment))
}

fn mailbox(reader: &Reader) -> SiteResult<Mailbox> {
    let config = &reader.state.config;
    if !config.demo || !config.mail.smtp_url.is_empty() {
        return Err(ErrorCode::NotFound.into());
    }
    Ok(Mailbox::new(config.mail_folder()))
}

async fn find_mail(reader: &Reader, id: OutboxId) -> SiteResult<StoredMail> {
    let found = mailbox(reader)?.find_mail(id).await.map_err(unreadable)?;
    found.ok_or_else(|| ErrorCode::NotFound.into())
}

fn unreadable(error: std::io::Error) -> ErrorCode {
    tracing::error!(%error, "the mail folder cannot be read");
    ErrorCode::Internal
}

async fn list(reader: Reader) -> SiteResult<Response> {
    show(&reader, None).await
}

async fn open(reader: Reader, Path(id): Path<OutboxId>) -> SiteResult<Response> {
    let mail = find_mail(&reader, id).await?;
    show(&reader, Some(mail)).await
}

async fn show(reader: &Reader, open: Option<StoredMail>) -> SiteResult<Response> {
    let mails = match mailbox(reader)?.list_mails().await {
        Ok(mails) => mails,
        // Nothing was sent yet: the folder comes with the first mail.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(unreadable(error).into()),
    };
    let calendar = CalendarText::new(reader.speech(), MAIL_ZONE);
    let open_id = open.as_ref().map(|mail| mail.outbox_id);
    let rows = mails.iter().map(|mail| MailRow {
        id: mail.outbox_id.to_string(),
        subject: mail.subject.clone(),
        to: mail.to.clone(),
        sent: calendar.date_time_zoned(mail.sent_at),
        is_open: open_id == Some(mail.outbox_id),
    });
    let cart = reader.cart().await?;
    let layout = reader.layout(&reader.speech().text("demo-mail-title"), cart.as_ref());
    page(&DemoMailPage::new(layout, rows.collect(), open.map(opened)))
}

fn opened(mail: StoredMail) -> OpenMail {
    let attachments = mail.attachments.into_iter().enumerate();
    OpenMail {
        id: mail.outbox_id.to_string(),
        subject: mail.subject,
        from: mail.from,
        to: mail.to,
        text: mail.text,
        has_html: !mail.html.is_empty(),
        attachments: attachments.map(|(position, file)| MailFile { position, name: file.name }).collect(),
    }
}

async fn html(reader: Reader, Path(id): Path<OutboxId>) -> SiteResult<Response> {
    let mail = find_mail(&reader, id).await?;
    let policy = (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(MAIL_POLICY));
    Ok(([policy], Html(mail.html)).into_response())
}

async fn attachment(reader: Reader, Path((id, position)): Path<(OutboxId, usize)>) -> SiteResult<Response> {
    let mail = find_mail(&reader, id).await?;
    let file = mail.attachments.into_iter().nth(position).ok_or(ErrorCode::NotFound)?;
    // Only the kinds our own mails carry are named; anything else is bytes.
    let media_type = match file.media_type.as_str() {
        "application/pdf" => "application/pdf",
        "text/calendar" => "text/calendar; charset=utf-8",
        _ => "application/octet-stream",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox")),
    ];
    Ok((headers, file.content).into_response())
}
