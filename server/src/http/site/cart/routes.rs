//! The cart and what its forms do. Releasing and extending are the seats page's addresses, which come
//! back here.

use super::page::{CartBarPart, CartPage};
use crate::{
    coordinator::Visitor,
    http::{
        AppState,
        extractors::session::ClientInfo,
        site::{
            layout::Tab,
            links::return_path,
            reader::{Reader, SiteError, SiteResult, page},
        },
    },
};
use axum::{
    Form, Router,
    extract::Query,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use shared_model::{
    ErrorCode, HoldId, PerformanceId, Problem, SeatNo, TicketTypeId,
    hold::{HoldRequest, SeatChoice},
    order::Cart,
};

pub fn router() -> Router<AppState> {
    Router::new()
        .route("/cart", get(cart))
        .route("/cart/bar", get(cart_bar))
        .route("/cart/ticket-type", post(change_ticket_type))
        .route("/cart/again", post(take_again))
        .route("/cart/forget", post(forget))
}

#[derive(Deserialize)]
struct CartQuery {
    /// Why something was not done, by the code of the refusal.
    #[serde(default)]
    refused: String,
}

async fn cart(reader: Reader, Query(query): Query<CartQuery>) -> SiteResult<Response> {
    let cart = reader.cart().await?.unwrap_or_else(|| nothing(&reader));
    let layout = reader.layout(&reader.localizer().text("cart-title"), Some(&cart)).tab(Tab::Cart).at("/cart");
    page(&CartPage::new(layout, &cart, refused(&query.refused)))
}

/// The cart of somebody who has none yet.
fn nothing(reader: &Reader) -> Cart {
    Cart {
        cart_id: shared_model::CartId::default(),
        now: reader.now(),
        performances: Vec::new(),
        lapsed: Vec::new(),
        total: None,
        fees: None,
    }
}

/// A refusal's code out of an address; anything else is no refusal.
pub fn refused(code: &str) -> Option<ErrorCode> {
    code.parse().ok()
}

/// Back to the cart, saying why something was not done.
pub fn refused_at_cart(code: ErrorCode) -> SiteError {
    SiteError::Elsewhere(format!("/cart?refused={}", code.as_str()))
}

#[derive(Deserialize)]
struct BarQuery {
    /// The path of the page that asks.
    #[serde(default)]
    at: String,
}

async fn cart_bar(reader: Reader, Query(query): Query<BarQuery>) -> SiteResult<Response> {
    let cart = reader.cart().await?;
    let layout = reader.layout("", cart.as_ref());
    page(&CartBarPart::new(layout.at(return_path(&query.at, "/"))))
}

fn visitor(reader: &Reader) -> SiteResult<Visitor> {
    reader.visitor.ok_or_else(|| SiteError::Elsewhere("/cart".to_owned()))
}

/// The answer to a form: back to where it stood; a refusal is said in the cart.
fn answered<T>(result: Result<T, Problem>, return_to: &str) -> SiteResult<Response> {
    match result {
        Ok(_) => Ok(Redirect::to(&return_path(return_to, "/cart")).into_response()),
        Err(problem) if problem.status >= 500 => Err(problem.into()),
        Err(problem) => Err(refused_at_cart(problem.code)),
    }
}

#[derive(Deserialize)]
struct TicketTypeForm {
    performance_id: PerformanceId,
    seat: u32,
    ticket_type_id: TicketTypeId,
    #[serde(default)]
    return_to: String,
}

async fn change_ticket_type(reader: Reader, Form(form): Form<TicketTypeForm>) -> SiteResult<Response> {
    let visitor = visitor(&reader)?;
    let changed = reader
        .coordinator()
        .seats()
        .change_ticket_type(&visitor, form.performance_id, SeatNo(form.seat), form.ticket_type_id)
        .await;
    answered(changed, &form.return_to)
}

#[derive(Deserialize)]
struct LapsedForm {
    performance_id: PerformanceId,
    #[serde(default)]
    return_to: String,
}

/// Takes those seats of a lapsed hold that are still free.
async fn take_again(reader: Reader, client: ClientInfo, Form(form): Form<LapsedForm>) -> SiteResult<Response> {
    let visitor = visitor(&reader)?;
    let cart = reader.coordinator().seats().load_cart(&visitor).await?;
    let lapsed = cart.lapsed.into_iter().find(|hold| hold.performance_id == form.performance_id);
    let Some(lapsed) = lapsed.filter(|hold| !hold.still_free.is_empty()) else {
        return Err(refused_at_cart(ErrorCode::SeatsTaken));
    };
    let request = HoldRequest { choice: SeatChoice::Seats(lapsed.still_free), ticket_type_id: None };
    let (id, from) = (form.performance_id, client.as_hold_origin());
    let held = reader.coordinator().seats().hold_seats(&visitor, id, HoldId::new(), request, &from).await;
    answered(held, &form.return_to)
}

async fn forget(reader: Reader, Form(form): Form<LapsedForm>) -> SiteResult<Response> {
    let visitor = visitor(&reader)?;
    let forgotten = reader.coordinator().seats().forget_lapsed_hold(&visitor, form.performance_id).await;
    answered(forgotten, &form.return_to)
}
