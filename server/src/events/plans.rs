//! Published plan versions in memory: they never change, so they are read, numbered and packed once.

use crate::data::{DataError, DataResult, Link, events::catalogue};
use bytes::Bytes;
use parking_lot::RwLock;
use shared_model::{
    PlanVersionId,
    plan::{SeatingPlan, geometry::Geometry, numbered::NumberedPlan},
};
use std::{collections::HashMap, io::Write, sync::Arc};
use tokio::sync::OnceCell;

/// Plans kept in memory; beyond it the cache starts anew (a plan of 20,000 seats takes about 4 MB).
const PLANS_KEPT: usize = 64;

/// A published plan in the shapes that are asked for.
pub struct PublishedPlan {
    pub numbered: Arc<NumberedPlan>,
    /// [`Geometry`] as JSON, gzipped: what charts load.
    pub geometry_gzip: Bytes,
}

/// The cache of published plans. Cheap to clone.
#[derive(Clone, Default)]
pub struct Plans {
    kept: Arc<RwLock<HashMap<PlanVersionId, PlanSlot>>>,
}

/// Where a plan will lie once the first of those who wait for it has read it.
type PlanSlot = Arc<OnceCell<Arc<PublishedPlan>>>;

impl Plans {
    /// The plan version; `None` when there is none by that id.
    pub async fn find(&self, link: &mut Link, id: PlanVersionId) -> DataResult<Option<Arc<PublishedPlan>>> {
        if let Some(plan) = self.kept(id) {
            return Ok(Some(plan));
        }
        // Of all who come at once one reads it, and the others wait.
        let slot = self.slot(id);
        match slot.get_or_try_init(|| async { load(link, id).await.map_err(Some)?.ok_or(None) }).await {
            Ok(plan) => Ok(Some(plan.clone())),
            Err(Some(error)) => Err(error),
            Err(None) => {
                self.kept.write().remove(&id);
                Ok(None)
            }
        }
    }

    fn slot(&self, id: PlanVersionId) -> PlanSlot {
        let mut kept = self.kept.write();
        if kept.len() >= PLANS_KEPT && !kept.contains_key(&id) {
            kept.clear();
        }
        kept.entry(id).or_default().clone()
    }

    /// The plan version, if it was asked for before.
    pub fn kept(&self, id: PlanVersionId) -> Option<Arc<PublishedPlan>> {
        self.kept.read().get(&id)?.get().cloned()
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
