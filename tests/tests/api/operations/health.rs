//! For those who run it: health, metrics, headers, the API's own description.

use reqwest::{StatusCode, header};
use serde_json::Value;
use ticketboss::demo::install::install_demo;
use ticketboss_tests::{
    app::{Engine, TestApp},
    on_both_engines,
};

async fn text(app: &TestApp, path: &str) -> (StatusCode, String) {
    let answer = reqwest::get(format!("{}{path}", app.url())).await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

on_both_engines! {
    async fn health_is_told_and_metrics_are_counted(app) {
        assert_eq!(text(&app, "/health/live").await, (StatusCode::OK, "alive\n".to_owned()));
        assert_eq!(text(&app, "/health/ready").await, (StatusCode::OK, "ready\n".to_owned()));
        let play = app.stage(ticketboss_tests::venue::Wish::default()).await;
        app.buyer().await.hold(&play, &["Stalls A-1"]).await.unwrap();
        let answer = reqwest::get(format!("{}/metrics", app.admin_url())).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let metrics = answer.text().await.unwrap();
        assert!(metrics.contains("ticketboss_desk_batch_commands"), "{metrics}");
    }

    async fn a_database_that_is_away_is_told(app) {
        app.coordinator().database().close().await;
        assert_eq!(text(&app, "/health/live").await.0, StatusCode::OK);
        assert_eq!(text(&app, "/health/ready").await.0, StatusCode::SERVICE_UNAVAILABLE);
    }

    async fn every_answer_carries_the_security_headers(app) {
        for path in ["/api/v1/performances", "/api/v1/nothing", "/", "/nothing", "/health/live"] {
            let answer = reqwest::get(format!("{}{path}", app.url())).await.unwrap();
            let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            for rule in ["default-src 'self'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "frame-ancestors 'none'"] {
                assert!(policy.contains(rule), "{path}: {policy}");
            }
            assert!(!policy.contains("unsafe"), "{path}: {policy}");
            assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
            assert!(answer.headers().contains_key(header::REFERRER_POLICY), "{path}");
            assert!(answer.headers().get(header::SERVER).is_none(), "{path}");
        }
    }
}

/// Shows every object of a document.
fn walk(value: &Value, see: &mut impl FnMut(&Value)) {
    match value {
        Value::Object(members) => {
            see(value);
            members.values().for_each(|member| walk(member, see));
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_describes_itself_in_openapi_3_1() {
    let app = TestApp::start(ticketboss_tests::app::Engine::Sqlite).await;
    let (status, document) = text(&app, "/api/v1/openapi.json").await;
    assert_eq!(status, StatusCode::OK);
    let document: Value = serde_json::from_str(&document).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for path in
        ["/performances", "/performances/{performance_id}/holds/{hold_id}", "/cart", "/orders/{order_id}", "/sessions"]
    {
        assert!(document["paths"].get(path).is_some(), "{path} is described");
    }
    let mut operations = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["responses"].get("default").is_some(), "{method} {path} says what a problem looks like");
            operations += 1;
        }
    }
    assert!(operations >= 14);
    assert!(
        document["info"]
            .get("license")
            .is_none_or(|license| license["name"].as_str().is_some_and(|name| !name.is_empty()))
    );
    let mut references = 0;
    walk(&document, &mut |value| {
        if let Some(reference) = value["$ref"].as_str() {
            let target = reference.strip_prefix('#').expect("all is in this document");
            assert!(document.pointer(target).is_some(), "{reference} leads nowhere");
            references += 1;
        }
        if let Some(responses) = value["responses"].as_object() {
            for (status, response) in responses {
                let described = response["description"].as_str().is_some_and(|words| !words.is_empty());
                assert!(described || response.get("$ref").is_some(), "{status} has no description: {response}");
            }
        }
    });
    assert!(references > 100, "{references}");
}

/// An SQLite file has one process; a PostgreSQL may have many.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_at_once_on_an_empty_database_install_one_demo_season() {
    let app = TestApp::start(Engine::Postgres).await;
    let (database, now) = (app.coordinator().database(), app.now());
    let at_once = tokio::join!(install_demo(database, now), install_demo(database, now), install_demo(database, now));
    let installed = [at_once.0.unwrap(), at_once.1.unwrap(), at_once.2.unwrap()];
    assert_eq!(installed.iter().filter(|installed| **installed).count(), 1, "{installed:?}");
}
