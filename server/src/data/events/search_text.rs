//! The search text of events and venues: their words without accents and capitals, stored beside them, because the two
//! engines fold only ASCII the same way.

use crate::data::{DataResult, Link, Statement, execute, fetch_all, statement::statements};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use uuid::Uuid;

statements! {
    LIST_UNFOLDED_EVENTS = Statement::both("select event_id, title, subtitle from event where search_text = ''");
    LIST_UNFOLDED_VENUES = Statement::both("select venue_id, name, city from venue where search_text = ''");
    SET_EVENT_TEXT = Statement::both("update event set search_text = $2 where event_id = $1");
    SET_VENUE_TEXT = Statement::both("update venue set search_text = $2 where venue_id = $1");
}

/// Without accents and capitals: "Málaga" and "MALAGA" are "malaga".
pub fn fold(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).nfc().collect()
}

/// Folds what older versions wrote; nothing to do but once.
pub async fn fold_what_stands_here(link: &mut Link) -> DataResult<()> {
    for (id, title, subtitle) in fetch_all!(link, (Uuid, String, String), LIST_UNFOLDED_EVENTS)? {
        execute!(link, SET_EVENT_TEXT, id, fold(&format!("{title} {subtitle}")))?;
    }
    for (id, name, city) in fetch_all!(link, (Uuid, String, String), LIST_UNFOLDED_VENUES)? {
        execute!(link, SET_VENUE_TEXT, id, fold(&format!("{name} {city}")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_capitals_make_no_difference() {
        for (written, folded) in [("Málaga", "malaga"), ("ÁVILA", "avila"), ("Ópera", "opera"), ("Señor Ñ", "senor n")]
        {
            assert_eq!(fold(written), folded);
        }
    }
}
