//! Connects the client to Tauri: the commands the window may call and the posters it may show. The same for desktop and
//! phone; what differs (windows, printers, camera) is in the shells.
//!
//! The window is a web page: its input is validated here as untrusted, and nothing secret is returned to it.

use crate::{Client, ClientError, ServerAddress, api::path_segment};
use shared_model::{
    Timestamp,
    app::{EventList, Failure, POSTER_SCHEME, TokenKeeping},
    event::EventFilter,
};
use std::{env, error::Error};
use tauri::{
    AppHandle, Manager, Runtime, State, Url, WebviewWindowBuilder,
    http::{Request, Response, StatusCode, header},
};

/// The environment variable that names the server.
pub const SERVER_VARIABLE: &str = "TICKETBOSS_SERVER";
/// The longest cursor the window may send; the server's are far shorter.
const CURSOR_LENGTH_MAX: usize = 512;

/// Adds commands, posters and the client itself to a shell.
pub fn attach<R: Runtime>(builder: tauri::Builder<R>) -> tauri::Builder<R> {
    builder
        .register_asynchronous_uri_scheme_protocol(POSTER_SCHEME, |context, request, responder| {
            let client = context.app_handle().state::<Client>().inner().clone();
            tauri::async_runtime::spawn(async move { responder.respond(poster(&client, &request).await) });
        })
        .invoke_handler(tauri::generate_handler![list_events, open_session])
        .setup(|app| {
            log_to_stderr();
            let cache_folder = app.path().app_cache_dir()?;
            app.manage(Client::open(server_address()?, &cache_folder)?);
            open_windows(app.handle())
        })
}

/// Opens the configured windows, now that there is a client to answer them. A window shows this app and
/// nothing else: whatever leads elsewhere is not followed.
fn open_windows<R: Runtime>(app: &AppHandle<R>) -> Result<(), Box<dyn Error>> {
    for window in &app.config().app.windows {
        WebviewWindowBuilder::from_config(app, window)?.on_navigation(is_ours).build()?;
    }
    Ok(())
}

/// `tauri://localhost/…`, or `http://tauri.localhost/…` where a web view knows no schemes of its own.
fn is_ours(url: &Url) -> bool {
    url.scheme() == "tauri" || (url.scheme() == "http" && url.host_str() == Some("tauri.localhost"))
}

#[tauri::command]
async fn list_events(client: State<'_, Client>, cursor: Option<String>) -> Result<EventList, Failure> {
    let cursor = cursor.filter(|cursor| cursor.len() <= CURSOR_LENGTH_MAX);
    let filter = EventFilter { cursor, ..EventFilter::default() };
    client.list_events(filter, now()).await.map_err(told_and_logged)
}

#[tauri::command]
async fn open_session(client: State<'_, Client>) -> Result<TokenKeeping, Failure> {
    client.open_session(now()).await.map_err(told_and_logged)
}

/// `poster://localhost/{key}`: a picture, or 404. The policy keeps scripts in it from running wherever it
/// may be opened.
async fn poster(client: &Client, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    let key = request.uri().path().trim_start_matches('/');
    let found = match path_segment(key) {
        Some(key) => client
            .load_poster(key, now())
            .await
            .inspect_err(|error| tracing::info!(%error, key, "a poster could not be loaded"))
            .ok(),
        None => None,
    };
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "image/svg+xml")
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(found.unwrap_or_default())
        .expect("the parts of this answer are written above and are valid")
}

/// The server this app belongs to: [`SERVER_VARIABLE`], else the one on this machine.
fn server_address() -> Result<ServerAddress, Box<dyn Error>> {
    match env::var(SERVER_VARIABLE) {
        Ok(text) => text.parse().map_err(|error| format!("{SERVER_VARIABLE}={text}: {error}").into()),
        Err(env::VarError::NotPresent) => Ok(ServerAddress::default()),
        Err(error) => Err(format!("{SERVER_VARIABLE}: {error}").into()),
    }
}

/// Warnings and worse, or what `RUST_LOG` asks for.
fn log_to_stderr() {
    let filter =
        tracing_subscriber::EnvFilter::builder().with_default_directive(tracing::Level::WARN.into()).from_env_lossy();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// The one place where a failed command is logged. That the server is away is daily life.
fn told_and_logged(error: ClientError) -> Failure {
    if error.is_away() {
        tracing::info!(%error, "the server cannot be reached");
    } else {
        tracing::warn!(%error, "a command failed");
    }
    Failure::from(&error)
}

/// The clock of this device: the shells' only one.
fn now() -> Timestamp {
    Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
}
