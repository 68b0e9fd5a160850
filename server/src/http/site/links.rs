//! URLs of this site that carry another URL in their query.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Bytes a path to come back to may have.
pub const PATH_LENGTH_MAX: usize = 512;
/// All but unreserved characters (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An address that leads on to `next` afterwards.
pub fn with_next(path: &str, next: &str) -> String {
    format!("{path}?next={}", percent_encode(next))
}

/// Text as it stands in a query.
pub fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// An address of this site that a form asked to come back to, or `otherwise`: never another site's.
pub fn return_path(asked: &str, otherwise: &str) -> String {
    let ours = asked.starts_with('/')
        && !asked.starts_with("//")
        && asked.len() <= PATH_LENGTH_MAX
        && asked.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if ours { asked.to_owned() } else { otherwise.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for bad in
            ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x", "javascript:1"]
        {
            assert_eq!(return_path(bad, "/cart"), "/cart", "{bad:?}");
        }
        assert_eq!(return_path("/events/carmen?x=1#y", "/"), "/events/carmen?x=1#y");
    }
}
