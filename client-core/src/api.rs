//! The server's RESTful API as typed calls. Deliberately without retries and without a cache: [`crate::client`] decides
//! about both.

use crate::{ClientError, ServerAddress};
use reqwest::{Method, RequestBuilder, Response, StatusCode, redirect::Policy};
use serde::de::DeserializeOwned;
use shared_model::{
    Problem,
    account::NewSession,
    event::{EventDetail, EventFilter, Page, PerformanceSummary},
};
use std::time::Duration;

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a whole request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);
/// The largest JSON answer that is read.
const JSON_BYTES_MAX: usize = 4 << 20;
/// The largest poster that is read.
const POSTER_BYTES_MAX: usize = 1 << 20;
/// The longest name of a poster or an event in an address.
const NAME_LENGTH_MAX: usize = 64;

/// The server, as this app sees it.
#[derive(Debug, Clone)]
pub struct ApiClient {
    http: reqwest::Client,
    server: ServerAddress,
}

impl ApiClient {
    /// # Errors
    /// [`ClientError::NoTls`] when the system's root certificates cannot be used.
    pub fn new(server: ServerAddress) -> Result<Self, ClientError> {
        // Fails only when a provider is there already, which then is this one: nobody else sets it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(concat!("TicketBoss/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            // The API never redirects; who does is not the server.
            .redirect(Policy::none())
            .build()
            .map_err(ClientError::NoTls)?;
        Ok(Self { http, server })
    }

    pub fn server(&self) -> &ServerAddress {
        &self.server
    }

    /// Performances to come, soonest first.
    ///
    /// # Errors
    /// As for all calls: offline, refused, unreadable.
    pub async fn list_performances(&self, filter: &EventFilter) -> Result<Page<PerformanceSummary>, ClientError> {
        self.json(self.request(Method::GET, "api/v1/performances")?.query(filter)).await
    }

    /// One event with all its dates; `None` when there is none of that name.
    ///
    /// # Errors
    /// As for all calls: offline, refused, unreadable.
    pub async fn find_event(&self, slug: &str) -> Result<Option<EventDetail>, ClientError> {
        let slug = path_segment(slug).ok_or_else(|| ClientError::Unreadable(format!("no event is called {slug:?}")))?;
        match self.json(self.request(Method::GET, &format!("api/v1/events/{slug}"))?).await {
            Ok(event) => Ok(Some(event)),
            Err(ClientError::Refused(problem)) if problem.status == StatusCode::NOT_FOUND => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens a guest session. Its token goes into every later request that is about the visitor.
    ///
    /// # Errors
    /// As for all calls: offline, refused, unreadable.
    pub async fn open_session(&self) -> Result<NewSession, ClientError> {
        self.json(self.request(Method::POST, "api/v1/sessions")?).await
    }

    /// The poster of that name as SVG.
    ///
    /// # Errors
    /// As for all calls: offline, refused, unreadable.
    pub async fn load_poster(&self, key: &str) -> Result<Vec<u8>, ClientError> {
        let key = path_segment(key).ok_or_else(|| ClientError::Unreadable(format!("no poster is called {key:?}")))?;
        let request = self.request(Method::GET, &format!("posters/{key}.svg"))?;
        let response = accepted(request.send().await.map_err(ClientError::Offline)?).await?;
        bounded_body(response, POSTER_BYTES_MAX).await
    }

    /// Any address of the server: what its statuses mean is one rule for all of them.
    #[cfg(test)]
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        self.json(self.request(Method::GET, path)?).await
    }

    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, ClientError> {
        let url = self.server.join(path).map_err(|error| ClientError::Unreadable(error.to_string()))?;
        Ok(self.http.request(method, url))
    }

    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        let response = accepted(request.send().await.map_err(ClientError::Offline)?).await?;
        let is_empty = response.status() == StatusCode::NO_CONTENT;
        let body = bounded_body(response, JSON_BYTES_MAX).await?;
        let body = if is_empty { NOTHING } else { &body };
        serde_json::from_slice(body).map_err(|error| ClientError::Unreadable(error.to_string()))
    }
}

/// A 204 as JSON `null`: done, and there is no body. A caller that expects a value gets an error.
const NOTHING: &[u8] = b"null";

/// A name as one segment of a path: letters, digits and hyphens, so that nothing from a server's answer
/// leads the app to another address.
pub(crate) fn path_segment(name: &str) -> Option<&str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    ((1..=NAME_LENGTH_MAX).contains(&name.len()) && name.bytes().all(plain)).then_some(name)
}

/// The response itself when it carries what was asked for, else why it does not.
async fn accepted(response: Response) -> Result<Response, ClientError> {
    let status = response.status();
    // 200 and 201: it is done; 202: it is taken and done later, what waits for it stands in the body; 204: it is done,
    // and there is no body. Nothing else is a yes.
    let yes = [StatusCode::OK, StatusCode::CREATED, StatusCode::ACCEPTED, StatusCode::NO_CONTENT];
    if yes.contains(&status) {
        return Ok(response);
    }
    let body = bounded_body(response, JSON_BYTES_MAX).await?;
    match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) => Err(ClientError::Refused(Box::new(problem))),
        Err(_) if status.is_server_error() => Err(ClientError::Unavailable { status: status.as_u16() }),
        Err(_) => Err(ClientError::Unreadable(format!("status {status} without problem details"))),
    }
}

/// The whole body, at most `bytes_max`.
async fn bounded_body(mut response: Response, bytes_max: usize) -> Result<Vec<u8>, ClientError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(ClientError::Offline)? {
        if body.len() + chunk.len() > bytes_max {
            return Err(ClientError::Unreadable(format!("an answer of more than {bytes_max} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_a_server_never_becomes_another_path() {
        assert_eq!(path_segment("the-seagull"), Some("the-seagull"));
        assert_eq!(path_segment("../admin"), None);
        assert_eq!(path_segment("a%2Fb"), None);
        assert_eq!(path_segment(""), None);
        assert_eq!(path_segment(&"a".repeat(65)), None);
    }
}
