//! How many people of the waiting list are notified that seats can be bought. Pure.
//!
//! More people than there are seats, because not everybody buys; never all at once, because most would find nothing.

use shared_model::event::SaleState;
use std::time::Duration;

/// Mails for one free place within [`TOLD_WITHIN`].
const TOLD_PER_PLACE: u32 = 3;
/// How long those who were notified have before others are notified of the same places.
pub const TOLD_WITHIN: Duration = Duration::from_secs(15 * 60);
/// How long a notification counts.
pub const REMEMBERED_FOR: Duration = Duration::from_secs(60 * 60);
/// Mails one look writes for one performance at most.
const TOLD_AT_ONCE: u32 = 50;

/// What happens to the waiting list of a performance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// Nothing can be bought, or enough people have been notified.
    Wait,
    /// How many of those who waited longest are notified now.
    Tell(u32),
    /// Nothing will be sold any more.
    Forget,
}

/// Decides for one performance. `free`: its free places; `told_lately`: people notified within [`TOLD_WITHIN`].
pub fn whom_to_tell(sale: &SaleState, free: u32, told_lately: u32) -> Telling {
    match sale {
        SaleState::OnSale => {
            let due = free.saturating_mul(TOLD_PER_PLACE).saturating_sub(told_lately).min(TOLD_AT_ONCE);
            if due == 0 { Telling::Wait } else { Telling::Tell(due) }
        }
        SaleState::NotYetOnSale { .. } | SaleState::SoldOut | SaleState::Other => Telling::Wait,
        SaleState::Ended | SaleState::Cancelled => Telling::Forget,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_place_is_told_to_three_and_then_to_nobody_for_a_while() {
        assert_eq!(whom_to_tell(&SaleState::OnSale, 1, 0), Telling::Tell(3));
        assert_eq!(whom_to_tell(&SaleState::OnSale, 2, 3), Telling::Tell(3));
        assert_eq!(whom_to_tell(&SaleState::OnSale, 1, 3), Telling::Wait);
    }

    #[test]
    fn everybody_is_told_in_turns() {
        assert_eq!(whom_to_tell(&SaleState::OnSale, 18_000, 0), Telling::Tell(TOLD_AT_ONCE));
        assert_eq!(whom_to_tell(&SaleState::OnSale, u32::MAX, 53_990), Telling::Tell(TOLD_AT_ONCE));
    }

    #[test]
    fn nobody_is_told_of_what_cannot_be_bought() {
        assert_eq!(whom_to_tell(&SaleState::SoldOut, 0, 0), Telling::Wait);
        assert_eq!(whom_to_tell(&SaleState::Cancelled, 9, 0), Telling::Forget);
        assert_eq!(whom_to_tell(&SaleState::Ended, 9, 0), Telling::Forget);
    }
}
