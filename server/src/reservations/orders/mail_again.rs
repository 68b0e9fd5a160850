//! How often an order's mail may be sent again: a lost mail can be replaced soon, but a mailbox is not flooded. Pure.

use shared_model::Timestamp;
use std::time::Duration;

/// Between two requests for the same order.
pub const MAIL_GAP: Duration = Duration::from_secs(60);
/// Wishes for one order in [`MAIL_DAY`].
pub const MAILS_PER_DAY_MAX: usize = 5;
pub const MAIL_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Whether one more mail may be requested; `asked` are the requests of the last [`MAIL_DAY`], newest first.
///
/// # Errors
/// When to come back.
pub fn may_be_mailed(asked: &[Timestamp], now: Timestamp) -> Result<(), Timestamp> {
    let after_gap = asked.first().map(|newest| *newest + MAIL_GAP);
    let after_day = asked.get(MAILS_PER_DAY_MAX - 1).map(|fifth| *fifth + MAIL_DAY);
    match after_gap.max(after_day) {
        Some(at) if at > now => Err(at),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_lies_between_two_mails_and_five_fit_a_day() {
        let start = Timestamp(0);
        assert_eq!(may_be_mailed(&[], start), Ok(()));
        assert_eq!(may_be_mailed(&[start], start), Err(start + MAIL_GAP));
        assert_eq!(may_be_mailed(&[start], start + MAIL_GAP), Ok(()));
        let asked: Vec<Timestamp> = (0..5).rev().map(|n| start + MAIL_GAP * n).collect();
        assert_eq!(may_be_mailed(&asked, start + MAIL_GAP * 60), Err(start + MAIL_DAY));
        assert_eq!(may_be_mailed(&asked, start + MAIL_DAY), Ok(()));
    }
}
