//! Joining the waiting list of a performance.

use super::page::{TellMeForm, will_be_told};
use crate::http::{
    AppState,
    extractors::session::ClientInfo,
    site::{
        forms::FormPage,
        layout::Tab,
        reader::{Reader, SiteResult, page},
    },
};
use axum::{Form, Router, extract::Query, response::Response, routing::get};
use shared_model::{
    ErrorCode, Problem,
    event::{AvailabilityWish, PerformanceSummary},
};

pub fn router() -> Router<AppState> {
    Router::new().route("/tell-me", get(ask).post(wish))
}

async fn ask(reader: Reader, Query(form): Query<TellMeForm>) -> SiteResult<Response> {
    let performance = load(&reader, &form).await?;
    show(&reader, &performance, &form, false, None).await
}

async fn wish(reader: Reader, client: ClientInfo, Form(form): Form<TellMeForm>) -> SiteResult<Response> {
    let performance = load(&reader, &form).await?;
    let Ok(email) = form.email.parse() else { return show(&reader, &performance, &form, true, None).await };
    let wish = AvailabilityWish { email, language: reader.language };
    match reader.coordinator().seats().wish_for_seats(form.performance, &wish, client.as_client()).await {
        Ok(()) => {
            let (localizer, cart) = (reader.localizer(), reader.cart().await?);
            let layout = reader.layout(&localizer.text("tell-me-done-title"), cart.as_ref()).tab(Tab::Events);
            page(&will_be_told(layout, &performance, &wish.email, reader.now(), localizer))
        }
        Err(problem) if problem.code == ErrorCode::RateLimited => {
            show(&reader, &performance, &form, true, Some(&problem)).await
        }
        Err(problem) => Err(problem.into()),
    }
}

async fn load(reader: &Reader, form: &TellMeForm) -> SiteResult<PerformanceSummary> {
    let found = reader.coordinator().catalogue().find_performance(form.performance).await?;
    Ok(found.ok_or(ErrorCode::NotFound)?.summary)
}

async fn show(
    reader: &Reader,
    performance: &PerformanceSummary,
    form: &TellMeForm,
    judged: bool,
    refused: Option<&Problem>,
) -> SiteResult<Response> {
    let (localizer, cart) = (reader.localizer(), reader.cart().await?);
    let layout = reader.layout(&localizer.text("tell-me-title"), cart.as_ref()).tab(Tab::Events);
    FormPage::new(layout, form.parts(performance, judged, refused, reader.now(), localizer)).answer()
}
