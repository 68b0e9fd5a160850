//! Published plan versions in memory: they never change, so they are read, numbered and packed once.

use crate::data::{DataError, DataResult, Link, events::catalogue};
use bytes::Bytes;
use moka::{policy::EvictionPolicy, sync::Cache};
use shared_model::{
    PlanVersionId,
    plan::{SeatingPlan, geometry::Geometry, numbered::NumberedPlan},
};
use std::{io::Write, sync::Arc};
use tokio::sync::OnceCell;

/// Plans kept in memory, those that were asked for last (a plan of 20,000 seats takes about 4 MB).
const PLANS_KEPT: u64 = 64;

/// A published plan in the shapes that are asked for.
pub struct PublishedPlan {
    pub numbered: Arc<NumberedPlan>,
    /// [`Geometry`] as JSON, gzipped: what charts load.
    pub geometry_gzip: Bytes,
}

/// The cache of published plans. Cheap to clone.
#[derive(Clone)]
pub struct Plans {
    kept: Cache<PlanVersionId, PlanSlot>,
}

/// Where a plan will lie once the first of those who wait for it has read it. Whoever waits has a link of its own, and
/// an error of its own where nobody could read it.
type PlanSlot = Arc<OnceCell<Arc<PublishedPlan>>>;

impl Default for Plans {
    fn default() -> Self {
        let kept = Cache::builder().max_capacity(PLANS_KEPT).eviction_policy(EvictionPolicy::lru()).build();
        Self { kept }
    }
}

impl Plans {
    /// The plan version; `None` when there is none by that id.
    pub async fn find(&self, link: &mut Link, id: PlanVersionId) -> DataResult<Option<Arc<PublishedPlan>>> {
        if let Some(plan) = self.kept(id) {
            return Ok(Some(plan));
        }
        // Of all who come at once one reads it, and the others wait.
        let slot = self.kept.get_with(id, PlanSlot::default);
        match slot.get_or_try_init(|| async { load(link, id).await.map_err(Some)?.ok_or(None) }).await {
            Ok(plan) => Ok(Some(plan.clone())),
            Err(Some(error)) => Err(error),
            Err(None) => {
                self.kept.invalidate(&id);
                Ok(None)
            }
        }
    }

    /// The plan version, if it was asked for before.
    pub fn kept(&self, id: PlanVersionId) -> Option<Arc<PublishedPlan>> {
        self.kept.get(&id)?.get().cloned()
    }
}

async fn load(link: &mut Link, id: PlanVersionId) -> DataResult<Option<Arc<PublishedPlan>>> {
    let Some(document) = catalogue::find_plan_document(link, id.0).await? else { return Ok(None) };
    // Parsing and packing a large plan takes tens of milliseconds: not on a thread that serves.
    let published = tokio::task::spawn_blocking(move || publish(&document)).await;
    published.map_err(|error| DataError::corrupt("seating plan", error))?.map(Arc::new).map(Some)
}

fn publish(document: &str) -> DataResult<PublishedPlan> {
    let plan: SeatingPlan =
        serde_json::from_str(document).map_err(|error| DataError::corrupt("seating plan", error))?;
    let numbered = NumberedPlan::new(&plan).map_err(|error| DataError::corrupt("seating plan", error))?;
    let json = serde_json::to_vec(&Geometry::from(&plan)).expect("a geometry is plain values and always serialises");
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let gzip = encoder.write_all(&json).and_then(|()| encoder.finish()).expect("writing to memory cannot fail");
    Ok(PublishedPlan { numbered: Arc::new(numbered), geometry_gzip: gzip.into() })
}
