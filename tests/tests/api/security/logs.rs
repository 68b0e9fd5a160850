//! What the true program writes down while it works. Whoever reads its logs learns nothing that opens a door.

use serde_json::{Value, json};
use shared_model::{
    Timestamp,
    account::{CodeSent, NewSession, SignUp, SignedIn},
    factor::TotpSetup,
};
use std::{fs, fs::File, process::Command};
use ticketboss::{clock::machine_now_ms, data::Database};
use ticketboss_tests::{
    account_holder::{PASSWORD, PHONE, sign_in, wish},
    app::{Engine, SECRET, fresh_database},
    buyer::{Buyer, GOOD_CARD, Refused},
    letterbox,
    process::{Folder, wait_until},
    server,
    venue::{self, Wish},
};

const INES: &str = "ines@example.com";
const NEW_PASSWORD: &str = "telón rojo de hierro";
const WRONG_PASSWORD: &str = "a guess of a stranger";

#[tokio::test]
async fn passwords_codes_tokens_and_keys_stand_nowhere_in_the_logs() {
    let folder = Folder::new("logs");
    let database_url = fresh_database(Engine::Sqlite, folder.path()).await;
    let database = Database::open(&database_url).await.unwrap();
    let play = venue::stage(&database, Timestamp::from_millis(machine_now_ms()), Wish::default()).await;
    database.close().await;
    let log = folder.path().join("log.txt");
    let mut command = Command::new(server::program());
    server::on_a_free_port(&mut command, folder.path())
        .args(["--database-url", &database_url])
        .env_clear()
        .env("TICKETBOSS_DEMO", "false")
        .env("TICKETBOSS_SECRET", SECRET)
        .env("TICKETBOSS_LOG__FILTER", "debug")
        .stderr(File::create(&log).unwrap());
    let (running, url) = server::start(&mut command);

    // Everything that has a secret in it, once.
    let guest = Buyer::arrive(&url).await;
    let sign_up: SignUp = guest.post("/sign-ups", &wish(INES)).await.unwrap();
    let first_code = letterbox::code_by_mail(folder.path(), INES, 0).await;
    let typed = json!({ "code_id": sign_up.code.code_id, "code": first_code });
    let ines: SignedIn = guest.post("/sign-ups/confirmations", &typed).await.unwrap();
    let app = guest.with_token(&ines.session.token);
    let refresh_token = ines.session.refresh_token.unwrap().0;
    let renewed: NewSession = app.post("/sessions/refresh", &json!({ "refresh_token": refresh_token })).await.unwrap();
    let app = app.with_token(&renewed.token);
    let sent: CodeSent = app.post("/account/phone", &json!({ "phone": PHONE })).await.unwrap();
    let phone_code = letterbox::code_by_sms(folder.path(), PHONE, 0).await;
    let typed = json!({ "code_id": sent.code_id, "code": phone_code });
    app.post::<Value>("/account/phone/confirmations", &typed).await.unwrap();
    let setup: TotpSetup = app.post("/account/totp", &json!({})).await.unwrap();
    app.hold(&play, &["Stalls A-1"]).await.unwrap();
    let order = app.buy(GOOD_CARD).await.unwrap();
    let mail = || letterbox::mails_to(folder.path(), INES).pop().map(unfold).unwrap_or_default();
    wait_until("the tickets are mailed", async || mail().contains("?key=")).await;
    let is_of_key = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let key: String = mail().split("?key=").nth(1).unwrap().chars().take_while(is_of_key).collect();
    let opened = reqwest::get(format!("{url}/orders/{}?key={key}", order.order_id)).await.unwrap();
    assert!(opened.status().is_success());
    let stranger = Buyer::arrive(&url).await;
    sign_in(&stranger, INES, WRONG_PASSWORD).await.refused();
    let sent: CodeSent = stranger.post("/password-resets", &json!({ "email": INES })).await.unwrap();
    let reset_code = letterbox::code_by_sms(folder.path(), PHONE, 1).await;
    let typed = json!({ "code_id": sent.code_id, "code": reset_code });
    stranger.post::<Value>("/password-resets/proofs", &typed).await.unwrap();
    let set = json!({ "password": NEW_PASSWORD });
    stranger.put::<Value>(&format!("/password-resets/{}/password", sent.code_id), &set).await.unwrap();
    let signed_in = sign_in(&stranger, INES, NEW_PASSWORD).await.unwrap();
    // And by the site's form, where what one page hands to the next stands in an address.
    let browser = reqwest::Client::builder().cookie_store(true).build().unwrap();
    let form = [("email", INES), ("password", NEW_PASSWORD), ("next", "/tickets")];
    let own = browser.post(format!("{url}/sign-in")).header("sec-fetch-site", "same-origin").form(&form).send().await;
    assert_eq!(own.unwrap().url().path(), "/tickets");
    drop(running);

    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains("DEBUG"), "there was something to look at: {log}");
    let tokens = [&guest.token, &ines.session.token, &renewed.token, &stranger.token, &signed_in.session.token];
    let words = [
        PASSWORD,
        NEW_PASSWORD,
        WRONG_PASSWORD,
        &refresh_token,
        &ines.device_token.0,
        &key,
        setup.secret.as_str(),
        SECRET,
    ];
    for secret in tokens.into_iter().map(String::as_str).chain(words) {
        assert!(!log.contains(secret), "{secret} stands in the logs");
    }
    for code in [first_code, phone_code, reset_code] {
        let alone = log.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == code);
        assert!(!alone, "the code {code} stands in the logs");
    }
}

/// A mail's quoted-printable lines (RFC 2045 §6.7) as they were before.
fn unfold(mail: String) -> String {
    mail.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=")
}
