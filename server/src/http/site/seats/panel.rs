//! "Your seats": what the panel beside the chart says about the visitor's cart. Rendered by the
//! server, with and without scripts; the scripts only fetch it again when something changed.

use crate::{
    calendar_text::{CalendarText, capitalized},
    http::site::tell_me::page::{can_be_awaited, tell_me_path},
    messages::{Localizer, Value},
    place_text,
};
use shared_model::{
    PerformanceId, Timestamp,
    event::{PerformanceDetail, SaleState},
    hold::HOLD_TTL,
    order::{Cart, CartPerformance, CartSeat, LapsedHold},
};

/// The panel of one performance's seats page.
pub struct Panel {
    pub performance_id: PerformanceId,
    pub accent: String,
    /// "2 of 10"
    pub count: String,
    /// Why it is empty and what to do.
    pub empty: String,
    /// Where to ask to hear of seats, while there are none to buy.
    pub tell_me: Option<String>,
    pub held: Option<HeldHere>,
    pub lapsed: Option<LapsedHere>,
    pub others: Vec<HeldElsewhere>,
    pub total: Option<Total>,
    /// The cart's performances: scripts see by it that another event's seats have joined.
    pub fingerprint: String,
    /// The server's clock, UTC milliseconds.
    pub now: i64,
}

/// What the cart holds at this performance.
pub struct HeldHere {
    pub clock: String,
    pub until: i64,
    pub lifetime_seconds: u32,
    pub left_seconds: i64,
    pub is_short: bool,
    pub extended: bool,
    /// "2 seats held"
    pub headline: String,
    /// "Stalls, row F", when all are in one row.
    pub place: String,
    pub seats: Vec<HeldSeat>,
}

pub struct HeldSeat {
    pub seat_no: u32,
    pub place: String,
    pub ticket_type: String,
    pub ticket_type_label: String,
    pub choices: Vec<Choice>,
    pub price: String,
    pub fee: String,
    pub release: String,
}

/// An option of a select.
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// A hold at this performance that ran out, with what can be taken again.
pub struct LapsedHere {
    pub still_free: Option<String>,
}

pub struct HeldElsewhere {
    pub performance_id: PerformanceId,
    pub poster: Option<String>,
    pub headline: String,
    pub detail: String,
    pub until: i64,
    pub clock: String,
}

pub struct Total {
    pub label: String,
    pub amount: String,
    pub fees: String,
    /// "Check out, € 86.00", for the phone's bar.
    pub check_out: String,
}

/// Below this, time is shown as urgent.
const SHORT_BELOW_SECONDS: i64 = 120;

impl Panel {
    pub fn new(localizer: Localizer<'_>, performance: &PerformanceDetail, cart: &Cart) -> Self {
        let here = performance.summary.performance_id;
        let (mine, others): (Vec<_>, Vec<_>) = cart.performances.iter().partition(|held| held.performance_id == here);
        let held = mine.first().map(|held| HeldHere::new(localizer, held, cart.now));
        let count = held.as_ref().map_or(0, |held| held.seats.len());
        Self {
            performance_id: here,
            accent: performance.summary.accent.clone(),
            count: localizer.fill(
                "seats-panel-count",
                &[("count", Value::from(count)), ("limit", Value::from(performance.seats_per_customer_max))],
            ),
            empty: empty(localizer, &performance.summary.sale),
            tell_me: can_be_awaited(&performance.summary).then(|| tell_me_path(&performance.summary)),
            lapsed: cart
                .lapsed
                .iter()
                .find(|lapsed| lapsed.performance_id == here && held.is_none())
                .map(|lapsed| LapsedHere::new(localizer, lapsed)),
            held,
            others: others.into_iter().map(|held| HeldElsewhere::new(localizer, held, cart.now)).collect(),
            total: Total::new(localizer, cart),
            fingerprint: cart
                .performances
                .iter()
                .map(|held| held.performance_id.to_string())
                .collect::<Vec<_>>()
                .join(" "),
            now: cart.now.as_millis(),
        }
    }
}

/// What a cart without seats here can do.
fn empty(localizer: Localizer<'_>, sale: &SaleState) -> String {
    match sale {
        SaleState::OnSale => localizer.fill("seats-panel-empty", &[("minutes", Value::from(HOLD_TTL.as_secs() / 60))]),
        SaleState::SoldOut => localizer.text("seats-panel-sold-out"),
        SaleState::NotYetOnSale { .. } => localizer.text("seats-panel-not-yet"),
        SaleState::Ended | SaleState::Cancelled | SaleState::Other => localizer.text("seats-panel-over"),
    }
}

impl HeldHere {
    fn new(localizer: Localizer<'_>, held: &CartPerformance, now: Timestamp) -> Self {
        let left_seconds = seconds_left(held.expires_at, now);
        Self {
            clock: clock(left_seconds),
            until: held.expires_at.as_millis(),
            lifetime_seconds: held.lifetime_seconds,
            left_seconds,
            is_short: left_seconds < SHORT_BELOW_SECONDS,
            extended: held.extended,
            headline: localizer.fill("seats-held-count", &[("count", Value::from(held.seats.len()))]),
            place: common_place(localizer, &held.seats),
            seats: held.seats.iter().map(|seat| HeldSeat::new(localizer, held, seat)).collect(),
        }
    }
}

impl HeldSeat {
    fn new(localizer: Localizer<'_>, held: &CartPerformance, seat: &CartSeat) -> Self {
        let language = localizer.language();
        let place = place_text::place(&seat.label, localizer);
        let choices = held
            .ticket_types
            .iter()
            .filter(|kind| seat.choices.iter().any(|choice| choice.ticket_type_id == kind.ticket_type_id))
            .map(|kind| Choice {
                value: kind.ticket_type_id.to_string(),
                label: kind.name.clone(),
                chosen: kind.ticket_type_id == seat.ticket_type_id,
            });
        Self {
            seat_no: seat.seat.0,
            ticket_type: seat.ticket_type.clone(),
            ticket_type_label: localizer.fill("seats-ticket-type", &[("place", Value::from(place.as_str()))]),
            choices: choices.collect(),
            price: seat.price.format(language),
            fee: match seat.fee.amount_minor {
                0 => String::new(),
                _ => localizer.fill("seats-fee", &[("fee", Value::from(seat.fee.format(language)))]),
            },
            release: localizer.fill("seats-release", &[("place", Value::from(place.as_str()))]),
            place,
        }
    }
}

impl LapsedHere {
    fn new(localizer: Localizer<'_>, lapsed: &LapsedHold) -> Self {
        let places =
            lapsed.still_free_labels.iter().map(|label| place_text::place(label, localizer)).collect::<Vec<_>>();
        Self {
            still_free: (!places.is_empty())
                .then(|| localizer.fill("seats-lapsed-free", &[("places", Value::from(places.join("; ")))])),
        }
    }
}

impl HeldElsewhere {
    fn new(localizer: Localizer<'_>, held: &CartPerformance, now: Timestamp) -> Self {
        let places = localizer.fill("seats-places", &[("count", Value::from(held.seats.len()))]);
        let when = capitalized(&CalendarText::new(localizer, &held.venue.time_zone).date_time_short(held.starts_at));
        Self {
            performance_id: held.performance_id,
            poster: held.poster.clone(),
            headline: format!("{}, {places}", held.title),
            detail: format!("{when}, {}", held.total.format(localizer.language())),
            until: held.expires_at.as_millis(),
            clock: clock(seconds_left(held.expires_at, now)),
        }
    }
}

impl Total {
    fn new(localizer: Localizer<'_>, cart: &Cart) -> Option<Self> {
        let amount = cart.total?.format(localizer.language());
        let fees = match cart.fees {
            Some(fees) if fees.amount_minor != 0 => {
                localizer.fill("seats-fees-included", &[("fees", Value::from(fees.format(localizer.language())))])
            }
            _ => localizer.text("seats-no-fees"),
        };
        Some(Self {
            label: localizer.fill("seats-total", &[("count", Value::from(cart.seat_count()))]),
            check_out: localizer.fill("seats-check-out-total", &[("total", Value::from(amount.as_str()))]),
            amount,
            fees,
        })
    }
}

/// Where all the seats are, when they are in one row; else their sections.
fn common_place(localizer: Localizer<'_>, seats: &[CartSeat]) -> String {
    let Some(first) = seats.first().map(|seat| &seat.label) else { return String::new() };
    if seats.iter().all(|seat| place_text::same_row(first, &seat.label)) {
        return place_text::row(first, localizer);
    }
    let mut sections = seats.iter().map(|seat| seat.label.section.as_str()).collect::<Vec<_>>();
    sections.dedup();
    sections.join(", ")
}

fn seconds_left(until: Timestamp, now: Timestamp) -> i64 {
    i64::try_from(until.saturating_since(now).as_secs()).unwrap_or(i64::MAX)
}

/// `08:41`
fn clock(seconds: i64) -> String {
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}
