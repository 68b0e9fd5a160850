//! A forgotten password: a code to the saved phone, then a new password. Codes are used once, for ten minutes, with five
//! tries, and nobody learns from them who has an account.

use serde_json::{Value, json};
use shared_model::{
    ErrorCode,
    account::{Account, CodeSent, NewSession, SignedIn},
};
use std::time::Duration;
use ticketboss::safeguards::Safeguards;
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD, PHONE, sign_in},
    app::{Engine, Setting, TestApp},
    buyer::{Answer, Buyer, Refused},
    letterbox, on_both_engines, on_each_engine,
    post_office::PostOffice,
    process::wait_until,
    sms_office::SmsOffice,
};
use tokio::task::JoinSet;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const INES: &str = "ines@example.com";
const NEW_PASSWORD: &str = "telón rojo de hierro";

async fn ask(of: &Buyer, email: &str) -> Answer<CodeSent> {
    of.post("/password-resets", &json!({ "email": email })).await
}

async fn prove(of: &Buyer, sent: &CodeSent, code: &str) -> Answer<Value> {
    of.post("/password-resets/proofs", &json!({ "code_id": sent.code_id, "code": code })).await
}

async fn set(of: &Buyer, sent: &CodeSent, password: &str) -> Answer<Value> {
    of.put(&format!("/password-resets/{}/password", sent.code_id), &json!({ "password": password })).await
}

fn texts_to(app: &TestApp, phone: &str) -> usize {
    letterbox::texts(app.data_folder()).iter().filter(|text| text.contains(phone)).count()
}

/// Asks for a code and reads it off the phone.
async fn code_on_the_phone(app: &TestApp, of: &Buyer) -> (CodeSent, String) {
    let seen = texts_to(app, PHONE);
    let sent = ask(of, INES).await.unwrap();
    let code = letterbox::code_by_sms(app.data_folder(), PHONE, seen).await;
    (sent, code)
}

fn other_code(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

on_both_engines! {
    async fn a_code_on_the_saved_phone_leads_to_a_new_password(app) {
        let ines = AccountHolder::with_phone(&app, INES, PHONE).await;
        let tablet = ines.elsewhere(&app).await;
        let guest = app.buyer().await;
        let (sent, code) = code_on_the_phone(&app, &guest).await;
        assert_eq!(set(&guest, &sent, NEW_PASSWORD).await.refused(), ErrorCode::CodeOver, "not before it is proved");
        prove(&guest, &sent, &code).await.unwrap();
        assert_eq!(set(&app.buyer().await, &sent, NEW_PASSWORD).await.refused(), ErrorCode::CodeOver, "by nobody else");
        assert_eq!(set(&guest, &sent, "password1").await.refused(), ErrorCode::WeakPassword);
        assert_eq!(set(&guest, &sent, INES).await.refused(), ErrorCode::WeakPassword, "a weak one uses nothing up");
        set(&guest, &sent, NEW_PASSWORD).await.unwrap();
        for old in [&ines, &tablet] {
            assert_eq!(old.app.get::<Account>("/account").await.refused(), ErrorCode::Unauthenticated, "all sessions end");
        }
        assert_eq!(sign_in(&guest, INES, PASSWORD).await.refused(), ErrorCode::BadCredentials);
        sign_in(&guest, INES, NEW_PASSWORD).await.unwrap();
        app.look_once().await;
        let told = letterbox::mails_to(app.data_folder(), INES);
        assert!(told.iter().any(|mail| mail.contains("Your password was changed")));
    }

    async fn where_she_is_signed_in_a_reset_gives_new_tokens(app) {
        let ines = AccountHolder::with_phone(&app, INES, PHONE).await;
        let (sent, code) = code_on_the_phone(&app, &ines.app).await;
        prove(&ines.app, &sent, &code).await.unwrap();
        let path = format!("/password-resets/{}/password", sent.code_id);
        let renewed: NewSession = ines.app.put(&path, &json!({ "password": NEW_PASSWORD })).await.unwrap();
        let old = ines.app.get::<Account>("/account").await;
        assert_eq!(old.refused(), ErrorCode::Unauthenticated, "whoever copied her token is out");
        ines.app.with_token(&renewed.token).get::<Account>("/account").await.unwrap();
    }

    async fn a_code_that_went_to_the_old_address_opens_nothing_once_she_moved(app) {
        let ines = AccountHolder::sign_up(&app, INES).await;
        let thief = app.buyer().await;
        let seen = letterbox::code_mails_to(app.data_folder(), INES).len();
        let sent = ask(&thief, INES).await.unwrap();
        let code = letterbox::code_by_mail(app.data_folder(), INES, seen).await;
        let moved: CodeSent = ines.app.post("/account/email", &json!({ "email": "roldan@example.com" })).await.unwrap();
        let typed = json!({ "code_id": moved.code_id, "code": letterbox::code_by_mail(app.data_folder(), "roldan@example.com", 0).await });
        let now: SignedIn = ines.app.post("/account/email/confirmations", &typed).await.unwrap();
        assert_eq!(prove(&thief, &sent, &code).await.refused(), ErrorCode::CodeOver);
        // Her device is known under the new name: strangers use up nothing of hers.
        let body = json!({ "email": "roldan@example.com", "password": PASSWORD, "device_token": now.device_token });
        for _ in 0..11 {
            sign_in(&thief, "roldan@example.com", "guessing away").await.refused();
        }
        thief.post::<SignedIn>("/sign-ins", &body).await.unwrap();
    }

    async fn a_code_works_once(app) {
        AccountHolder::with_phone(&app, INES, PHONE).await;
        let guest = app.buyer().await;
        let (sent, code) = code_on_the_phone(&app, &guest).await;
        prove(&guest, &sent, &code).await.unwrap();
        assert_eq!(prove(&guest, &sent, &code).await.refused(), ErrorCode::CodeOver);
        set(&guest, &sent, NEW_PASSWORD).await.unwrap();
        assert_eq!(set(&guest, &sent, "otro telón de acero").await.refused(), ErrorCode::CodeOver);
    }

    async fn a_new_password_ends_every_other_code(app) {
        AccountHolder::with_phone(&app, INES, PHONE).await;
        let (thief, ines) = (app.buyer().await, app.buyer().await);
        let (stolen, stolen_code) = code_on_the_phone(&app, &thief).await;
        prove(&thief, &stolen, &stolen_code).await.unwrap();
        app.wait(MINUTE);
        let (sent, code) = code_on_the_phone(&app, &ines).await;
        prove(&ines, &sent, &code).await.unwrap();
        set(&ines, &sent, NEW_PASSWORD).await.unwrap();
        assert_eq!(set(&thief, &stolen, "otro telón de acero").await.refused(), ErrorCode::CodeOver);
        sign_in(&ines, INES, NEW_PASSWORD).await.unwrap();
    }

    async fn a_code_is_over_after_ten_minutes(app) {
        AccountHolder::with_phone(&app, INES, PHONE).await;
        let guest = app.buyer().await;
        let (sent, code) = code_on_the_phone(&app, &guest).await;
        app.wait(10 * MINUTE);
        assert_eq!(prove(&guest, &sent, &code).await.refused(), ErrorCode::CodeOver);
        let (sent, code) = code_on_the_phone(&app, &guest).await;
        prove(&guest, &sent, &code).await.unwrap();
        app.wait(10 * MINUTE);
        assert_eq!(set(&guest, &sent, NEW_PASSWORD).await.refused(), ErrorCode::CodeOver, "proved and left lying");
    }

    async fn the_sixth_try_is_refused_even_when_it_is_right(app) {
        AccountHolder::with_phone(&app, INES, PHONE).await;
        let guest = app.buyer().await;
        let (sent, code) = code_on_the_phone(&app, &guest).await;
        for tries_left in (1..5).rev() {
            let refused = prove(&guest, &sent, &other_code(&code)).await.unwrap_err();
            assert_eq!((refused.code, refused.limit), (ErrorCode::WrongCode, Some(tries_left)));
        }
        assert_eq!(prove(&guest, &sent, &other_code(&code)).await.refused(), ErrorCode::CodeOver);
        assert_eq!(prove(&guest, &sent, &code).await.refused(), ErrorCode::CodeOver);
    }

    async fn without_a_phone_the_code_comes_by_mail(app) {
        AccountHolder::sign_up(&app, INES).await;
        let guest = app.buyer().await;
        let seen = letterbox::code_mails_to(app.data_folder(), INES).len();
        let sent = ask(&guest, INES).await.unwrap();
        let code = letterbox::code_by_mail(app.data_folder(), INES, seen).await;
        prove(&guest, &sent, &code).await.unwrap();
        set(&guest, &sent, NEW_PASSWORD).await.unwrap();
        sign_in(&guest, INES, NEW_PASSWORD).await.unwrap();
    }

    async fn who_lost_the_phone_gets_the_code_by_mail(app) {
        AccountHolder::with_phone(&app, INES, PHONE).await;
        let (texts, mails) = (texts_to(&app, PHONE), letterbox::code_mails_to(app.data_folder(), INES).len());
        let body = json!({ "email": INES, "channel": "email" });
        app.buyer().await.post::<CodeSent>("/password-resets", &body).await.unwrap();
        letterbox::code_by_mail(app.data_folder(), INES, mails).await;
        assert_eq!(texts_to(&app, PHONE), texts);
    }

    async fn an_unknown_address_is_answered_alike_and_nothing_leaves(app) {
        AccountHolder::with_phone(&app, INES, PHONE).await;
        // The code she signed up with, and word of the new phone.
        wait_until("her own mails", async || letterbox::mails_to(app.data_folder(), INES).len() == 2).await;
        let (texts, mails) = (letterbox::texts(app.data_folder()).len(), letterbox::mails(app.data_folder()).len());
        let guest = app.buyer().await;
        let sent = ask(&guest, "nobody@example.com").await.unwrap();
        assert_eq!(sent.expires_at, app.now() + 10 * MINUTE);
        app.look_once().await;
        app.look_once().await;
        assert_eq!(letterbox::texts(app.data_folder()).len(), texts);
        assert_eq!(letterbox::mails(app.data_folder()).len(), mails);
        let refused = prove(&guest, &sent, "123456").await.unwrap_err();
        assert_eq!((refused.code, refused.limit), (ErrorCode::WrongCode, Some(4)), "as for a code that was sent");
    }

    async fn a_phone_gets_three_codes_an_hour_however_many_are_asked_for(app) {
        AccountHolder::with_phone(&app, INES, PHONE).await;
        app.wait(HOUR);
        let first = texts_to(&app, PHONE);
        let mut answers = Vec::new();
        for asker in 0..6 {
            // From six sessions and addresses: who asks does not matter.
            answers.push(ask(&app.buyer().await.from(format!("203.0.113.{asker}")), INES).await);
            app.look_once().await;
        }
        assert!(answers.iter().all(Result::is_ok), "nobody learns that the phone gets no more");
        wait_until("all six are done", async || { app.look_once().await; texts_to(&app, PHONE) == first + 3 }).await;
        app.look_once().await;
        assert_eq!(texts_to(&app, PHONE), first + 3);
    }

    async fn secrets_stand_nowhere_in_the_database(app) {
        let ines = AccountHolder::with_phone(&app, INES, PHONE).await;
        let guest = app.buyer().await;
        let (_, code) = code_on_the_phone(&app, &guest).await;
        let (waiting, _) = code_on_the_phone(&app, &guest).await;
        // A phone gets three an hour.
        app.wait(HOUR);
        let other = app.buyer().await;
        let (sent, reset_code) = code_on_the_phone(&app, &other).await;
        prove(&other, &sent, &reset_code).await.unwrap();
        set(&other, &sent, NEW_PASSWORD).await.unwrap();
        let ines_again = sign_in(&other, INES, NEW_PASSWORD).await.unwrap();
        let refresh_token = ines_again.session.refresh_token.unwrap().0;
        let key = app.coordinator().orders().order_key(shared_model::OrderId(waiting.code_id.0));
        let books = ticketboss_tests::books::everything(app.coordinator().database()).await;
        assert!(books.contains(INES), "the books were read");
        let codes = [&code, &reset_code].map(|code| [format!("\"{code}\""), format!("{code} ")]).concat();
        let family = ines.refresh_token.split('.').next().unwrap();
        let secrets = [PASSWORD, NEW_PASSWORD, &ines.app.token, &ines.refresh_token, family, &ines.device_token, &guest.token,
            &ines_again.session.token, &refresh_token, &ines_again.device_token.0, &key];
        let secrets = secrets.into_iter().chain(codes.iter().map(String::as_str));
        for secret in secrets {
            assert!(!books.contains(secret), "{secret} stands in the database");
        }
        let id = waiting.code_id.0.simple().to_string();
        assert!(books.replace('-', "").contains(&id), "codes are there, as digests");
    }
}

/// How many of many tries at once were looked at, and how many were told that the code is over.
async fn try_at_once(setting: Setting) -> (usize, usize) {
    const TRIES: usize = 24;
    let app = TestApp::start_with(setting).await;
    AccountHolder::with_phone(&app, INES, PHONE).await;
    let guest = app.buyer().await;
    let (sent, code) = code_on_the_phone(&app, &guest).await;
    let wrong = other_code(&code);
    let mut tries = JoinSet::new();
    for _ in 0..TRIES {
        let (guest, wrong) = (guest.clone(), wrong.clone());
        tries.spawn(async move { prove(&guest, &sent, &wrong).await.refused() });
    }
    let codes = tries.join_all().await;
    let count = |code| codes.iter().filter(|refused| **refused == code).count();
    (count(ErrorCode::WrongCode), count(ErrorCode::CodeOver))
}

async fn parallel_tries_share_five(engine: Engine) {
    let (looked_at, over) = try_at_once(Setting::of(engine)).await;
    assert_eq!((looked_at, over), (4, 20), "the fifth wrong try ends the code");
}

async fn without_the_guard_parallel_tries_are_not_counted(engine: Engine) {
    let safeguards = Safeguards { tries_first: false, ..Safeguards::default() };
    let (looked_at, _) = try_at_once(Setting { safeguards, ..Setting::of(engine) }).await;
    assert!(looked_at > 4, "the negative control shows what the guard is for: {looked_at}");
}

async fn a_provider_that_fails_and_recovers_gets_every_message(engine: Engine) {
    let office = SmsOffice::open().await;
    let app = TestApp::start_with(Setting { sms: Some(office.setting(100)), ..Setting::of(engine) }).await;
    let ines = AccountHolder::sign_up(&app, INES).await;
    office.fail_with(Some(503));
    let sent: CodeSent = ines.app.post("/account/phone", &json!({ "phone": PHONE })).await.unwrap();
    wait_until("the provider failed", async || office.refused() > 0).await;
    office.fail_with(None);
    wait_until("the message came", async || {
        app.wait(Duration::from_secs(5));
        app.look_once().await;
        !office.taken().is_empty()
    })
    .await;
    let taken = office.taken();
    assert_eq!((taken.len(), taken[0].to.as_str(), taken[0].from.as_str()), (1, PHONE, "+34910000000"));
    let code = letterbox::find_code(&taken[0].body).unwrap();
    let typed = json!({ "code_id": sent.code_id, "code": code });
    ines.app.post::<Value>("/account/phone/confirmations", &typed).await.unwrap();
}

async fn the_day_has_no_more_messages_than_may_be_paid_for(engine: Engine) {
    let office = SmsOffice::open().await;
    let app = TestApp::start_with(Setting { sms: Some(office.setting(2)), ..Setting::of(engine) }).await;
    for (no, last) in [678, 679, 680].into_iter().enumerate() {
        let holder = AccountHolder::sign_up(&app, &format!("buyer{no}@example.com")).await;
        let phone = format!("+34612345{last}");
        holder
            .app
            .post::<CodeSent>("/account/phone", &json!({ "phone": phone }))
            .await
            .expect("the answer is the same");
        for _ in 0..3 {
            app.look_once().await;
        }
    }
    wait_until("two were sent", async || office.taken().len() == 2).await;
    app.look_once().await;
    assert_eq!(office.taken().len(), 2);
}

async fn a_number_that_gets_no_messages_is_given_up(engine: Engine) {
    let office = SmsOffice::open().await;
    let app = TestApp::start_with(Setting { sms: Some(office.setting(100)), ..Setting::of(engine) }).await;
    let ines = AccountHolder::sign_up(&app, INES).await;
    office.fail_with(Some(400));
    ines.app.post::<CodeSent>("/account/phone", &json!({ "phone": PHONE })).await.unwrap();
    wait_until("the provider refused", async || office.refused() > 0).await;
    office.fail_with(None);
    for _ in 0..5 {
        app.wait(MINUTE);
        app.look_once().await;
    }
    assert_eq!((office.refused(), office.taken().len()), (1, 0));
}

async fn a_mail_server_that_was_busy_gets_the_code(engine: Engine) {
    let post = PostOffice::open().await;
    post.be_busy(true);
    let app = TestApp::start_with(Setting { smtp_url: post.url(), ..Setting::of(engine) }).await;
    let guest = app.buyer().await;
    let wish = ticketboss_tests::account_holder::wish(INES);
    guest.post::<shared_model::account::SignUp>("/sign-ups", &wish).await.unwrap();
    wait_until("the server was busy", async || post.has_refused()).await;
    post.be_busy(false);
    wait_until("the mail came", async || {
        app.wait(Duration::from_secs(5));
        app.look_once().await;
        !post.mails().is_empty()
    })
    .await;
    assert_eq!(post.mails().len(), 1);
    assert!(letterbox::find_code(&post.mails()[0]).is_some());
}

on_each_engine! {
    parallel_tries_share_five
    without_the_guard_parallel_tries_are_not_counted
    a_provider_that_fails_and_recovers_gets_every_message
    the_day_has_no_more_messages_than_may_be_paid_for
    a_number_that_gets_no_messages_is_given_up
    a_mail_server_that_was_busy_gets_the_code
}
