//! The cart: everything held, each event with its own time; what lapsed, and how to have it again.

use crate::{
    calendar_text::CalendarText,
    http::site::{
        layout::{Glyph, Icon, Layout, Tab},
        wording::{self, Choice, Line, clock},
    },
    messages::{Localizer, Value},
    place_text,
};
use askama::Template;
use shared_model::{
    ErrorCode, Timestamp,
    order::{Cart, CartPerformance, CartSeat, LapsedHold},
};

/// Under this many seconds the time turns to the colour of errors.
const SHORT_SECONDS: u64 = 120;
/// Places named in the sentence about a lapsed hold.
const PLACES_NAMED_MAX: usize = 4;

pub struct HeldPart {
    pub performance_id: String,
    pub slug: String,
    pub title: String,
    pub poster: Option<String>,
    pub accent: String,
    pub when_where: String,
    pub seats: Vec<HeldSeat>,
    /// UTC milliseconds.
    pub expires_at: i64,
    pub clock: String,
    pub left_seconds: u64,
    pub lifetime_seconds: u32,
    pub extended: bool,
    pub is_short: bool,
}

pub struct HeldSeat {
    pub seat_no: u32,
    pub place: String,
    pub ticket_type: String,
    pub choices: Vec<Choice>,
    pub price: String,
    pub fee: String,
}

pub struct LapsedPart {
    pub performance_id: String,
    pub title: String,
    pub poster: Option<String>,
    /// "The Seagull, Sat 12 Dec, 19:30."
    pub what: String,
    /// "Stalls F 14 and 15 are still free"; absent when all are gone.
    pub still_free: Option<String>,
    /// What follows that, with its leading punctuation.
    pub rest: String,
    pub ended: String,
}

pub struct CartSum {
    pub lines: Vec<Line>,
    pub total: Option<String>,
    pub total_label: String,
    pub check_out: String,
    /// Said where there is no total.
    pub nothing: String,
}

#[derive(Template)]
#[template(path = "cart/cart.html")]
pub struct CartPage<'a> {
    page: Layout<'a>,
    now: i64,
    held: Vec<HeldPart>,
    lapsed: Vec<LapsedPart>,
    sum: CartSum,
    /// Why what was asked for was not done.
    alert: Option<String>,
}

impl<'a> CartPage<'a> {
    pub fn new(page: Layout<'a>, cart: &Cart, refused: Option<ErrorCode>) -> Self {
        let localizer = page.localizer();
        Self {
            now: cart.now.as_millis(),
            held: cart.performances.iter().map(|held| held_part(held, cart.now, localizer)).collect(),
            lapsed: cart.lapsed.iter().map(|hold| lapsed_part(hold, cart.now, localizer)).collect(),
            sum: sum(cart, localizer),
            alert: refused.map(|code| refusal(code, localizer)),
            page,
        }
    }
}

/// The cart bar alone, for the page that asks again.
#[derive(Template)]
#[template(path = "cart/cart_bar.html")]
pub struct CartBarPart<'a> {
    page: Layout<'a>,
}

impl<'a> CartBarPart<'a> {
    pub fn new(page: Layout<'a>) -> Self {
        Self { page }
    }
}

/// A refusal in words.
pub fn refusal(code: ErrorCode, localizer: Localizer<'_>) -> String {
    localizer.refusal("refused", code, &[])
}

fn held_part(held: &CartPerformance, now: Timestamp, localizer: Localizer<'_>) -> HeldPart {
    let calendar = CalendarText::new(localizer, &held.venue.time_zone);
    let when = wording::moment(held.starts_at, now, &calendar, localizer);
    let left = held.expires_at.saturating_since(now);
    HeldPart {
        performance_id: held.performance_id.to_string(),
        slug: held.event_slug.clone(),
        title: held.title.clone(),
        poster: held.poster.clone(),
        accent: held.accent.clone(),
        when_where: localizer
            .fill("cart-when-where", &[("when", when.into()), ("venue", held.venue.name.as_str().into())]),
        seats: held.seats.iter().map(|seat| held_seat(seat, held, localizer)).collect(),
        expires_at: held.expires_at.as_millis(),
        clock: clock(left),
        left_seconds: left.as_secs(),
        lifetime_seconds: held.lifetime_seconds,
        extended: held.extended,
        is_short: left.as_secs() < SHORT_SECONDS,
    }
}

fn held_seat(seat: &CartSeat, held: &CartPerformance, localizer: Localizer<'_>) -> HeldSeat {
    let language = localizer.language();
    let choice = |price: &shared_model::event::Price| {
        let kind = held.ticket_types.iter().find(|kind| kind.ticket_type_id == price.ticket_type_id)?;
        let words = [("type", Value::from(kind.name.as_str())), ("price", price.price.format(language).into())];
        Some(Choice {
            value: price.ticket_type_id.to_string(),
            label: localizer.fill("cart-type-price", &words),
            chosen: price.ticket_type_id == seat.ticket_type_id,
        })
    };
    HeldSeat {
        seat_no: seat.seat.0,
        place: place_text::place(&seat.label, localizer),
        ticket_type: seat.ticket_type.clone(),
        choices: seat.choices.iter().filter_map(choice).collect(),
        price: seat.price.format(language),
        fee: localizer.fill("cart-fee", &[("fee", seat.fee.format(language).into())]),
    }
}

fn lapsed_part(hold: &LapsedHold, now: Timestamp, localizer: Localizer<'_>) -> LapsedPart {
    let calendar = CalendarText::new(localizer, &hold.venue.time_zone);
    let when = wording::moment_inside(hold.starts_at, now, &calendar, localizer);
    let what = localizer.fill("lapsed-what", &[("title", hold.title.as_str().into()), ("when", when.into())]);
    let total = hold.total.map(|total| total.format(localizer.language())).unwrap_or_default();
    let still_free = (!hold.still_free_labels.is_empty()).then(|| {
        let places = place_text::places(&hold.still_free_labels, PLACES_NAMED_MAX, localizer);
        let count = Value::from(hold.still_free_labels.len());
        localizer.fill("lapsed-still-free", &[("count", count), ("places", places.into())])
    });
    let rest = match &still_free {
        None => localizer.text("lapsed-gone"),
        Some(_) => localizer.fill("lapsed-rest", &[("total", total.into())]),
    };
    LapsedPart {
        performance_id: hold.performance_id.to_string(),
        title: hold.title.clone(),
        poster: hold.poster.clone(),
        what,
        still_free,
        rest,
        ended: localizer.fill("lapsed-ended", &[("time", calendar.time(hold.lapsed_at).into())]),
    }
}

fn sum(cart: &Cart, localizer: Localizer<'_>) -> CartSum {
    let language = localizer.language();
    let mut lines = cart
        .performances
        .iter()
        .map(|held| {
            let words = [("title", Value::from(held.title.as_str())), ("count", Value::from(held.seats.len()))];
            // Tickets and fees stand on their own lines, so that they add up to the total.
            let tickets =
                shared_model::Money::new(held.total.amount_minor - held.fees.amount_minor, held.total.currency);
            Line::new(localizer.fill("cart-line", &words), tickets.format(language))
        })
        .collect::<Vec<_>>();
    if let Some(fees) = cart.fees.filter(|fees| fees.amount_minor != 0) {
        lines.push(Line::new(localizer.text("cart-fees"), fees.format(language)));
    }
    lines.extend(cart.lapsed.iter().filter_map(|hold| {
        let label = localizer.fill("cart-line-let-go", &[("title", hold.title.as_str().into())]);
        hold.total.map(|total| Line::struck(label, total.format(language)))
    }));
    let total = cart.total.map(|total| total.format(language));
    let check_out =
        total.as_ref().map(|total| localizer.fill("cart-check-out-for", &[("total", total.as_str().into())]));
    let nothing = if cart.performances.is_empty() { "cart-nothing-held" } else { "cart-mixed-currencies" };
    CartSum {
        lines,
        check_out: check_out.unwrap_or_default(),
        total: total.filter(|_| !cart.performances.is_empty()),
        total_label: localizer.fill("cart-total", &[("count", Value::from(cart.seat_count()))]),
        nothing: localizer.text(nothing),
    }
}
