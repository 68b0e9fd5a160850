//! Static files, compiled in. Their address contains a digest of the whole folder, so browsers keep them
//! for ever and see a new version at once; scripts import each other by relative paths.

use super::accept_encoding::unpacks;
use crate::{
    delivery::documents::poster::{draw_png, read_poster},
    embedded::{self, FILES, static_file as file},
    http::AppState,
};
use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use brotli::enc::BrotliEncoderParams;
use bytes::Bytes;
use data_encoding::HEXLOWER;
use include_dir::Dir;
use moka::future::Cache;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = Sha256::new();
    hash_folder(&FILES, &mut hasher);
    HEXLOWER.encode(&hasher.finalize()[..8])
});

/// Width of a poster's bitmap, for readers that draw no SVG.
const POSTER_PIXELS: u32 = 900;
/// Bitmaps kept in memory.
const BITMAPS_KEPT: u64 = 200;

const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const FOR_A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

fn hash_folder(folder: &Dir<'_>, hasher: &mut Sha256) {
    for file in folder.files() {
        hasher.update(file.path().as_os_str().as_encoded_bytes());
        hasher.update(file.contents());
    }
    folder.dirs().for_each(|folder| hash_folder(folder, hasher));
}

/// The address of a file of `server/static`.
pub fn asset(path: &str) -> String {
    format!("/static/{}/{path}", *DIGEST)
}

pub fn router() -> Router<AppState> {
    Router::new()
        .route("/static/{digest}/{*path}", get(static_file))
        .route("/posters/{name}", get(poster))
        .route("/favicon.ico", get(|| async { answer("image/png", FOR_A_DAY, file("img/favicon-32.png")) }))
}

async fn static_file(Path((digest, path)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let cache = if digest == *DIGEST { IMMUTABLE } else { FOR_A_DAY };
    let (media_type, file) = (media_type(&path), file(&path));
    let mut answer = answer(media_type, cache, file);
    if let Some(bytes) = file
        && media_type.starts_with("text/")
        && unpacks(&headers, "br")
    {
        *answer.body_mut() = pack(path, bytes).await.into();
        answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        answer.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    answer
}

/// A script or style as small as Brotli makes it; done once, by the first who asks, for there is all the time in the
/// world: the address names the content.
async fn pack(path: String, bytes: &'static [u8]) -> Bytes {
    static PACKED: LazyLock<Cache<String, Bytes>> = LazyLock::new(|| Cache::builder().build());
    let smallest = BrotliEncoderParams { size_hint: bytes.len(), ..BrotliEncoderParams::default() };
    let pack = move || {
        let mut into = Vec::new();
        brotli::BrotliCompress(&mut &*bytes, &mut into, &smallest).expect("writing to memory cannot fail");
        Bytes::from(into)
    };
    let packed = async { tokio::task::spawn_blocking(pack).await.expect("packing does not panic") };
    PACKED.get_with(path, packed).await
}

fn answer(media_type: &'static str, cache: HeaderValue, bytes: Option<&'static [u8]>) -> Response {
    match bytes {
        Some(bytes) => {
            ([(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), (header::CACHE_CONTROL, cache)], bytes)
                .into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        Some("json" | "webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// A poster as drawn (`.svg`), or as a bitmap (`.png`).
async fn poster(Path(name): Path<String>) -> Response {
    let Some((key, ending)) = name.rsplit_once('.') else { return StatusCode::NOT_FOUND.into_response() };
    let drawn = embedded::poster(key);
    match (ending, drawn) {
        ("svg", drawn) => answer("image/svg+xml", FOR_A_DAY, drawn),
        ("png", Some(drawn)) => match bitmap(key.to_owned(), drawn).await {
            Some(bytes) => {
                let media_type = HeaderValue::from_static("image/png");
                ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, FOR_A_DAY)], bytes).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        },
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn bitmap(key: String, drawn: &'static [u8]) -> Option<Bytes> {
    static KEPT: LazyLock<Cache<String, Bytes>> = LazyLock::new(|| Cache::new(BITMAPS_KEPT));
    let draw = async { tokio::task::spawn_blocking(move || rasterise(drawn)).await.ok()?.map(Bytes::from) };
    KEPT.optionally_get_with(key, draw).await
}

fn rasterise(drawn: &[u8]) -> Option<Vec<u8>> {
    draw_png(&*read_poster(drawn)?, POSTER_PIXELS)
}
