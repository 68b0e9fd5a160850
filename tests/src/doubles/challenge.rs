//! A double of a challenge's provider, as Turnstile and hCaptcha describe their siteverify: a form with `secret` and
//! `response`, an answer with `success` and `hostname`.

use axum::{Form, Json, Router, routing::post};
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::{net::TcpListener, task::JoinHandle};

/// What the provider knows the product by.
pub const CHALLENGE_SECRET: &str = "secret-of-the-double";
/// Proves that a challenge was passed on the product's own site.
pub const PASSED: &str = "passed";
/// Proves that one was passed on another site.
pub const PASSED_ELSEWHERE: &str = "passed-elsewhere";

/// The running double.
pub struct ChallengeProvider {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    secret: String,
    response: String,
}

impl ChallengeProvider {
    pub async fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("this machine has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let router = Router::new().route("/siteverify", post(verify));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { address, serving }
    }

    pub fn verify_url(&self) -> String {
        format!("http://{}/siteverify", self.address)
    }

    /// Nobody answers any more.
    pub async fn close(self) {
        self.serving.abort();
        assert!(self.serving.await.is_err_and(|end| end.is_cancelled()), "it served until now");
    }
}

async fn verify(Form(asked): Form<Asked>) -> Json<Value> {
    let knows_us = asked.secret == CHALLENGE_SECRET;
    Json(match asked.response.as_str() {
        PASSED if knows_us => json!({ "success": true, "hostname": "localhost" }),
        PASSED_ELSEWHERE if knows_us => json!({ "success": true, "hostname": "elsewhere.example" }),
        _ => json!({ "success": false, "error-codes": ["invalid-input-response"] }),
    })
}
