//! Calls the native half of the app by Tauri's `invoke`, and nothing else. Answers are parsed as untrusted input.

use crate::card::PosterBase;
use serde::de::DeserializeOwned;
use shared_model::{
    Language,
    app::{EventList, Failure, POSTER_SCHEME, TokenKeeping, command},
};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["window", "__TAURI__", "core"])]
    async fn invoke(command: &str, arguments: JsValue) -> Result<JsValue, JsValue>;

    /// The URL of `path` under a scheme of ours, which web views spell differently.
    #[wasm_bindgen(js_namespace = ["window", "__TAURI__", "core"], js_name = convertFileSrc)]
    fn url_of(path: &str, scheme: &str) -> String;
}

/// A page of the event list; the first without a cursor.
pub async fn list_events(cursor: Option<&str>) -> Result<EventList, Failure> {
    ask(command::LIST_EVENTS, &serde_json::json!({ "cursor": cursor })).await
}

/// Sees to a session and says where its token is kept.
pub async fn open_session() -> Result<TokenKeeping, Failure> {
    ask(command::OPEN_SESSION, &serde_json::json!({})).await
}

/// Where the shell hands out posters.
pub fn poster_base() -> PosterBase {
    PosterBase(url_of("", POSTER_SCHEME))
}

/// The language of the system, if the app has it.
pub fn system_language() -> Language {
    let tag = web_sys::window().and_then(|window| window.navigator().language());
    tag.map_or_else(Language::default, |tag| Language::negotiate(&tag))
}

async fn ask<T: DeserializeOwned>(command: &str, arguments: &serde_json::Value) -> Result<T, Failure> {
    let arguments = js_sys::JSON::parse(&arguments.to_string()).map_err(|_| Failure::Unreadable)?;
    match invoke(command, arguments).await {
        Ok(answer) => parsed(&answer),
        Err(failure) => Err(parsed(&failure)?),
    }
}

fn parsed<T: DeserializeOwned>(value: &JsValue) -> Result<T, Failure> {
    let json = js_sys::JSON::stringify(value).map_err(|_| Failure::Unreadable)?;
    serde_json::from_str(&String::from(json)).map_err(|_| Failure::Unreadable)
}
