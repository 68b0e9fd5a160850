//! What operators alone reach: metrics, and the demo's messages with the codes in them.

use reqwest::{StatusCode, header, redirect::Policy};
use std::process::{Command, Stdio};
use ticketboss_tests::{
    process::Folder,
    server::{Server, on_a_free_port, program, start},
};

async fn get(url: &str, host: Option<&str>) -> reqwest::Response {
    let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let request = client.get(url);
    let request = match host {
        Some(host) => request.header(header::HOST, host),
        None => request,
    };
    request.send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_and_the_demos_messages_are_on_the_admin_listener_alone() {
    let server = Server::start();
    for path in ["/demo/mail", "/demo/mail/1", "/demo/mail/1/html", "/metrics"] {
        let answer = get(&format!("{}{path}", server.url()), None).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let admin = server.admin_url();
    for path in ["/demo/mail", "/metrics", "/health/live", "/health/ready"] {
        assert_eq!(get(&format!("{admin}{path}"), None).await.status(), StatusCode::OK, "{path}");
    }
    let site = get(&format!("{admin}/events/the-seagull"), None).await;
    assert_eq!(site.status(), StatusCode::TEMPORARY_REDIRECT, "everything else is on the site");
    assert!(site.headers()[header::LOCATION].to_str().unwrap().ends_with("/events/the-seagull"));
    let list = get(server.url(), None).await.text().await.unwrap();
    let port = admin.rsplit(':').next().unwrap();
    assert!(list.contains(&format!("http://localhost:{port}/demo/mail")), "the site says where the messages are");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_sites_name_opens_neither_messages_nor_metrics() {
    let server = Server::start();
    for path in ["/demo/mail", "/metrics"] {
        let page = format!("{}{path}", server.admin_url());
        assert_eq!(get(&page, Some("rebind.example")).await.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(get(&page, Some("localhost:8081")).await.status(), StatusCode::OK, "{path}");
    }
}

#[test]
fn a_demo_beside_an_https_address_does_not_start() {
    let folder = Folder::new("refused");
    let try_with = |name: &str, value: &str| {
        let output = Command::new(program())
            .args(["--listen", "127.0.0.1:0", "--data-folder"])
            .arg(folder.path())
            .env(name, value)
            .output()
            .unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for (name, value) in [
        ("TICKETBOSS_PUBLIC_URL", "https://tickets.example.org"),
        ("TICKETBOSS_PUBLIC_URL", "http://tickets.example.org"),
        ("TICKETBOSS_ADMIN_LISTEN", "0.0.0.0:0"),
    ] {
        let (started, words) = try_with(name, value);
        assert!(!started && words.contains("demo_in_public") && words.contains(value), "{name}={value}: {words}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_that_was_said_twice_starts_beside_an_https_address() {
    let folder = Folder::new("said-twice");
    let mut command = Command::new(program());
    command.env("TICKETBOSS_PUBLIC_URL", "https://tickets.example.org").env("TICKETBOSS_DEMO_IN_PUBLIC", "true");
    let (_running, url) = start(on_a_free_port(&mut command, folder.path()).stderr(Stdio::null()));
    let answer = reqwest::get(format!("{url}/health/live")).await.unwrap();
    assert!(answer.status().is_success());
}
