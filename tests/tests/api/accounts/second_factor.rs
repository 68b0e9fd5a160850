//! Authenticator apps, and what is asked after a right password.

use serde_json::{Value, json};
use shared_model::{
    ErrorCode,
    account::{Account, NewSession, SignedIn},
    factor::{PasskeyCeremony, SecondFactors, TotpSetup},
    staff::MemberRole,
};
use std::time::Duration;
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD, sign_in},
    app::TestApp,
    authenticator::Authenticator,
    books,
    buyer::{Answer, Buyer, Refused},
    letterbox, on_both_engines,
    process::wait_until,
    staff::{AuthenticatorApp, accept, invite, make_operator, operator, organizer},
};

const STEP: Duration = Duration::from_secs(30);

async fn type_code(guest: &Buyer, code: &str) -> Answer<SignedIn> {
    guest.post("/sign-ins/second-factor/totp", &json!({ "code": code })).await
}

/// A guest whose password was right.
async fn half_signed_in(app: &TestApp, holder: &AccountHolder) -> Buyer {
    let guest = app.buyer().await;
    assert_eq!(sign_in(&guest, &holder.email, PASSWORD).await.refused(), ErrorCode::SecondFactorRequired);
    guest
}

on_both_engines! {
    async fn an_app_is_set_up_with_its_first_code_and_asked_for_from_then_on(app) {
        let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
        let setup: TotpSetup = ana.app.post("/account/totp", &json!({})).await.unwrap();
        assert!(setup.uri.as_str().starts_with("otpauth://totp/TicketBoss:ana%40example.com?secret="), "{}", setup.uri.as_str());
        let phone = AuthenticatorApp::scan(&setup);
        let confirm = |code: String| json!({ "sealed": setup.sealed, "code": code });
        let wrong = phone.shows(app.now() + 10 * STEP);
        assert_eq!(ana.app.put::<Value>("/account/totp", &confirm(wrong)).await.refused(), ErrorCode::WrongCode);
        let tablet = ana.elsewhere(&app).await;
        ana.app.put::<Value>("/account/totp", &confirm(phone.shows(app.now()))).await.unwrap();
        assert_eq!(tablet.app.get::<Value>("/account").await.refused(), ErrorCode::Unauthenticated, "it never showed one");
        assert!(ana.app.get::<Account>("/account").await.unwrap().has_totp);
        let told = |mail: &String| mail.contains("An authenticator app was added");
        wait_until("she is told", async || letterbox::mails_to(app.data_folder(), "ana@example.com").iter().any(told)).await;

        let guest = half_signed_in(&app, &ana).await;
        assert_eq!(guest.get::<Account>("/account").await.refused(), ErrorCode::Unauthenticated, "half is not whole");
        let factors: SecondFactors = guest.get("/sign-ins/second-factor").await.unwrap();
        assert_eq!(factors, SecondFactors { totp: true, passkey: false, mailed_code: false });
        assert_eq!(type_code(&guest, "000000").await.refused(), ErrorCode::WrongCode);
        let used = type_code(&guest, &phone.shows(app.now())).await;
        assert_eq!(used.refused(), ErrorCode::WrongCode, "the step of the setup is used");
        app.wait(STEP);
        let signed_in = type_code(&guest, &phone.shows(app.now())).await.unwrap();
        assert_eq!(signed_in.account.account_id, ana.account.account_id);
        let again = half_signed_in(&app, &ana).await;
        assert_eq!(type_code(&again, &phone.shows(app.now())).await.refused(), ErrorCode::WrongCode, "each step once");
    }

    async fn of_two_who_type_the_same_code_at_once_one_comes_in(app) {
        let (ana, phone) = ana_with_app(&app).await;
        let (one, two) = (half_signed_in(&app, &ana).await, half_signed_in(&app, &ana).await);
        let code = phone.shows(app.now());
        let (first, second) = tokio::join!(type_code(&one, &code), type_code(&two, &code));
        assert_eq!([first, second].iter().filter(|answer| answer.is_ok()).count(), 1);
    }

    async fn codes_are_typed_five_times_and_nobody_else_is_locked_out(app) {
        let (ana, phone) = ana_with_app(&app).await;
        let thief = half_signed_in(&app, &ana).await;
        for _ in 0..5 {
            assert_eq!(type_code(&thief, "123456").await.refused(), ErrorCode::WrongCode);
        }
        let refused = type_code(&thief, &phone.shows(app.now())).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::RateLimited);
        assert!(refused.retry_after_seconds.is_some());
        let owner = half_signed_in(&app, &ana).await;
        type_code(&owner, &phone.shows(app.now())).await.unwrap();
    }

    async fn who_has_the_password_cannot_guess_on_in_ever_new_sessions(app) {
        let (ana, phone) = ana_with_app(&app).await;
        for _ in 0..4 {
            let thief = half_signed_in(&app, &ana).await;
            for _ in 0..5 {
                assert_eq!(type_code(&thief, "123456").await.refused(), ErrorCode::WrongCode);
            }
        }
        let thief = half_signed_in(&app, &ana).await;
        assert_eq!(type_code(&thief, "123456").await.refused(), ErrorCode::RateLimited);
        app.wait(Duration::from_secs(60 * 60));
        let owner = half_signed_in(&app, &ana).await;
        type_code(&owner, &phone.shows(app.now())).await.unwrap();
    }

    async fn the_second_factor_is_waited_for_ten_minutes_and_only_after_the_password(app) {
        let (ana, phone) = ana_with_app(&app).await;
        let guest = app.buyer().await;
        assert_eq!(type_code(&guest, &phone.shows(app.now())).await.refused(), ErrorCode::Unauthenticated);
        let half = half_signed_in(&app, &ana).await;
        app.wait(Duration::from_secs(10 * 60));
        assert_eq!(type_code(&half, &phone.shows(app.now())).await.refused(), ErrorCode::Unauthenticated);
    }

    async fn staff_with_a_passkey_are_asked_for_it_and_customers_are_not(app) {
        let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
        let mut device = Authenticator::new("http://localhost:8080");
        let asked: PasskeyCeremony = ana.app.post("/account/passkeys/ceremonies", &json!({})).await.unwrap();
        let body = json!({ "ceremony_id": asked.ceremony_id, "name": "Key", "credential": device.create(&asked.public_key) });
        ana.app.post::<Value>("/account/passkeys", &body).await.unwrap();
        ana.elsewhere(&app).await;
        make_operator(&app, &ana).await;
        let half = half_signed_in(&app, &ana).await;
        let asked: PasskeyCeremony = half.post("/passkeys/proofs", &json!({})).await.unwrap();
        assert_eq!(asked.public_key["allowCredentials"].as_array().unwrap().len(), 1);
        let path = format!("/sign-ins/second-factor/passkeys/{}", asked.ceremony_id);
        let body = json!({ "credential": device.get(&asked.public_key) });
        let signed_in: SignedIn = half.post(&path, &body).await.unwrap();
        assert_eq!(signed_in.account.account_id, ana.account.account_id);
    }

    async fn a_session_that_showed_no_second_factor_does_nothing_for_a_team(app) {
        let operator = operator(&app).await;
        let (muelle, owner) = organizer(&app, &operator, "muelle").await;
        // A customer with a passkey signs in by her password alone; then she becomes staff.
        let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
        let mut device = Authenticator::new("http://localhost:8080");
        let asked: PasskeyCeremony = ana.app.post("/account/passkeys/ceremonies", &json!({})).await.unwrap();
        let body = json!({ "ceremony_id": asked.ceremony_id, "name": "Key", "credential": device.create(&asked.public_key) });
        ana.app.post::<Value>("/account/passkeys", &body).await.unwrap();
        let tablet = ana.elsewhere(&app).await.app;
        let invitation = invite(&owner.app, muelle, &ana.email, MemberRole::Owner).await.unwrap().invitation_id;
        assert_eq!(accept(&tablet, invitation).await.refused(), ErrorCode::SecondFactorRequired, "her password is not enough");
        accept(&ana.app, invitation).await.unwrap();
        let members = format!("/organizers/{muelle}/members");
        ana.app.get::<Value>(&members).await.expect("her passkey was set up here");
        assert_eq!(tablet.get::<Value>(&members).await.refused(), ErrorCode::SecondFactorRequired);
        // Nor does she, or whoever stole that session, change what opens the account.
        assert_eq!(tablet.post::<Value>("/account/totp", &json!({})).await.refused(), ErrorCode::SecondFactorRequired);
        let more = tablet.post::<Value>("/account/passkeys/ceremonies", &json!({})).await;
        assert_eq!(more.refused(), ErrorCode::SecondFactorRequired);
        // Her passkey proves her, there and then.
        let asked: PasskeyCeremony = tablet.post("/passkeys/proofs", &json!({})).await.unwrap();
        let body = json!({ "credential": device.get(&asked.public_key) });
        let proved: NewSession = tablet.post(&format!("/passkeys/proofs/{}", asked.ceremony_id), &body).await.unwrap();
        tablet.with_token(&proved.token).get::<Value>(&members).await.unwrap();
    }

    async fn a_passkey_asked_for_before_she_had_a_second_factor_is_not_kept_after(app) {
        let olga = AccountHolder::sign_up(&app, "olga@example.com").await;
        make_operator(&app, &olga).await;
        // Somebody has her password, and asks for a passkey of his own.
        let thief = olga.elsewhere(&app).await.app;
        let asked: PasskeyCeremony = thief.post("/account/passkeys/ceremonies", &json!({})).await.unwrap();
        let mut his = Authenticator::new("http://localhost:8080");
        let body = json!({ "ceremony_id": asked.ceremony_id, "name": "Mine", "credential": his.create(&asked.public_key) });
        // She sets one up meanwhile: sessions without one end, his question with them.
        let own: PasskeyCeremony = olga.app.post("/account/passkeys/ceremonies", &json!({})).await.unwrap();
        let mut hers = Authenticator::new("http://localhost:8080");
        let kept = json!({ "ceremony_id": own.ceremony_id, "name": "Key", "credential": hers.create(&own.public_key) });
        olga.app.post::<Value>("/account/passkeys", &kept).await.unwrap();
        assert_eq!(thief.post::<Value>("/account/passkeys", &body).await.refused(), ErrorCode::Unauthenticated);
        olga.app.get::<Value>("/audit-log").await.unwrap();
    }

    async fn an_app_proves_its_owner_as_well(app) {
        let (ana, phone) = ana_with_app(&app).await;
        app.wait(Duration::from_secs(10 * 60));
        assert_eq!(ana.app.get::<Value>("/account/export").await.refused(), ErrorCode::ProofRequired);
        let prove = async |code: String| ana.app.post::<NewSession>("/account/proofs/totp", &json!({ "code": code })).await;
        assert_eq!(prove("000000".to_owned()).await.refused(), ErrorCode::WrongCode);
        let proved = prove(phone.shows(app.now())).await.unwrap();
        ana.app.with_token(&proved.token).get::<Value>("/account/export").await.unwrap();
    }

    async fn an_app_is_removed_only_with_a_proof(app) {
        let (ana, _) = ana_with_app(&app).await;
        app.wait(Duration::from_secs(10 * 60));
        let remove = || ana.app.send::<Value>(ana.app.request(reqwest::Method::DELETE, "/account/totp"));
        assert_eq!(remove().await.refused(), ErrorCode::ProofRequired);
        let renewed: NewSession = ana.app.post("/account/proofs", &json!({ "password": PASSWORD })).await.unwrap();
        let now = ana.app.with_token(&renewed.token);
        now.send::<Value>(now.request(reqwest::Method::DELETE, "/account/totp")).await.unwrap();
        ana.elsewhere(&app).await;
    }

    async fn an_operator_helps_who_lost_everything_and_it_is_written_down(app) {
        let (ana, _) = ana_with_app(&app).await;
        app.coordinator().accounts().reset_second_factor("Ana@example.com").await.unwrap();
        assert_eq!(ana.app.get::<Account>("/account").await.refused(), ErrorCode::Unauthenticated, "signed out everywhere");
        ana.elsewhere(&app).await;
        let noted = "select count(*) from audit_entry where action = 'second_factor_reset' and account_id is null";
        assert_eq!(books::count_one(app.coordinator().database(), noted).await, 1);
        assert!(app.coordinator().accounts().reset_second_factor("nobody@example.com").await.is_err());
    }

    async fn the_secret_of_an_app_stands_nowhere(app) {
        let ana = AccountHolder::sign_up(&app, "ana@example.com").await;
        let (phone, setup) = AuthenticatorApp::set_up_with(&app, &ana.app).await;
        let guest = half_signed_in(&app, &ana).await;
        app.wait(STEP);
        type_code(&guest, &phone.shows(app.now())).await.unwrap();
        let rows = books::everything(app.coordinator().database()).await;
        assert!(rows.contains("ana@example.com"), "there was something to look at");
        assert!(!rows.contains(setup.secret.as_str()));
    }
}

async fn ana_with_app(app: &TestApp) -> (AccountHolder, AuthenticatorApp) {
    let ana = AccountHolder::sign_up(app, "ana@example.com").await;
    let (phone, _) = AuthenticatorApp::set_up_with(app, &ana.app).await;
    app.wait(STEP);
    (ana, phone)
}
