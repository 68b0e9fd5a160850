//! Somebody who looks at a live chart: a web socket, and the chart that its frames build up.

use crate::venue::Performance;
use futures_util::{SinkExt, StreamExt};
use shared_model::{
    HoldId, Problem, SeatNo, SeatState,
    hold::{Hold, HoldRequest, SeatChoice},
    live::{ClientMessage, Frame, ServerMessage},
    seat::PackedStates,
};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{self, Message, client::IntoClientRequest, handshake::client::Request},
};

/// How long a word of the server may take. Generous: the machine may be busy.
const ANSWER_MAX: Duration = Duration::from_secs(20);

/// A viewer and her chart.
pub struct Viewer {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub version: u64,
    pub states: PackedStates,
    /// What she was told to hold here, last.
    pub yours: Option<Hold>,
    /// Binary frames she was sent: snapshots and deltas.
    pub snapshots: u32,
    pub deltas: u32,
    requests: u64,
}

impl Viewer {
    /// Connects and waits for the first snapshot.
    pub async fn open(url: &str, performance: &Performance, token: &str) -> Self {
        let (socket, _) =
            tokio_tungstenite::connect_async(upgrade(url, performance, token)).await.expect("the socket opens");
        let mut viewer = Self {
            socket,
            version: 0,
            states: PackedStates::free(0),
            yours: None,
            snapshots: 0,
            deltas: 0,
            requests: 0,
        };
        while viewer.snapshots == 0 {
            viewer.hear().await.expect("a snapshot comes first");
        }
        viewer
    }

    /// Hears one frame; `None` when the server has closed the socket. Answers to her own requests are handed out.
    pub async fn hear(&mut self) -> Option<Option<ServerMessage>> {
        let next = tokio::time::timeout(ANSWER_MAX, self.socket.next()).await.expect("the server says something");
        match next? {
            Ok(Message::Binary(bytes)) => {
                self.draw(Frame::decode(&bytes).expect("a frame of the protocol"));
                Some(None)
            }
            Ok(Message::Text(text)) => match serde_json::from_str(&text).expect("a message of the protocol") {
                ServerMessage::Yours { hold } => {
                    self.yours = Some(hold);
                    Some(None)
                }
                answer => Some(Some(answer)),
            },
            Ok(Message::Close(_)) | Err(_) => None,
            Ok(_) => Some(None),
        }
    }

    fn draw(&mut self, frame: Frame) {
        match frame {
            Frame::Snapshot(snapshot) => {
                self.snapshots += 1;
                self.version = snapshot.version;
                self.states = snapshot.states;
            }
            Frame::Delta(delta) => {
                self.deltas += 1;
                assert!(
                    delta.from_version <= self.version,
                    "a delta from {} for a chart at {}",
                    delta.from_version,
                    self.version
                );
                assert!(delta.to_version > self.version, "versions only rise");
                self.version = delta.to_version;
                for (seat, state) in delta.changes {
                    self.states.set(seat, state);
                }
            }
        }
    }

    /// Hears until her chart shows what it should.
    pub async fn see(&mut self, seat: SeatNo, state: SeatState) {
        while self.states.get(seat) != Some(state) {
            self.hear().await.expect("the socket stays open");
        }
    }

    /// Hears until her chart is at that version.
    pub async fn catch_up(&mut self, version: u64) {
        while self.version < version {
            self.hear().await.expect("the socket stays open");
        }
    }

    pub async fn hold(&mut self, seats: Vec<SeatNo>) -> Result<Hold, Problem> {
        let request = HoldRequest { choice: SeatChoice::Seats(seats), ticket_type_id: None };
        self.ask(|request_id| ClientMessage::Hold { request_id, hold_id: HoldId::new(), request }).await
    }

    pub async fn release(&mut self, seats: Vec<SeatNo>) -> Result<Hold, Problem> {
        self.ask(|request_id| ClientMessage::Release { request_id, seats }).await
    }

    pub async fn extend(&mut self) -> Result<Hold, Problem> {
        self.ask(|request_id| ClientMessage::Extend { request_id }).await
    }

    /// Asks for a fresh snapshot and waits for it.
    pub async fn resync(&mut self) {
        let before = self.snapshots;
        self.requests += 1;
        self.say(&ClientMessage::Resync { request_id: self.requests }).await.expect("the socket is open");
        while self.snapshots == before {
            self.hear().await.expect("the socket stays open");
        }
    }

    async fn ask(&mut self, message: impl FnOnce(u64) -> ClientMessage) -> Result<Hold, Problem> {
        self.requests += 1;
        let asked = self.requests;
        self.say(&message(asked)).await.expect("the socket is open");
        loop {
            match self.hear().await.expect("the socket stays open") {
                Some(ServerMessage::Done { request_id, hold }) if request_id == asked => return Ok(hold),
                Some(ServerMessage::Refused { request_id, problem }) if request_id == asked => return Err(problem),
                _ => {}
            }
        }
    }

    pub async fn say(&mut self, message: &ClientMessage) -> Result<(), tungstenite::Error> {
        self.say_text(serde_json::to_string(message).expect("messages are plain values")).await
    }

    pub async fn say_text(&mut self, text: String) -> Result<(), tungstenite::Error> {
        self.socket.send(Message::Text(text.into())).await
    }

    /// Hears until the server closes the socket.
    pub async fn hear_the_end(&mut self) {
        while self.hear().await.is_some() {}
    }
}

/// The request that opens a chart's socket, to be changed by those who come from elsewhere.
pub fn upgrade(url: &str, performance: &Performance, token: &str) -> Request {
    let url = format!("{}/api/v1/performances/{}/live", url.replacen("http", "ws", 1), performance.id);
    let mut request = url.into_client_request().expect("an address");
    let bearer = format!("Bearer {token}").parse().expect("tokens are plain text");
    request.headers_mut().insert("authorization", bearer);
    request
}
