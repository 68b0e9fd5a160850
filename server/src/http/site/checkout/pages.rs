//! The steps' pages.

use super::{
    Step, StepMark,
    fields::DeliveryForm,
    step_marks,
    summary::{ReviewPart, Summary},
};
use crate::{
    calendar_text::CalendarText,
    http::site::{
        forms::{Field, FieldError, errors},
        layout::{Glyph, Icon, Layout},
        wording,
    },
    messages::{Localizer, Value},
};
use askama::Template;
use shared_model::{
    OrderId, PaymentId,
    account::SavedCard,
    order::{CheckoutDraft, Delivery, DeliveryOffer},
};

/// A way of delivery to choose.
pub struct Way {
    pub method: String,
    pub name: String,
    pub explanation: String,
    pub price: String,
    pub chosen: bool,
}

#[derive(Template)]
#[template(path = "checkout/delivery.html")]
pub struct DeliveryPage<'a> {
    page: Layout<'a>,
    steps: Vec<StepMark>,
    summary: Summary,
    ways: Vec<Way>,
    address: Vec<Field>,
    errors: Vec<FieldError>,
    /// Said when post was hidden.
    too_late: Option<String>,
}

impl<'a> DeliveryPage<'a> {
    /// `address` are the form's fields, judged or not; `time_zone` is the first venue's.
    pub fn new(
        page: Layout<'a>,
        summary: Summary,
        offers: &[DeliveryOffer],
        form: &DeliveryForm,
        address: Vec<Field>,
        time_zone: &str,
    ) -> Self {
        let localizer = page.localizer();
        let calendar = CalendarText::new(localizer, time_zone);
        let known = offers.iter().any(|offer| offer.method == form.method);
        let ways = offers.iter().enumerate().filter_map(|(position, offer)| {
            let way = way(offer, &calendar, localizer)?;
            let chosen = if known { offer.method == form.method } else { position == 0 };
            Some(Way { chosen, ..way })
        });
        let post_offered = offers.iter().any(|offer| offer.method == "post");
        Self {
            steps: step_marks(Step::Delivery, localizer),
            summary,
            ways: ways.collect(),
            errors: errors(&address),
            address,
            too_late: (!post_offered).then(|| localizer.text("delivery-post-too-late")),
            page,
        }
    }
}

/// `None` for a way this site has no words for.
fn way(offer: &DeliveryOffer, calendar: &CalendarText<'_>, localizer: Localizer<'_>) -> Option<Way> {
    let (name, explanation) = match offer.method.as_str() {
        "email" => ("delivery-email", localizer.text("delivery-email-words")),
        "collection" => ("delivery-collection", localizer.text("delivery-collection-words")),
        "post" => {
            let date = calendar.date_medium(offer.arrives_from?);
            ("delivery-post", localizer.fill("delivery-post-words", &[("date", date.into())]))
        }
        _ => return None,
    };
    let price = match offer.fee {
        Some(fee) if fee.amount_minor != 0 => fee.format(localizer.language()),
        _ => localizer.text("delivery-free"),
    };
    Some(Way { method: offer.method.clone(), name: localizer.text(name), explanation, price, chosen: false })
}

#[derive(Template)]
#[template(path = "checkout/you.html")]
pub struct YouPage<'a> {
    page: Layout<'a>,
    steps: Vec<StepMark>,
    summary: Summary,
    lead: String,
    /// The buyer may have an account.
    is_guest: bool,
    fields: Vec<Field>,
    errors: Vec<FieldError>,
}

/// In whose name somebody buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuysAs {
    Guest,
    AccountHolder,
}

impl<'a> YouPage<'a> {
    pub fn new(page: Layout<'a>, summary: Summary, fields: Vec<Field>, buys_as: BuysAs) -> Self {
        let steps = step_marks(Step::You, page.localizer());
        let lead = page.text(match buys_as {
            BuysAs::Guest => "you-lead",
            BuysAs::AccountHolder => "you-lead-account",
        });
        let is_guest = buys_as == BuysAs::Guest;
        Self { steps, summary, lead, is_guest, errors: errors(&fields), fields, page }
    }
}

/// A saved card to choose.
pub struct SavedChoice {
    pub id: String,
    /// "Visa ending 4242"
    pub name: String,
    /// "until 08/28", or that it has expired.
    pub until: String,
    pub expired: bool,
    /// It was chosen before.
    pub was_chosen: bool,
    pub declined: bool,
    pub checked: bool,
}

/// An account's cards as choices. The one chosen before is chosen again, else the first that can pay; after a decline
/// another card is asked for.
pub fn saved_choices(
    cards: &[SavedCard],
    chosen: Option<&str>,
    declined: bool,
    localizer: Localizer<'_>,
) -> Vec<SavedChoice> {
    let mut choices: Vec<SavedChoice> =
        cards.iter().map(|card| saved_choice(card, chosen, declined, localizer)).collect();
    let another_card = chosen.is_some() && !choices.iter().any(|card| card.was_chosen);
    if !declined && !another_card {
        let first = choices.iter().position(|card| card.was_chosen && !card.expired);
        if let Some(index) = first.or_else(|| choices.iter().position(|card| !card.expired)) {
            choices[index].checked = true;
        }
    }
    choices
}

fn saved_choice(card: &SavedCard, chosen: Option<&str>, declined: bool, localizer: Localizer<'_>) -> SavedChoice {
    let id = card.saved_card_id.to_string();
    let was_chosen = chosen == Some(id.as_str());
    let month = format!("{:02}/{:02}", card.expires_month, card.expires_year % 100);
    let key = if card.expired { "card-expired" } else { "card-until" };
    SavedChoice {
        name: wording::card(Some(&card.brand), Some(&card.last4), localizer).unwrap_or_else(|| card.last4.clone()),
        until: localizer.fill(key, &[("month", month.into())]),
        expired: card.expired,
        was_chosen,
        declined: declined && was_chosen,
        checked: false,
        id,
    }
}

/// The last card was declined.
pub struct Declined {
    pub fact: String,
    pub safe: String,
}

/// A test card of the sandbox, one press away.
pub struct Trial {
    pub number: String,
    /// In groups of four.
    pub shown: String,
    pub words: String,
}

#[derive(Template)]
#[template(path = "checkout/card.html")]
pub struct CardPage<'a> {
    page: Layout<'a>,
    steps: Vec<StepMark>,
    summary: Summary,
    declined: Option<Declined>,
    /// Why the last card was not taken.
    alert: Option<String>,
    /// The card chosen before.
    chosen: Option<String>,
    saved: Vec<SavedChoice>,
    /// None of the saved cards is chosen.
    is_new: bool,
    can_save: bool,
    /// Empty where real cards are taken.
    trials: Vec<Trial>,
}

/// What the card step is made of beside the summary.
#[derive(Default)]
pub struct CardStep {
    pub declined: Option<Declined>,
    pub alert: Option<String>,
    pub chosen: Option<String>,
    pub saved: Vec<SavedChoice>,
    /// The buyer has an account to keep a card for.
    pub can_save: bool,
    pub trials: Vec<Trial>,
}

impl<'a> CardPage<'a> {
    pub fn new(page: Layout<'a>, summary: Summary, step: CardStep) -> Self {
        let CardStep { declined, alert, chosen, saved, can_save, trials } = step;
        let is_new = !saved.iter().any(|card| card.checked);
        // Once there is an order, the steps before cannot be changed any more.
        let mut steps = step_marks(Step::Card, page.localizer());
        if declined.is_some() {
            steps.iter_mut().for_each(|step| step.href = None);
        }
        Self { steps, summary, declined, alert, chosen, saved, is_new, can_save, trials, page }
    }
}

impl Declined {
    /// `card` is the declined one in words; `time` how long the seats stay, as `mm:ss`.
    pub fn new(card: Option<&str>, time: &str, localizer: Localizer<'_>) -> Self {
        let fact = match card {
            Some(card) => localizer.fill("declined-fact", &[("card", card.into())]),
            None => localizer.text("declined-fact-card"),
        };
        Self { fact, safe: localizer.fill("declined-safe", &[("time", time.into())]) }
    }
}

/// The chosen delivery as the review shows it.
pub struct DeliveryWords {
    pub name: String,
    pub lines: Vec<String>,
}

impl DeliveryWords {
    pub fn new(delivery: &Delivery, offers: &[DeliveryOffer], time_zone: &str, localizer: Localizer<'_>) -> Self {
        let offer_words = |method: &str| {
            let calendar = CalendarText::new(localizer, time_zone);
            let offer = offers.iter().find(|offer| offer.method == method)?;
            way(offer, &calendar, localizer).map(|way| way.explanation)
        };
        match delivery {
            Delivery::Email => {
                Self { name: localizer.text("delivery-email"), lines: vec![localizer.text("delivery-email-words")] }
            }
            Delivery::Collection => Self {
                name: localizer.text("delivery-collection"),
                lines: vec![localizer.text("delivery-collection-words")],
            },
            Delivery::Post { address } => {
                let place = format!("{}, {}, {} {}", address.name, address.street, address.postal_code, address.city);
                let lines = [Some(place), offer_words("post")].into_iter().flatten().collect();
                Self { name: localizer.text("delivery-post"), lines }
            }
        }
    }
}

/// What the review is made of beside the summary.
pub struct Review {
    pub seats: Vec<ReviewPart>,
    /// The seats are not bound to an order yet.
    pub seats_can_change: bool,
    pub delivery: DeliveryWords,
    /// The organizers' terms, each with its event where there are several.
    pub refunds: Vec<String>,
    pub order_id: OrderId,
    pub payment_id: PaymentId,
    /// Why the last press of *Buy* did nothing.
    pub alert: Option<String>,
}

#[derive(Template)]
#[template(path = "checkout/review.html")]
pub struct ReviewPage<'a> {
    page: Layout<'a>,
    steps: Vec<StepMark>,
    summary: Summary,
    seats: Vec<ReviewPart>,
    seats_can_change: bool,
    delivery: DeliveryWords,
    buyer_name: String,
    buyer_email: String,
    card: String,
    refunds: Vec<String>,
    order_id: String,
    payment_id: String,
    total_minor: i64,
    currency: String,
    buy: String,
    alert: Option<String>,
}

impl<'a> ReviewPage<'a> {
    pub fn new(page: Layout<'a>, summary: Summary, draft: &CheckoutDraft, review: Review) -> Self {
        let localizer = page.localizer();
        let card = wording::card(draft.card_brand.as_deref(), draft.card_last4.as_deref(), localizer);
        Self {
            steps: step_marks(Step::Review, localizer),
            seats: review.seats,
            seats_can_change: review.seats_can_change,
            delivery: review.delivery,
            buyer_name: draft.buyer_name.as_ref().map(ToString::to_string).unwrap_or_default(),
            buyer_email: draft.buyer_email.as_ref().map(ToString::to_string).unwrap_or_default(),
            card: card.unwrap_or_else(|| localizer.text("card-new")),
            refunds: review.refunds,
            order_id: review.order_id.to_string(),
            payment_id: review.payment_id.to_string(),
            total_minor: summary.total_money.amount_minor,
            currency: summary.total_money.currency.to_string(),
            buy: localizer.fill("review-buy", &[("total", summary.total.as_str().into())]),
            alert: review.alert,
            summary,
            page,
        }
    }
}

/// The organizers' terms for giving seats back; several events are told apart by their titles.
pub fn refund_terms(terms: &[(String, String)], localizer: Localizer<'_>) -> Vec<String> {
    let given = terms.iter().filter(|(_, terms)| !terms.is_empty());
    if terms.len() == 1 {
        return given.map(|(_, terms)| terms.clone()).collect();
    }
    given
        .map(|(title, terms)| {
            let words = [("title", Value::from(title.as_str())), ("terms", terms.as_str().into())];
            localizer.fill("review-refunds-event", &words)
        })
        .collect()
}

/// The sandbox's bank asks the buyer.
#[derive(Template)]
#[template(path = "checkout/sandbox_challenge.html")]
pub struct ChallengePage<'a> {
    page: Layout<'a>,
    sentence: String,
    reference: String,
}

impl<'a> ChallengePage<'a> {
    /// `reference` is the provider's name for the payment; `total` what it comes to, in words.
    pub fn new(page: Layout<'a>, reference: &str, total: &str) -> Self {
        let sentence = page.localizer().fill("challenge-sentence", &[("total", total.into())]);
        Self { sentence, reference: reference.to_owned(), page }
    }
}
