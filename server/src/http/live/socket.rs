//! The live seating chart over a web socket: a snapshot, then numbered deltas; commands come back the
//! same way they go over REST, with the same effect and the same errors. The protocol is
//! [`shared_model::live`].
//!
//! Bounds: the size of a client's frame, how often it may speak, and how far it may fall behind. A slow
//! reader is given a snapshot instead of what it missed.
//!
//! Snapshots are written to the connection itself, past the socket's buffer: that would keep room for a
//! whole chart in every viewer's memory, for one frame that is the same for all.

use super::frame_meter::{Allowance, FrameMeter};
use crate::{
    coordinator::{
        Coordinator, HoldOrigin, Visitor,
        seats::{desk::Desk, hub::Announcement},
    },
    http::{
        AppState,
        answers::error::{ApiError, ApiPath, ApiResult},
        connections::places::{NoPlace, Place},
        extractors::session::{ClientInfo, token_of},
        requests::{
            limits::Limits,
            request_checks::{is_cross_site, too_many_at_once},
        },
    },
};
use axum::{
    Extension, Router,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use bytes::{Buf, Bytes};
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use shared_model::{
    ErrorCode, PerformanceId, Problem,
    live::{CLIENT_FRAME_BYTES_MAX, ClientMessage, ServerMessage},
};
use std::{net::IpAddr, sync::Arc, time::Duration};
use tokio::{
    io::AsyncWriteExt,
    sync::{broadcast::error::RecvError, watch},
    time::{Instant, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message, Utf8Bytes,
        handshake::derive_accept_key,
        protocol::{
            CloseFrame, Role, WebSocketConfig,
            frame::{
                FrameHeader,
                coding::{CloseCode, Data, OpCode},
            },
        },
    },
};

/// Bytes read ahead for each socket; the library's 128 kB would be most of a viewer's memory.
const READ_BUFFER_BYTES: usize = 1_024;
/// Bytes a socket may wait to send before it is cut off.
const WRITE_BUFFER_BYTES_MAX: usize = 512 * 1024;
/// A socket that received nothing for this long is considered dead; clients ping more often.
const SILENCE_MAX: Duration = Duration::from_secs(75);
/// How long one frame may take to leave.
const SEND_TIMEOUT: Duration = Duration::from_secs(15);

pub fn router() -> Router<AppState> {
    Router::new().route("/api/v1/performances/{performance_id}/live", any(upgrade))
}

async fn upgrade(
    State(state): State<AppState>,
    ApiPath(performance_id): ApiPath<PerformanceId>,
    method: Method,
    headers: HeaderMap,
    visitor: Option<Visitor>,
    client: ClientInfo,
    upgrade: Option<Extension<OnUpgrade>>,
) -> ApiResult<Response> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    if is_cross_site(&headers, host, &state) {
        return Err(ApiError(Problem::new(ErrorCode::Forbidden).detail("cross-site web sockets are refused")));
    }
    let desk = state.coordinator.seats().desk(performance_id).await?;
    let no_socket = || Problem::new(ErrorCode::InvalidInput).detail("this address only accepts web sockets");
    let key = socket_key(&method, &headers).ok_or_else(no_socket)?;
    let Extension(connection) = upgrade.ok_or_else(no_socket)?;
    let address = client.as_client().address;
    let place = state.places.take_chart(address).map_err(|none| {
        let (code, words) = match none {
            NoPlace::Address => (ErrorCode::RateLimited, "too many live charts are open from this address; close one"),
            NoPlace::All => (ErrorCode::Busy, "as many live charts are open as this server can serve"),
        };
        Problem { retry_after_seconds: Some(30), ..Problem::new(code).detail(words) }
    })?;
    let viewer = Viewer {
        coordinator: state.coordinator.clone(),
        desk,
        visitor,
        token: token_of(&headers, &state).map(Box::from),
        place,
        address,
        limits: state.limits.clone(),
        counts_frames: state.safeguards.frames,
        stopping: state.stopping.clone(),
    };
    tokio::spawn(async move {
        // A connection that ends before it becomes a socket is no failure.
        if let Ok(connection) = connection.await {
            viewer.serve(connection).await;
        }
    });
    let accept = HeaderValue::from_str(&derive_accept_key(key)).expect("base64 is a header value");
    let answer = [
        (header::CONNECTION, HeaderValue::from_static("upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::SEC_WEBSOCKET_ACCEPT, accept),
    ];
    Ok((StatusCode::SWITCHING_PROTOCOLS, answer).into_response())
}

/// The key of a client that opens a web socket (RFC 6455, section 4.2.1); `None` when it does something else.
fn socket_key<'a>(method: &Method, headers: &'a HeaderMap) -> Option<&'a [u8]> {
    let says = |name: header::HeaderName, word: &str| {
        let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|part| part.trim().eq_ignore_ascii_case(word))
    };
    let opens = method == Method::GET
        && says(header::CONNECTION, "upgrade")
        && says(header::UPGRADE, "websocket")
        && says(header::SEC_WEBSOCKET_VERSION, "13");
    headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| opens).map(HeaderValue::as_bytes)
}

struct Viewer {
    coordinator: Coordinator,
    desk: Arc<Desk>,
    /// Who only looks needs no session; who takes seats does.
    visitor: Option<Visitor>,
    /// Asked about before each command: a session may end while its socket is open.
    token: Option<Box<str>>,
    place: Place,
    /// Commands count as writes of this address, whatever they come over.
    address: IpAddr,
    limits: Arc<Limits>,
    counts_frames: bool,
    stopping: watch::Receiver<bool>,
}

type Socket = WebSocketStream<FrameMeter<TokioIo<Upgraded>>>;

/// The socket is gone, or broke a rule.
struct Closed;

impl Viewer {
    fn frames(&self) -> Allowance {
        if self.counts_frames { Allowance::new() } else { Allowance::endless() }
    }

    async fn serve(self, connection: Upgraded) {
        let limits = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
            .max_frame_size(Some(CLIENT_FRAME_BYTES_MAX))
            .max_message_size(Some(CLIENT_FRAME_BYTES_MAX));
        let metered = FrameMeter::new(TokioIo::new(connection), self.frames());
        let socket = WebSocketStream::from_raw_socket(metered, Role::Server, Some(limits)).await;
        metrics::gauge!("ticketboss_live_viewers").increment(1.0);
        // A viewer that leaves is no failure.
        let _ = self.converse(socket).await;
        metrics::gauge!("ticketboss_live_viewers").decrement(1.0);
    }

    async fn converse(&self, mut socket: Socket) -> Result<(), Closed> {
        // First listen, then the snapshot: nothing can fall between them.
        let mut announcements = self.desk.hub().subscribe();
        let mut shown = self.send_snapshot(&mut socket).await?;
        self.send_yours(&mut socket).await?;
        let mut heard_at = Instant::now();
        let mut stopping = self.stopping.clone();
        loop {
            tokio::select! {
                announcement = announcements.recv() => match announcement {
                    Ok(announcement) => self.pass_on(&mut socket, &announcement, &mut shown).await?,
                    Err(RecvError::Lagged(_)) => {
                        // The viewer's own seats may have been among what was missed.
                        shown = self.send_snapshot(&mut socket).await?;
                        self.send_yours(&mut socket).await?;
                    }
                    Err(RecvError::Closed) => return Ok(()),
                },
                message = socket.next() => {
                    let message = message.ok_or(Closed)?.map_err(|_| Closed)?;
                    heard_at = Instant::now();
                    match message {
                        // Boxed: who only looks does not carry the memory that speaking needs.
                        Message::Text(text) => Box::pin(self.hear(&mut socket, &text, &mut shown)).await?,
                        Message::Close(_) => return Ok(()),
                        // Answered by the protocol itself; binary frames mean nothing here.
                        Message::Ping(_) | Message::Pong(_) => {}
                        Message::Binary(_) | Message::Frame(_) => return Err(Closed),
                    }
                }
                () = async { drop(stopping.wait_for(|stopping| *stopping).await) } => {
                    let farewell = CloseFrame { code: CloseCode::Restart, reason: Utf8Bytes::from_static("restarting") };
                    return send(&mut socket, Message::Close(Some(farewell))).await;
                }
                () = self.place.evicted() => {
                    let farewell = CloseFrame { code: CloseCode::Again, reason: Utf8Bytes::from_static("too many live charts") };
                    return send(&mut socket, Message::Close(Some(farewell))).await;
                }
                () = tokio::time::sleep_until(heard_at + SILENCE_MAX) => return Err(Closed),
            }
        }
    }

    async fn pass_on(&self, socket: &mut Socket, announcement: &Announcement, shown: &mut u64) -> Result<(), Closed> {
        if announcement.to_version > *shown {
            match &announcement.delta {
                Some(delta) => {
                    send(socket, Message::Binary(delta.clone())).await?;
                    *shown = announcement.to_version;
                }
                None => *shown = self.send_snapshot(socket).await?,
            }
        }
        match self.visitor {
            Some(visitor) if announcement.carts.contains(&visitor.cart_id) => self.send_yours(socket).await,
            _ => Ok(()),
        }
    }

    async fn send_snapshot(&self, socket: &mut Socket) -> Result<u64, Closed> {
        let snapshot = self.desk.snapshot();
        send_past_buffer(socket, snapshot.bytes).await?;
        Ok(snapshot.version)
    }

    async fn send_yours(&self, socket: &mut Socket) -> Result<(), Closed> {
        match self.visitor {
            Some(visitor) => say(socket, &ServerMessage::Yours { hold: self.desk.hold_of(visitor.cart_id) }).await,
            None => Ok(()),
        }
    }

    async fn hear(&self, socket: &mut Socket, text: &Utf8Bytes, shown: &mut u64) -> Result<(), Closed> {
        let message = match serde_json::from_str::<ClientMessage>(text) {
            Ok(message) => message,
            Err(error) => {
                let problem = Problem::new(ErrorCode::InvalidInput).detail(error.to_string());
                return say(socket, &ServerMessage::Refused { request_id: 0, problem }).await;
            }
        };
        let performance = self.desk.performance_id();
        let (request_id, outcome) = match message {
            ClientMessage::Ping { request_id } => return say(socket, &ServerMessage::Pong { request_id }).await,
            ClientMessage::Resync { .. } => {
                *shown = self.send_snapshot(socket).await?;
                return self.send_yours(socket).await;
            }
            ClientMessage::Hold { request_id, hold_id, request } => (
                request_id,
                match self.visitor_now().await? {
                    Ok(visitor) => {
                        let from = HoldOrigin { address: self.address, challenge_token: None };
                        self.coordinator.seats().hold_seats(&visitor, performance, hold_id, request, &from).await
                    }
                    Err(problem) => Err(problem),
                },
            ),
            ClientMessage::Release { request_id, seats } => (
                request_id,
                match self.visitor_now().await? {
                    Ok(visitor) => self.coordinator.seats().release_seats(&visitor, performance, seats).await,
                    Err(problem) => Err(problem),
                },
            ),
            ClientMessage::Extend { request_id } => (
                request_id,
                match self.visitor_now().await? {
                    Ok(visitor) => self.coordinator.seats().extend_hold(&visitor, performance).await,
                    Err(problem) => Err(problem),
                },
            ),
        };
        let answer = match outcome {
            Ok(hold) => ServerMessage::Done { request_id, hold },
            Err(problem) => ServerMessage::Refused { request_id, problem },
        };
        say(socket, &answer).await
    }

    /// Whose command it is, if its address may do one more just now. A socket whose session has ended since closes: its
    /// client comes back with the token it has now, if it has one.
    async fn visitor_now(&self) -> Result<Result<Visitor, Problem>, Closed> {
        if !self.limits.admits_write(self.address) {
            return Ok(Err(too_many_at_once()));
        }
        let Some(token) = &self.token else { return Ok(Err(Problem::new(ErrorCode::Unauthenticated))) };
        match self.coordinator.accounts().find_visitor(token).await {
            Ok(Some(visitor)) => Ok(Ok(visitor)),
            Ok(None) if self.visitor.is_some() => Err(Closed),
            Ok(None) => Ok(Err(Problem::new(ErrorCode::Unauthenticated))),
            Err(problem) => Ok(Err(problem)),
        }
    }
}

async fn say(socket: &mut Socket, message: &ServerMessage) -> Result<(), Closed> {
    let text = serde_json::to_string(message).expect("a message is plain values and always serialises");
    send(socket, Message::Text(text.into())).await
}

async fn send(socket: &mut Socket, message: Message) -> Result<(), Closed> {
    timeout(SEND_TIMEOUT, socket.send(message)).await.map_err(|_| Closed)?.map_err(|_| Closed)
}

/// Sends a binary frame whose content all sockets share, without a copy of it.
async fn send_past_buffer(socket: &mut Socket, content: Bytes) -> Result<(), Closed> {
    let mut head = Vec::new();
    let header = FrameHeader { opcode: OpCode::Data(Data::Binary), ..FrameHeader::default() };
    header.format(content.len() as u64, &mut head).expect("writing to memory cannot fail");
    let sending = async {
        // What waits in the buffer (a pong, at most) goes first: frames do not mix.
        socket.flush().await.map_err(|_| Closed)?;
        socket.get_mut().get_mut().write_all_buf(&mut head.as_slice().chain(content)).await.map_err(|_| Closed)
    };
    timeout(SEND_TIMEOUT, sending).await.map_err(|_| Closed)?
}
