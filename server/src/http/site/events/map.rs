//! The sketch of where a venue is: a few streets, the venue, a pin. It is drawn, not surveyed; the
//! address and a link to a real map always stand beside it, and only the venue's own street is named.

use shared_model::event::VenueSummary;
use std::fmt::Write;

const WIDTH: i32 = 336;
const HEIGHT: i32 = 176;

/// An SVG, the same for the same venue. Its colours are the stylesheet's.
pub fn sketch(venue: &VenueSummary) -> String {
    let seed = seed(venue);
    // Tilt of the streets, in pixels over the whole width, and where the cross streets stand.
    let tilt = i32::try_from(seed % 29).unwrap_or(0) - 14;
    let shift = i32::try_from((seed >> 8) % 40).unwrap_or(0);
    let mut svg = format!(r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" focusable="false">"#);
    blocks(&mut svg, shift, tilt);
    for (y, width) in [(26, 7), (76, 13), (150, 9)] {
        street(&mut svg, (-10, y - tilt / 2), (WIDTH + 10, y + tilt / 2), width);
    }
    for (x, width) in [(58 + shift, 8), (206 + shift / 2, 8), (296, 6)] {
        street(&mut svg, (x + tilt, -10), (x - tilt, HEIGHT + 10), width);
    }
    let _ = write!(
        svg,
        concat!(
            r#"<rect class="venue" x="140" y="84" width="60" height="30" rx="1"/>"#,
            r#"<path class="pin" d="M170 84c-11-13-17-20-17-28a17 17 0 0 1 34 0c0 8-6 15-17 28z"/>"#,
            r#"<circle class="pin-dot" cx="170" cy="56" r="5.5"/><text x="12" y="{}">{}</text></svg>"#
        ),
        81 - tilt / 2 + 12 + tilt / 10,
        askama::filters::escape(street_name(&venue.street), askama::filters::Html)
            .map_or_else(|_| String::new(), |name| name.to_string()),
    );
    svg
}

/// Houses along the streets, so that land and street are told apart.
fn blocks(svg: &mut String, shift: i32, tilt: i32) {
    for (x, y, width, height) in [
        (14, 38, 34, 24),
        (92, 36, 40, 26),
        (232, 38, 44, 24),
        (20, 100, 30, 34),
        (98, 104, 26, 30),
        (236, 100, 40, 34),
    ] {
        let x = x + shift / 3;
        let y = y - tilt / 4;
        let _ = write!(svg, r#"<rect class="house" x="{x}" y="{y}" width="{width}" height="{height}" rx="1"/>"#);
    }
}

fn street(svg: &mut String, from: (i32, i32), to: (i32, i32), width: i32) {
    let ((x1, y1), (x2, y2)) = (from, to);
    let _ = write!(svg, r#"<path class="street" stroke-width="{width}" d="M{x1} {y1} {x2} {y2}"/>"#);
}

/// "Muelle de Albareda 4" → "Muelle de Albareda"; cut where the sketch ends.
fn street_name(street: &str) -> String {
    const LENGTH_MAX: usize = 16;
    let name = street.split([',', ';']).next().unwrap_or_default();
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace() || c == 'º' || c == '-');
    if name.chars().count() <= LENGTH_MAX {
        return name.to_owned();
    }
    format!("{}…", name.chars().take(LENGTH_MAX - 1).collect::<String>().trim_end())
}

/// FNV-1a over name and place: spreads venues without a dependency.
fn seed(venue: &VenueSummary) -> u64 {
    let text = format!("{}{:.4}{:.4}", venue.slug, venue.latitude, venue.longitude);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
