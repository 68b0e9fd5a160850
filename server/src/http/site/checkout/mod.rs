//! The steps to buying: delivery, you, card, review, buy. What was chosen is kept on the server
//! ([`shared_model::order::CheckoutDraft`]), so each step is a plain page with a plain form and a
//! reload loses nothing. Card data never comes here: the card step's fields belong to the provider.

pub mod fields;
pub mod pages;
mod routes;
pub mod summary;

pub use routes::router;

use shared_model::order::CheckoutDraft;
use shared_model::words::messages::Localizer;

/// A step to buying, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Seats,
    Delivery,
    You,
    Card,
    Review,
}

impl Step {
    pub const ALL: [Self; 5] = [Self::Seats, Self::Delivery, Self::You, Self::Card, Self::Review];

    pub fn path(self) -> &'static str {
        match self {
            Self::Seats => "/cart",
            Self::Delivery => "/checkout/delivery",
            Self::You => "/checkout/you",
            Self::Card => "/checkout/card",
            Self::Review => "/checkout/review",
        }
    }

    fn name_key(self) -> &'static str {
        match self {
            Self::Seats => "step-seats",
            Self::Delivery => "step-delivery",
            Self::You => "step-you",
            Self::Card => "step-card",
            Self::Review => "step-review",
        }
    }

    /// The first step that still lacks an answer.
    pub fn first_open(draft: &CheckoutDraft) -> Self {
        if draft.delivery.is_none() {
            Self::Delivery
        } else if draft.buyer_name.is_none() || draft.buyer_email.is_none() {
            Self::You
        } else if draft.payment_method.is_none() {
            Self::Card
        } else {
            Self::Review
        }
    }
}

/// A step in the header.
pub struct StepMark {
    pub name: String,
    pub is_current: bool,
    /// Where a finished step can be changed.
    pub href: Option<&'static str>,
}

/// The header's steps as seen from `current`.
pub fn step_marks(current: Step, localizer: Localizer<'_>) -> Vec<StepMark> {
    Step::ALL
        .map(|step| StepMark {
            name: localizer.text(step.name_key()),
            is_current: step == current,
            href: (step < current).then(|| step.path()),
        })
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared_model::order::Delivery;

    #[test]
    fn the_first_step_without_an_answer_comes_next() {
        let mut draft = CheckoutDraft::default();
        assert_eq!(Step::first_open(&draft), Step::Delivery);
        draft.delivery = Some(Delivery::Email);
        assert_eq!(Step::first_open(&draft), Step::You);
        draft.buyer_name = Some("Inés".parse().unwrap());
        draft.buyer_email = Some("ines@example.org".parse().unwrap());
        assert_eq!(Step::first_open(&draft), Step::Card);
        draft.payment_method = Some("pm_card_visa".into());
        assert_eq!(Step::first_open(&draft), Step::Review);
    }
}
