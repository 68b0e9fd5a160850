//! The order desk: one task per node changes the state of orders, many in one transaction.
//!
//! A batch: lock the performances of all its orders in ascending order (which excludes seat desks and other nodes, and
//! prevents deadlocks), read these orders, apply each step on top of the one before, write all that changed, commit,
//! answer. The rules are in [`crate::reservations::orders::transitions`]; no payment provider is called in here.

use super::ticket_keys::TicketKeys;
use crate::{
    clock::Clock,
    data::{
        DataError, DataResult, Database,
        events::catalogue,
        orders::order_rows::{self as rows, OrderRow},
        seats::claims::raise_version,
    },
    reservations::orders::{
        customers::Customers,
        loading::{load_batch, write_changes},
        order_batch::{OrderBatch, PerformanceFacts},
        steps::{NewOrder, OrderRefusal, OrderStep, Outcome, Step},
    },
    safeguards::Safeguards,
};
use futures_util::FutureExt;
use shared_model::{OrderId, PaymentId, PerformanceId, Timestamp};
use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
    sync::Arc,
};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Steps one transaction takes at most.
const BATCH_MAX: usize = 128;

/// Why a step came to nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OrderDeskError {
    #[error(transparent)]
    Refused(#[from] OrderRefusal),
    #[error("the order desk's queue is full")]
    Busy,
    #[error("the order desk's database failed: {0}")]
    Failed(Arc<DataError>),
}

struct Waiting {
    step: OrderStep,
    answer: oneshot::Sender<Result<Outcome, OrderDeskError>>,
}

/// What an order desk is made of.
pub struct OrderDeskSetting {
    pub database: Database,
    pub clock: Clock,
    pub keys: TicketKeys,
    pub safeguards: Safeguards,
    /// Steps that may wait; more are told that the desk is busy.
    pub queue_max: usize,
}

/// The desk as everybody else sees it. Cheap to clone.
#[derive(Clone)]
pub struct OrderDesk {
    inbox: mpsc::Sender<Waiting>,
}

/// Announces the new version of these performances' claims.
pub type Announce = Arc<dyn Fn(&[(PerformanceId, u64)]) + Send + Sync>;

impl OrderDesk {
    /// Starts the desk's task, which ends with the last handle to the desk.
    pub fn start(setting: OrderDeskSetting, announce: Announce) -> Self {
        let OrderDeskSetting { database, clock, keys, safeguards, queue_max } = setting;
        let (inbox, waiting) = mpsc::channel(queue_max);
        tokio::spawn(Task { database, clock, safeguards, keys, announce }.run(waiting));
        Self { inbox }
    }

    /// Takes one step: whole, or not at all.
    ///
    /// # Errors
    /// [`OrderDeskError::Refused`] by a rule, [`OrderDeskError::Busy`] when too many wait.
    pub async fn step(&self, step: OrderStep) -> Result<Outcome, OrderDeskError> {
        let (answer, answered) = oneshot::channel();
        self.inbox.try_send(Waiting { step, answer }).map_err(|_| OrderDeskError::Busy)?;
        answered.await.map_err(|_| OrderDeskError::Busy)?
    }
}

struct Task {
    database: Database,
    clock: Clock,
    safeguards: Safeguards,
    keys: TicketKeys,
    announce: Announce,
}

impl Task {
    async fn run(self, mut inbox: mpsc::Receiver<Waiting>) {
        let mut waiting = Vec::with_capacity(BATCH_MAX);
        while inbox.recv_many(&mut waiting, BATCH_MAX).await > 0 {
            let (steps, answers): (Vec<_>, Vec<_>) =
                waiting.drain(..).map(|waiting| (waiting.step, waiting.answer)).unzip();
            // A panic fails one batch, not everybody's check-out: its callers are told to retry.
            let Ok(served) = AssertUnwindSafe(self.serve(&steps)).catch_unwind().await else {
                tracing::error!(steps = steps.len(), "a batch of order steps panicked");
                continue;
            };
            match served {
                Ok(outcomes) => {
                    for (answer, outcome) in answers.into_iter().zip(outcomes) {
                        // A caller that went away is no failure: the step is written.
                        let _ = answer.send(outcome.map_err(OrderDeskError::Refused));
                    }
                }
                // An unavailable database is answered "busy" at once: one by one, each step would wait for it again.
                Err(error) if !error.passes() && (steps.len() > 1 || matches!(error, DataError::Conflict)) => {
                    // One step may have spoiled the batch (an id of somebody else's, a number or code drawn twice):
                    // each by itself.
                    tracing::warn!(%error, steps = steps.len(), "a batch of order steps failed; retrying them one by one");
                    for (step, answer) in steps.into_iter().zip(answers) {
                        let _ = answer.send(self.serve_one(step).await);
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "an order step failed");
                    let error = Arc::new(error);
                    for answer in answers {
                        let _ = answer.send(Err(OrderDeskError::Failed(error.clone())));
                    }
                }
            }
        }
    }

    async fn serve_one(&self, step: OrderStep) -> Result<Outcome, OrderDeskError> {
        let served = match self.serve(std::slice::from_ref(&step)).await {
            // Another node wrote a row with this id or number since the books were read: they say so now.
            Err(DataError::Conflict) => self.serve(&[step]).await,
            served => served,
        };
        match served {
            Ok(mut outcomes) => outcomes.pop().unwrap_or(Err(OrderRefusal::NotFound)).map_err(OrderDeskError::Refused),
            Err(error) => {
                tracing::error!(%error, "an order step failed");
                Err(OrderDeskError::Failed(Arc::new(error)))
            }
        }
    }

    async fn serve(&self, steps: &[OrderStep]) -> DataResult<Vec<Result<Outcome, OrderRefusal>>> {
        let order_ids: Vec<Uuid> =
            steps.iter().map(|step| step.order_id.0).collect::<BTreeSet<_>>().into_iter().collect();
        let new: Vec<&NewOrder> = steps
            .iter()
            .filter_map(|step| match &step.step {
                Step::Place(new) => Some(&**new),
                Step::PayAgain { .. } | Step::Answered { .. } | Step::Lapse | Step::Cancel => None,
            })
            .collect();
        let payment_ids: Vec<Uuid> = steps
            .iter()
            .filter_map(|step| match &step.step {
                Step::Place(new) => Some(new.payment.payment_id),
                Step::PayAgain { payment, .. } => Some(payment.payment_id),
                Step::Answered { .. } | Step::Lapse | Step::Cancel => None,
            })
            .collect();
        let mut link = self.database.begin_desk().await?;
        // An order's lines never change, so they may be read before their performances are locked.
        let known_lines = rows::list_lines(&mut link, &order_ids).await?;
        let performances: BTreeSet<PerformanceId> = known_lines
            .iter()
            .chain(new.iter().flat_map(|new| &new.lines))
            .map(|line| PerformanceId(line.performance_id))
            .collect();
        let mut versions = BTreeMap::new();
        for performance_id in performances {
            versions.insert(performance_id, raise_version(&mut link, performance_id.0).await?);
        }
        let mut books = load_batch(&mut link, &order_ids, known_lines, &new).await?;
        if self.safeguards.payment_owners && !payment_ids.is_empty() {
            let owners = rows::list_payment_owners(&mut link, &payment_ids).await?;
            books.payment_owners.extend(owners.into_iter().map(|(id, order)| (PaymentId(id), OrderId(order))));
        }
        for performance_id in versions.keys() {
            if let Some(row) = catalogue::find_performance(&mut link, performance_id.0).await? {
                books.performances.insert(*performance_id, facts_of(&row));
            }
        }
        if self.safeguards.customers {
            // Whose orders are new, join the account that pays them now, or have their money reserved.
            let known: Vec<OrderRow> = steps.iter().filter_map(|step| order_to_count(&books, step)).collect();
            let lines_of = |order: &OrderRow| books.lines.get(&OrderId(order.order_id)).map_or(&[][..], Vec::as_slice);
            let buyers = new.iter().map(|new| (&new.order, new.lines.as_slice()));
            let buyers: Vec<_> = buyers.chain(known.iter().map(|order| (order, lines_of(order)))).collect();
            if !buyers.is_empty() {
                books.customers = Customers::load(&mut link, &buyers).await?;
            }
        }
        let now = self.clock.now();
        let key = self.keys.signing();
        let outcomes = steps.iter().map(|step| books.apply(step.clone(), &key, now)).collect();
        let written = std::mem::take(&mut books.written);
        if written.is_empty() {
            // Refused or done before: dropping the link gives the versions back.
            return Ok(outcomes);
        }
        let changed: BTreeSet<PerformanceId> =
            written.claims.keys().map(|(performance_id, _)| *performance_id).collect();
        let changed: Vec<_> = changed.into_iter().filter_map(|id| Some((id, *versions.get(&id)?))).collect();
        write_changes(&mut link, written, &versions, now).await?;
        link.commit().await?;
        (self.announce)(&changed);
        Ok(outcomes)
    }
}

fn facts_of(row: &catalogue::ListedRow) -> PerformanceFacts {
    PerformanceFacts {
        starts_at: Timestamp(row.starts_at),
        on_sale_until: Timestamp(row.on_sale_until),
        is_cancelled: row.cancelled_at.is_some(),
        seats_per_customer_max: u32::try_from(row.seats_per_customer_max).unwrap_or(0),
    }
}

/// An order as it will be after a step, where that step is allowed only within its customer's limit.
fn order_to_count(books: &OrderBatch, step: &OrderStep) -> Option<OrderRow> {
    let order = books.orders.get(&step.order_id)?;
    match &step.step {
        Step::PayAgain { account_id: Some(account_id), .. } if order.account_id.is_none() => {
            Some(OrderRow { account_id: Some((*account_id).into()), ..order.clone() })
        }
        Step::Answered { payment_id, answer } if answer.reserves_money() => {
            let payment = books.payments.get(&step.order_id)?.iter().find(|known| known.payment_id == payment_id.0)?;
            payment.state.is_open().then(|| order.clone())
        }
        Step::Place(_) | Step::PayAgain { .. } | Step::Answered { .. } | Step::Lapse | Step::Cancel => None,
    }
}
