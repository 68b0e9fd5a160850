//! Rate limits of messages to one phone or mailbox, and of text messages of the whole deployment: exact numbers in any
//! hour and any day (sliding windows), counted in the database in the caller's transaction, so that they survive
//! restarts and hold over all nodes.

use crate::{
    auth::secret::{DeploymentSecret, Purpose},
    data::{DataResult, Link, accounts::rate_buckets},
};
use shared_model::Timestamp;
use std::time::Duration;
use uuid::Uuid;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Messages to one receiver in any hour, and in any day.
const PER_HOUR: i64 = 3;
const PER_DAY: i64 = 10;

/// Whose messages are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receiver<'a> {
    /// Codes to a phone, requested by anybody.
    Phone(&'a str),
    /// Codes to a mailbox, requested by anybody.
    Mailbox(&'a str),
    /// Codes to the phone of an account, requested on a device that was signed in to it: requests of strangers do not
    /// use up the owner's limit.
    OwnPhone(&'a str),
    /// The same to its mailbox.
    OwnMailbox(&'a str),
    /// Codes to the mailbox of an account whose password was right in a sign-in among many tries.
    SignIns(&'a str),
    /// Word to a mailbox that it has an account already.
    AccountExists(&'a str),
    /// Invitations to teams.
    Invitations(&'a str),
    /// Word of seats that came back.
    SeatsFree(&'a str),
}

impl Receiver<'_> {
    fn parts(&self) -> [&[u8]; 2] {
        let (what, name) = match self {
            Self::Phone(name) => ("phone", name),
            Self::Mailbox(name) => ("mailbox", name),
            Self::OwnPhone(name) => ("own phone", name),
            Self::OwnMailbox(name) => ("own mailbox", name),
            Self::SignIns(name) => ("sign-ins", name),
            Self::AccountExists(name) => ("account exists", name),
            Self::Invitations(name) => ("invitations", name),
            Self::SeatsFree(name) => ("seats free", name),
        };
        [what.as_bytes(), name.as_bytes()]
    }
}

/// Counts a message to this receiver, once however often it is tried. False, and nothing is counted, when it got
/// enough.
pub async fn count_message(
    link: &mut Link,
    secret: &DeploymentSecret,
    receiver: Receiver<'_>,
    message_id: Uuid,
    now: Timestamp,
) -> DataResult<bool> {
    let bucket = secret.sign(Purpose::Bucket, &receiver.parts());
    count_within(link, &bucket, &[(HOUR, PER_HOUR), (DAY, PER_DAY)], message_id, now).await
}

/// Counts a text message of the deployment. False, and nothing is counted, when the day had as many as may be paid for.
pub async fn count_text(
    link: &mut Link,
    secret: &DeploymentSecret,
    per_day_max: u32,
    message_id: Uuid,
    now: Timestamp,
) -> DataResult<bool> {
    let bucket = secret.sign(Purpose::Bucket, &[b"all texts"]);
    count_within(link, &bucket, &[(DAY, per_day_max.into())], message_id, now).await
}

async fn count_within(
    link: &mut Link,
    bucket: &str,
    most: &[(Duration, i64)],
    message_id: Uuid,
    now: Timestamp,
) -> DataResult<bool> {
    // Two nodes that count at the same moment do so one after the other.
    rate_buckets::lock(link, bucket, (now + DAY).as_millis()).await?;
    if rate_buckets::was_sent(link, bucket, message_id).await? {
        return Ok(true);
    }
    for (span, max) in most {
        let since = now.as_millis() - span.as_millis() as i64;
        if rate_buckets::count_sent(link, bucket, since).await? >= *max {
            return Ok(false);
        }
    }
    rate_buckets::insert_sent(link, bucket, message_id, now.as_millis()).await?;
    Ok(true)
}

/// Forgets messages that count no longer.
pub async fn forget_old(link: &mut Link, now: Timestamp) -> DataResult<()> {
    rate_buckets::forget_sent(link, now.as_millis() - DAY.as_millis() as i64).await
}
