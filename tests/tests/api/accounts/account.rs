//! Accounts: made by a code, signed in and out without losing the cart, changed by who proves herself.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared_model::{
    ErrorCode,
    account::{Account, CodeSent, NewSession, SessionInfo, SignUp, SignedIn},
};
use std::time::Duration;
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD, PHONE, sign_in, wish},
    app::TestApp,
    buyer::{Buyer, Refused},
    letterbox, on_both_engines,
    process::wait_until,
    venue::Wish,
};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const INES: &str = "ines@example.com";

async fn sessions(of: &AccountHolder) -> Vec<SessionInfo> {
    of.app.get("/account/sessions").await.unwrap()
}

async fn refresh(of: &Buyer, refresh_token: &str) -> Result<NewSession, shared_model::Problem> {
    of.post("/sessions/refresh", &json!({ "refresh_token": refresh_token })).await
}

on_both_engines! {
    async fn the_mailed_code_makes_the_account_and_the_cart_stays(app) {
        let play = app.stage(Wish::default()).await;
        let guest = app.buyer().await;
        guest.hold(&play, &["Stalls A-1"]).await.unwrap();
        let ines = AccountHolder::sign_up_as(&app, guest.clone(), INES).await;
        assert_eq!(ines.account.email.as_str(), INES);
        assert_eq!(ines.app.cart().await.seat_count(), 1, "her seat came along");
        assert_eq!(guest.get::<Value>("/cart").await.refused(), ErrorCode::Unauthenticated, "the old token is over");
        assert_eq!(ines.app.get::<Account>("/account").await.unwrap(), ines.account);
    }

    async fn a_taken_address_is_answered_like_a_free_one_and_its_owner_is_told(app) {
        AccountHolder::sign_up(&app, INES).await;
        let eve = app.buyer().await;
        let of_taken: SignUp = eve.post("/sign-ups", &wish("INES@example.com")).await.unwrap();
        let of_free: SignUp = eve.post("/sign-ups", &wish("new@example.com")).await.unwrap();
        assert_eq!(of_taken.code.expires_at, of_free.code.expires_at, "nothing in the answer tells");
        let told = || letterbox::mails_to(app.data_folder(), "INES@example.com");
        wait_until("its owner is told", async || { app.look_once().await; !told().is_empty() }).await;
        assert!(told()[0].contains("You have an account already"));
        assert!(letterbox::code_mails_to(app.data_folder(), "INES@").is_empty(), "no code leaves for a taken address");
    }

    async fn without_its_code_there_is_no_account(app) {
        let guest = app.buyer().await;
        let sign_up: SignUp = guest.post("/sign-ups", &wish(INES)).await.unwrap();
        let code = letterbox::code_by_mail(app.data_folder(), INES, 0).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let id = sign_up.code.code_id;
        let refused = guest.post::<Value>("/sign-ups/confirmations", &json!({ "code_id": id, "code": wrong })).await;
        assert_eq!(refused.unwrap_err().limit, Some(4), "tries left are told");
        assert_eq!(sign_in(&guest, INES, PASSWORD).await.refused(), ErrorCode::BadCredentials);
        let eve = app.buyer().await;
        let stolen = eve.post::<Value>("/sign-ups/confirmations", &json!({ "code_id": id, "code": code })).await;
        assert_eq!(stolen.refused(), ErrorCode::CodeOver, "another session cannot type it");
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        guest.post::<SignedIn>("/sign-ups/confirmations", &json!({ "code_id": id, "code": spaced })).await.unwrap();
    }

    async fn weak_passwords_and_numbers_that_do_not_exist_are_refused(app) {
        let guest = app.buyer().await;
        let with = |key: &str, value: &str| { let mut body = wish(INES); body[key] = json!(value); body };
        for (key, value, code) in [
            ("password", "password1", ErrorCode::WeakPassword),
            ("password", "ines@example.com", ErrorCode::WeakPassword),
            ("password", "short", ErrorCode::InvalidInput),
            ("phone", "+34 123", ErrorCode::InvalidInput),
            ("phone", "+34 012345678", ErrorCode::InvalidInput),
            // A landline, and one at a premium.
            ("phone", "+34 910 000 000", ErrorCode::InvalidInput),
            ("phone", "+34 806 123 456", ErrorCode::InvalidInput),
            ("email", "ines@", ErrorCode::InvalidInput),
            ("name", "\u{7}", ErrorCode::InvalidInput),
        ] {
            assert_eq!(guest.post::<Value>("/sign-ups", &with(key, value)).await.refused(), code, "{key}: {value}");
        }
        let long = "x".repeat(5_000);
        assert_eq!(sign_in(&guest, INES, &long).await.refused(), ErrorCode::BadCredentials);
    }

    async fn an_unknown_address_and_a_wrong_password_read_the_same(app) {
        AccountHolder::sign_up(&app, INES).await;
        let guest = app.buyer().await;
        let wrong = sign_in(&guest, INES, "faro norte gaviotas").await.unwrap_err();
        let unknown = sign_in(&guest, "nobody@example.com", PASSWORD).await.unwrap_err();
        assert_eq!(wrong, unknown);
    }

    async fn signing_in_and_out_keeps_the_cart_and_changes_the_token(app) {
        let play = app.stage(Wish::default()).await;
        AccountHolder::sign_up(&app, INES).await;
        let guest = app.buyer().await;
        guest.hold(&play, &["Stalls A-1", "Stalls A-2"]).await.unwrap();
        let signed_in = sign_in(&guest, INES, PASSWORD).await.unwrap();
        assert_eq!(guest.get::<Value>("/cart").await.refused(), ErrorCode::Unauthenticated);
        let ines = guest.with_token(&signed_in.session.token);
        assert_eq!(ines.cart().await.seat_count(), 2);
        let out: NewSession = ines.post("/sign-outs", &json!({})).await.unwrap();
        assert_eq!(ines.get::<Value>("/cart").await.refused(), ErrorCode::Unauthenticated);
        let again = guest.with_token(&out.token);
        assert_eq!(again.cart().await.seat_count(), 2, "her seats stay hers");
        assert_eq!(again.get::<Account>("/account").await.refused(), ErrorCode::Unauthenticated);
    }

    async fn sessions_are_listed_with_their_devices_and_ended_one_by_one_or_all(app) {
        let ines = AccountHolder::sign_up(&app, INES).await;
        let (phone, tablet) = (ines.elsewhere(&app).await, ines.elsewhere(&app).await);
        let eve = AccountHolder::sign_up(&app, "eve@example.com").await;
        let listed = sessions(&ines).await;
        assert_eq!(listed.len(), 3);
        assert_eq!(listed.iter().filter(|session| session.is_this).count(), 1);
        let id = sessions(&phone).await.into_iter().find(|session| session.is_this).unwrap().session_id;
        let path = format!("/account/sessions/{id}");
        let foreign = eve.app.send::<Value>(eve.app.request(Method::DELETE, &path)).await;
        assert_eq!(foreign.refused(), ErrorCode::NotFound, "nobody ends another's");
        ines.app.send::<Value>(ines.app.request(Method::DELETE, &path)).await.unwrap();
        assert_eq!(phone.app.get::<Value>("/account").await.refused(), ErrorCode::Unauthenticated);
        ines.app.send::<Value>(ines.app.request(Method::DELETE, "/account/sessions")).await.unwrap();
        assert_eq!(tablet.app.get::<Value>("/account").await.refused(), ErrorCode::Unauthenticated);
        assert_eq!(sessions(&ines).await.len(), 1);
        eve.app.get::<Account>("/account").await.unwrap();
    }

    async fn an_apps_token_is_renewed_and_a_stolen_renewal_ends_the_session(app) {
        let ines = AccountHolder::sign_up(&app, INES).await;
        app.wait(HOUR);
        assert_eq!(ines.app.get::<Value>("/account").await.refused(), ErrorCode::Unauthenticated, "an hour is over");
        let nobody = ines.app.with_token("");
        let lost = refresh(&nobody, &ines.refresh_token).await.unwrap();
        // The answer was lost: the app asks again with what it has, and gets it once more.
        app.wait(Duration::from_secs(59));
        assert_eq!(refresh(&nobody, &ines.refresh_token).await.unwrap(), lost);
        let ines_now = nobody.with_token(&lost.token);
        ines_now.get::<Account>("/account").await.unwrap();
        // Repeating it wins no time: a minute after it was replaced it is a thief's.
        app.wait(Duration::from_secs(1));
        assert_eq!(refresh(&nobody, &ines.refresh_token).await.refused(), ErrorCode::Unauthenticated);
        assert_eq!(ines_now.get::<Value>("/account").await.refused(), ErrorCode::Unauthenticated, "thief and owner are out");
    }

    async fn however_old_a_stolen_renewal_is_it_ends_the_session(app) {
        let ines = AccountHolder::sign_up(&app, INES).await;
        let nobody = ines.app.with_token("");
        let second = refresh(&nobody, &ines.refresh_token).await.unwrap();
        let third = refresh(&nobody, second.refresh_token.as_ref().unwrap().as_str()).await.unwrap();
        let ines_now = nobody.with_token(&third.token);
        ines_now.get::<Account>("/account").await.unwrap();
        // Two before the present one, and within the minute.
        assert_eq!(refresh(&nobody, &ines.refresh_token).await.refused(), ErrorCode::Unauthenticated);
        assert_eq!(ines_now.get::<Value>("/account").await.refused(), ErrorCode::Unauthenticated);
        let forged = third.refresh_token.unwrap().0.replace(".2.", ".3.");
        assert_eq!(refresh(&nobody, &forged).await.refused(), ErrorCode::Unauthenticated);
    }

    async fn an_app_that_renews_twice_at_once_gets_one_answer(app) {
        let ines = AccountHolder::sign_up(&app, INES).await;
        let nobody = ines.app.with_token("");
        let (one, two) = tokio::join!(refresh(&nobody, &ines.refresh_token), refresh(&nobody, &ines.refresh_token));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!((&one.token, &one.refresh_token), (&two.token, &two.refresh_token));
        nobody.with_token(&one.token).get::<Account>("/account").await.unwrap();
    }

    async fn a_session_that_is_not_used_ends_and_one_in_use_goes_on(app) {
        let ines = AccountHolder::sign_up(&app, INES).await;
        let mut token = ines.refresh_token.clone();
        let nobody = ines.app.with_token("");
        for _ in 0..4 {
            app.wait(80 * DAY);
            token = refresh(&nobody, &token).await.unwrap().refresh_token.unwrap().0;
        }
        app.wait(91 * DAY);
        assert_eq!(refresh(&nobody, &token).await.refused(), ErrorCode::Unauthenticated);
    }

    async fn a_new_password_wants_the_old_one_and_ends_all_other_sessions(app) {
        let ines = AccountHolder::sign_up(&app, INES).await;
        let phone = ines.elsewhere(&app).await;
        let change = |current: &str, new: &str| json!({ "current": current, "new": new });
        let put = async |body: Value| ines.app.put::<NewSession>("/account/password", &body).await;
        assert_eq!(put(change("wrong", "telón rojo de hierro")).await.refused(), ErrorCode::BadCredentials);
        assert_eq!(put(change(PASSWORD, "password1")).await.refused(), ErrorCode::WeakPassword);
        let renewed = put(change(PASSWORD, "telón rojo de hierro")).await.unwrap();
        assert_eq!(phone.app.get::<Value>("/account").await.refused(), ErrorCode::Unauthenticated);
        assert_eq!(ines.app.get::<Value>("/account").await.refused(), ErrorCode::Unauthenticated, "whoever had her token has nothing");
        ines.app.with_token(&renewed.token).get::<Account>("/account").await.unwrap();
        let old = refresh(&ines.app.with_token(""), &ines.refresh_token).await;
        assert_eq!(old.refused(), ErrorCode::Unauthenticated);
        let guest = app.buyer().await;
        assert_eq!(sign_in(&guest, INES, PASSWORD).await.refused(), ErrorCode::BadCredentials);
        sign_in(&guest, INES, "telón rojo de hierro").await.unwrap();
    }

    async fn a_sensitive_change_wants_a_fresh_proof(app) {
        let ines = AccountHolder::sign_up(&app, INES).await;
        app.wait(Duration::from_secs(10 * 60));
        let body = json!({ "phone": PHONE });
        assert_eq!(ines.app.post::<Value>("/account/phone", &body).await.refused(), ErrorCode::ProofRequired);
        let proof = async |password: &str| ines.app.post::<NewSession>("/account/proofs", &json!({ "password": password })).await;
        assert_eq!(proof("wrong").await.refused(), ErrorCode::BadCredentials);
        assert_eq!(ines.app.post::<Value>("/account/phone", &body).await.refused(), ErrorCode::ProofRequired);
        let renewed = proof(PASSWORD).await.unwrap();
        assert_eq!(ines.app.get::<Value>("/account").await.refused(), ErrorCode::Unauthenticated, "her old token is over");
        ines.app.with_token(&renewed.token).post::<CodeSent>("/account/phone", &body).await.unwrap();
    }

    async fn a_phone_and_an_address_become_hers_by_their_codes(app) {
        let ines = AccountHolder::with_phone(&app, INES, PHONE).await;
        let account: Account = ines.app.get("/account").await.unwrap();
        assert!(account.phone_confirmed && account.phone.unwrap().as_str() == PHONE);
        let sent: CodeSent = ines.app.post("/account/email", &json!({ "email": "roldan@example.com" })).await.unwrap();
        let code = letterbox::code_by_mail(app.data_folder(), "roldan@example.com", 0).await;
        let typed = json!({ "code_id": sent.code_id, "code": code });
        let wrong_door = ines.app.post::<Value>("/account/phone/confirmations", &typed).await;
        assert_eq!(wrong_door.refused(), ErrorCode::CodeOver, "a code for one thing proves no other");
        ines.app.post::<Value>("/account/email/confirmations", &typed).await.unwrap();
        let guest = app.buyer().await;
        assert_eq!(sign_in(&guest, INES, PASSWORD).await.refused(), ErrorCode::BadCredentials);
        sign_in(&guest, "roldan@example.com", PASSWORD).await.unwrap();
        app.look_once().await;
        let told = letterbox::mails_to(app.data_folder(), INES);
        assert!(told.iter().any(|mail| mail.contains("Your address was changed")), "the old address is told");
    }

    async fn name_and_language_change_without_ado(app) {
        let ines = AccountHolder::sign_up(&app, INES).await;
        let request = ines.app.request(Method::PATCH, "/account").json(&json!({ "language": "es" }));
        let account: Account = ines.app.send(request).await.unwrap();
        assert_eq!((account.language.tag(), account.name.as_str()), ("es", "Inés Roldán"));
    }

    async fn guessing_is_slowed_down(app) {
        let ines = AccountHolder::sign_up(&app, INES).await;
        let eve = app.buyer().await;
        let mut refused = None;
        for _ in 0..11 {
            refused = Some(sign_in(&eve, INES, "guessing away at it").await.unwrap_err());
        }
        let refused = refused.unwrap();
        assert_eq!(refused.code, ErrorCode::RateLimited);
        assert!(refused.retry_after_seconds.is_some_and(|seconds| (1..=60).contains(&seconds)), "{refused:?}");
        let body = json!({ "email": INES, "password": PASSWORD, "device_token": ines.device_token });
        app.buyer().await.post::<SignedIn>("/sign-ins", &body).await.expect("her own device is let in");
        let forged = json!({ "email": INES, "password": PASSWORD, "device_token": "AAAA.1.BBBB" });
        assert_eq!(eve.post::<Value>("/sign-ins", &forged).await.refused(), ErrorCode::RateLimited);
        app.wait(Duration::from_secs(refused.retry_after_seconds.unwrap().into()));
        sign_in(&eve, INES, PASSWORD).await.expect("after the time it said");
    }
}

/// Cookies of a signed-in browser are nobody's business, and other sites cannot act for her.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn account_answers_are_never_stored_by_anybody() {
    let app = TestApp::start(ticketboss_tests::app::Engine::Sqlite).await;
    let ines = AccountHolder::sign_up(&app, INES).await;
    for path in ["/account", "/account/sessions"] {
        let answer = ines.app.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
    }
    let cross = ines.app.request(Method::PUT, "/account/password").header("sec-fetch-site", "cross-site");
    let refused = cross.json(&json!({ "current": PASSWORD, "new": "telón rojo de hierro" })).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
}
