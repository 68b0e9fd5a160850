//! Connections: taken, bounded in number and in patience, and let go in order when the process stops.
//!
//! axum's own `serve` sets no clock on a connection: one that says nothing, or says its head a letter an hour, would
//! stay for ever.

use super::{AppState, router};
use axum::{body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tower::ServiceExt;

/// How often a connection of many streams (HTTP/2) is asked whether it is still there, and how long it may take to
/// answer.
const PING_INTERVAL: Duration = Duration::from_secs(30);
const PING_TIMEOUT: Duration = Duration::from_secs(20);
/// Requests one such connection may have open.
const STREAMS_MAX: u32 = 128;
/// Connections at the same time, but for web sockets, which are counted by themselves. More wait to be accepted.
const CONNECTIONS_MAX: usize = 10_000;
/// How long to wait when the system has nothing left for a connection, such as file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves on the listener until `stop` comes, then finishes the requests it has.
pub async fn serve(listener: TcpListener, state: AppState, stop: impl Future<Output = ()> + Send + 'static) {
    let head_timeout = Duration::from_secs(state.config.limits.head_seconds.max(1).into());
    let serving = Serving { router: router(state), builder: builder(head_timeout), open: GracefulShutdown::new() };
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut stop = std::pin::pin!(stop);
    loop {
        let place = tokio::select! {
            place = places.clone().acquire_owned() => place.expect("the semaphore is never closed"),
            () = &mut stop => break,
        };
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => serving.converse(stream, peer, place),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            () = &mut stop => break,
        }
    }
    drop(listener);
    serving.open.shutdown().await;
}

/// `head_timeout`: for a request's head, and for a kept connection until its next one.
fn builder(head_timeout: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head_timeout);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT)
        .max_concurrent_streams(STREAMS_MAX);
    builder
}

struct Serving {
    router: axum::Router,
    builder: Builder<TokioExecutor>,
    open: GracefulShutdown,
}

impl Serving {
    fn converse(&self, stream: TcpStream, peer: SocketAddr, place: OwnedSemaphorePermit) {
        // Deltas and answers are small and leave at once; without this a second one waits for the first's receipt.
        let _ = stream.set_nodelay(true);
        let router = self.router.clone();
        let answer = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let answered = router.clone().oneshot(request);
            async move { Ok::<_, Infallible>(answered.await.unwrap_or_else(|never| match never {})) }
        });
        let connection = self.builder.serve_connection_with_upgrades(TokioIo::new(stream), answer).into_owned();
        let connection = self.open.watch(connection);
        tokio::spawn(async move {
            // A client that goes away, or is cut off, is no failure of ours.
            let _ = connection.await;
            drop(place);
        });
    }
}
