//! The demo's messages: mails where no mail server is configured, text messages where no provider is. They hold codes,
//! so only the admin listener serves them. Nothing of it exists outside the demo.

use super::inbox::{DemoMailPage, MailFile, MailRow, OpenMail, TextRow};
use crate::{
    calendar_text::CalendarText,
    demo::{
        mailbox::{Mailbox, StoredMail},
        sms_box::{ReceivedSms, SmsBox},
    },
    http::{
        AppState,
        site::{
            layout::Layout,
            reader::{Reader, SiteResult, page},
        },
    },
};
use axum::{
    Router,
    extract::Path,
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use shared_model::{ErrorCode, OutboxId};
use std::io;

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

/// The mails, where no mail server takes them.
fn mailbox(reader: &Reader) -> Option<Mailbox> {
    let config = &reader.state.config;
    (config.demo && config.mail.smtp_url.is_empty()).then(|| Mailbox::new(config.mail_folder()))
}

/// The text messages, where no provider takes them.
fn sms_box(reader: &Reader) -> Option<SmsBox> {
    let config = &reader.state.config;
    (config.demo && config.sms.account_sid.is_empty()).then(|| SmsBox::new(config.sms_folder()))
}

async fn find_mail(reader: &Reader, id: OutboxId) -> SiteResult<StoredMail> {
    let mailbox = mailbox(reader).ok_or(ErrorCode::NotFound)?;
    let found = mailbox.find_mail(id).await.map_err(unreadable)?;
    found.ok_or_else(|| ErrorCode::NotFound.into())
}

fn unreadable(error: io::Error) -> ErrorCode {
    tracing::error!(%error, "the demo's messages could not be read");
    ErrorCode::Internal
}

/// What a folder holds; one that nothing was written to yet holds nothing.
fn held<T>(listed: io::Result<Vec<T>>) -> SiteResult<Vec<T>> {
    match listed {
        Ok(found) => Ok(found),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(unreadable(error).into()),
    }
}

async fn list(reader: Reader) -> SiteResult<Response> {
    show(&reader, None).await
}

async fn open(reader: Reader, Path(id): Path<OutboxId>) -> SiteResult<Response> {
    let mail = find_mail(&reader, id).await?;
    show(&reader, Some(mail)).await
}

async fn show(reader: &Reader, open: Option<StoredMail>) -> SiteResult<Response> {
    let (mailbox, sms_box) = (mailbox(reader), sms_box(reader));
    if mailbox.is_none() && sms_box.is_none() {
        return Err(ErrorCode::NotFound.into());
    }
    let mails = match mailbox {
        Some(mailbox) => held(mailbox.list_mails().await)?,
        None => Vec::new(),
    };
    let texts = match sms_box {
        Some(sms_box) => held(sms_box.list_texts().await)?,
        None => Vec::new(),
    };
    let calendar = CalendarText::new(reader.localizer(), MAIL_ZONE);
    let open_id = open.as_ref().map(|mail| mail.outbox_id);
    let mail_row = |mail: &StoredMail| MailRow {
        id: mail.outbox_id.to_string(),
        subject: mail.subject.clone(),
        to: mail.to.clone(),
        sent: calendar.date_time_zoned(mail.sent_at),
        is_open: open_id == Some(mail.outbox_id),
    };
    let text_row = |sms: &ReceivedSms| TextRow {
        to: sms.to.to_string(),
        text: sms.text.clone(),
        sent: calendar.date_time_zoned(sms.sent_at),
    };
    let rows = mails.iter().map(mail_row).collect();
    let texts = texts.iter().map(text_row).collect();
    let layout = Layout::new(reader.localizer(), reader.localizer().text("demo-mail-title")).at(&reader.path);
    page(&DemoMailPage::new(layout, texts, rows, open.map(opened)))
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
