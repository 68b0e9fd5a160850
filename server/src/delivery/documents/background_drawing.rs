//! Draws documents for mails and letters, one at a time, on a low-priority thread, so that an on-sale rush slows down
//! mails, not buyers.
//!
//! Documents that somebody waits for in the browser are drawn by [`super::pool`].

use tokio::sync::{Semaphore, oneshot};

/// Pieces drawn at once.
const AT_ONCE: usize = 1;
/// How far the thread stands back (nice(2)): it gets about a tenth of what a thread that serves gets.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

static ROOM: Semaphore = Semaphore::const_new(AT_ONCE);

/// Does the work when its turn comes; `None` when it panicked.
pub async fn draw<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let _turn = ROOM.acquire().await.expect("the room is never closed");
    let (finished, waited) = oneshot::channel();
    // Beside milliseconds of drawing a new thread costs nothing, and none can be made to step forward again.
    let thread = std::thread::Builder::new().name("back-room".to_owned()).spawn(move || {
        step_back();
        // A caller that stopped waiting needs no answer.
        let _ = finished.send(work());
    });
    thread.ok()?;
    waited.await.ok()
}

fn step_back() {
    // On Linux a priority is a thread's own. Where it cannot be lowered the work is still only one thread's.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, NICENESS);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn one_piece_is_drawn_at_a_time_and_a_panic_spoils_only_its_own() {
        static INSIDE: AtomicUsize = AtomicUsize::new(0);
        let piece = |number: usize| {
            draw(move || {
                assert_eq!(INSIDE.fetch_add(1, Ordering::SeqCst), 0, "somebody else is drawing");
                std::thread::yield_now();
                INSIDE.fetch_sub(1, Ordering::SeqCst);
                assert_ne!(number, 3, "this piece is spoilt on purpose");
                number
            })
        };
        let drawn = futures_util::future::join_all((0..8).map(piece)).await;
        let wanted: Vec<_> = (0..8).map(|number| (number != 3).then_some(number)).collect();
        assert_eq!(drawn, wanted);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn drawing_gives_way_to_those_who_serve() {
        let priority = || rustix::process::getpriority_process(None).unwrap();
        let serving = priority();
        assert_eq!(draw(priority).await, Some(NICENESS));
        assert_eq!(priority(), serving);
    }
}
