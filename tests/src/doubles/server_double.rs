//! A stand-in for the server where a test is about an app alone: the event list, posters, sessions. It can
//! go away and come back at the same address.

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing,
};
use shared_model::{
    Language, Timestamp,
    account::NewSession,
    event::{EventFilter, Page, PerformanceSummary, SaleState},
    samples,
};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinHandle};

/// Friday, 22 November 2126, 18:30 UTC, 19:30 in Madrid: always to come.
const FIRST_EVENING: Timestamp = Timestamp::from_millis(4_951_045_800_000);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The cursor of the second page.
const SECOND_PAGE: &str = "second";

/// The running double.
pub struct ServerDouble {
    address: SocketAddr,
    state: Arc<Seen>,
    serving: Option<JoinHandle<()>>,
}

/// What the double was asked for.
#[derive(Debug, Default)]
struct Seen {
    sessions_opened: AtomicU32,
}

impl ServerDouble {
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("this machine has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let mut double = Self { address, state: Arc::default(), serving: None };
        double.serve(listener);
        double
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn sessions_opened(&self) -> u32 {
        self.state.sessions_opened.load(Ordering::Relaxed)
    }

    /// Nobody answers any more, on old connections and new.
    pub async fn go_away(&mut self) {
        let serving = self.serving.take().expect("it goes away only while it is there");
        serving.abort();
        assert!(serving.await.is_err_and(|end| end.is_cancelled()), "it served until now");
    }

    pub async fn come_back(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("the address is still free");
        self.serve(listener);
    }

    fn serve(&mut self, listener: TcpListener) {
        let routes = Router::new()
            .route("/api/v1/performances", routing::get(list_performances))
            .route("/api/v1/sessions", routing::post(open_session))
            .route("/posters/{file}", routing::get(poster))
            .with_state(Arc::clone(&self.state));
        self.serving =
            Some(tokio::spawn(
                async move { axum::serve(listener, routes).await.expect("it serves until it is aborted") },
            ));
    }
}

async fn list_performances(Query(filter): Query<EventFilter>) -> Json<Page<PerformanceSummary>> {
    let (items, next_cursor) = match filter.cursor.as_deref() {
        Some(SECOND_PAGE) => (vec![performance("Night Train", "night-train", FIRST_EVENING + 9 * DAY)], None),
        _ => (season(), Some(SECOND_PAGE.to_owned())),
    };
    Json(Page { items, next_cursor })
}

async fn open_session(State(seen): State<Arc<Seen>>) -> (StatusCode, Json<NewSession>) {
    let number = seen.sessions_opened.fetch_add(1, Ordering::Relaxed);
    let session = NewSession {
        token: format!("token-{number}"),
        expires_at: FIRST_EVENING,
        refresh_token: None,
        language: Language::En,
    };
    (StatusCode::CREATED, Json(session))
}

async fn poster(Path(file): Path<String>) -> Response {
    let hue = file.bytes().fold(0_u32, |sum, byte| sum * 31 % 360 + u32::from(byte)) % 360;
    let svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 800"><rect width="600" height="800" fill="hsl({hue} 45% 30%)"/><circle cx="300" cy="340" r="210" fill="hsl({} 70% 62%)"/><rect y="620" width="600" height="180" fill="hsl({hue} 40% 88%)"/></svg>"#,
        (hue + 150) % 360
    );
    match file.as_str() {
        "not-drawn.svg" => StatusCode::NOT_FOUND.into_response(),
        _ => ([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response(),
    }
}

/// Every way a performance can be listed.
fn season() -> Vec<PerformanceSummary> {
    let evening = |title, poster| performance(title, poster, FIRST_EVENING);
    let later = |title, poster| performance(title, poster, FIRST_EVENING + 5 * DAY);
    vec![
        PerformanceSummary { few_left: Some(14), ..evening("The Seagull", "the-seagull") },
        evening("Mahler 2", "mahler-2"),
        PerformanceSummary { standing_only: true, few_left: Some(6), ..evening("Subterra", "subterra") },
        PerformanceSummary { accent: "plum".to_owned(), ..evening("A poster that never came", "not-drawn") },
        PerformanceSummary { sale: SaleState::Cancelled, ..later("Carmen", "carmen") },
        PerformanceSummary { moved_from: Some(FIRST_EVENING + 4 * DAY), ..later("Cello suites", "cello-suites") },
        PerformanceSummary { sale: SaleState::SoldOut, ..later("Peter and the Wolf", "peter-and-the-wolf") },
        PerformanceSummary { sale: SaleState::NotYetOnSale { on_sale_at: FIRST_EVENING }, ..later("Arches", "arches") },
    ]
}

fn performance(title: &str, poster: &str, starts_at: Timestamp) -> PerformanceSummary {
    let event_slug = poster.to_owned();
    PerformanceSummary { poster: Some(event_slug.clone()), event_slug, ..samples::performance(title, starts_at) }
}
