//! Which content encodings a client accepts, for responses that are compressed already. All other responses are
//! compressed by a middleware layer, which looks at the header itself.

use axum::http::{HeaderMap, header};

/// Whether a client names a coding (`br`, `gzip`) without refusing it (RFC 9110, section 12.5.3): a weight of nought is
/// a no.
pub fn unpacks(headers: &HeaderMap, coding: &str) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|accepted| {
        let (name, weight) = accepted.split_once(';').unwrap_or((accepted, ""));
        let weight = weight.trim().strip_prefix("q=").map(|weight| weight.trim().parse::<f32>());
        name.trim().eq_ignore_ascii_case(coding) && weight.is_none_or(|weight| weight.is_ok_and(|weight| weight > 0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn asks(accepted: &'static str) -> bool {
        unpacks(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]), "br")
    }

    #[test]
    fn a_coding_is_named_refused_or_not_there() {
        assert!(asks("gzip, deflate, br") && asks("BR;q=0.1") && asks("br ; q=1"));
        assert!(!asks("gzip") && !asks("br;q=0") && !asks("br;q=0.0, gzip") && !asks("br;q=x") && !asks("brotli"));
        assert!(!unpacks(&HeaderMap::new(), "br"));
    }
}
