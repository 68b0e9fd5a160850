//! Passkeys: registering, signing in and proving oneself by them, through the API and with a device of software.

use serde_json::{Value, json};
use shared_model::{
    ErrorCode, PasskeyId,
    account::{Account, NewSession, PasskeyInfo, SignedIn},
    factor::PasskeyCeremony,
};
use std::time::Duration;
use ticketboss_tests::{
    account_holder::AccountHolder,
    app::TestApp,
    authenticator::Authenticator,
    buyer::{Answer, Buyer, Refused},
    on_both_engines,
    venue::Wish,
};

/// Where the tests' configuration says the site is.
const ORIGIN: &str = "http://localhost:8080";

async fn ask(buyer: &Buyer, path: &str) -> PasskeyCeremony {
    buyer.post(path, &json!({})).await.unwrap()
}

async fn register(holder: &Buyer, device: &mut Authenticator, name: &str) -> Answer<PasskeyInfo> {
    let asked = ask(holder, "/account/passkeys/ceremonies").await;
    let credential = device.create(&asked.public_key);
    let body = json!({ "ceremony_id": asked.ceremony_id, "name": name, "credential": credential });
    holder.post("/account/passkeys", &body).await
}

async fn answer<T: serde::de::DeserializeOwned>(
    buyer: &Buyer,
    path: &str,
    asked: &PasskeyCeremony,
    credential: &Value,
) -> Answer<T> {
    buyer.post(&format!("{path}/{}", asked.ceremony_id), &json!({ "credential": credential })).await
}

/// The guest who was just signed in.
fn with_token(mut guest: Buyer, signed_in: SignedIn) -> Buyer {
    guest.token = signed_in.session.token;
    guest
}

async fn sign_in(guest: &Buyer, device: &mut Authenticator) -> Answer<SignedIn> {
    let asked = ask(guest, "/passkeys/sign-ins").await;
    let credential = device.get(&asked.public_key);
    answer(guest, "/passkeys/sign-ins", &asked, &credential).await
}

async fn ana_with_passkey(app: &TestApp) -> (AccountHolder, Authenticator, PasskeyInfo) {
    let ana = AccountHolder::sign_up(app, "ana@example.com").await;
    let mut device = Authenticator::new(ORIGIN);
    let passkey = register(&ana.app, &mut device, "My phone").await.unwrap();
    (ana, device, passkey)
}

on_both_engines! {
    async fn a_passkey_signs_in_without_an_address_and_the_cart_stays(app) {
        let (ana, mut device, passkey) = ana_with_passkey(&app).await;
        assert_eq!((passkey.name.as_str(), passkey.last_used_at), ("My phone", None));
        let play = app.stage(Wish::default()).await;
        let guest = app.buyer().await;
        guest.hold(&play, &["Stalls A-1"]).await.unwrap();
        let signed_in = sign_in(&guest, &mut device).await.unwrap();
        assert_eq!(signed_in.account.account_id, ana.account.account_id);
        assert_eq!(guest.get::<Account>("/account").await.refused(), ErrorCode::Unauthenticated, "the old token is over");
        let holder = with_token(guest, signed_in);
        assert_eq!(holder.cart().await.seat_count(), 1);
        let passkeys: Vec<PasskeyInfo> = holder.get("/account/passkeys").await.unwrap();
        assert_eq!(passkeys.len(), 1);
        assert_eq!(passkeys[0].last_used_at, Some(app.now()));
    }

    async fn a_question_is_answered_once_in_its_session_and_in_time(app) {
        let (_, mut device, _) = ana_with_passkey(&app).await;
        let (guest, other) = (app.buyer().await, app.buyer().await);
        let asked = ask(&guest, "/passkeys/sign-ins").await;
        let credential = device.get(&asked.public_key);
        let elsewhere = answer::<SignedIn>(&other, "/passkeys/sign-ins", &asked, &credential).await;
        assert_eq!(elsewhere.refused(), ErrorCode::CodeOver, "another session's question");
        let signed_in = answer::<SignedIn>(&guest, "/passkeys/sign-ins", &asked, &credential).await.unwrap();
        let holder = with_token(guest, signed_in);
        let again = answer::<SignedIn>(&holder, "/passkeys/sign-ins", &asked, &credential).await;
        assert_eq!(again.refused(), ErrorCode::CodeOver);
        let asked = ask(&other, "/passkeys/sign-ins").await;
        let credential = device.get(&asked.public_key);
        app.wait(Duration::from_secs(5 * 60));
        let late = answer::<SignedIn>(&other, "/passkeys/sign-ins", &asked, &credential).await;
        assert_eq!(late.refused(), ErrorCode::CodeOver);
    }

    async fn a_wrong_answer_uses_the_question_up(app) {
        let (_, mut device, _) = ana_with_passkey(&app).await;
        let guest = app.buyer().await;
        let asked = ask(&guest, "/passkeys/sign-ins").await;
        let credential = device.get(&asked.public_key);
        let mut forged = credential.clone();
        forged["response"]["signature"] = Authenticator::new(ORIGIN).get(&asked.public_key)["response"]["signature"].clone();
        let refused = answer::<SignedIn>(&guest, "/passkeys/sign-ins", &asked, &forged).await;
        assert_eq!(refused.refused(), ErrorCode::BadCredentials);
        let right = answer::<SignedIn>(&guest, "/passkeys/sign-ins", &asked, &credential).await;
        assert_eq!(right.refused(), ErrorCode::CodeOver);
    }

    async fn an_unknown_passkey_and_a_removed_one_read_the_same(app) {
        let (ana, mut device, passkey) = ana_with_passkey(&app).await;
        let guest = app.buyer().await;
        let unknown = sign_in(&guest, &mut Authenticator::new(ORIGIN)).await.unwrap_err();
        assert_eq!(unknown.code, ErrorCode::BadCredentials);
        let mut elsewhere = device.clone();
        elsewhere.origin = "https://evil.example".to_owned();
        assert_eq!(sign_in(&guest, &mut elsewhere).await.unwrap_err(), unknown, "another site's answer");
        let path = format!("/account/passkeys/{}", passkey.passkey_id);
        ana.app.send::<Value>(ana.app.request(reqwest::Method::DELETE, &path)).await.unwrap();
        assert_eq!(sign_in(&guest, &mut device).await.unwrap_err(), unknown);
    }

    async fn a_copied_passkey_is_noticed_by_its_counter(app) {
        let (_, mut device, _) = ana_with_passkey(&app).await;
        let mut copy = device.clone();
        sign_in(&app.buyer().await, &mut device).await.unwrap();
        assert_eq!(sign_in(&app.buyer().await, &mut copy).await.refused(), ErrorCode::BadCredentials);
        sign_in(&app.buyer().await, &mut device).await.unwrap();
    }

    async fn of_two_answers_with_one_counter_at_once_one_comes_in(app) {
        let (_, mut device, _) = ana_with_passkey(&app).await;
        let mut copy = device.clone();
        let (one, two) = (app.buyer().await, app.buyer().await);
        let asked = (ask(&one, "/passkeys/sign-ins").await, ask(&two, "/passkeys/sign-ins").await);
        let credentials = (device.get(&asked.0.public_key), copy.get(&asked.1.public_key));
        let (first, second) = tokio::join!(
            answer::<SignedIn>(&one, "/passkeys/sign-ins", &asked.0, &credentials.0),
            answer::<SignedIn>(&two, "/passkeys/sign-ins", &asked.1, &credentials.1),
        );
        assert_eq!([first, second].iter().filter(|answer| answer.is_ok()).count(), 1);
    }

    async fn sensitive_changes_want_a_proof_and_a_passkey_is_one(app) {
        let (ana, mut device, passkey) = ana_with_passkey(&app).await;
        app.wait(Duration::from_secs(10 * 60));
        let path = format!("/account/passkeys/{}", passkey.passkey_id);
        let remove = || ana.app.send::<Value>(ana.app.request(reqwest::Method::DELETE, &path));
        assert_eq!(remove().await.refused(), ErrorCode::ProofRequired);
        let begun = ana.app.post::<Value>("/account/passkeys/ceremonies", &json!({})).await;
        assert_eq!(begun.refused(), ErrorCode::ProofRequired);
        // Somebody else's passkey proves nothing.
        let ben = AccountHolder::sign_up(&app, "ben@example.com").await;
        let mut bens = Authenticator::new(ORIGIN);
        register(&ben.app, &mut bens, "Key").await.unwrap();
        let asked = ask(&ana.app, "/passkeys/proofs").await;
        let foreign = answer::<Value>(&ana.app, "/passkeys/proofs", &asked, &bens.get(&asked.public_key)).await;
        assert_eq!(foreign.refused(), ErrorCode::BadCredentials);
        let asked = ask(&ana.app, "/passkeys/proofs").await;
        let credential = device.get(&asked.public_key);
        let proved = answer::<NewSession>(&ana.app, "/passkeys/proofs", &asked, &credential).await.unwrap();
        assert_eq!(remove().await.refused(), ErrorCode::Unauthenticated, "her old token is over");
        let ana = ana.app.with_token(&proved.token);
        ana.send::<Value>(ana.request(reqwest::Method::DELETE, &path)).await.unwrap();
        assert_eq!(ana.get::<Vec<PasskeyInfo>>("/account/passkeys").await.unwrap(), []);
    }

    async fn passkeys_are_their_owners_alone(app) {
        let (ana, _, passkey) = ana_with_passkey(&app).await;
        let eve = AccountHolder::sign_up(&app, "eve@example.com").await;
        assert_eq!(eve.app.get::<Vec<PasskeyInfo>>("/account/passkeys").await.unwrap(), []);
        let rename = async |who: &Buyer, id: PasskeyId, name: &str| {
            let request = who.request(reqwest::Method::PATCH, &format!("/account/passkeys/{id}"));
            who.send::<Value>(request.json(&json!({ "name": name }))).await
        };
        let foreign = rename(&eve.app, passkey.passkey_id, "Mine").await.unwrap_err();
        assert_eq!(foreign, rename(&eve.app, PasskeyId::new(), "Mine").await.unwrap_err());
        assert_eq!(foreign.code, ErrorCode::NotFound);
        rename(&ana.app, passkey.passkey_id, " Blue key ").await.unwrap();
        assert_eq!(rename(&ana.app, passkey.passkey_id, " ").await.refused(), ErrorCode::InvalidInput);
        let passkeys: Vec<PasskeyInfo> = ana.app.get("/account/passkeys").await.unwrap();
        assert_eq!(passkeys[0].name, "Blue key");
    }

    async fn a_passkey_is_registered_once_and_a_browser_signs_in_by_cookie(app) {
        let (ana, mut device, _) = ana_with_passkey(&app).await;
        assert_eq!(register(&ana.app, &mut device, "Again").await.refused(), ErrorCode::BadCredentials);
        let guest = app.buyer().await;
        let asked = ask(&guest, "/passkeys/sign-ins").await;
        let body = json!({ "credential": device.get(&asked.public_key), "stay": true });
        let request = guest.request(reqwest::Method::POST, &format!("/passkeys/sign-ins/{}", asked.ceremony_id));
        let answer = request.header("sec-fetch-site", "same-origin").json(&body).send().await.unwrap();
        assert_eq!(answer.status(), reqwest::StatusCode::NO_CONTENT);
        let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
        assert!(cookies.iter().any(|cookie| cookie.starts_with("tb_session=") && cookie.contains("HttpOnly")), "{cookies:?}");
    }
}
