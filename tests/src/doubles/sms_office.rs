//! A double of the text message provider, written from Twilio's public documentation of
//! `POST /2010-04-01/Accounts/{AccountSid}/Messages.json`: Basic credentials, a form, 201 with a `sid`, and problems with
//! `code`, `message` and `status`.

use crate::app::{SMS_TOKEN, SmsSetting};
use axum::{
    Form, Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    routing::post,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, AtomicU32, Ordering},
    },
};
use tokio::net::TcpListener;

/// A message as the provider got it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TakenSms {
    pub to: String,
    pub from: String,
    pub body: String,
}

#[derive(Debug, Default)]
struct Office {
    /// A status it answers instead of taking messages; zero: none.
    fails_with: AtomicU16,
    refused: AtomicU32,
    taken: Mutex<Vec<TakenSms>>,
}

/// The double; it ends with the test's process.
#[derive(Debug)]
pub struct SmsOffice {
    address: SocketAddr,
    office: Arc<Office>,
}

impl SmsOffice {
    pub async fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("this machine has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let office = Arc::<Office>::default();
        let router =
            Router::new().route("/2010-04-01/Accounts/{account}/Messages.json", post(take)).with_state(office.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, office }
    }

    /// How the product is told of it.
    pub fn setting(&self, per_day_max: u32) -> SmsSetting {
        SmsSetting { base_url: format!("http://{}", self.address), per_day_max }
    }

    /// From now on it answers so instead of taking messages; `None`: it takes them again.
    pub fn fail_with(&self, status: Option<u16>) {
        self.office.fails_with.store(status.unwrap_or_default(), Ordering::SeqCst);
    }

    pub fn refused(&self) -> u32 {
        self.office.refused.load(Ordering::SeqCst)
    }

    pub fn taken(&self) -> Vec<TakenSms> {
        self.office.taken.lock().expect("nobody panics in the office").clone()
    }
}

async fn take(
    State(office): State<Arc<Office>>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Form(sms): Form<TakenSms>,
) -> (StatusCode, Json<Value>) {
    let problem = |status: u16, code: u32, message: &str| {
        office.refused.fetch_add(1, Ordering::SeqCst);
        let body = json!({ "code": code, "message": message, "status": status });
        (StatusCode::from_u16(status).expect("tests use real statuses"), Json(body))
    };
    let credentials = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if credentials != basic(&account) {
        return problem(401, 20003, "Authenticate");
    }
    match office.fails_with.load(Ordering::SeqCst) {
        0 => {
            office.taken.lock().expect("nobody panics in the office").push(sms);
            (StatusCode::CREATED, Json(json!({ "sid": "SM0123456789", "status": "queued" })))
        }
        400 => problem(400, 21211, "The 'To' number is not a valid phone number."),
        status => problem(status, 20500, "An internal server error has occurred"),
    }
}

fn basic(account: &str) -> String {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    format!("Basic {}", BASE64_STANDARD.encode(format!("{account}:{SMS_TOKEN}")))
}
