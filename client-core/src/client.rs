//! The entry point of `client-core`: what the screens ask for. Each answer comes from the server if it can be reached,
//! else from the cache, and says which.

use crate::{
    ClientError, ServerAddress,
    api::ApiClient,
    cache::{Cache, Kept},
    credentials::Credentials,
    local_time::{listed, local_moment},
};
use jiff::tz::TimeZone;
use serde::{Serialize, de::DeserializeOwned};
use shared_model::{
    Timestamp,
    app::{AsOf, EventList, TokenKeeping},
    event::{EventFilter, Page, PerformanceSummary},
};
use std::{path::Path, sync::Arc, time::Duration};

/// The name of the cache file in the app's cache folder.
const CACHE_FILE: &str = "cache.sqlite";
/// A kept poster is shown without asking the server for this long: posters change hardly ever.
const POSTER_FRESH: Duration = Duration::from_secs(24 * 60 * 60);

/// One app's connection to one server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    api: ApiClient,
    cache: Arc<Cache>,
    credentials: Arc<Credentials>,
    /// Two screens that start at once share one new session.
    opening: Arc<tokio::sync::Mutex<()>>,
}

impl Client {
    /// Opens the cache in that folder; the keyring is first asked when a session is.
    ///
    /// # Errors
    /// [`ClientError::NoTls`]. A folder that cannot be written is no error: the cache then ends with the app.
    pub fn open(server: ServerAddress, cache_folder: &Path) -> Result<Self, ClientError> {
        let cache = open_cache(cache_folder).unwrap_or_else(|error| {
            tracing::warn!(%error, folder = %cache_folder.display(), "the cache could not be opened; nothing is kept for offline use");
            Cache::in_memory().expect("an empty database fits into memory")
        });
        let credentials = Credentials::open(&server);
        Ok(Self::new(ApiClient::new(server)?, cache, credentials))
    }

    pub fn new(api: ApiClient, cache: Cache, credentials: Credentials) -> Self {
        Self { api, cache: Arc::new(cache), credentials: Arc::new(credentials), opening: Arc::default() }
    }

    /// A page of the event list; with the server away, the same page as it was.
    ///
    /// # Errors
    /// The server's refusal; [`ClientError::is_away`] when it is away and the page was never read.
    pub async fn list_events(&self, filter: EventFilter, now: Timestamp) -> Result<EventList, ClientError> {
        let key = self.key("performances", &filter);
        let viewer_zone = TimeZone::system();
        let read: Kept<Page<PerformanceSummary>> = match self.api.list_performances(&filter).await {
            Ok(page) => {
                self.keep_answer(&key, &page, now).await;
                return Ok(event_list(page, None, now, &viewer_zone));
            }
            Err(error) if error.is_away() => self.find_answer(&key).await.ok_or(error)?,
            Err(error) => return Err(error),
        };
        Ok(event_list(read.value, Some(read.read_at), now, &viewer_zone))
    }

    /// Makes sure that there is a session and says where its token is kept.
    ///
    /// # Errors
    /// As for the server.
    pub async fn open_session(&self, now: Timestamp) -> Result<TokenKeeping, ClientError> {
        let _one_at_a_time = self.opening.lock().await;
        let credentials = Arc::clone(&self.credentials);
        if off_the_async_threads(move || credentials.find_session(now)).await.is_none() {
            let session = self.api.open_session().await?;
            let credentials = Arc::clone(&self.credentials);
            off_the_async_threads(move || credentials.keep_session(session)).await;
        }
        Ok(self.credentials.keeping())
    }

    /// The poster of that name as SVG, from the cache where it is fresh or the server is away.
    ///
    /// # Errors
    /// As for the server, where nothing is kept.
    pub async fn load_poster(&self, key: &str, now: Timestamp) -> Result<Vec<u8>, ClientError> {
        let cache_key = self.key("poster", &key);
        let cache = Arc::clone(&self.cache);
        let kept = off_the_async_threads({
            let cache_key = cache_key.clone();
            move || cache.find_poster(&cache_key)
        })
        .await
        .unwrap_or_else(|error| {
            tracing::warn!(%error, "a cached poster could not be read");
            None
        });
        if let Some(kept) = &kept
            && now.saturating_since(kept.read_at) < POSTER_FRESH
        {
            return Ok(kept.value.clone());
        }
        match self.api.load_poster(key).await {
            Ok(svg) => {
                let (cache, copy) = (Arc::clone(&self.cache), svg.clone());
                if let Err(error) = off_the_async_threads(move || cache.keep_poster(&cache_key, &copy, now)).await {
                    tracing::warn!(%error, "a poster could not be cached");
                }
                Ok(svg)
            }
            Err(error) if error.is_away() => kept.map(|kept| kept.value).ok_or(error),
            Err(error) => Err(error),
        }
    }

    /// What an answer is kept under: the server, the kind and the question.
    fn key(&self, kind: &str, question: &impl Serialize) -> String {
        let question = serde_json::to_string(question).expect("questions are plain data with text keys");
        format!("{} {kind} {question}", self.api.server())
    }

    /// Keeps an answer for later. That it could not be kept spoils nothing now.
    async fn keep_answer(&self, key: &str, answer: &impl Serialize, now: Timestamp) {
        let body = serde_json::to_string(answer).expect("answers are plain data with text keys");
        let (cache, key) = (Arc::clone(&self.cache), key.to_owned());
        if let Err(error) = off_the_async_threads(move || cache.keep_answer(&key, &body, now)).await {
            tracing::warn!(%error, "a response could not be cached");
        }
    }

    /// An answer kept before. One that cannot be read counts as none.
    async fn find_answer<T: DeserializeOwned>(&self, key: &str) -> Option<Kept<T>> {
        let (cache, key) = (Arc::clone(&self.cache), key.to_owned());
        let kept = off_the_async_threads(move || cache.find_answer(&key)).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "a cached response could not be read");
            None
        })?;
        let value = serde_json::from_str(&kept.value).ok()?;
        Some(Kept { value, read_at: kept.read_at })
    }
}

fn open_cache(folder: &Path) -> Result<Cache, Box<dyn std::error::Error>> {
    std::fs::create_dir_all(folder)?;
    Ok(Cache::open(&folder.join(CACHE_FILE))?)
}

/// Shapes the answer. A list that is not fresh says nothing about how few places are left.
fn event_list(
    page: Page<PerformanceSummary>,
    read_at: Option<Timestamp>,
    now: Timestamp,
    viewer_zone: &TimeZone,
) -> EventList {
    let performances = page
        .items
        .into_iter()
        .map(|summary| {
            let few_left = summary.few_left.filter(|_| read_at.is_none());
            listed(PerformanceSummary { few_left, ..summary }, now, viewer_zone)
        })
        .collect();
    let as_of = read_at.map(|at| {
        let read = local_moment(at, viewer_zone);
        AsOf { read, is_today: read.is_same_day(&local_moment(now, viewer_zone)) }
    });
    EventList { performances, next_cursor: page.next_cursor, as_of }
}

/// Runs what waits for disk or keyring where waiting harms nobody.
async fn off_the_async_threads<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("the work does not panic and is not aborted")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use axum::{Json, Router, http::StatusCode, routing};
    use shared_model::{ErrorCode, Language, Problem, account::NewSession, samples};
    use std::sync::atomic::{AtomicU32, Ordering};

    const NOON: Timestamp = Timestamp::from_millis(1_795_348_800_000);

    pub fn performance(slug: &str) -> PerformanceSummary {
        let starts_at = NOON + Duration::from_secs(8 * 60 * 60);
        PerformanceSummary { few_left: Some(14), ..samples::performance(slug, starts_at) }
    }

    /// A server that runs until it is dropped, and a client of it without disk and keyring.
    struct Double {
        serving: tokio::task::JoinHandle<()>,
        client: Client,
    }

    impl Double {
        async fn start(routes: Router) -> Self {
            let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
            let address = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
            let serving = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
            let credentials = Credentials::with_store(None, &address);
            let client = Client::new(ApiClient::new(address).unwrap(), Cache::in_memory().unwrap(), credentials);
            Self { serving, client }
        }

        async fn stop(&mut self) {
            self.serving.abort();
            assert!((&mut self.serving).await.unwrap_err().is_cancelled());
        }
    }

    async fn seagull() -> Json<Page<PerformanceSummary>> {
        Json(Page { items: vec![performance("the-seagull")], next_cursor: Some("more".to_owned()) })
    }

    #[tokio::test]
    async fn the_list_stays_when_the_server_goes_away_and_says_how_old_it_is() {
        let mut double = Double::start(Router::new().route("/api/v1/performances", routing::get(seagull))).await;
        let fresh = double.client.list_events(EventFilter::default(), NOON).await.unwrap();
        assert_eq!((fresh.performances.len(), fresh.next_cursor.as_deref(), fresh.as_of), (1, Some("more"), None));
        assert_eq!(fresh.performances[0].summary.few_left, Some(14));

        double.stop().await;
        let later = NOON + Duration::from_secs(24 * 60 * 60);
        let stale = double.client.list_events(EventFilter::default(), later).await.unwrap();
        assert_eq!(stale.performances[0].summary.title, "the-seagull");
        assert_eq!(stale.as_of, Some(AsOf { read: local_moment(NOON, &TimeZone::system()), is_today: false }));
        assert_eq!(stale.performances[0].summary.few_left, None, "an old count is no count");
    }

    #[tokio::test]
    async fn a_page_never_read_is_not_made_up_when_the_server_is_away() {
        let mut double = Double::start(Router::new()).await;
        double.stop().await;
        let error = double.client.list_events(EventFilter::default(), NOON).await.unwrap_err();
        assert!(error.is_away(), "{error}");
    }

    #[tokio::test]
    async fn a_refusal_arrives_with_its_code_and_is_not_covered_by_the_cache() {
        let refuse = || async { (StatusCode::UNPROCESSABLE_ENTITY, Json(Problem::new(ErrorCode::InvalidInput))) };
        let double = Double::start(Router::new().route("/api/v1/performances", routing::get(refuse))).await;
        match double.client.list_events(EventFilter::default(), NOON).await {
            Err(ClientError::Refused(problem)) => assert_eq!(problem.code, ErrorCode::InvalidInput),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_refusal_of_a_newer_version_is_still_a_refusal() {
        let refuse = || async {
            let problem = serde_json::json!({
                "type": "/api/problems/door_closed", "title": "The door is closed", "status": 409, "code": "door_closed"
            });
            (StatusCode::CONFLICT, Json(problem))
        };
        let double = Double::start(Router::new().route("/api/v1/performances", routing::get(refuse))).await;
        match double.client.list_events(EventFilter::default(), NOON).await {
            Err(ClientError::Refused(problem)) => assert_eq!(problem.code.as_str(), "door_closed"),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn taken_means_a_body_done_means_none_and_nothing_else_is_a_yes() {
        let taken = || async { (StatusCode::ACCEPTED, Json("later")) };
        let partly = || async { (StatusCode::PARTIAL_CONTENT, Json("half")) };
        let router = Router::new()
            .route("/taken", routing::get(taken))
            .route("/done", routing::get(|| async { StatusCode::NO_CONTENT }))
            .route("/partly", routing::get(partly));
        let double = Double::start(router).await;
        let api = &double.client.api;
        assert_eq!(api.get::<String>("taken").await.unwrap(), "later");
        api.get::<()>("done").await.unwrap();
        let error = api.get::<String>("done").await.unwrap_err();
        assert!(matches!(error, ClientError::Unreadable(_)), "who asks for something finds nothing to read: {error}");
        let error = api.get::<String>("partly").await.unwrap_err();
        assert!(matches!(error, ClientError::Unreadable(_)), "{error}");
    }

    #[tokio::test]
    async fn an_answer_without_end_is_cut_off() {
        let endless = || async { "x".repeat(5 << 20) };
        let double = Double::start(Router::new().route("/api/v1/performances", routing::get(endless))).await;
        let error = double.client.list_events(EventFilter::default(), NOON).await.unwrap_err();
        assert!(matches!(error, ClientError::Unreadable(_)), "{error}");
    }

    #[tokio::test]
    async fn an_event_nobody_knows_is_none_and_no_failure() {
        let unknown = || async { (StatusCode::NOT_FOUND, Json(Problem::new(ErrorCode::NotFound))) };
        let double = Double::start(Router::new().route("/api/v1/events/{slug}", routing::get(unknown))).await;
        assert_eq!(double.client.api.find_event("the-seagull").await.unwrap(), None);
    }

    #[tokio::test]
    async fn two_screens_that_start_at_once_open_one_session() {
        static OPENED: AtomicU32 = AtomicU32::new(0);
        let open = || async {
            OPENED.fetch_add(1, Ordering::Relaxed);
            let expires_at = NOON + Duration::from_secs(60);
            (
                StatusCode::CREATED,
                Json(NewSession {
                    token: "opaque".to_owned(),
                    expires_at,
                    refresh_token: None,
                    language: Language::En,
                }),
            )
        };
        let double = Double::start(Router::new().route("/api/v1/sessions", routing::post(open))).await;
        let (one, two) = tokio::join!(double.client.open_session(NOON), double.client.open_session(NOON));
        assert_eq!((one.unwrap(), two.unwrap()), (TokenKeeping::MemoryOnly, TokenKeeping::MemoryOnly));
        assert_eq!(OPENED.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_poster_is_shown_from_the_cache_while_the_server_is_away() {
        let mut double =
            Double::start(Router::new().route("/posters/the-seagull.svg", routing::get(|| async { "<svg/>" }))).await;
        double.client.load_poster("the-seagull", NOON).await.unwrap();
        double.stop().await;
        let much_later = NOON + POSTER_FRESH + POSTER_FRESH;
        assert_eq!(double.client.load_poster("the-seagull", much_later).await.unwrap(), b"<svg/>");
    }

    #[tokio::test]
    async fn a_session_opens_again_when_the_kept_one_is_over() {
        let double = Double::start(Router::new()).await;
        let over =
            NewSession { token: "old".to_owned(), expires_at: NOON, refresh_token: None, language: Language::En };
        double.client.credentials.keep_session(over);
        let error = double.client.open_session(NOON).await.unwrap_err();
        assert!(
            matches!(error, ClientError::Unreadable(_)),
            "it asked the server, which has no sessions here: {error}"
        );
    }
}
