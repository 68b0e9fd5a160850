//! The RESTful API under `/api/v1`: thin handlers over the coordinator. Its OpenAPI document is made of
//! them and stands at `/api/v1/openapi.json`.
//!
//! Every answer that is not a success is a [`Problem`]; every request that changes something may be
//! repeated with the id its client made.

mod accounts;
mod cards;
mod cart;
mod events;
mod orders;
mod passkeys;
mod rights;
mod seats;
mod second_factor;
mod sessions;
mod staff;

use super::{AppState, answers::error::ApiError};
use axum::{Json, Router, routing::get};
use shared_model::{ErrorCode, Problem};
use std::{collections::BTreeMap, sync::LazyLock};
use utoipa::{
    OpenApi,
    openapi::{Content, Ref, RefOr, Response, ResponseBuilder},
};
use utoipa_axum::router::OpenApiRouter;

/// What the document says about the whole API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "TicketBoss",
        description = "Events, live seats, carts, orders and tickets. Problems are RFC 9457 details with a closed `code`. \
            Ids of holds, orders and payments are made by the client: repeating a request with the same id is free.",
    ),
    servers((url = "/api/v1")),
    modifiers(&Security),
    components(schemas(
        Problem,
        shared_model::live::ClientMessage,
        shared_model::live::ServerMessage,
        // Only a query parameter names this type, and utoipa does not collect types from those.
        shared_model::order::OrderPeriod,
    )),
    tags(
        (name = "events", description = "What is on"),
        (name = "seats", description = "Charts, holds and the live socket"),
        (name = "cart", description = "What a visitor holds"),
        (name = "orders", description = "Check-out and tickets"),
        (name = "sessions", description = "Tokens for apps, signing in and out"),
        (name = "account", description = "The account of who is signed in"),
        (name = "staff", description = "Organizers' teams and what they did"),
    ),
)]
struct Document;

/// The error responses of every operation: the statuses of [`ErrorCode`]'s table, each with problem details.
struct Problems;

impl utoipa::IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        const CODES: [(&str, &str); 7] = [
            ("401", "A session token is needed"),
            ("403", "From another site, or not allowed"),
            ("404", "Not found, or not visible to this visitor"),
            ("409", "Refused as things stand: taken, not on sale, over"),
            ("422", "A rule or limit is broken"),
            ("429", "Too many requests; Retry-After says when to come back"),
            ("default", "Any other failure"),
        ];
        let problem = || Content::new(Some(Ref::from_schema_name("Problem")));
        let response = |words: &str| {
            ResponseBuilder::new().description(words).content("application/problem+json", problem()).build().into()
        };
        CODES.into_iter().map(|(status, words)| (status.to_owned(), response(words))).collect()
    }
}

struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
        let components = document.components.get_or_insert_default();
        let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("bearer", bearer);
    }
}

/// What OpenAPI demands and the handlers do not say: a description for every answer, and a licence that has a name or
/// none at all.
struct Wording;

impl utoipa::Modify for Wording {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        document.info.license = None;
        for item in document.paths.paths.values_mut() {
            let operations = [
                &mut item.get,
                &mut item.put,
                &mut item.post,
                &mut item.delete,
                &mut item.patch,
                &mut item.head,
                &mut item.options,
                &mut item.trace,
            ];
            for operation in operations.into_iter().flatten() {
                for (status, response) in &mut operation.responses.responses {
                    if let RefOr::T(response) = response
                        && response.description.is_empty()
                    {
                        response.description = match status.as_str() {
                            "201" => "Made",
                            "202" => "Accepted; it is done later",
                            "204" => "Done; there is nothing to say",
                            _ => "Done",
                        }
                        .to_owned();
                    }
                }
            }
        }
    }
}

fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(events::routes())
        .merge(seats::routes())
        .merge(cart::routes())
        .merge(orders::routes())
        .merge(sessions::routes())
        .merge(accounts::routes())
        .merge(passkeys::routes())
        .merge(second_factor::routes())
        .merge(staff::routes())
        .merge(cards::routes())
        .merge(rights::routes())
}

/// The OpenAPI 3.1 document, made of the handlers.
pub fn openapi() -> &'static utoipa::openapi::OpenApi {
    static DOCUMENT: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(|| {
        let mut document = routes().into_openapi();
        // Once the handlers have said all they say.
        utoipa::Modify::modify(&Wording, &mut document);
        document
    });
    &DOCUMENT
}

pub fn router() -> Router<AppState> {
    let (router, _) = routes().split_for_parts();
    router
        .route("/openapi.json", get(|| async { Json(openapi()) }))
        .method_not_allowed_fallback(|| async { ApiError::from(ErrorCode::MethodNotAllowed) })
        .fallback(|| async { ApiError::from(ErrorCode::NotFound) })
}
