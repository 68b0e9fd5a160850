//! Pages of a list that is ordered by moment and id: cut out of the rows that were read, with a cursor that says where
//! the next one begins. Clients hand a cursor back as they got it.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use uuid::Uuid;

/// An item's moment, and its id among those of the same moment: a page begins after it.
pub type PageStart = (i64, Uuid);

/// Where the first page begins: of a list that goes back in time, and of one that goes on in it.
pub const AFTER_ALL: PageStart = (i64::MAX, Uuid::max());
pub const BEFORE_ALL: PageStart = (i64::MIN, Uuid::nil());

/// A cursor from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cursor was not returned by a page of this list")]
pub struct InvalidCursor;

/// Cuts a page of `limit` items out of rows, of which at least one more was read where there are more; the answer is
/// the next page's cursor.
pub fn cut_page<T>(rows: &mut Vec<T>, limit: usize, start_after: impl Fn(&T) -> PageStart) -> Option<String> {
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| has_more).map(|last| write(start_after(last)))
}

/// Where the page behind a cursor begins; the first one at `first`.
///
/// # Errors
/// [`InvalidCursor`].
pub fn page_start(cursor: Option<&str>, first: PageStart) -> Result<PageStart, InvalidCursor> {
    cursor.map_or(Ok(first), |cursor| read(cursor).ok_or(InvalidCursor))
}

fn write((at, id): PageStart) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{at}.{id}"))
}

fn read(cursor: &str) -> Option<PageStart> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    // The audit log's pages of older versions have a space.
    let (at, id) = text.split_once(['.', ' '])?;
    Some((at.parse().ok()?, id.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_item_and_one_from_elsewhere_nowhere() {
        let start = (1_800_000_000_000, Uuid::now_v7());
        assert_eq!(page_start(Some(&write(start)), AFTER_ALL), Ok(start));
        let of_older_version = BASE64_URL_SAFE_NO_PAD.encode(format!("{} {}", start.0, start.1));
        assert_eq!(page_start(Some(&of_older_version), AFTER_ALL), Ok(start));
        assert_eq!(page_start(None, BEFORE_ALL), Ok(BEFORE_ALL));
        for cursor in ["", "x", "MTIzLg", "MTIzIA", &"A".repeat(5_000)] {
            assert_eq!(page_start(Some(cursor), AFTER_ALL), Err(InvalidCursor), "{cursor}");
        }
    }

    #[test]
    fn the_last_page_has_no_cursor() {
        let start_after = |at: &i64| (*at, Uuid::nil());
        let mut rows = vec![1, 2, 3];
        assert_eq!(cut_page(&mut rows, 2, start_after), Some(write((2, Uuid::nil()))));
        assert_eq!(rows, [1, 2]);
        assert_eq!(cut_page(&mut rows, 2, start_after), None);
        assert_eq!(cut_page(&mut Vec::new(), 2, start_after), None);
    }
}
