//! Connections: accepted, bounded in number and in time, and closed gracefully when the process stops.
//!
//! axum's own `serve` sets no timeout on a connection, and hyper's timeout for a request's head starts only once the
//! HTTP version is known: a connection that sends nothing, or one byte, would stay open for ever. So the version is
//! detected here, within [`FIRST_BYTES_TIMEOUT`]; a connection without an open request is closed after an idle time,
//! whether it pings or not; and one whose client does not read the response within [`ANSWER_LIFE_MAX`] is closed. The
//! limits of connections are in [`super::places`].

use super::{
    open_requests::{ANSWER_LIFE_MAX, OpenRequest, OpenRequests, Verdict},
    places::{Place, Places},
};
use crate::http::AppState;
use axum::{Router, extract::ConnectInfo};
use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};
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
        Self { places: state.places.clone(), router: crate::http::router(state), head_timeout }
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
            // Bytes that were only peeked leave the socket readable: there is no wake-up for the next ones.
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
            // hyper's own time-out for the next head is shorter, but waits until the last answer was taken.
            HttpVersion::Http1 => (&self.http1, ANSWER_LIFE_MAX),
            HttpVersion::Http2 => (&self.http2, self.head_timeout),
        };
        let requests = Arc::new(OpenRequests::new(place));
        let answer = service_fn(|request: Request<Incoming>| {
            let (open, mut request) = OpenRequest::watch(&requests, request);
            request.extensions_mut().insert(ConnectInfo(peer));
            let answered = self.router.clone().oneshot(request);
            async move { Ok::<_, Infallible>(open.answer(answered.await.unwrap_or_else(|never| match never {}))) }
        });
        let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), answer));
        let look_interval = self.head_timeout.min(LOOK_INTERVAL);
        let mut looks = interval_at(Instant::now() + look_interval, look_interval);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut closing_since = None;
        loop {
            tokio::select! {
                biased;
                // A client that disconnects, or is disconnected, is no failure of ours.
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
