//! What tests draw lists, pages and documents with: a venue and a performance there. Built only with the feature
//! `samples`, which no product asks for.

use crate::{
    Currency, EventId, Money, PerformanceId, Timestamp,
    event::{EventCategory, PerformanceSummary, SaleState, VenueSummary},
};

pub fn theatre() -> VenueSummary {
    VenueSummary {
        name: "Teatro del Muelle".to_owned(),
        slug: "teatro-del-muelle".to_owned(),
        street: "Muelle de Albareda 4".to_owned(),
        postal_code: "39004".to_owned(),
        city: "Santander".to_owned(),
        country: "ES".to_owned(),
        time_zone: "Europe/Madrid".to_owned(),
        latitude: 43.4609,
        longitude: -3.8079,
        accessibility: vec![
            "Four wheelchair places, step-free by Door A".to_owned(),
            "Hearing loop in the stalls. Subtitles in Spanish on 13 Dec".to_owned(),
        ],
    }
}

/// On sale at the theatre; slug and poster are named after the title.
pub fn performance(title: &str, starts_at: Timestamp) -> PerformanceSummary {
    let slug = title.to_lowercase().replace(' ', "-");
    PerformanceSummary {
        performance_id: PerformanceId::new(),
        event_id: EventId::new(),
        event_slug: slug.clone(),
        title: title.to_owned(),
        subtitle: String::new(),
        category: EventCategory::Theatre,
        poster: Some(slug),
        accent: "marquee".to_owned(),
        venue: theatre(),
        starts_at,
        doors_at: None,
        moved_from: None,
        sale: SaleState::OnSale,
        price_from: Some(Money::new(3_200, Currency::EUR)),
        fees_from: Some(Money::new(300, Currency::EUR)),
        few_left: None,
        standing_only: false,
    }
}
