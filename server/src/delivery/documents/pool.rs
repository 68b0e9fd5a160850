//! Documents that somebody waits for: tickets and receipts as PDF, drawn on request.
//!
//! Drawing takes processor time from those who buy, so few are drawn at once, a bounded number waits, and what was
//! drawn is kept. A drawing stops when nobody waits for it any more. What is drawn for mails and letters, where nobody
//! waits, is [`super::background_drawing`]'s.

use bytes::Bytes;
use moka::future::Cache;
use serde::Serialize;
use sha2::{Digest, Sha256};
use shared_model::{Language, OrderId};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::Semaphore;

/// Drawings that may wait for their turn.
const WAITING_MAX: usize = 32;
/// Bytes of drawn documents that are kept.
const KEPT_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How long a document is kept that nobody asks for.
const KEPT_FOR: Duration = Duration::from_secs(10 * 60);

/// What kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    Tickets,
    Receipt,
}

/// A document as it stands: an order that changed has another one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DocumentKey {
    pub order_id: OrderId,
    pub kind: DocumentKind,
    version: [u8; 32],
}

impl DocumentKey {
    /// `content`: all that the document is made of.
    pub fn new(order_id: OrderId, kind: DocumentKind, language: Language, content: &impl Serialize) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(language.tag());
        hasher.update(serde_json::to_vec(content).expect("it is plain values and always serialises"));
        Self { order_id, kind, version: hasher.finalize().into() }
    }
}

/// Why there is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    #[error("{WAITING_MAX} documents are already queued")]
    Busy,
    #[error("{0}")]
    Failed(String),
}

/// Whether a drawing is still wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted(Arc<AtomicBool>);

impl Wanted {
    /// `false` once nobody waits for it.
    pub fn is_wanted(&self) -> bool {
        !self.0.load(Ordering::Relaxed)
    }
}

/// Tells the drawing that nobody waits for it any more.
struct UnwantedOnDrop(Wanted);

impl Drop for UnwantedOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

/// Draws a few documents at a time and keeps them.
pub struct DocumentPool {
    turns: Arc<Semaphore>,
    waiting: Semaphore,
    kept: Cache<DocumentKey, Bytes>,
}

impl Default for DocumentPool {
    /// Half of the processors draw at most.
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self::new((processors / 2).max(1))
    }
}

impl DocumentPool {
    fn new(drawn_at_once: usize) -> Self {
        let weight = |_: &DocumentKey, document: &Bytes| u32::try_from(document.len()).unwrap_or(u32::MAX);
        Self {
            turns: Arc::new(Semaphore::new(drawn_at_once)),
            waiting: Semaphore::new(WAITING_MAX),
            kept: Cache::builder().weigher(weight).max_capacity(KEPT_BYTES_MAX).time_to_idle(KEPT_FOR).build(),
        }
    }

    /// The document; drawn once, however many ask for it at the same time. `work` looks now and then whether it is
    /// still wanted.
    ///
    /// # Errors
    /// [`DocumentError`]; nothing is kept then.
    pub async fn draw<W>(&self, key: DocumentKey, work: W) -> Result<Bytes, DocumentError>
    where
        W: FnOnce(&Wanted) -> Result<Vec<u8>, String> + Send + 'static,
    {
        let drawn = self.kept.try_get_with(key, self.draw_now(work)).await;
        drawn.map_err(|error: Arc<DocumentError>| (*error).clone())
    }

    async fn draw_now<W>(&self, work: W) -> Result<Bytes, DocumentError>
    where
        W: FnOnce(&Wanted) -> Result<Vec<u8>, String> + Send + 'static,
    {
        let turn = {
            let _waiting = self.waiting.try_acquire().map_err(|_| DocumentError::Busy)?;
            self.turns.clone().acquire_owned().await.expect("the semaphore is never closed")
        };
        let wanted = Wanted::default();
        let _unwanted = UnwantedOnDrop(wanted.clone());
        let drawn = tokio::task::spawn_blocking(move || {
            // Held until the processor is free again, also when nobody waits any more.
            let _turn = turn;
            work(&wanted)
        });
        match drawn.await {
            Ok(drawn) => drawn.map(Bytes::from).map_err(DocumentError::Failed),
            Err(panicked) => Err(DocumentError::Failed(panicked.to_string())),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;
    use futures_util::{FutureExt, future::join_all};
    use std::sync::{Mutex, atomic::AtomicUsize, mpsc};

    fn key(order: u128, content: &str) -> DocumentKey {
        let order_id = OrderId(uuid::Uuid::from_u128(order));
        DocumentKey::new(order_id, DocumentKind::Tickets, Language::En, &content)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_document_is_drawn_once_until_its_order_changes() {
        static DRAWN: AtomicUsize = AtomicUsize::new(0);
        let pool = DocumentPool::new(1);
        let ask = |content: &'static str| {
            pool.draw(key(1, content), move |_| {
                DRAWN.fetch_add(1, Ordering::SeqCst);
                Ok(content.into())
            })
        };
        let same = join_all((0..20).map(|_| ask("two tickets"))).await;
        assert!(same.iter().all(|document| document.as_deref() == Ok(b"two tickets".as_slice())));
        assert_eq!(DRAWN.load(Ordering::SeqCst), 1);
        assert_eq!(ask("moved").await.as_deref(), Ok(b"moved".as_slice()));
        assert_eq!(DRAWN.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_failure_is_told_and_not_kept() {
        let pool = DocumentPool::new(1);
        let failed = pool.draw(key(1, ""), |_| Err("no ink".to_owned())).await;
        assert_eq!(failed, Err(DocumentError::Failed("no ink".to_owned())));
        let panicked = pool.draw(key(1, ""), |_| panic!("this drawing panics on purpose")).await;
        assert!(matches!(panicked, Err(DocumentError::Failed(_))));
        assert_eq!(pool.draw(key(1, ""), |_| Ok(vec![1])).await.as_deref(), Ok([1].as_slice()));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_drawing_stops_with_its_last_reader_and_makes_room() {
        let pool = DocumentPool::new(1);
        let (began, begun) = mpsc::channel();
        let (stopped, ended) = mpsc::channel();
        let begun = Mutex::new(begun);
        let reader = pool.draw(key(1, "large"), move |wanted| {
            began.send(()).unwrap();
            while wanted.is_wanted() {
                std::thread::yield_now();
            }
            stopped.send(()).unwrap();
            Err("nobody waits".to_owned())
        });
        let mut reader = Box::pin(reader);
        // Polled until the drawing runs, then dropped as a client that goes away drops it.
        while begun.lock().unwrap().try_recv().is_err() {
            assert!(reader.as_mut().now_or_never().is_none());
            tokio::task::yield_now().await;
        }
        drop(reader);
        assert_eq!(pool.draw(key(2, "small"), |_| Ok(vec![2])).await.as_deref(), Ok([2].as_slice()));
        ended.recv().unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn so_many_wait_and_more_are_told_to_come_back() {
        let pool = DocumentPool::new(1);
        let drawing = pool.turns.clone().acquire_owned().await.unwrap();
        let mut waiting: Vec<_> =
            (0..WAITING_MAX).map(|n| Box::pin(pool.draw(key(n as u128, ""), |_| Ok(Vec::new())))).collect();
        for reader in &mut waiting {
            assert!(reader.as_mut().now_or_never().is_none());
        }
        assert_eq!(pool.draw(key(1_000, ""), |_| Ok(Vec::new())).await, Err(DocumentError::Busy));
        drop(drawing);
        assert!(join_all(waiting).await.iter().all(Result::is_ok));
    }
}
