//! Codes of six digits: one that was not sent is none, and guesses are counted under whomever they are aimed at, over all
//! addresses, sessions and nodes. The code dies of them; nobody is locked out.

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use serde_json::{Value, json};
use shared_model::{
    CodeId, ErrorCode,
    account::{CodeSent, SignUp, SignedIn},
};
use std::{sync::Arc, time::Duration};
use ticketboss::{
    auth::{
        notes::{Note, read_note},
        secret::DeploymentSecret,
    },
    data::outbox::{self, OutboxKind},
    safeguards::Safeguards,
};
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD, PHONE, sign_in, wish},
    app::{Engine, SECRET, Setting, TestApp},
    books,
    buyer::{Answer, Buyer, Refused},
    letterbox, on_each_engine,
    post_office::PostOffice,
    process::wait_until,
    staff::AuthenticatorApp,
};
use tokio::{sync::Barrier, task::JoinSet};

const INES: &str = "ines@example.com";
const HOUR: Duration = Duration::from_secs(60 * 60);
/// Wrong codes one name has in an hour, whoever types them.
const WRONG_MAX: usize = 10;

fn other_code(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

async fn confirm(of: &Buyer, code_id: CodeId, code: &str) -> Answer<SignedIn> {
    of.post("/sign-ups/confirmations", &json!({ "code_id": code_id, "code": code })).await
}

async fn prove(of: &Buyer, code_id: CodeId, code: &str) -> Answer<Value> {
    of.post("/password-resets/proofs", &json!({ "code_id": code_id, "code": code })).await
}

async fn ask_reset(of: &Buyer, email: &str) -> CodeSent {
    of.post("/password-resets", &json!({ "email": email })).await.unwrap()
}

/// The code in the only note that waits to be sent, as nobody but the deployment itself can read it.
async fn waiting_code(app: &TestApp) -> String {
    let bytes: [u8; 32] = BASE64_STANDARD_NO_PAD.decode(SECRET).unwrap().try_into().unwrap();
    let secret = DeploymentSecret::from_bytes(&bytes);
    let mut link = app.coordinator().database().read().await.unwrap();
    let waiting = outbox::list_due(&mut link, &[OutboxKind::Note], i64::MAX, 10).await.unwrap();
    let [row] = waiting.as_slice() else { panic!("{} notes wait", waiting.len()) };
    match read_note(&secret, row.outbox_id, row.sealed.as_deref().unwrap()).unwrap() {
        Note::SignUpCode { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

async fn notes_are_done(app: &TestApp) {
    let open = "select count(*) from outbox where kind = 'note' and due_at is not null";
    wait_until("all notes are done", async || {
        app.look_once().await;
        books::count_one(app.coordinator().database(), open).await == 0
    })
    .await;
}

async fn a_code_is_one_only_once_it_was_sent(engine: Engine) {
    let post = PostOffice::open().await;
    post.be_busy(true);
    let app = TestApp::start_with(Setting { smtp_url: post.url(), ..Setting::of(engine) }).await;
    let guest = app.buyer().await;
    let sign_up: SignUp = guest.post("/sign-ups", &wish(INES)).await.unwrap();
    wait_until("the server was busy", async || post.has_refused()).await;
    let failed = "select count(*) from outbox where kind = 'note' and last_error is not null";
    let database = app.coordinator().database();
    wait_until("and that is written down", async || books::count_one(database, failed).await == 1).await;
    let code = waiting_code(&app).await;
    let guessed = confirm(&guest, sign_up.code.code_id, &code).await.unwrap_err();
    assert_eq!((guessed.code, guessed.limit), (ErrorCode::WrongCode, Some(4)), "it reads like any wrong one");
    assert_eq!(sign_in(&guest, INES, PASSWORD).await.refused(), ErrorCode::BadCredentials, "there is no account");
    post.be_busy(false);
    wait_until("the mail came", async || {
        app.wait(Duration::from_secs(5));
        app.look_once().await;
        !post.mails().is_empty()
    })
    .await;
    assert_eq!(letterbox::find_code(&post.mails()[0]).as_deref(), Some(code.as_str()), "the same code");
    confirm(&guest, sign_up.code.code_id, &code).await.expect("now it is one");
}

async fn what_a_limit_keeps_from_being_sent_is_no_code(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut asked = Vec::new();
    for stranger in 0..5 {
        let guest = app.buyer().await.from(format!("198.51.{stranger}.1"));
        let sign_up: SignUp = guest.post("/sign-ups", &wish(INES)).await.unwrap();
        asked.push((guest, sign_up.code.code_id));
    }
    notes_are_done(&app).await;
    let database = app.coordinator().database();
    assert_eq!(letterbox::code_mails_to(app.data_folder(), INES).len(), 3, "three an hour");
    let good = "select count(*) from one_time_code where good_until > 0";
    assert_eq!(books::count_one(database, good).await, 3);
    for (guest, code_id) in &asked {
        let guessed = confirm(guest, *code_id, "not a code").await.unwrap_err();
        assert_eq!((guessed.code, guessed.limit), (ErrorCode::WrongCode, Some(4)), "sent or not: nobody can tell");
    }
}

/// Somebody who knows the password types codes at once from many networks of a /48 at two nodes, in as many sign-ins as
/// it likes. How many were told apart from right.
async fn guesses_at_a_mailbox(setting: Setting) -> usize {
    const SESSIONS: usize = 12;
    let mut app = TestApp::start_with(setting).await;
    AccountHolder::sign_up(&app, INES).await;
    // Strangers try many passwords for the account: from now on it wants a mailed code.
    for stranger in 0..8 {
        let eve = app.buyer().await.from(format!("198.51.{stranger}.1"));
        for _ in 0..5 {
            assert_eq!(sign_in(&eve, INES, "guessing away at it").await.refused(), ErrorCode::BadCredentials);
        }
    }
    let nodes = [app.url(), app.start_node().await];
    let mut halves = Vec::new();
    for session in 0..SESSIONS {
        let eve = app.buyer().await.from(format!("2001:db8:1:{session:x}00::{session}"));
        assert_eq!(sign_in(&eve, INES, PASSWORD).await.refused(), ErrorCode::SecondFactorRequired);
        halves.push(eve);
    }
    let start = Arc::new(Barrier::new(SESSIONS * 5));
    let mut guesses = JoinSet::new();
    for guess in 0..SESSIONS * 5 {
        let (eve, start) = (halves[guess % SESSIONS].at(&nodes[guess % 2]), start.clone());
        guesses.spawn(async move {
            start.wait().await;
            let typed = json!({ "code": "not a code" });
            eve.post::<SignedIn>("/sign-ins/second-factor/mailed-code", &typed).await.refused()
        });
    }
    let answers = guesses.join_all().await;
    let over = answers.iter().filter(|code| **code == ErrorCode::CodeOver).count();
    let wrong = answers.iter().filter(|code| **code == ErrorCode::WrongCode).count();
    assert_eq!(wrong + over, SESSIONS * 5, "{answers:?}");
    wrong
}

async fn guesses_at_a_mailbox_are_few_over_addresses_sessions_and_nodes(engine: Engine) {
    let wrong = guesses_at_a_mailbox(Setting::of(engine)).await;
    assert!((1..=WRONG_MAX).contains(&wrong), "{wrong} of 60 guesses were looked at");
}

async fn without_the_guard_guesses_at_a_mailbox_are_not_counted(engine: Engine) {
    let safeguards = Safeguards { tries_first: false, ..Safeguards::default() };
    let wrong = guesses_at_a_mailbox(Setting { safeguards, ..Setting::of(engine) }).await;
    assert!(wrong > WRONG_MAX, "the negative control shows what the guard is for: {wrong}");
}

async fn a_right_code_is_taken_whatever_strangers_typed(engine: Engine) {
    let app = TestApp::start(engine).await;
    let ines = AccountHolder::sign_up(&app, INES).await;
    app.wait(24 * HOUR);
    // Strangers use up what the mailbox has of wrong codes, most of them for codes that never were sent.
    let mut told_wrong = 0;
    for stranger in 0..6 {
        let eve = app.buyer().await.from(format!("198.51.{stranger}.1"));
        let sent = ask_reset(&eve, INES).await;
        for _ in 0..4 {
            told_wrong += usize::from(prove(&eve, sent.code_id, "not a code").await.refused() == ErrorCode::WrongCode);
        }
    }
    assert_eq!(told_wrong, WRONG_MAX);
    // Her own device is counted apart: a mistake, and then it is right.
    app.wait(HOUR);
    let own = app.buyer().await.from("203.0.113.1");
    for stranger in 6..9 {
        let eve = app.buyer().await.from(format!("198.51.{stranger}.1"));
        let sent = ask_reset(&eve, INES).await;
        for _ in 0..5 {
            let _ = prove(&eve, sent.code_id, "not a code").await;
        }
    }
    notes_are_done(&app).await;
    let seen = letterbox::code_mails_to(app.data_folder(), INES).len();
    let request = own.request(reqwest::Method::POST, "/password-resets").json(&json!({ "email": INES }));
    let sent: CodeSent = own.send(request.header("cookie", format!("tb_device={}", ines.device_token))).await.unwrap();
    let code = letterbox::code_by_mail(app.data_folder(), INES, seen).await;
    assert_eq!(prove(&own, sent.code_id, &other_code(&code)).await.refused(), ErrorCode::WrongCode);
    prove(&own, sent.code_id, &code).await.unwrap();
    // And on a device that nobody knows the right code is right at once.
    app.wait(Duration::from_secs(30 * 60));
    for stranger in 9..11 {
        let eve = app.buyer().await.from(format!("198.51.{stranger}.1"));
        let sent = ask_reset(&eve, "INES@example.com").await;
        for _ in 0..5 {
            let _ = prove(&eve, sent.code_id, "not a code").await;
        }
    }
    notes_are_done(&app).await;
    app.wait(Duration::from_secs(30 * 60));
    let seen = letterbox::code_mails_to(app.data_folder(), INES).len();
    let fresh = app.buyer().await.from("203.0.113.99");
    let sent = ask_reset(&fresh, INES).await;
    let code = letterbox::code_by_mail(app.data_folder(), INES, seen).await;
    prove(&fresh, sent.code_id, &code).await.unwrap();
}

async fn wrong_codes_for_a_phone_are_counted_over_accounts(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut wrong = 0;
    for stranger in 0..4 {
        let eve = AccountHolder::sign_up(&app, &format!("eve{stranger}@example.com")).await;
        let sent: CodeSent = eve.app.post("/account/phone", &json!({ "phone": PHONE })).await.unwrap();
        for _ in 0..4 {
            let typed = json!({ "code_id": sent.code_id, "code": "not a code" });
            let refused = eve.app.post::<Value>("/account/phone/confirmations", &typed).await.refused();
            wrong += usize::from(refused == ErrorCode::WrongCode);
        }
    }
    assert_eq!(wrong, WRONG_MAX);
}

/// Four people at four networks make accounts, for the address that each is told, and type four wrong codes each; how
/// many were looked at.
async fn wrong_codes_for_sign_ups(app: &TestApp, address: impl Fn(usize) -> String) -> usize {
    let mut wrong = 0;
    for stranger in 0..4 {
        let guest = app.buyer().await.from(format!("198.51.{stranger}.1"));
        let sign_up: SignUp = guest.post("/sign-ups", &wish(&address(stranger))).await.unwrap();
        for _ in 0..4 {
            let refused = confirm(&guest, sign_up.code.code_id, "not a code").await.refused();
            wrong += usize::from(refused == ErrorCode::WrongCode);
        }
    }
    wrong
}

async fn wrong_codes_for_a_sign_up_are_counted_over_addresses(engine: Engine) {
    let app = TestApp::start(engine).await;
    assert_eq!(wrong_codes_for_sign_ups(&app, |_| INES.to_owned()).await, WRONG_MAX);
    // The control: each for a mailbox of its own.
    assert_eq!(wrong_codes_for_sign_ups(&app, |stranger| format!("guest{stranger}@example.com")).await, 16);
}

/// Four accounts want an address, that each is told, and type four wrong codes each; how many were looked at.
async fn wrong_codes_for_new_addresses(app: &TestApp, name: &str, address: impl Fn(usize) -> String) -> usize {
    let mut wrong = 0;
    for stranger in 0..4 {
        let eve = AccountHolder::sign_up(app, &format!("{name}{stranger}@example.com")).await;
        let sent: CodeSent = eve.app.post("/account/email", &json!({ "email": address(stranger) })).await.unwrap();
        for _ in 0..4 {
            let typed = json!({ "code_id": sent.code_id, "code": "not a code" });
            let refused = eve.app.post::<SignedIn>("/account/email/confirmations", &typed).await.refused();
            wrong += usize::from(refused == ErrorCode::WrongCode);
        }
    }
    wrong
}

async fn wrong_codes_for_a_new_address_are_counted_over_accounts(engine: Engine) {
    let app = TestApp::start(engine).await;
    assert_eq!(wrong_codes_for_new_addresses(&app, "eve", |_| INES.to_owned()).await, WRONG_MAX);
    let own = |stranger| format!("moved{stranger}@example.com");
    assert_eq!(wrong_codes_for_new_addresses(&app, "ana", own).await, 16, "the control: mailboxes of their own");
}

/// Unknown codes typed at once, each from its own address; how many were looked at.
async fn looked_at(app: &TestApp, addresses: impl Iterator<Item = String>) -> usize {
    let guest = app.buyer().await;
    let addresses = addresses.collect::<Vec<_>>();
    let mut looked_at = 0;
    for some in addresses.chunks(16) {
        let mut typing = JoinSet::new();
        for address in some {
            let guest = guest.from(address);
            typing.spawn(async move { prove(&guest, CodeId::new(), "123456").await.refused() });
        }
        looked_at += typing.join_all().await.iter().filter(|code| **code == ErrorCode::CodeOver).count();
    }
    looked_at
}

async fn typed_codes_are_counted_by_network(engine: Engine) {
    let app = TestApp::start(engine).await;
    let of_64 = (0..64).map(|n| format!("2001:db8:a:b::{n:x}"));
    assert_eq!(looked_at(&app, of_64).await, 60);
    let of_56 = (0..248).map(|n| format!("2001:db8:c:{:x}::1", n % 248));
    assert_eq!(looked_at(&app, of_56).await, 240);
    let of_48 = (0..976).map(|n| format!("2001:db8:d:{:x}00::1", n % 122));
    assert_eq!(looked_at(&app, of_48).await, 960);
    let of_24 = (0..496).map(|n| format!("203.0.113.{}", n % 248));
    assert_eq!(looked_at(&app, of_24).await, 480);
    assert_eq!(looked_at(&app, ["198.51.100.1".to_owned()].into_iter()).await, 1, "others type on");
}

async fn codes_of_an_app_are_counted_over_nodes(engine: Engine) {
    let mut app = TestApp::start(engine).await;
    let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
    let (phone, _) = AuthenticatorApp::set_up_with(&app, &ana.app).await;
    app.wait(Duration::from_secs(30));
    let type_code = async |of: &Buyer, code: &str| {
        of.post::<SignedIn>("/sign-ins/second-factor/totp", &json!({ "code": code })).await
    };
    for _ in 0..4 {
        let thief = app.buyer().await;
        assert_eq!(sign_in(&thief, &ana.email, PASSWORD).await.refused(), ErrorCode::SecondFactorRequired);
        for _ in 0..5 {
            assert_eq!(type_code(&thief, "not a code").await.refused(), ErrorCode::WrongCode);
        }
    }
    let other = app.start_node().await;
    let thief = app.buyer().await.at(&other);
    assert_eq!(sign_in(&thief, &ana.email, PASSWORD).await.refused(), ErrorCode::SecondFactorRequired);
    assert_eq!(type_code(&thief, &phone.shows(app.now())).await.refused(), ErrorCode::RateLimited);
    // Her own device is counted apart.
    let own = app.buyer().await.at(&other);
    let body = json!({ "email": ana.email, "password": PASSWORD, "device_token": ana.device_token });
    assert_eq!(own.post::<Value>("/sign-ins", &body).await.refused(), ErrorCode::SecondFactorRequired);
    let typed = json!({ "code": phone.shows(app.now()) });
    let request = own.request(reqwest::Method::POST, "/sign-ins/second-factor/totp").json(&typed);
    own.send::<SignedIn>(request.header("cookie", format!("tb_device={}", ana.device_token))).await.unwrap();
}

on_each_engine! {
    a_code_is_one_only_once_it_was_sent
    what_a_limit_keeps_from_being_sent_is_no_code
    guesses_at_a_mailbox_are_few_over_addresses_sessions_and_nodes
    without_the_guard_guesses_at_a_mailbox_are_not_counted
    a_right_code_is_taken_whatever_strangers_typed
    wrong_codes_for_a_phone_are_counted_over_accounts
    wrong_codes_for_a_sign_up_are_counted_over_addresses
    wrong_codes_for_a_new_address_are_counted_over_accounts
    typed_codes_are_counted_by_network
    codes_of_an_app_are_counted_over_nodes
}
