//! Events and performances as customers read them: the same shapes feed the site's templates, the
//! RESTful API and the apps.

use crate::{
    EventId, Language, Money, PerformanceId, PlanVersionId, PriceCategoryId, TicketTypeId, Timestamp,
    values::text::EmailAddress,
};
use serde::{Deserialize, Serialize};

/// Items one page of a list may have.
pub const PAGE_LIMIT_MAX: u32 = 100;
/// Items a page has when nobody says.
pub const PAGE_LIMIT_DEFAULT: u32 = 24;
/// The organizers' accent colours by name; style sheets say what they look like.
pub const ACCENTS: [&str; 8] = ["marquee", "curtain", "ember", "moss", "lagoon", "harbour", "plum", "ink"];
/// "Few left" begins at this many free places or this share of all places, whichever is less.
pub const FEW_LEFT_MAX: u32 = 20;

/// A page of a list; `next_cursor` leads to the following one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Opaque; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// What kind of event it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum EventCategory {
    Theatre,
    Classical,
    Opera,
    Dance,
    Concert,
    Comedy,
    Club,
    Family,
    Sport,
    Talk,
}

impl EventCategory {
    pub const ALL: [Self; 10] = [
        Self::Theatre,
        Self::Classical,
        Self::Opera,
        Self::Dance,
        Self::Concert,
        Self::Comedy,
        Self::Club,
        Self::Family,
        Self::Sport,
        Self::Talk,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Theatre => "theatre",
            Self::Classical => "classical",
            Self::Opera => "opera",
            Self::Dance => "dance",
            Self::Concert => "concert",
            Self::Comedy => "comedy",
            Self::Club => "club",
            Self::Family => "family",
            Self::Sport => "sport",
            Self::Talk => "talk",
        }
    }
}

impl std::str::FromStr for EventCategory {
    type Err = UnknownCategory;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|c| c.as_str() == text).ok_or_else(|| UnknownCategory(text.to_owned()))
    }
}

#[derive(Debug, thiserror::Error)]
#[error(
    "\"{0}\" is not a category; categories are theatre, classical, opera, dance, concert, comedy, club, family, sport, talk"
)]
pub struct UnknownCategory(pub String);

/// Where a performance stands in its life, as of the moment it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum SaleState {
    /// Sale begins at `on_sale_at`.
    NotYetOnSale {
        on_sale_at: Timestamp,
    },
    OnSale,
    SoldOut,
    /// The sale's window is over or the performance has begun.
    Ended,
    Cancelled,
    /// A state of a newer version.
    #[serde(other)]
    Other,
}

/// Where an event happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VenueSummary {
    pub name: String,
    pub slug: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// IANA name, such as `Europe/Madrid`.
    pub time_zone: String,
    pub latitude: f64,
    pub longitude: f64,
    /// How to get in without steps, hearing loops and the like; one sentence a line.
    pub accessibility: Vec<String>,
}

/// An image of ours: `/posters/{key}.svg`, 3:4, and `/posters/{key}.png` for those who cannot draw SVG.
pub type PosterKey = String;

/// One line of the event list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PerformanceSummary {
    pub performance_id: PerformanceId,
    pub event_id: EventId,
    pub event_slug: String,
    pub title: String,
    /// Second line of the title, such as a name or a work; may be empty.
    pub subtitle: String,
    pub category: EventCategory,
    pub poster: Option<PosterKey>,
    /// The organizer's accent by name, such as `curtain`; for events without a poster and buttons.
    pub accent: String,
    pub venue: VenueSummary,
    pub starts_at: Timestamp,
    pub doors_at: Option<Timestamp>,
    /// Where it was moved to another date: the date it was announced for first.
    pub moved_from: Option<Timestamp>,
    pub sale: SaleState,
    /// The lowest price with all fees; absent when nothing is priced.
    pub price_from: Option<Money>,
    /// The fees contained in `price_from`.
    pub fees_from: Option<Money>,
    /// Free places, said only when few are left (see [`FEW_LEFT_MAX`]).
    pub few_left: Option<u32>,
    /// Only standing places.
    pub standing_only: bool,
}

/// An event with its coming dates; when it is over, with its last ones, ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventDetail {
    pub event_id: EventId,
    pub slug: String,
    pub title: String,
    pub subtitle: String,
    /// Paragraphs of plain text, divided by empty lines.
    pub description: String,
    pub category: EventCategory,
    pub poster: Option<PosterKey>,
    pub accent: String,
    pub duration_minutes: Option<u32>,
    pub interval_count: u32,
    pub age_min: Option<u32>,
    /// BCP 47 tag of the language it is played in; absent when there are no words.
    pub language: Option<String>,
    pub organizer_name: String,
    pub organizer_email: String,
    /// Terms for giving seats back, in the organizer's words; empty when there are none.
    pub refund_terms: String,
    /// Soonest first, past ones left out.
    pub performances: Vec<PerformanceSummary>,
    /// The price table of the next performance that is on sale.
    pub prices: Vec<PriceCategory>,
    pub ticket_types: Vec<TicketType>,
    /// The tax contained in every price, in basis points (1000 is 10 %).
    pub tax_rate_basis_points: u32,
}

/// A price band of one performance, with what each ticket type costs in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceCategory {
    pub price_category_id: PriceCategoryId,
    /// The plan category it prices.
    pub plan_category: String,
    pub name: String,
    /// 1 is the dearest; decides colour and mark on the chart (1 to 4).
    pub band: u32,
    /// In the order of the performance's ticket types; those not sold here are left out.
    pub prices: Vec<Price>,
}

/// What a ticket type costs in a category, all fees contained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Price {
    pub ticket_type_id: TicketTypeId,
    /// What the buyer pays.
    pub price: Money,
    /// The fees contained in it.
    pub fee: Money,
}

/// Full price, under 26 and the like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketType {
    pub ticket_type_id: TicketTypeId,
    pub name: String,
    /// What its holder must bring; may be empty.
    pub note: String,
}

/// All a client needs to sell seats of one performance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PerformanceDetail {
    #[serde(flatten)]
    pub summary: PerformanceSummary,
    /// The chart: `GET /plans/{plan_version_id}/geometry`, unchangeable.
    pub plan_version_id: PlanVersionId,
    pub seat_count: u32,
    pub price_categories: Vec<PriceCategory>,
    pub ticket_types: Vec<TicketType>,
    pub seats_per_customer_max: u32,
    pub on_sale_from: Timestamp,
    pub on_sale_until: Timestamp,
    pub tax_rate_basis_points: u32,
}

/// A request to be notified when seats of a performance can be bought: when its sale begins, or when some are released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AvailabilityWish {
    /// Gets one mail, and is forgotten then.
    pub email: EmailAddress,
    #[serde(default)]
    pub language: Language,
}

/// What the event list can be narrowed by. All given conditions must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
pub struct EventFilter {
    /// Words of title, subtitle, venue.
    #[serde(default)]
    pub q: Option<String>,
    /// City, exactly as listed.
    #[serde(default)]
    pub place: Option<String>,
    #[serde(default)]
    pub category: Option<EventCategory>,
    /// First moment, UTC milliseconds.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// Last moment (exclusive), UTC milliseconds.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// From a page's `next_cursor`.
    #[serde(default)]
    pub cursor: Option<String>,
    /// 1 to [`PAGE_LIMIT_MAX`].
    #[serde(default)]
    pub limit: Option<u32>,
}
