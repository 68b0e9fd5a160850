//! The live seating chart over a web socket: a snapshot, then numbered deltas; commands come back the
//! same way they go over REST, with the same effect and the same errors. The protocol is
//! [`shared_model::live`].
//!
//! Bounds: the size of a client's frame, how often it may speak, and how far it may fall behind. A slow
//! reader is given a snapshot instead of what it missed.

use super::{
    AppState,
    error::{ApiError, ApiPath, ApiResult},
    guard::is_cross_site,
};
use crate::coordinator::{Coordinator, Visitor, desk::Desk, hub::Announcement};
use axum::{
    Router,
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code},
    },
    http::HeaderMap,
    response::Response,
    routing::any,
};
use futures_util::{SinkExt, StreamExt, stream::SplitSink};
use shared_model::{
    ErrorCode, PerformanceId, Problem,
    live::{CLIENT_FRAME_BYTES_MAX, ClientMessage, ServerMessage},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{broadcast::error::RecvError, watch},
    time::Instant,
};

/// Bytes axum reads ahead for each socket; its default of 128 kB would be most of a viewer's memory.
const READ_BUFFER_BYTES: usize = 1_024;
/// Bytes a socket may wait to send before it is cut off.
const WRITE_BUFFER_BYTES_MAX: usize = 512 * 1024;
/// Messages a client may send in a row, and how fast it may go on.
const MESSAGES_BURST: f64 = 40.0;
const MESSAGES_PER_SECOND: f64 = 20.0;
/// A socket over which nothing came for so long is dead; clients ping more often.
const SILENCE_MAX: Duration = Duration::from_secs(75);
/// How long one frame may take to leave.
const SEND_TIMEOUT: Duration = Duration::from_secs(15);

pub fn router() -> Router<AppState> {
    Router::new().route("/api/v1/performances/{performance_id}/live", any(upgrade))
}

async fn upgrade(
    State(state): State<AppState>,
    ApiPath(performance_id): ApiPath<PerformanceId>,
    headers: HeaderMap,
    visitor: Option<Visitor>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> ApiResult<Response> {
    if is_cross_site(&headers, &state) {
        return Err(ApiError(Problem::new(ErrorCode::Forbidden).detail("this socket comes from another site")));
    }
    let desk = state.coordinator.desk(performance_id).await?;
    let upgrade = upgrade.map_err(|rejection| Problem::new(ErrorCode::InvalidInput).detail(rejection.body_text()))?;
    let viewer = Viewer { coordinator: state.coordinator, desk, visitor, stopping: state.stopping };
    Ok(upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_frame_size(CLIENT_FRAME_BYTES_MAX)
        .max_message_size(CLIENT_FRAME_BYTES_MAX)
        .on_upgrade(move |socket| viewer.serve(socket)))
}

struct Viewer {
    coordinator: Coordinator,
    desk: Arc<Desk>,
    /// Who only looks needs no session; who takes seats does.
    visitor: Option<Visitor>,
    stopping: watch::Receiver<bool>,
}

type Out = SplitSink<WebSocket, Message>;

/// The socket is gone, or broke a rule.
struct Closed;

impl Viewer {
    async fn serve(self, socket: WebSocket) {
        metrics::gauge!("ticketboss_live_viewers").increment(1.0);
        // A viewer that leaves is no failure.
        let _ = self.converse(socket).await;
        metrics::gauge!("ticketboss_live_viewers").decrement(1.0);
    }

    async fn converse(&self, socket: WebSocket) -> Result<(), Closed> {
        let (mut out, mut incoming) = socket.split();
        // First listen, then the snapshot: nothing can fall between them.
        let mut announcements = self.desk.hub().subscribe();
        let mut shown = self.send_snapshot(&mut out).await?;
        self.send_yours(&mut out).await?;
        let mut allowance = Allowance::new();
        let mut heard_at = Instant::now();
        let mut stopping = self.stopping.clone();
        loop {
            tokio::select! {
                announcement = announcements.recv() => match announcement {
                    Ok(announcement) => self.pass_on(&mut out, &announcement, &mut shown).await?,
                    Err(RecvError::Lagged(_)) => shown = self.send_snapshot(&mut out).await?,
                    Err(RecvError::Closed) => return Ok(()),
                },
                message = incoming.next() => {
                    let message = message.ok_or(Closed)?.map_err(|_| Closed)?;
                    heard_at = Instant::now();
                    allowance.spend()?;
                    match message {
                        // Boxed: who only looks does not carry the memory that speaking needs.
                        Message::Text(text) => Box::pin(self.hear(&mut out, &text, &mut shown)).await?,
                        Message::Close(_) => return Ok(()),
                        // Answered by the protocol itself; binary frames mean nothing here.
                        Message::Ping(_) | Message::Pong(_) => {}
                        Message::Binary(_) => return Err(Closed),
                    }
                }
                () = async { drop(stopping.wait_for(|stopping| *stopping).await) } => {
                    let farewell = CloseFrame { code: close_code::RESTART, reason: Utf8Bytes::from_static("restarting") };
                    return send(&mut out, Message::Close(Some(farewell))).await;
                }
                () = tokio::time::sleep_until(heard_at + SILENCE_MAX) => return Err(Closed),
            }
        }
    }

    async fn pass_on(&self, out: &mut Out, announcement: &Announcement, shown: &mut u64) -> Result<(), Closed> {
        if announcement.to_version > *shown {
            match &announcement.delta {
                Some(delta) => {
                    send(out, Message::Binary(delta.clone())).await?;
                    *shown = announcement.to_version;
                }
                None => *shown = self.send_snapshot(out).await?,
            }
        }
        match self.visitor {
            Some(visitor) if announcement.carts.contains(&visitor.cart_id) => self.send_yours(out).await,
            _ => Ok(()),
        }
    }

    async fn send_snapshot(&self, out: &mut Out) -> Result<u64, Closed> {
        let snapshot = self.desk.snapshot();
        send(out, Message::Binary(snapshot.bytes)).await?;
        Ok(snapshot.version)
    }

    async fn send_yours(&self, out: &mut Out) -> Result<(), Closed> {
        match self.visitor {
            Some(visitor) => say(out, &ServerMessage::Yours { hold: self.desk.hold_of(visitor.cart_id) }).await,
            None => Ok(()),
        }
    }

    async fn hear(&self, out: &mut Out, text: &Utf8Bytes, shown: &mut u64) -> Result<(), Closed> {
        let message = match serde_json::from_str::<ClientMessage>(text) {
            Ok(message) => message,
            Err(error) => {
                let problem = Problem::new(ErrorCode::InvalidInput).detail(error.to_string());
                return say(out, &ServerMessage::Refused { request_id: 0, problem }).await;
            }
        };
        let performance = self.desk.performance_id();
        let (request_id, outcome) = match message {
            ClientMessage::Ping { request_id } => return say(out, &ServerMessage::Pong { request_id }).await,
            ClientMessage::Resync { .. } => {
                *shown = self.send_snapshot(out).await?;
                return self.send_yours(out).await;
            }
            ClientMessage::Hold { request_id, hold_id, request } => (
                request_id,
                match self.visitor() {
                    Ok(visitor) => self.coordinator.hold_seats(visitor, performance, hold_id, request).await,
                    Err(problem) => Err(problem),
                },
            ),
            ClientMessage::Release { request_id, seats } => (
                request_id,
                match self.visitor() {
                    Ok(visitor) => self.coordinator.release_seats(visitor, performance, seats).await,
                    Err(problem) => Err(problem),
                },
            ),
            ClientMessage::Extend { request_id } => (
                request_id,
                match self.visitor() {
                    Ok(visitor) => self.coordinator.extend_hold(visitor, performance).await,
                    Err(problem) => Err(problem),
                },
            ),
        };
        let answer = match outcome {
            Ok(hold) => ServerMessage::Done { request_id, hold },
            Err(problem) => ServerMessage::Refused { request_id, problem },
        };
        say(out, &answer).await
    }

    fn visitor(&self) -> Result<&Visitor, Problem> {
        self.visitor.as_ref().ok_or_else(|| Problem::new(ErrorCode::Unauthenticated))
    }
}

async fn say(out: &mut Out, message: &ServerMessage) -> Result<(), Closed> {
    let text = serde_json::to_string(message).expect("a message is plain values and always serialises");
    send(out, Message::Text(text.into())).await
}

async fn send(out: &mut Out, message: Message) -> Result<(), Closed> {
    tokio::time::timeout(SEND_TIMEOUT, out.send(message)).await.map_err(|_| Closed)?.map_err(|_| Closed)
}

/// How much a client may still say just now.
struct Allowance {
    left: f64,
    counted_at: Instant,
}

impl Allowance {
    fn new() -> Self {
        Self { left: MESSAGES_BURST, counted_at: Instant::now() }
    }

    fn spend(&mut self) -> Result<(), Closed> {
        let now = Instant::now();
        let earned = now.duration_since(self.counted_at).as_secs_f64() * MESSAGES_PER_SECOND;
        self.counted_at = now;
        self.left = (self.left + earned).min(MESSAGES_BURST) - 1.0;
        if self.left < 0.0 { Err(Closed) } else { Ok(()) }
    }
}
