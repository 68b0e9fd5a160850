//! Connections are hostile input as well: whoever says nothing, or never ends, or comes a thousand times, keeps nobody
//! else out.

use reqwest::{Method, Response, StatusCode, header};
use shared_model::{
    HoldId, SeatNo,
    event::{Page, PerformanceSummary, SaleState},
    hold::{BestSeats, Hold, HoldRequest, SeatChoice},
};
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use ticketboss::{app::raise_files_limit, config::Config, safeguards::Safeguards};
use ticketboss_tests::{
    app::{Engine, Setting, TestApp},
    buyer::{Buyer, GOOD_CARD, read},
    server::Server,
    venue::Wish,
    viewer::upgrade,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    sync::mpsc,
    time::sleep,
};
use tokio_tungstenite::tungstenite::{
    Bytes, Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// An empty SETTINGS frame and a PING (RFC 9113, sections 6.5 and 6.7).
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
const PING: &[u8] = &[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];

/// What connections begin with that never become a request.
const BEGINNINGS: [&[u8]; 5] = [b"", b"P", b"PRI * HTTP/2.", b"GET / HTTP/1.1\r\nhost: a\r\nx-slow: ", b"\r\n"];

fn address_of(url: &str) -> SocketAddr {
    url.trim_start_matches("http://").parse().expect("the address of a server")
}

/// Opens a connection from an address of this machine's own network.
async fn connect_from(from: Ipv4Addr, server: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind((from, 0).into())?;
    socket.connect(server).await
}

/// What the server sends until it closes the connection.
async fn hear_all(mut stream: TcpStream) -> Vec<u8> {
    let mut heard = Vec::new();
    // A connection that is reset has ended as well.
    let _ = stream.read_to_end(&mut heard).await;
    heard
}

/// The status of an answer to these bytes, which are the whole of what is asked.
async fn status_of(app: &TestApp, request: &str) -> u16 {
    let mut stream = TcpStream::connect(address_of(&app.url())).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let heard = hear_all(stream).await;
    let head = String::from_utf8_lossy(&heard);
    head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{request:?}: {head:?}"))
}

/// Opens that many connections that never ask anything, from 200 addresses, and keeps those that stay open.
async fn silent_connections(server: SocketAddr, count: usize) -> Vec<TcpStream> {
    let mut open = Vec::with_capacity(count);
    for n in 0..count {
        let from = Ipv4Addr::new(127, 9, 9, (n % 200) as u8 + 1);
        // One that is refused was an attempt all the same.
        let Ok(mut stream) = connect_from(from, server).await else { continue };
        let beginning: Vec<u8> = match n % (BEGINNINGS.len() + 1) {
            5 => [PREFACE, SETTINGS, PING].concat(),
            kind => BEGINNINGS[kind].into(),
        };
        let _ = stream.write_all(&beginning).await;
        open.push(stream);
    }
    open
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_thousand_silent_connections_keep_no_buyer_out() {
    const ATTEMPTS: usize = 6_000;
    assert!(raise_files_limit() > 2 * ATTEMPTS as u64, "this machine allows too few open files to attack with");
    let server = Server::start_with_files(2_000);
    let buy = async || {
        let ana = Buyer::arrive(server.url()).await;
        let page: Page<PerformanceSummary> = ana.get("/performances?limit=50").await.unwrap();
        let sells = |item: &&PerformanceSummary| item.sale == SaleState::OnSale && !item.standing_only;
        let play = page.items.iter().find(sells).expect("something is on sale");
        let best = BestSeats { count: 1, price_category_id: None, together: true, step_free: false };
        let request = HoldRequest { choice: SeatChoice::Best(best), ticket_type_id: None };
        let path = format!("/performances/{}/holds/{}", play.performance_id, HoldId::new());
        ana.put::<Hold>(&path, &request).await.unwrap();
        let order = ana.buy(GOOD_CARD).await.unwrap();
        assert!(order.paid_at.is_some());
    };
    let attack = tokio::spawn(silent_connections(address_of(server.url()), ATTEMPTS));
    buy().await;
    let open = attack.await.unwrap();
    assert!(open.len() > 2_000, "only {} of the attempts got through", open.len());
    buy().await;
    drop(open);
}

/// The negative control: without eviction the same attack, smaller, keeps everybody else out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_eviction_silent_connections_keep_everybody_out() {
    for evict_idle in [true, false] {
        let safeguards = Safeguards { evict_idle, ..Safeguards::default() };
        let setting = Setting { safeguards, files_max: Some(300), ..Setting::of(Engine::Sqlite) };
        let app = TestApp::start_with(setting).await;
        let open = silent_connections(address_of(&app.url()), 400).await;
        let answer = reqwest::get(format!("{}/health/live", app.url())).await;
        assert_eq!(answer.is_ok_and(|answer| answer.status() == StatusCode::OK), evict_idle);
        drop(open);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_never_becomes_a_request_ends() {
    let tune = |config: &mut Config| config.limits.head_seconds = 1;
    let app = TestApp::start_with(Setting { tune, ..Setting::of(Engine::Sqlite) }).await;
    let mut endings = tokio::task::JoinSet::new();
    for beginning in BEGINNINGS {
        let mut stream = TcpStream::connect(address_of(&app.url())).await.unwrap();
        stream.write_all(beginning).await.unwrap();
        endings.spawn(hear_all(stream));
    }
    while let Some(heard) = endings.join_next().await {
        let heard = heard.unwrap();
        assert!(heard.is_empty() || heard.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&heard));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pings_keep_no_connection_alive() {
    let tune = |config: &mut Config| config.limits.head_seconds = 1;
    let app = TestApp::start_with(Setting { tune, ..Setting::of(Engine::Sqlite) }).await;
    let stream = TcpStream::connect(address_of(&app.url())).await.unwrap();
    let (mut hear, mut say) = stream.into_split();
    say.write_all(&[PREFACE, SETTINGS].concat()).await.unwrap();
    let (answer, mut answers) = mpsc::unbounded_channel::<[u8; 17]>();
    let talk = tokio::spawn(async move {
        // Until the connection is closed, which the reader below waits for.
        loop {
            let frame = tokio::select! {
                Some(answer) = answers.recv() => answer.to_vec(),
                () = sleep(Duration::from_millis(100)) => PING.to_vec(),
            };
            if say.write_all(&frame).await.is_err() {
                break;
            }
        }
    });
    let mut heard_settings = false;
    // Frame by frame (RFC 9113, section 4.1); what the server asks by a ping is answered, as a client that is there does.
    let mut head = [0; 9];
    while hear.read_exact(&mut head).await.is_ok() {
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        if hear.read_exact(&mut payload).await.is_err() {
            break;
        }
        match (head[3], head[4]) {
            (0x4, 0) => heard_settings = true,
            (0x6, 0) => {
                head[4] = 1;
                let pong = [&head[..], &payload].concat().try_into().expect("a ping has eight bytes");
                let _ = answer.send(pong);
            }
            _ => {}
        }
    }
    assert!(heard_settings, "it was answered before it was closed");
    talk.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_has_so_many_connections_and_its_oldest_idle_one_gives_way() {
    let tune = |config: &mut Config| {
        config.trusted_proxies.clear();
        config.limits.connections_per_address = 3;
    };
    let app = TestApp::start_with(Setting { tune, ..Setting::of(Engine::Sqlite) }).await;
    let server = address_of(&app.url());
    let crowded = Ipv4Addr::new(127, 9, 9, 1);
    let oldest = connect_from(crowded, server).await.unwrap();
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(connect_from(crowded, server).await.unwrap());
    }
    assert!(hear_all(oldest).await.is_empty());
    for mut stream in others {
        stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
        assert!(hear_all(stream).await.starts_with(b"HTTP/1.1 200"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_names_its_host_once() {
    let app = TestApp::start(Engine::Sqlite).await;
    for path in ["/", "/health/live", "/api/v1/performances", "/static/1/css/site.css", "/nothing"] {
        for wrong in [
            "",
            "host: a\r\nhost: a\r\n",
            "host: a\r\nhost: b\r\n",
            "host: \r\n",
            "host: a b\r\n",
            "host: a/b\r\n",
            "host: u@a\r\n",
            "host: a:b\r\n",
            "host: a:99999\r\n",
            "host: a\u{e9}\r\n",
        ] {
            let request = format!("GET {path} HTTP/1.1\r\nconnection: close\r\n{wrong}\r\n");
            assert_eq!(status_of(&app, &request).await, 400, "{request:?}");
        }
    }
    assert_eq!(status_of(&app, "GET http://a/health/live HTTP/1.1\r\nconnection: close\r\n\r\n").await, 400);
    for right in ["GET /health/live HTTP/1.1\r\nhost: a:80", "GET http://a/health/live HTTP/1.1\r\nhost: a"] {
        assert_eq!(status_of(&app, &format!("{right}\r\nconnection: close\r\n\r\n")).await, 200, "{right}");
    }
    assert_eq!(status_of(&app, "GET /health/live HTTP/1.0\r\n\r\n").await, 200, "HTTP/1.0 knows no Host");
    let http2 = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    let answer = http2.get(format!("{}/health/live", app.url())).send().await.unwrap();
    assert_eq!((answer.version(), answer.status()), (reqwest::Version::HTTP_2, StatusCode::OK));
}

/// Whether a socket is closed on which a message never ends, made of empty frames.
async fn ends_a_message_without_end(safeguards: Safeguards) -> bool {
    use futures_util::{SinkExt, StreamExt};
    /// Far more than the allowance of a client.
    const FRAMES: usize = 20_000;
    let app = TestApp::start_with(Setting { safeguards, ..Setting::of(Engine::Sqlite) }).await;
    let play = app.stage(Wish::default()).await;
    let ana = app.buyer().await;
    let (mut socket, _) = tokio_tungstenite::connect_async(upgrade(&app.url(), &play, &ana.token)).await.unwrap();
    let frame = |opcode| Message::Frame(Frame::message(Vec::new(), OpCode::Data(opcode), false));
    let mut sent = socket.send(frame(Data::Text)).await;
    for _ in 0..FRAMES {
        if sent.is_err() {
            return true;
        }
        sent = socket.send(frame(Data::Continue)).await;
    }
    // Whether the last of them could be written or not: who is still heard is answered.
    if socket.send(Message::Ping(Bytes::new())).await.is_err() {
        return true;
    }
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Pong(_) => return false,
            Message::Close(_) => return true,
            _ => {}
        }
    }
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn empty_continuation_frames_are_counted() {
    assert!(ends_a_message_without_end(Safeguards::default()).await);
    assert!(!ends_a_message_without_end(Safeguards { frames: false, ..Safeguards::default() }).await, "the control");
}

/// How many of fifty different lists one address is refused that asks for them in a moment.
async fn lists_refused(tune: fn(&mut Config)) -> usize {
    let app = TestApp::start_with(Setting { tune, ..Setting::of(Engine::Sqlite) }).await;
    let ana = app.buyer().await.from("192.0.2.1");
    let mut refused = 0;
    for n in 0..50 {
        let answer = ana.request(Method::GET, &format!("/performances?limit={}", n + 1)).send().await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            refused += 1;
            assert!(answer.headers().contains_key(header::RETRY_AFTER));
            assert!(read::<()>(answer).await.is_err());
        }
    }
    let ben = app.buyer().await.from("192.0.2.2");
    assert!(ben.get::<Page<PerformanceSummary>>("/performances?limit=1").await.is_ok(), "another address");
    // What is kept costs nothing, so everybody may read it.
    for _ in 0..50 {
        assert!(ana.get::<Page<PerformanceSummary>>("/performances?limit=1").await.is_ok());
    }
    refused
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_that_nothing_kept_answers_are_limited_by_address() {
    assert!(lists_refused(|config| config.limits.reads_per_second = 1).await > 0);
    assert_eq!(lists_refused(|config| config.limits.reads_per_second = 0).await, 0, "the control");
}

/// A network of many addresses asks once from each.
async fn lists_refused_to_a_network(tune: fn(&mut Config)) -> usize {
    let app = TestApp::start_with(Setting { tune, ..Setting::of(Engine::Sqlite) }).await;
    let eve = app.buyer().await;
    let mut refused = 0;
    for n in 0..150 {
        let from = eve.from(format!("2001:db8:1:{n:x}::1"));
        let answer = from.request(Method::GET, &format!("/performances?limit=50&city=c{n}")).send().await.unwrap();
        refused += usize::from(answer.status() == StatusCode::TOO_MANY_REQUESTS);
    }
    let answer = eve.from("2001:db8:2::1").request(Method::GET, "/performances?limit=50&city=x").send().await.unwrap();
    assert_ne!(answer.status(), StatusCode::TOO_MANY_REQUESTS, "another site");
    refused
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_addresses_of_one_network_are_counted_together() {
    assert!(lists_refused_to_a_network(|config| config.limits.reads_per_second = 1).await > 0);
    assert_eq!(lists_refused_to_a_network(|config| config.limits.reads_per_second = 0).await, 0, "the control");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_draws_its_public_lists_once_a_second() {
    let app = TestApp::start(Engine::Sqlite).await;
    let count = async || {
        let ana = app.buyer().await;
        ana.get::<Page<PerformanceSummary>>("/performances?limit=50").await.unwrap().items.len()
    };
    assert_eq!(count().await, 0);
    app.stage(Wish::default()).await;
    assert_eq!(count().await, 0, "it is kept for a second");
    app.wait(Duration::from_secs(1));
    assert_eq!(count().await, 1);
}

/// Asks for one document three times and once more: the last answer, after the first two were the same.
async fn fourth_document(tune: fn(&mut Config)) -> Response {
    let app = TestApp::start_with(Setting { tune, ..Setting::of(Engine::Sqlite) }).await;
    let play = app.stage(Wish::default()).await;
    let ana = app.buyer().await.from("192.0.2.1");
    ana.hold_seats(&play, vec![SeatNo(0), SeatNo(1)]).await.unwrap();
    let order = ana.buy(GOOD_CARD).await.unwrap();
    let path = format!("/orders/{}/tickets.pdf", order.order_id);
    let ask = async || ana.request(Method::GET, &path).send().await.unwrap();
    let first = ask().await.bytes().await.unwrap();
    assert!(first.starts_with(b"%PDF"));
    assert_eq!(ask().await.bytes().await.unwrap(), first, "the same file, down to its own number");
    ask().await;
    ask().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_limited_by_address_and_drawn_once() {
    let refused = fourth_document(|config| config.limits.documents_per_minute = 3).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key(header::RETRY_AFTER));
    let unlimited = fourth_document(|config| config.limits.documents_per_minute = 0).await;
    assert_eq!(unlimited.status(), StatusCode::OK, "the control");
}
