//! The open requests of one connection, and so whether it may be closed.
//!
//! [`super::serving`] looks now and then ([`OpenRequests::look`]); in between the connection reports whether it may be
//! evicted for another one ([`super::places`]): it has no open request, or its client is stalled.

use super::places::Place;
use axum::body::Body;
use hyper::{
    Request, Response,
    body::{Body as HttpBody, Frame, Incoming, SizeHint},
};
use parking_lot::Mutex;
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::Instant;

/// How long an answer may take until its receiver has all of it.
pub const ANSWER_LIFE_MAX: Duration = Duration::from_secs(5 * 60);
/// How long a connection may take to close gracefully.
const CLOSING_MAX: Duration = Duration::from_secs(30);
/// A request that does not arrive whole within this time, or an answer of which nothing was taken for so long, does not
/// protect its connection from eviction.
const STALLED_AFTER: Duration = Duration::from_secs(5);

/// What becomes of a connection that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Keep,
    /// It takes no more requests and finishes those it has.
    Close,
    Cut,
}

/// The requests of one connection whose answers have not left yet.
pub struct OpenRequests {
    pub place: Place,
    state: Mutex<RequestsState>,
}

struct RequestsState {
    /// Oldest first.
    open: Vec<RequestState>,
    next_number: u64,
    /// When the last one ended, or the connection began.
    idle_since: Instant,
}

struct RequestState {
    number: u64,
    begun_at: Instant,
    /// Since when it waits for its client: to send the rest, or to take the next part of the answer. `None` while the
    /// answer is being made.
    waits_since: Option<Instant>,
    is_answered: bool,
}

impl OpenRequests {
    pub fn new(place: Place) -> Self {
        let state = RequestsState { open: Vec::new(), next_number: 0, idle_since: Instant::now() };
        Self { place, state: Mutex::new(state) }
    }

    /// What is to become of the connection. `idle_max`: how long it may go without an open request.
    pub fn look(&self, idle_max: Duration, closing_since: Option<Instant>, now: Instant) -> Verdict {
        let state = self.state.lock();
        let age = |since: Instant| now.saturating_duration_since(since);
        let is_stalled = |request: &RequestState| request.waits_since.is_some_and(|since| age(since) >= STALLED_AFTER);
        self.place.set_idle(state.open.iter().all(is_stalled));
        let is_too_old = match state.open.first() {
            Some(oldest) => age(oldest.begun_at) >= ANSWER_LIFE_MAX,
            None => closing_since.is_some_and(|since| age(since) >= CLOSING_MAX),
        };
        if is_too_old {
            Verdict::Cut
        } else if state.open.is_empty() && closing_since.is_none() && age(state.idle_since) >= idle_max {
            Verdict::Close
        } else {
            Verdict::Keep
        }
    }
}

/// One request from its head until all of its answer was taken, or nobody wants it any more.
pub struct OpenRequest {
    requests: Arc<OpenRequests>,
    number: u64,
}

impl OpenRequest {
    /// Takes note of a request until it and its answer are gone.
    pub fn watch(requests: &Arc<OpenRequests>, request: Request<Incoming>) -> (Arc<Self>, Request<Body>) {
        let has_body = !request.body().is_end_stream();
        let open = Arc::new(Self::begin(requests, has_body));
        // The handler may outlive the answer, and must not keep it open.
        let arriving = Arc::downgrade(&open);
        let request = request.map(|body| {
            if !has_body {
                return Body::new(body);
            }
            let seen = move |progress| {
                if let (Progress::End, Some(open)) = (progress, arriving.upgrade()) {
                    open.arrived();
                }
            };
            Body::new(WatchedBody { body, seen })
        });
        (open, request)
    }

    /// The request's answer, which is open until all of it was taken.
    pub fn answer(self: Arc<Self>, response: Response<Body>) -> Response<Body> {
        self.answered();
        response.map(|body| Body::new(WatchedBody { body, seen: move |_| self.answered() }))
    }

    /// `has_body`: more of it is still to come.
    fn begin(requests: &Arc<OpenRequests>, has_body: bool) -> Self {
        let mut state = requests.state.lock();
        let number = state.next_number;
        state.next_number += 1;
        let begun_at = Instant::now();
        let waits_since = has_body.then_some(begun_at);
        state.open.push(RequestState { number, begun_at, waits_since, is_answered: false });
        requests.place.set_idle(false);
        Self { requests: requests.clone(), number }
    }

    /// All of it has arrived.
    fn arrived(&self) {
        self.change(|request| {
            if !request.is_answered {
                request.waits_since = None;
            }
        });
    }

    /// Its answer is there, or a part of it was taken.
    fn answered(&self) {
        self.change(|request| {
            request.is_answered = true;
            request.waits_since = Some(Instant::now());
        });
    }

    fn change(&self, change: impl FnOnce(&mut RequestState)) {
        let mut state = self.requests.state.lock();
        if let Some(request) = state.open.iter_mut().find(|request| request.number == self.number) {
            change(request);
        }
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        let mut state = self.requests.state.lock();
        state.open.retain(|request| request.number != self.number);
        if state.open.is_empty() {
            state.idle_since = Instant::now();
            self.requests.place.set_idle(true);
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Part,
    End,
}

/// A body that reports each of its parts, and its end.
struct WatchedBody<B, F> {
    body: B,
    seen: F,
}

impl<B: HttpBody + Unpin, F: FnMut(Progress) + Unpin> HttpBody for WatchedBody<B, F> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(frame) = &polled {
            let is_end = frame.is_none() || self.body.is_end_stream();
            (self.seen)(if is_end { Progress::End } else { Progress::Part });
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::Config, http::connections::places::Places};

    const IDLE_MAX: Duration = Duration::from_secs(60);

    /// One connection, and the places of which it has one.
    fn one_connection() -> (Arc<OpenRequests>, Places) {
        let places = Places::new(&Config::defaults().limits, &[], 1_000);
        let place = places.take_connection([127, 0, 0, 1].into()).expect("all places are free");
        (Arc::new(OpenRequests::new(place)), places)
    }

    fn requests() -> Arc<OpenRequests> {
        one_connection().0
    }

    /// What is found so long from now, should nothing happen until then.
    fn look_after(requests: &OpenRequests, wait: Duration) -> Verdict {
        requests.look(IDLE_MAX, None, Instant::now() + wait)
    }

    #[tokio::test]
    async fn a_connection_without_requests_is_closed_and_then_cut() {
        let requests = requests();
        assert_eq!(look_after(&requests, IDLE_MAX / 2), Verdict::Keep);
        assert_eq!(look_after(&requests, IDLE_MAX), Verdict::Close);
        let now = Instant::now();
        assert_eq!(requests.look(IDLE_MAX, Some(now), now + CLOSING_MAX / 2), Verdict::Keep);
        assert_eq!(requests.look(IDLE_MAX, Some(now), now + CLOSING_MAX), Verdict::Cut);
    }

    #[tokio::test]
    async fn an_open_request_keeps_its_connection_for_as_long_as_an_answer_may_take() {
        let requests = requests();
        let open = OpenRequest::begin(&requests, false);
        assert_eq!(look_after(&requests, ANSWER_LIFE_MAX / 2), Verdict::Keep);
        drop(open);
        assert_eq!(look_after(&requests, IDLE_MAX / 2), Verdict::Keep);
        assert_eq!(look_after(&requests, IDLE_MAX), Verdict::Close);
    }

    #[tokio::test]
    async fn an_answer_that_nobody_takes_is_cut_off_whatever_else_is_asked_meanwhile() {
        let requests = requests();
        let _stalled = OpenRequest::begin(&requests, false);
        let _other = OpenRequest::begin(&requests, false);
        drop(OpenRequest::begin(&requests, false));
        assert_eq!(look_after(&requests, ANSWER_LIFE_MAX / 2), Verdict::Keep);
        assert_eq!(look_after(&requests, ANSWER_LIFE_MAX), Verdict::Cut);
    }

    #[tokio::test]
    async fn neither_a_request_that_does_not_arrive_nor_an_answer_that_nobody_takes_protects_its_connection() {
        let (requests, places) = one_connection();
        let evictable_after = |wait: Duration| {
            requests.look(IDLE_MAX, None, Instant::now() + wait);
            places.has_idle()
        };
        let open = OpenRequest::begin(&requests, true);
        assert!(!evictable_after(Duration::ZERO) && evictable_after(STALLED_AFTER));
        open.arrived();
        assert!(!evictable_after(STALLED_AFTER), "its answer is being made");
        open.answered();
        assert!(!evictable_after(Duration::ZERO) && evictable_after(STALLED_AFTER));
        drop(open);
        assert!(evictable_after(Duration::ZERO));
    }
}
