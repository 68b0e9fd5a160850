//! What everybody may read: the list of events, one event, its calendar file, the API's description.

use super::{
    event::{EventPage, share_text},
    list::{EventsFound, EventsPage, EventsQuery},
};
use crate::{
    delivery::messages::calendar::{CALENDAR_MEDIA_TYPE, CalendarEntry, write_calendar},
    http::{
        AppState,
        answers::assets,
        extractors::session::language_cookie,
        rest,
        site::{
            api_docs::ApiPage,
            layout::{Share, Tab},
            links::return_path,
            reader::{Reader, SiteResult, page},
        },
    },
    messages::Value,
};
use axum::{
    Form, Router,
    extract::{Path, Query},
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use shared_model::{ErrorCode, Language, PerformanceId, event::SaleState};

pub fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(events))
        .route("/events/{slug}", get(event))
        .route("/performances/{performance_id}/event.ics", get(calendar))
        .route("/api", get(api))
        .route("/language", post(language))
}

async fn events(reader: Reader, Query(query): Query<EventsQuery>) -> SiteResult<Response> {
    let query = query.trimmed();
    let now = reader.now();
    let coordinator = reader.coordinator();
    let found = coordinator.catalogue().list_performances(&query.filter(now)).await?;
    let next = if found.items.is_empty() {
        coordinator.catalogue().list_performances(&query.filter_for_next(now)).await?.items.into_iter().next()
    } else {
        None
    };
    let places = coordinator.catalogue().list_places().await?;
    let cart = reader.cart().await?;
    let localizer = reader.localizer();
    let share = Share {
        description: localizer.text("events-description"),
        url: format!("{}/", reader.base_url()),
        image: format!("{}{}", reader.base_url(), assets::asset("img/share.png")),
    };
    let layout = reader.layout(&localizer.text("events-title"), cart.as_ref()).tab(Tab::Events).share(share);
    page(&EventsPage::new(layout, &EventsFound { query, found, places, next, now }))
}

async fn event(reader: Reader, Path(slug): Path<String>) -> SiteResult<Response> {
    let event = reader.coordinator().catalogue().find_event(&slug).await?.ok_or(ErrorCode::NotFound)?;
    let cart = reader.cart().await?;
    let base_url = reader.base_url();
    let image =
        event.poster.as_ref().map_or_else(|| assets::asset("img/share.png"), |key| format!("/posters/{key}.png"));
    let share = Share {
        description: share_text(&event),
        url: format!("{base_url}/events/{}", event.slug),
        image: format!("{base_url}{image}"),
    };
    let title = reader.localizer().fill("event-title", &[("title", Value::from(event.title.as_str()))]);
    let layout = reader.layout(&title, cart.as_ref()).tab(Tab::Events).share(share);
    page(&EventPage::new(layout, &event, cart.as_ref(), reader.now(), base_url))
}

async fn calendar(reader: Reader, Path(performance_id): Path<PerformanceId>) -> SiteResult<Response> {
    let found = reader.coordinator().catalogue().find_performance(performance_id).await?.ok_or(ErrorCode::NotFound)?;
    let performance = found.summary;
    let event = reader.coordinator().catalogue().find_event(&performance.event_slug).await?;
    let url = format!("{}/events/{}", reader.base_url(), performance.event_slug);
    let entry = CalendarEntry {
        performance_id,
        title: &performance.title,
        venue: &performance.venue,
        starts_at: performance.starts_at,
        doors_at: performance.doors_at,
        duration_minutes: event.and_then(|event| event.duration_minutes),
        cancelled: performance.sale == SaleState::Cancelled,
        url: &url,
        notes: Vec::new(),
        written_at: reader.now(),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(CALENDAR_MEDIA_TYPE)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"event.ics\"")),
    ];
    Ok((headers, write_calendar(&[entry], reader.localizer())).into_response())
}

async fn api(reader: Reader) -> SiteResult<Response> {
    let document = serde_json::to_value(rest::openapi()).unwrap_or_default();
    let cart = reader.cart().await?;
    let layout = reader.layout(&reader.localizer().text("api-title"), cart.as_ref());
    page(&ApiPage::new(layout, &document))
}

#[derive(Deserialize)]
struct LanguageForm {
    language: Language,
    #[serde(default)]
    return_to: String,
}

/// Remembers the language by cookie; a session's own follows for the mails.
async fn language(reader: Reader, Form(form): Form<LanguageForm>) -> SiteResult<Response> {
    if let Some(visitor) = &reader.visitor {
        reader.coordinator().accounts().set_language(visitor, form.language).await?;
    }
    let cookie = language_cookie(form.language, reader.state.config.is_secure());
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&return_path(&form.return_to, "/"))).into_response())
}
