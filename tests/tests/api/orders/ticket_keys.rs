//! The keys that sign tickets: whoever has the database alone has none of them, and old tickets outlive a new key.

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use shared_model::{
    PerformanceId, SeatNo, TicketId,
    order::Order,
    ticket_code::{ScannedTicket, TicketClaims, TicketCodeError},
};
use std::{collections::BTreeSet, fs, process::Command, time::Duration};
use ticketboss::data::Database;
use ticketboss_tests::{
    account_holder::AccountHolder,
    app::{Engine, SECRET, Setting, TestApp},
    books::{count_one, everything, execute},
    buyer::GOOD_CARD,
    on_each_engine,
    process::built_program,
    staff::AuthenticatorApp,
    venue::Wish,
};

/// Bytes of the private half of a key, in Base64 without padding.
const KEY_CHARACTERS: usize = 43;
/// A key that a version before this kept in clear.
const OLD_KEY: [u8; 32] = [77; 32];

async fn buy(app: &TestApp, labels: &[&str]) -> Order {
    let play = app.stage(Wish::default()).await;
    let ana = app.buyer().await;
    ana.hold(&play, labels).await.unwrap();
    ana.buy(GOOD_CARD).await.unwrap()
}

fn codes(order: &Order) -> Vec<String> {
    let lines = order.performances.iter().flat_map(|performance| &performance.lines);
    lines.filter_map(|line| line.ticket.as_ref()).map(|ticket| ticket.code.clone()).collect()
}

/// What somebody reads who took all there is of the database: its rows, and on SQLite its files to the last byte.
async fn taken(app: &TestApp) -> String {
    let mut text = everything(app.coordinator().database()).await;
    for name in ["ticketboss.db", "ticketboss.db-wal"] {
        let bytes = fs::read(app.data_folder().join(name)).unwrap_or_default();
        text.extend(bytes.iter().map(|byte| if byte.is_ascii_graphic() { char::from(*byte) } else { '\n' }));
    }
    text
}

/// Everything in it that could be a key: 32 bytes in Base64 or in hexadecimal digits, wherever they begin.
fn possible_keys(text: &str) -> BTreeSet<[u8; 32]> {
    let mut keys = BTreeSet::new();
    let of_base64 = |c: char| c.is_ascii_alphanumeric() || "+/-_".contains(c);
    for run in text.split(|c: char| !of_base64(c)) {
        // Longer runs are documents: a key stands by itself, or after one word.
        for begin in 0..=run.len().saturating_sub(KEY_CHARACTERS).min(40) {
            let Some(piece) = run.get(begin..begin + KEY_CHARACTERS) else { continue };
            let bytes = BASE64_STANDARD_NO_PAD.decode(piece).or_else(|_| BASE64_URL_SAFE_NO_PAD.decode(piece));
            keys.extend(bytes.ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()));
        }
    }
    for run in text.split(|c: char| !c.is_ascii_hexdigit()) {
        let digits = run.get(..64).filter(|_| run.len() == 64);
        let pairs = digits.map(|digits| (0..32).filter_map(|n| u8::from_str_radix(&digits[2 * n..2 * n + 2], 16).ok()));
        keys.extend(pairs.and_then(|pairs| <[u8; 32]>::try_from(pairs.collect::<Vec<_>>()).ok()));
    }
    keys
}

/// Tickets signed with whatever could be a key, that a door believes.
fn forged(app: &TestApp, text: &str) -> usize {
    let doors = app.coordinator().orders().ticket_verifying_keys();
    let keys = possible_keys(text);
    assert!(keys.len() > 3, "hashes and sealed words look like keys as well");
    let ours = |key: &&SigningKey| doors.iter().any(|(_, door)| *door == key.verifying_key());
    let found: Vec<SigningKey> = keys.iter().map(SigningKey::from_bytes).collect();
    found.iter().filter(ours).filter(|key| app.coordinator().orders().check_ticket_code(&forge(key, 1)).is_ok()).count()
}

fn forge(key: &SigningKey, key_id: u8) -> String {
    let claims = TicketClaims {
        key_id,
        ticket_id: TicketId::new(),
        performance_id: PerformanceId::new(),
        seat: SeatNo(1),
        valid_from: ticketboss_tests::app::START,
        valid_until: ticketboss_tests::app::START + Duration::from_secs(3_600),
    };
    claims.to_code(&key.sign(&claims.bytes_to_sign()))
}

/// As a version before this left the database behind: one key, in clear.
async fn put_key_in_clear(database: &Database) {
    execute(database, "delete from ticket_key").await;
    execute(database, "delete from setting where name = 'ticket_signing_key'").await;
    let insert = format!(
        "insert into setting (name, value) values ('ticket_signing_key', '{}')",
        BASE64_STANDARD_NO_PAD.encode(OLD_KEY)
    );
    execute(database, insert.leak()).await;
}

/// Neither tickets nor second factors nor the links of order mails: what opens them lies outside the database.
async fn a_dump_of_the_database_forges_nothing(engine: Engine) {
    let app = TestApp::start(engine).await;
    let order = buy(&app, &["Stalls A-1", "Stalls A-2"]).await;
    let mut ana = AccountHolder::sign_up(&app, "ana@example.com").await;
    ana.prove().await;
    let (_, setup) = AuthenticatorApp::set_up_with(&app, &ana.app).await;
    assert!(app.coordinator().orders().check_ticket_code(&codes(&order)[0]).is_ok(), "a door believes what we sold");
    let text = taken(&app).await;
    assert_eq!(forged(&app, &text), 0);
    for secret in [setup.secret.as_str(), SECRET, &ana.app.token, &ana.refresh_token, &ana.device_token] {
        assert!(!text.contains(secret), "{secret}");
    }
    // The control: a key that lies there in clear is found, and doors believe what it signs.
    put_key_in_clear(app.coordinator().database()).await;
    let (folder, url) = app.stop().await;
    let app = TestApp::start_on(Setting::of(engine), folder, url).await;
    let text = format!("{}\n{}", taken(&app).await, BASE64_STANDARD_NO_PAD.encode(OLD_KEY));
    assert_eq!(forged(&app, &text), 1);
}

async fn a_key_that_lay_in_clear_is_sealed_at_the_start_and_its_tickets_stay_valid(engine: Engine) {
    let app = TestApp::start(engine).await;
    put_key_in_clear(app.coordinator().database()).await;
    let clear = BASE64_STANDARD_NO_PAD.encode(OLD_KEY);
    assert!(taken(&app).await.contains(&clear));
    let (folder, url) = app.stop().await;
    let app = TestApp::start_on(Setting::of(engine), folder, url).await;
    let text = taken(&app).await;
    assert!(!text.contains(&clear));
    assert_eq!(forged(&app, &text), 0);
    let old = forge(&SigningKey::from_bytes(&OLD_KEY), 1);
    assert!(app.coordinator().orders().check_ticket_code(&old).is_ok(), "it was sold before");
    let order = buy(&app, &["Stalls A-1"]).await;
    let code = &codes(&order)[0];
    assert_eq!(app.coordinator().orders().check_ticket_code(code).unwrap().key_id, 1);
    ScannedTicket::read(code).unwrap().verify(&SigningKey::from_bytes(&OLD_KEY).verifying_key()).unwrap();
    // Once more: nothing is left to be sealed.
    let (folder, url) = app.stop().await;
    let app = TestApp::start_on(Setting::of(engine), folder, url).await;
    assert!(app.coordinator().orders().check_ticket_code(&old).is_ok());
}

/// The true command beside a running server.
fn command(app: &TestApp, words: &[&str]) -> String {
    let done = Command::new(built_program("ticketboss", "cargo build -p ticketboss"))
        .args(words)
        .args(["--database-url", &app.database_url, "--data-folder"])
        .arg(app.data_folder())
        .env("TICKETBOSS_SECRET", SECRET)
        .env("TICKETBOSS_LOG__FILTER", "off")
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

async fn a_rotated_key_is_taken_up_by_running_nodes_and_old_tickets_stay_valid(engine: Engine) {
    let app = TestApp::start(engine).await;
    let before = codes(&buy(&app, &["Stalls A-1"]).await);
    assert!(command(&app, &["keys", "rotate"]).contains("key 2"));
    let play = app.stage(Wish::default()).await;
    let ana = app.buyer().await;
    ana.hold(&play, &["Stalls A-1"]).await.unwrap();
    app.look_once().await;
    let after = codes(&ana.buy(GOOD_CARD).await.unwrap());
    let key_id = |code: &str| app.coordinator().orders().check_ticket_code(code).unwrap().key_id;
    assert_eq!((key_id(&before[0]), key_id(&after[0])), (1, 2));
    let listed = command(&app, &["keys", "list"]);
    assert_eq!(listed.lines().count(), 2, "{listed}");
    for (_, key) in app.coordinator().orders().ticket_verifying_keys() {
        assert!(listed.contains(&BASE64_STANDARD_NO_PAD.encode(key.to_bytes())), "{listed}");
    }
    // The private half of the old one is gone, and so is what a stranger's key signs.
    let sealed = "select count(*) from ticket_key where signing_key_sealed is not null";
    assert_eq!(count_one(app.coordinator().database(), sealed).await, 1);
    let stranger = SigningKey::from_bytes(&[9; 32]);
    assert_eq!(app.coordinator().orders().check_ticket_code(&forge(&stranger, 2)), Err(TicketCodeError::Forged));
    assert_eq!(app.coordinator().orders().check_ticket_code(&forge(&stranger, 3)), Err(TicketCodeError::UnknownKey(3)));
    let noted = "select count(*) from audit_entry where action = 'ticket_key_rotated' and account_id is null";
    assert_eq!(count_one(app.coordinator().database(), noted).await, 1);
}

on_each_engine! {
    a_dump_of_the_database_forges_nothing
    a_key_that_lay_in_clear_is_sealed_at_the_start_and_its_tickets_stay_valid
    a_rotated_key_is_taken_up_by_running_nodes_and_old_tickets_stay_valid
}

/// Who starts an old version by mistake is told, instead of tickets being signed with a key nobody knows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_clear_key_lay_old_versions_find_none_and_make_none() {
    let app = TestApp::start(Engine::Sqlite).await;
    put_key_in_clear(app.coordinator().database()).await;
    let (folder, url) = app.stop().await;
    let app = TestApp::start_on(Setting::of(Engine::Sqlite), folder, url).await;
    let mark = "select count(*) from setting where name = 'ticket_signing_key' and length(value) <> 43";
    assert_eq!(count_one(app.coordinator().database(), mark).await, 1);
}
