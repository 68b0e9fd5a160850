//! What strangers may do, and what they cannot: nobody is kept from her account by what others ask for, no phone gets
//! more messages than it should, and no address opens sessions without end.

use reqwest::{Method, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use shared_model::{
    ErrorCode, Timestamp,
    account::{Account, CodeSent, SignedIn},
    factor::SecondFactors,
};
use std::time::Duration;
use ticketboss::{auth::factors::passwords::Queue, safeguards::Safeguards};
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD, PHONE, sign_in, wish},
    app::{Engine, Setting, TestApp},
    buyer::{Answer, Buyer, Refused},
    letterbox, on_both_engines, on_each_engine,
    process::wait_until,
    sms_office::SmsOffice,
};
use tokio::task::JoinSet;

const INES: &str = "ines@example.com";
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Many strangers try passwords for an account: none finds that he may not.
async fn many_try_passwords_for(app: &TestApp, email: &str) {
    for stranger in 0..8 {
        let eve = app.buyer().await.from(format!("198.51.100.{stranger}"));
        for _ in 0..5 {
            assert_eq!(sign_in(&eve, email, "guessing away at it").await.refused(), ErrorCode::BadCredentials);
        }
    }
}

async fn type_mailed_code(of: &Buyer, code: &str) -> Answer<SignedIn> {
    of.post("/sign-ins/second-factor/mailed-code", &json!({ "code": code })).await
}

async fn ask(of: &Buyer, email: &str, device_token: Option<&str>) -> Answer<CodeSent> {
    let request = of.request(Method::POST, "/password-resets").json(&json!({ "email": email }));
    let request = match device_token {
        Some(token) => request.header("cookie", format!("tb_device={token}")),
        None => request,
    };
    of.send(request).await
}

fn texts_to(app: &TestApp, phone: &str) -> usize {
    letterbox::texts(app.data_folder()).iter().filter(|text| text.contains(phone)).count()
}

on_both_engines! {
    async fn an_account_that_many_try_at_opens_to_its_owner_on_her_device_as_ever(app) {
        let ines = AccountHolder::sign_up(&app, INES).await;
        many_try_passwords_for(&app, INES).await;
        let body = json!({ "email": INES, "password": PASSWORD, "device_token": ines.device_token });
        app.buyer().await.post::<SignedIn>("/sign-ins", &body).await.expect("her own device is let in");
    }

    async fn and_on_a_new_device_with_a_code_from_her_mailbox(app) {
        AccountHolder::sign_up(&app, INES).await;
        many_try_passwords_for(&app, INES).await;
        let seen = letterbox::code_mails_to(app.data_folder(), INES).len();
        let ines = app.buyer().await.from("192.0.2.7");
        assert_eq!(sign_in(&ines, INES, "a typing mistake").await.refused(), ErrorCode::BadCredentials);
        assert_eq!(sign_in(&ines, INES, PASSWORD).await.refused(), ErrorCode::SecondFactorRequired);
        assert_eq!(ines.get::<Account>("/account").await.refused(), ErrorCode::Unauthenticated, "half is not whole");
        let factors: SecondFactors = ines.get("/sign-ins/second-factor").await.unwrap();
        assert_eq!(factors, SecondFactors { totp: false, passkey: false, mailed_code: true });
        let code = letterbox::code_by_mail(app.data_folder(), INES, seen).await;
        let wrong = if code == "123456" { "123457" } else { "123456" };
        assert_eq!(type_mailed_code(&ines, wrong).await.refused(), ErrorCode::WrongCode);
        assert_eq!(type_mailed_code(&app.buyer().await, &code).await.refused(), ErrorCode::Unauthenticated, "only here");
        let signed_in = type_mailed_code(&ines, &code).await.unwrap();
        // Her device is known from now on.
        let body = json!({ "email": INES, "password": PASSWORD, "device_token": signed_in.device_token });
        app.buyer().await.post::<SignedIn>("/sign-ins", &body).await.unwrap();
        // And when they have given up, the password alone is enough again.
        app.wait(HOUR);
        sign_in(&app.buyer().await, INES, PASSWORD).await.unwrap();
    }

    async fn who_guessed_right_among_many_gets_in_neither_then_nor_later(app) {
        let ines = AccountHolder::sign_up(&app, INES).await;
        many_try_passwords_for(&app, INES).await;
        let eve = app.buyer().await.from("198.51.100.99");
        assert_eq!(sign_in(&eve, INES, PASSWORD).await.refused(), ErrorCode::SecondFactorRequired);
        // He lets the dust settle, and comes back with what he learned.
        app.wait(40 * MINUTE);
        let again = app.buyer().await.from("203.0.113.5");
        assert_eq!(sign_in(&again, INES, PASSWORD).await.refused(), ErrorCode::SecondFactorRequired);
        let body = json!({ "email": INES, "password": PASSWORD, "device_token": ines.device_token });
        app.buyer().await.post::<SignedIn>("/sign-ins", &body).await.expect("her own device is let in");
        let change = json!({ "current": PASSWORD, "new": "telón rojo de hierro" });
        ines.app.put::<Value>("/account/password", &change).await.unwrap();
        let fresh = app.buyer().await.from("192.0.2.44");
        sign_in(&fresh, INES, "telón rojo de hierro").await.expect("nobody has guessed this one");
    }

    async fn codes_that_strangers_ask_for_keep_nobody_from_hers(app) {
        let ines = AccountHolder::with_phone(&app, INES, PHONE).await;
        app.wait(DAY);
        let (texts, mails) = (texts_to(&app, PHONE), letterbox::code_mails_to(app.data_folder(), INES).len());
        // One address asks as often as it may ...
        let eve = app.buyer().await.from("198.51.100.1");
        let mut asked = 0;
        let refused = loop {
            match ask(&eve, INES, None).await {
                Ok(_) => asked += 1,
                Err(problem) => break problem,
            }
        };
        assert_eq!((refused.code, asked), (ErrorCode::RateLimited, 4));
        wait_until("three texts and a mail", async || {
            app.look_once().await;
            let mails_now = letterbox::code_mails_to(app.data_folder(), INES).len();
            (texts_to(&app, PHONE), mails_now) == (texts + 3, mails + 1)
        }).await;
        assert_eq!(ask(&eve, "nobody@example.com", None).await.map(drop), Ok(()), "names are apart");
        // ... and a new device elsewhere still gets one, by mail; her own one by SMS.
        ask(&app.buyer().await.from("192.0.2.7"), INES, None).await.unwrap();
        letterbox::code_by_mail(app.data_folder(), INES, mails + 1).await;
        ask(&app.buyer().await.from("192.0.2.8"), INES, Some(&ines.device_token)).await.unwrap();
        letterbox::code_by_sms(app.data_folder(), PHONE, texts + 3).await;
    }

    async fn word_of_an_account_uses_up_none_of_its_codes(app) {
        AccountHolder::sign_up(&app, INES).await;
        app.wait(DAY);
        for stranger in 0..5 {
            let eve = app.buyer().await.from(format!("198.51.100.{stranger}"));
            eve.post::<Value>("/sign-ups", &wish(INES)).await.unwrap();
            app.look_once().await;
        }
        let told = || letterbox::mails_to(app.data_folder(), INES).iter().filter(|mail| mail.contains("have an account already")).count();
        wait_until("its owner is told three times at most", async || { app.look_once().await; told() == 3 }).await;
        let seen = letterbox::code_mails_to(app.data_folder(), INES).len();
        ask(&app.buyer().await, INES, None).await.unwrap();
        letterbox::code_by_mail(app.data_folder(), INES, seen).await;
        assert_eq!(told(), 3);
    }
}

/// However the asking is spread, no hour has more than three messages to a phone and no day more than ten.
async fn no_hour_and_no_day_has_more_messages_than_it_may(engine: Engine) {
    let office = SmsOffice::open().await;
    let app = TestApp::start_with(Setting { sms: Some(office.setting(1_000)), ..Setting::of(engine) }).await;
    AccountHolder::with_office_phone(&app, INES, PHONE, &office).await;
    app.wait(DAY);
    let mut seen = office.taken().len();
    let mut sent: Vec<Timestamp> = Vec::new();
    for turn in 0_u32..230 {
        let asker = app.buyer().await.from(format!("198.51.{}.{}", turn / 200, turn % 200));
        ask(&asker, INES, None).await.unwrap();
        // The note is sent, or given up, before the next one is asked for.
        wait_until("the note is done", async || {
            app.look_once().await;
            open_notes(&app).await == 0
        })
        .await;
        let now = office.taken().len();
        sent.extend(std::iter::repeat_n(app.now(), now - seen));
        seen = now;
        app.wait(if turn % 3 == 0 { 13 * MINUTE } else { 7 * MINUTE });
    }
    let most_in = |span: Duration| {
        let within = |from: Timestamp| sent.iter().filter(|at| **at >= from && **at < from + span).count();
        sent.iter().map(|at| within(*at)).max().unwrap_or_default()
    };
    assert!(sent.len() >= 10, "there was something to count: {}", sent.len());
    assert_eq!((most_in(HOUR), most_in(DAY)), (3, 10));
}

async fn open_notes(app: &TestApp) -> i64 {
    let open = "select count(*) from outbox where kind = 'note' and due_at is not null";
    ticketboss_tests::books::count_one(app.coordinator().database(), open).await
}

async fn one_address_opens_so_many_sessions_by_whatever_door(engine: Engine) {
    let tune = |config: &mut ticketboss::config::Config| config.limits.sessions_per_minute = 4;
    let app = TestApp::start_with(Setting { tune, ..Setting::of(engine) }).await;
    let browser = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let doors = ["/api/v1/sessions", "/api/v1/passkeys/sign-ins", "/sign-in", "/reset", "/api/v1/sessions", "/sign-in"];
    let mut statuses = Vec::new();
    for door in doors {
        let request = browser.post(format!("{}{door}", app.url())).header("x-forwarded-for", "198.51.100.1");
        let request = if door.starts_with("/api/") {
            request.json(&json!({}))
        } else {
            request.form(&[("email", "no address"), ("password", ""), ("next", "/")])
        };
        let answer = request.send().await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.headers().contains_key("retry-after"), "{door}");
        }
        statuses.push(answer.status().as_u16());
    }
    assert_eq!(statuses, [201, 201, 422, 422, 429, 429]);
    Buyer::arrive(&app.url()).await;
}

async fn codes_go_only_to_phones_of_the_countries_that_get_any(engine: Engine) {
    let tune = |config: &mut ticketboss::config::Config| config.sms.countries = vec!["PT".to_owned()];
    let app = TestApp::start_with(Setting { tune, ..Setting::of(engine) }).await;
    let ines = AccountHolder::sign_up(&app, INES).await;
    let refused = ines.app.post::<Value>("/account/phone", &json!({ "phone": PHONE })).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::InvalidInput);
    assert!(refused.detail.unwrap().contains("PT"), "it says where they go");
    ines.app.post::<CodeSent>("/account/phone", &json!({ "phone": "+351912345678" })).await.unwrap();
}

/// Two addresses ask for more accounts than a queue holds, while no password has its turn; how many others are sent away
/// who make an account or sign in meanwhile.
async fn sent_away_by_a_flood_of_sign_ups(engine: Engine, safeguards: Safeguards) -> usize {
    const FLOOD: usize = 80;
    const GUESTS: usize = 4;
    let app = TestApp::start_with(Setting { safeguards, ..Setting::of(engine) }).await;
    AccountHolder::sign_up(&app, INES).await;
    let eves = [app.buyer().await.from("198.51.100.1"), app.buyer().await.from("203.0.113.1")];
    let mut guests = Vec::new();
    for no in 0..GUESTS {
        guests.push(app.buyer().await.from(format!("192.0.2.{no}")));
    }
    let passwords = app.coordinator().accounts().passwords();
    let paused = passwords.pause().await;
    let (mut flood, mut refused) = (JoinSet::new(), Vec::new());
    for no in 0..FLOOD {
        let eve = eves[no % 2].clone();
        flood.spawn(async move { eve.post::<Value>("/sign-ups", &wish(&format!("eve{no}@example.com"))).await });
        wait_until("it waits, or is sent away", async || {
            while let Some(answer) = flood.try_join_next() {
                refused.push(answer.unwrap().expect_err("no password had its turn"));
            }
            passwords.waiting(Queue::NewAccounts) + refused.len() == no + 1
        })
        .await;
    }
    let mut others = JoinSet::new();
    for (no, guest) in guests.into_iter().enumerate() {
        let email = format!("guest{no}@example.com");
        let other = guest.clone();
        others.spawn(async move { guest.post::<Value>("/sign-ups", &wish(&email)).await.is_err() });
        others.spawn(async move { sign_in(&other, INES, PASSWORD).await.is_err() });
    }
    let mut sent_away = 0;
    wait_until("they wait as well, or are sent away", async || {
        while let Some(is_refused) = others.try_join_next() {
            sent_away += usize::from(is_refused.unwrap());
        }
        let all = [Queue::NewAccounts, Queue::Strangers].map(|queue| passwords.waiting(queue)).iter().sum::<usize>();
        all + refused.len() + sent_away == FLOOD + 2 * GUESTS
    })
    .await;
    drop(paused);
    let made = flood.join_all().await;
    let counted = made.iter().filter(|answer| answer.is_ok()).count();
    assert!((1..=2 * 20).contains(&counted), "an address has so many codes an hour: {counted}");
    refused.extend(made.into_iter().filter_map(Result::err));
    assert!(refused.iter().all(|problem| problem.retry_after_seconds.is_some()), "{refused:?}");
    sent_away + others.join_all().await.into_iter().filter(|is_refused| *is_refused).count()
}

async fn who_floods_sign_ups_keeps_nobody_from_an_account(engine: Engine) {
    assert_eq!(sent_away_by_a_flood_of_sign_ups(engine, Safeguards::default()).await, 0);
}

async fn without_shares_who_floods_sign_ups_keeps_others_out(engine: Engine) {
    let safeguards = Safeguards { queue_shares: false, ..Safeguards::default() };
    assert!(sent_away_by_a_flood_of_sign_ups(engine, safeguards).await > 0);
}

/// A class of a school makes accounts behind one address.
async fn a_school_behind_one_address_is_let_in_one_after_the_other(engine: Engine) {
    let app = TestApp::start(engine).await;
    AccountHolder::sign_up(&app, INES).await;
    let guest = app.buyer().await;
    let mut class = JoinSet::new();
    for pupil in 0..8 {
        let guest = guest.from("203.0.113.9");
        class.spawn(async move { guest.post::<Value>("/sign-ups", &wish(&format!("pupil{pupil}@example.com"))).await });
    }
    assert!(class.join_all().await.iter().all(Result::is_ok));
}

on_each_engine! {
    who_floods_sign_ups_keeps_nobody_from_an_account
    without_shares_who_floods_sign_ups_keeps_others_out
    a_school_behind_one_address_is_let_in_one_after_the_other
    no_hour_and_no_day_has_more_messages_than_it_may
    one_address_opens_so_many_sessions_by_whatever_door
    codes_go_only_to_phones_of_the_countries_that_get_any
}
