//! The addresses of the seats page: the page and its two fragments, and the plain forms that hold,
//! release and extend.

use super::{
    forms::{Fields, Outcome, chosen, refused},
    page::{ListFragment, PageSource, PanelFragment, SeatsPage, View},
};
use crate::{
    coordinator::{CommandResult, Coordinator, Visitor},
    http::{
        AppState,
        answers::error::{ApiError, ApiPath, ApiResult},
        extractors::session::{ClientInfo, SiteVisitor, WantedLanguage},
    },
    messages::Messages,
};
use askama::Template;
use axum::{
    Router,
    extract::{Form, Query, State, rejection::QueryRejection},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use shared_model::{
    CartId, ErrorCode, HoldId, Language, PerformanceId, Problem, SeatNo,
    event::PerformanceDetail,
    hold::{Hold, HoldRequest, SeatChoice},
    live::Snapshot,
    order::Cart,
    plan::numbered::NumberedPlan,
};
use std::{collections::HashSet, sync::Arc};
use uuid::Uuid;

pub fn router() -> Router<AppState> {
    Router::new()
        .route("/performances/{performance_id}/seats", get(seats))
        .route("/performances/{performance_id}/hold", post(hold))
        .route("/performances/{performance_id}/release", post(release))
        .route("/performances/{performance_id}/extend", post(extend))
        .route("/session", post(open_session))
}

/// What of the page is wanted.
#[derive(Debug, Default, Deserialize)]
struct Wanted {
    view: Option<WantedView>,
    part: Option<Part>,
    section: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WantedView {
    Chart,
    List,
}

/// A piece of the page that scripts fetch again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Part {
    Panel,
    List,
}

/// All that the page is made of, as the coordinator answered it.
struct SeatsData {
    performance: PerformanceDetail,
    plan: Arc<NumberedPlan>,
    snapshot: Snapshot,
    cart: Cart,
}

async fn seats(
    State(state): State<AppState>,
    ApiPath(id): ApiPath<PerformanceId>,
    WantedLanguage(language): WantedLanguage,
    visitor: Option<Visitor>,
    wanted: Result<Query<Wanted>, QueryRejection>,
    outcome: Result<Query<Outcome>, QueryRejection>,
) -> ApiResult<Response> {
    // An address that cannot be read still leads to the page.
    let wanted = wanted.map(|Query(wanted)| wanted).unwrap_or_default();
    let data = SeatsData::load(&state.coordinator, id, visitor.as_ref()).await?;
    let source = data.source(&state.messages, language);
    let html = match wanted.part {
        Some(Part::Panel) => PanelFragment::new(source.localizer, &data.performance, &data.cart).render(),
        Some(Part::List) => ListFragment::new(&source, wanted.section).render(),
        None => {
            let view = match wanted.view {
                Some(WantedView::List) => View::List { section: wanted.section },
                Some(WantedView::Chart) | None => View::Chart,
            };
            let outcome = outcome.map(|Query(outcome)| outcome).unwrap_or_default();
            let limit = data.performance.seats_per_customer_max;
            let notices = outcome.in_words(source.localizer, &data.plan, limit, data.yours().len());
            SeatsPage::new(&source, view, notices, visitor.as_ref()).render()
        }
    };
    let html = html.map_err(|error| {
        tracing::error!(%error, "the seats page could not be rendered");
        ErrorCode::Internal
    })?;
    // What a visitor holds is private, and changes by the second.
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"))], Html(html)).into_response())
}

impl SeatsData {
    async fn load(coordinator: &Coordinator, id: PerformanceId, visitor: Option<&Visitor>) -> CommandResult<Self> {
        let performance =
            coordinator.catalogue().find_performance(id).await?.ok_or_else(|| Problem::new(ErrorCode::NotFound))?;
        let cart = match visitor {
            Some(visitor) => coordinator.seats().load_cart(visitor).await?,
            None => empty_cart(coordinator),
        };
        Ok(Self {
            plan: coordinator.catalogue().load_plan(performance.plan_version_id).await?,
            snapshot: coordinator.seats().seat_snapshot(id).await?,
            performance,
            cart,
        })
    }

    fn source<'a>(&'a self, messages: &'a Messages, language: Language) -> PageSource<'a> {
        PageSource {
            localizer: messages.localizer(language),
            performance: &self.performance,
            plan: &self.plan,
            snapshot: &self.snapshot,
            cart: &self.cart,
        }
    }

    fn yours(&self) -> HashSet<SeatNo> {
        yours_at(&self.cart, self.performance.summary.performance_id)
    }
}

/// Who has no session holds nothing.
fn empty_cart(coordinator: &Coordinator) -> Cart {
    Cart {
        cart_id: CartId::new(),
        now: coordinator.now(),
        performances: Vec::new(),
        lapsed: Vec::new(),
        total: None,
        fees: None,
    }
}

fn yours_at(cart: &Cart, performance: PerformanceId) -> HashSet<SeatNo> {
    let here = cart.performances.iter().filter(|held| held.performance_id == performance);
    here.flat_map(|held| held.seats.iter().map(|seat| seat.seat)).collect()
}

async fn hold(
    State(state): State<AppState>,
    ApiPath(id): ApiPath<PerformanceId>,
    visitor: SiteVisitor,
    client: ClientInfo,
    Form(fields): Form<Vec<(String, String)>>,
) -> ApiResult<Response> {
    let fields = Fields(fields);
    let mine = yours_at(&state.coordinator.seats().load_cart(&visitor.visitor).await?, id);
    let query = match hold_all(&state.coordinator, &visitor.visitor, &client, id, &fields, &mine).await {
        Ok(Some(hold)) => chosen(&hold),
        Ok(None) => String::new(),
        Err(problem) => refused(&problem),
    };
    Ok(back(&visitor, list_address(id, fields.section(), &query)))
}

/// Holds each choice of the form in turn, as far as none is refused.
async fn hold_all(
    coordinator: &Coordinator,
    visitor: &Visitor,
    client: &ClientInfo,
    id: PerformanceId,
    fields: &Fields,
    mine: &HashSet<SeatNo>,
) -> CommandResult<Option<Hold>> {
    let mut last = None;
    let choices: Vec<SeatChoice> = fields.choices(mine)?;
    let first = fields.hold_id().0.as_u128();
    for (n, choice) in choices.into_iter().enumerate() {
        let request = HoldRequest { choice, ticket_type_id: None };
        // The ids that follow the form's: the form sent twice takes nothing twice.
        let hold_id = HoldId(Uuid::from_u128(first.wrapping_add(n as u128)));
        last = Some(coordinator.seats().hold_seats(visitor, id, hold_id, request, &client.as_hold_origin()).await?);
    }
    Ok(last)
}

async fn release(
    State(state): State<AppState>,
    ApiPath(id): ApiPath<PerformanceId>,
    visitor: SiteVisitor,
    Form(fields): Form<Vec<(String, String)>>,
) -> ApiResult<Response> {
    let fields = Fields(fields);
    let query = match state.coordinator.seats().release_seats(&visitor.visitor, id, fields.seats()).await {
        Ok(_) => String::new(),
        Err(problem) => refused(&problem),
    };
    Ok(back(&visitor, fields.return_to(&list_address(id, fields.section(), &query))))
}

async fn extend(
    State(state): State<AppState>,
    ApiPath(id): ApiPath<PerformanceId>,
    visitor: SiteVisitor,
    Form(fields): Form<Vec<(String, String)>>,
) -> ApiResult<Response> {
    let fields = Fields(fields);
    let query = match state.coordinator.seats().extend_hold(&visitor.visitor, id).await {
        Ok(_) => String::new(),
        Err(problem) => refused(&problem),
    };
    Ok(back(&visitor, fields.return_to(&list_address(id, fields.section(), &query))))
}

/// A session for the scripts of a page without one, just before the visitor can take a seat: pages alone open
/// none, so that looking costs no row.
async fn open_session(visitor: SiteVisitor) -> Result<Response, ApiError> {
    let mut response = StatusCode::NO_CONTENT.into_response();
    keep_cookie(&visitor, &mut response);
    Ok(response)
}

/// Forms lead to the list: who sends one has no scripts.
fn list_address(id: PerformanceId, section: Option<usize>, query: &str) -> String {
    let section = section.map(|section| format!("&section={section}")).unwrap_or_default();
    format!("/performances/{id}/seats?view=list{section}{query}")
}

fn back(visitor: &SiteVisitor, address: String) -> Response {
    let mut response = Redirect::to(&address).into_response();
    keep_cookie(visitor, &mut response);
    response
}

fn keep_cookie(visitor: &SiteVisitor, response: &mut Response) {
    if let Some(cookie) = &visitor.cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
}
