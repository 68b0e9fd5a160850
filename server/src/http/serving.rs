//! Connections: accepted, bounded in number and in time, and ended in order when the process stops.
//!
//! axum's own `serve` sets no time-out on a connection, and hyper's for a request's head begins only once the version
//! of HTTP is known: a connection that says nothing, or one letter, would stay for ever. So the version is found out
//! here, within [`FIRST_BYTES_TIMEOUT`]; a connection without an open request ends, pings or not; and an answer that is
//! not taken within [`ANSWER_LIFE_MAX`] is cut off. How many connections there may be is [`super::connections`]'
//! business.

use super::{
    AppState,
    connections::{Place, Places},
};
use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{
    Request, Response,
    body::{Body as HttpBody, Frame, Incoming, SizeHint},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use parking_lot::Mutex;
use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{Arc, Weak},
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{Instant, MissedTickBehavior, interval_at, sleep, timeout},
};
use tower::ServiceExt;

/// How long a connection may take until it is known which version of HTTP it speaks.
const FIRST_BYTES_TIMEOUT: Duration = Duration::from_secs(10);
/// How often the start of a connection is looked at again that is the beginning of an HTTP/2 preface.
const PREFACE_LOOK_INTERVAL: Duration = Duration::from_millis(50);
/// What every connection of HTTP/2 begins with (RFC 9113, section 3.4).
const HTTP2_PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How long an answer may take until its receiver has all of it. Also how long a connection of HTTP/1 may go without an
/// open request: hyper's own time-out for the next head is shorter, but waits until the last answer was taken.
const ANSWER_LIFE_MAX: Duration = Duration::from_secs(5 * 60);
/// How long a connection may take to end once it was told to.
const CLOSING_MAX: Duration = Duration::from_secs(30);
/// A request that does not arrive whole within this time, or an answer of which nothing was taken for so long, does not
/// protect its connection from eviction.
const STALLED_AFTER: Duration = Duration::from_secs(5);
/// How often a connection's age is looked at, at least.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// How often an HTTP/2 peer is asked whether it is still there, and how long it may take to answer.
const PING_INTERVAL: Duration = Duration::from_secs(30);
const PING_TIMEOUT: Duration = Duration::from_secs(20);
/// Requests one connection of HTTP/2 may have open.
const STREAMS_MAX: u32 = 128;
/// Bytes all header fields of a request may have on HTTP/2.
const HTTP2_HEADER_BYTES_MAX: u32 = 16 * 1024;
/// How long to wait when the system has nothing left for a connection, such as file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Which addresses a listener serves, and to how many at once.
pub struct Served {
    pub router: Router,
    pub places: Places,
    /// For a request's head, and for a kept connection until its next one; pings do not count, as they cost nothing
    /// to send.
    pub head_timeout: Duration,
}

impl Served {
    /// The product's public addresses.
    pub fn public(state: AppState) -> Self {
        let head_timeout = Duration::from_secs(state.config.limits.head_seconds.max(1).into());
        Self { places: state.places.clone(), router: super::router(state), head_timeout }
    }
}

/// Serves on the listener until `stopping` turns true, then finishes the requests it has.
pub async fn serve(listener: TcpListener, served: Served, mut stopping: watch::Receiver<bool>) {
    let Served { router, places, head_timeout } = served;
    let builder = builder(head_timeout);
    let server = Arc::new(Server {
        http1: builder.clone().http1_only(),
        http2: builder.http2_only(),
        router,
        head_timeout,
        stopping: stopping.clone(),
    });
    // Every connection holds a receiver; when all are dropped, all connections have ended.
    let (open, in_connections) = watch::channel(());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.wait_for(|stopping| *stopping) => break,
        };
        match accepted {
            // Without a place the connection is closed at once: its client may come again.
            Ok((stream, peer)) => {
                if let Ok(place) = places.take_connection(peer.ip()) {
                    let (server, open) = (server.clone(), in_connections.clone());
                    tokio::spawn(async move {
                        server.converse(stream, peer, place).await;
                        drop(open);
                    });
                } else {
                    metrics::counter!("ticketboss_connections_refused_total").increment(1);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop((listener, in_connections));
    open.closed().await;
}

fn builder(head_timeout: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head_timeout);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT)
        .max_header_list_size(HTTP2_HEADER_BYTES_MAX)
        .max_concurrent_streams(STREAMS_MAX);
    builder
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HttpVersion {
    Http1,
    Http2,
}

impl HttpVersion {
    /// Looks at the first bytes and leaves them where they are.
    async fn detect(stream: &TcpStream) -> io::Result<Self> {
        let mut first = [0; HTTP2_PREFACE.len()];
        loop {
            let length = stream.peek(&mut first).await?;
            if length == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if first[..length] != HTTP2_PREFACE[..length] {
                return Ok(Self::Http1);
            }
            if length == HTTP2_PREFACE.len() {
                return Ok(Self::Http2);
            }
            // Bytes that were only looked at leave the socket readable: nothing would tell of the next ones.
            sleep(PREFACE_LOOK_INTERVAL).await;
        }
    }
}

struct Server {
    router: Router,
    http1: Builder<TokioExecutor>,
    http2: Builder<TokioExecutor>,
    head_timeout: Duration,
    stopping: watch::Receiver<bool>,
}

impl Server {
    /// Serves one connection until it ends, is evicted, or has no more time.
    async fn converse(&self, stream: TcpStream, peer: SocketAddr, place: Place) {
        // Deltas and answers are small and leave at once; without this a second one waits for the first's receipt.
        let _ = stream.set_nodelay(true);
        let mut stopping = self.stopping.clone();
        let version = tokio::select! {
            version = timeout(self.head_timeout.min(FIRST_BYTES_TIMEOUT), HttpVersion::detect(&stream)) => version,
            () = place.evicted() => return,
            _ = stopping.wait_for(|stopping| *stopping) => return,
        };
        let Ok(Ok(version)) = version else { return };
        let (builder, idle_max) = match version {
            HttpVersion::Http1 => (&self.http1, ANSWER_LIFE_MAX),
            HttpVersion::Http2 => (&self.http2, self.head_timeout),
        };
        let requests = Arc::new(OpenRequests::new(place));
        let answer = service_fn(|request: Request<Incoming>| {
            let open = Arc::new(OpenRequest::begin(&requests, !request.body().is_end_stream()));
            let mut request = request.map(|body| ArrivingBody::of(body, &open));
            request.extensions_mut().insert(ConnectInfo(peer));
            let answered = self.router.clone().oneshot(request);
            async move {
                let response: Response<Body> = answered.await.unwrap_or_else(|never| match never {});
                open.answered();
                Ok::<_, Infallible>(response.map(|body| WatchedBody { body, open }))
            }
        });
        let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), answer));
        let look_interval = self.head_timeout.min(LOOK_INTERVAL);
        let mut looks = interval_at(Instant::now() + look_interval, look_interval);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut closing_since = None;
        loop {
            tokio::select! {
                biased;
                // A client that goes away, or is cut off, is no failure of ours.
                _ = connection.as_mut() => return,
                () = requests.place.evicted() => return,
                _ = stopping.wait_for(|stopping| *stopping), if closing_since.is_none() => {
                    connection.as_mut().graceful_shutdown();
                    closing_since = Some(Instant::now());
                }
                now = looks.tick() => match requests.look(idle_max, closing_since, now) {
                    Verdict::Keep => {}
                    Verdict::Close => {
                        connection.as_mut().graceful_shutdown();
                        closing_since = Some(now);
                    }
                    Verdict::Cut => return,
                },
            }
        }
    }
}

/// What becomes of a connection that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Keep,
    /// It takes no more requests and finishes those it has.
    Close,
    Cut,
}

/// The requests of one connection whose answers have not left yet.
struct OpenRequests {
    place: Place,
    state: Mutex<RequestsState>,
}

struct RequestsState {
    /// Oldest first.
    open: Vec<RequestState>,
    next_number: u64,
    /// When the last one ended, or the connection began.
    idle_since: Instant,
}

struct RequestState {
    number: u64,
    begun_at: Instant,
    /// Since when it waits for its client: to send the rest, or to take the next part of the answer. `None` while the
    /// answer is being made.
    waits_since: Option<Instant>,
    is_answered: bool,
}

impl OpenRequests {
    fn new(place: Place) -> Self {
        let state = RequestsState { open: Vec::new(), next_number: 0, idle_since: Instant::now() };
        Self { place, state: Mutex::new(state) }
    }

    fn look(&self, idle_max: Duration, closing_since: Option<Instant>, now: Instant) -> Verdict {
        let state = self.state.lock();
        let age = |since: Instant| now.saturating_duration_since(since);
        let is_stalled = |request: &RequestState| request.waits_since.is_some_and(|since| age(since) >= STALLED_AFTER);
        self.place.set_idle(state.open.iter().all(is_stalled));
        let is_too_old = match state.open.first() {
            Some(oldest) => age(oldest.begun_at) >= ANSWER_LIFE_MAX,
            None => closing_since.is_some_and(|since| age(since) >= CLOSING_MAX),
        };
        if is_too_old {
            Verdict::Cut
        } else if state.open.is_empty() && closing_since.is_none() && age(state.idle_since) >= idle_max {
            Verdict::Close
        } else {
            Verdict::Keep
        }
    }
}

/// One request from its head until all of its answer was taken, or nobody wants it any more.
struct OpenRequest {
    requests: Arc<OpenRequests>,
    number: u64,
}

impl OpenRequest {
    fn begin(requests: &Arc<OpenRequests>, has_body: bool) -> Self {
        let mut state = requests.state.lock();
        let number = state.next_number;
        state.next_number += 1;
        let begun_at = Instant::now();
        let waits_since = has_body.then_some(begun_at);
        state.open.push(RequestState { number, begun_at, waits_since, is_answered: false });
        requests.place.set_idle(false);
        Self { requests: requests.clone(), number }
    }

    /// All of it has arrived.
    fn arrived(&self) {
        self.change(|request| {
            if !request.is_answered {
                request.waits_since = None;
            }
        });
    }

    /// Its answer is there, or a part of it was taken.
    fn answered(&self) {
        self.change(|request| {
            request.is_answered = true;
            request.waits_since = Some(Instant::now());
        });
    }

    fn change(&self, change: impl FnOnce(&mut RequestState)) {
        let mut state = self.requests.state.lock();
        if let Some(request) = state.open.iter_mut().find(|request| request.number == self.number) {
            change(request);
        }
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        let mut state = self.requests.state.lock();
        state.open.retain(|request| request.number != self.number);
        if state.open.is_empty() {
            state.idle_since = Instant::now();
            self.requests.place.set_idle(true);
        }
    }
}

/// A request's body that says when all of it has arrived.
struct ArrivingBody {
    body: Incoming,
    open: Weak<OpenRequest>,
}

impl ArrivingBody {
    fn of(body: Incoming, open: &Arc<OpenRequest>) -> Body {
        if body.is_end_stream() {
            return Body::new(body);
        }
        Body::new(Self { body, open: Arc::downgrade(open) })
    }
}

impl HttpBody for ArrivingBody {
    type Data = bytes::Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if (matches!(polled, Poll::Ready(None)) || self.body.is_end_stream())
            && let Some(open) = self.open.upgrade()
        {
            open.arrived();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body that says when a part of it was taken.
struct WatchedBody {
    body: Body,
    open: Arc<OpenRequest>,
}

impl HttpBody for WatchedBody {
    type Data = bytes::Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if polled.is_ready() {
            self.open.answered();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const IDLE_MAX: Duration = Duration::from_secs(60);

    /// One connection, and the places of which it has one.
    fn one_connection() -> (Arc<OpenRequests>, Places) {
        let places = Places::new(&Config::defaults().limits, &[], 1_000);
        let place = places.take_connection([127, 0, 0, 1].into()).expect("all places are free");
        (Arc::new(OpenRequests::new(place)), places)
    }

    fn requests() -> Arc<OpenRequests> {
        one_connection().0
    }

    /// What is found so long from now, should nothing happen until then.
    fn look_after(requests: &OpenRequests, wait: Duration) -> Verdict {
        requests.look(IDLE_MAX, None, Instant::now() + wait)
    }

    #[tokio::test]
    async fn a_connection_without_requests_is_closed_and_then_cut() {
        let requests = requests();
        assert_eq!(look_after(&requests, IDLE_MAX / 2), Verdict::Keep);
        assert_eq!(look_after(&requests, IDLE_MAX), Verdict::Close);
        let now = Instant::now();
        assert_eq!(requests.look(IDLE_MAX, Some(now), now + CLOSING_MAX / 2), Verdict::Keep);
        assert_eq!(requests.look(IDLE_MAX, Some(now), now + CLOSING_MAX), Verdict::Cut);
    }

    #[tokio::test]
    async fn an_open_request_keeps_its_connection_for_as_long_as_an_answer_may_take() {
        let requests = requests();
        let open = OpenRequest::begin(&requests, false);
        assert_eq!(look_after(&requests, ANSWER_LIFE_MAX / 2), Verdict::Keep);
        drop(open);
        assert_eq!(look_after(&requests, IDLE_MAX / 2), Verdict::Keep);
        assert_eq!(look_after(&requests, IDLE_MAX), Verdict::Close);
    }

    #[tokio::test]
    async fn an_answer_that_nobody_takes_is_cut_off_whatever_else_is_asked_meanwhile() {
        let requests = requests();
        let _stalled = OpenRequest::begin(&requests, false);
        let _other = OpenRequest::begin(&requests, false);
        drop(OpenRequest::begin(&requests, false));
        assert_eq!(look_after(&requests, ANSWER_LIFE_MAX / 2), Verdict::Keep);
        assert_eq!(look_after(&requests, ANSWER_LIFE_MAX), Verdict::Cut);
    }

    #[tokio::test]
    async fn neither_a_request_that_does_not_arrive_nor_an_answer_that_nobody_takes_protects_its_connection() {
        let (requests, places) = one_connection();
        let evictable_after = |wait: Duration| {
            requests.look(IDLE_MAX, None, Instant::now() + wait);
            places.has_idle()
        };
        let open = OpenRequest::begin(&requests, true);
        assert!(!evictable_after(Duration::ZERO) && evictable_after(STALLED_AFTER));
        open.arrived();
        assert!(!evictable_after(STALLED_AFTER), "its answer is being made");
        open.answered();
        assert!(!evictable_after(Duration::ZERO) && evictable_after(STALLED_AFTER));
        drop(open);
        assert!(evictable_after(Duration::ZERO));
    }
}
