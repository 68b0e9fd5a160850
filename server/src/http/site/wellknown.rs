//! What machines look for at fixed addresses: sitemap, robots, manifest, the service worker and the pages
//! it keeps for when we are away.

use super::{
    notice_page::AwayPage,
    reader::{Reader, SiteResult, page},
};
use crate::{
    embedded::static_file,
    http::{AppState, answers::assets},
};
use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use serde_json::json;
use std::fmt::Write;

/// Addresses one sitemap may hold (sitemaps.org).
const SITEMAP_URLS_MAX: usize = 50_000;
/// What the away page needs, kept by the service worker.
const AWAY_ASSETS: [&str; 8] = [
    "css/tokens.css",
    "css/site.css",
    "css/fields.css",
    "js/away.js",
    "js/clock.js",
    "img/mark.svg",
    "fonts/archivo-text.woff2",
    "fonts/archivo-numbers.woff2",
];

pub fn router() -> Router<AppState> {
    Router::new()
        .route("/sitemap.xml", get(sitemap))
        .route("/robots.txt", get(robots))
        .route("/manifest.webmanifest", get(manifest))
        .route("/away", get(away))
        .route("/away/buying", get(away_while_buying))
        .route("/sw.js", get(service_worker))
        .route("/.well-known/change-password", get(change_password))
}

/// Where password managers lead to (w3c.github.io/webappsec-change-password-url).
async fn change_password() -> Redirect {
    Redirect::to("/account/password")
}

fn text(media_type: &'static str, body: String) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(media_type))], body).into_response()
}

async fn sitemap(reader: Reader) -> SiteResult<Response> {
    let slugs = reader.coordinator().catalogue().list_event_slugs().await?;
    let base_url = reader.base_url();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.push_str("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    let _ = writeln!(xml, "<url><loc>{base_url}/</loc></url>");
    for slug in slugs.iter().take(SITEMAP_URLS_MAX - 1) {
        let _ = writeln!(xml, "<url><loc>{base_url}/events/{slug}</loc></url>");
    }
    xml.push_str("</urlset>\n");
    Ok(text("application/xml; charset=utf-8", xml))
}

async fn robots(reader: Reader) -> Response {
    let body = format!(
        "User-agent: *\nDisallow: /cart\nDisallow: /checkout\nDisallow: /orders\nDisallow: /tickets\n\
         Disallow: /demo\nDisallow: /sandbox\nDisallow: /api/\nSitemap: {}/sitemap.xml\n",
        reader.base_url()
    );
    text("text/plain; charset=utf-8", body)
}

async fn manifest() -> Response {
    let icon = |path: &str, sizes: &str, purpose: &str| json!({ "src": assets::asset(path), "sizes": sizes, "type": "image/png", "purpose": purpose });
    let manifest = json!({
        "name": "TicketBoss",
        "short_name": "TicketBoss",
        "start_url": "/",
        "display": "standalone",
        "background_color": "#F6F4F1",
        "theme_color": "#1B1714",
        "icons": [
            icon("img/icon-192.png", "192x192", "any"),
            icon("img/icon-512.png", "512x512", "any"),
            icon("img/icon-maskable-512.png", "512x512", "maskable"),
        ],
    });
    text("application/manifest+json", manifest.to_string())
}

async fn away(reader: Reader) -> SiteResult<Response> {
    page(&AwayPage::new(reader.layout("", None)))
}

async fn away_while_buying(reader: Reader) -> SiteResult<Response> {
    page(&AwayPage::while_buying(reader.layout("", None)))
}

/// The worker with the addresses of this version's files filled in, so that a new version is another
/// worker and keeps its own page.
async fn service_worker() -> Response {
    let kept = AWAY_ASSETS.map(assets::asset);
    let source = static_file("js/service-worker.js").map(String::from_utf8_lossy).unwrap_or_default();
    let body = source.replace("\"KEPT\"", &json!(kept).to_string());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (HeaderName::from_static("service-worker-allowed"), HeaderValue::from_static("/")),
    ];
    (headers, body).into_response()
}
