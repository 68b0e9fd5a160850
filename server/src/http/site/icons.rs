//! The one drawn set of icons and seat glyphs, written into the page so that they take the colour
//! of the text beside them and cost no request.
//!
//! An icon never speaks alone: the word stands beside it, or the control carries an accessible name.

use std::fmt;

/// An icon: 24 px box, 1.75 stroke, round ends, no fill, in the colour of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Accessible,
    Age,
    Alert,
    ArrowLeft,
    ArrowRight,
    Bag,
    Bank,
    Calendar,
    Card,
    Check,
    ChevronDown,
    Clock,
    Close,
    CloudOff,
    Counter,
    Document,
    Ear,
    Exit,
    External,
    Eye,
    Key,
    Letter,
    Lock,
    Mail,
    Person,
    Phone,
    Pin,
    Printer,
    Return,
    Search,
    Seat,
    Localizer,
    Sun,
    Tag,
    Ticket,
}

impl Icon {
    /// The drawing inside the 24 px box.
    const fn drawing(self) -> &'static str {
        match self {
            Self::Accessible => {
                r#"<circle cx="11" cy="4.5" r="1.75"/><path d="M11 8.5v6h5l2.5 5M11 11h4.5M8 11.6a5 5 0 1 0 6.4 6.6"/>"#
            }
            Self::Age | Self::Person => {
                r#"<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-4 3.7-6 7.5-6s6.7 2 7.5 6"/>"#
            }
            Self::Alert => r#"<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5.5M12 16.4v.1"/>"#,
            Self::ArrowLeft => r#"<path d="M20 12H4.5M10.5 5.5 4 12l6.5 6.5"/>"#,
            Self::ArrowRight => r#"<path d="M4 12h15.5M13.5 5.5 20 12l-6.5 6.5"/>"#,
            Self::Bag => r#"<path d="M5 8h14l1 12.5H4zM8.5 10.5V7a3.5 3.5 0 0 1 7 0v3.5"/>"#,
            Self::Bank => r#"<path d="M4 9.5 12 4l8 5.5zM6 12.5v5M10 12.5v5M14 12.5v5M18 12.5v5M4 20.5h16"/>"#,
            Self::Calendar => {
                r#"<rect x="3.5" y="5" width="17" height="15.5" rx="2"/><path d="M3.5 10h17M8 2.8V7M16 2.8V7"/>"#
            }
            Self::Card => r#"<rect x="2.5" y="5" width="19" height="14" rx="2"/><path d="M2.5 9.5h19M6 15h4"/>"#,
            Self::Check => r#"<path d="m4.5 12.8 5 5L19.5 7"/>"#,
            Self::ChevronDown => r#"<path d="m6 9.5 6 6 6-6"/>"#,
            Self::Clock => r#"<circle cx="12" cy="12" r="9"/><path d="M12 6.8V12l3.3 2.3"/>"#,
            Self::Close => r#"<path d="m6 6 12 12M18 6 6 18"/>"#,
            Self::CloudOff => {
                r#"<path d="M4 4l16 16M8.5 8A5 5 0 0 0 7 8.5a5.3 5.3 0 0 0 .5 10.5H17M12 6.2a6 6 0 0 1 6 4.8 4 4 0 0 1 2.5 6.5"/>"#
            }
            Self::Counter => r#"<path d="M3.5 20.5h17M5 20.5V10h14v10.5M3.5 10 6 4h12l2.5 6M9.5 20.5V14h5v6.5"/>"#,
            Self::Document => r#"<path d="M6 3h8.5L19 7.5V21H6zM14 3v5h5M9 12.5h6M9 16.5h6"/>"#,
            Self::Ear => {
                r#"<path d="M7 9.5a5 5 0 0 1 10 0c0 4-4 4.3-4 8a3 3 0 0 1-5.5 1.6M10 9.8a2.2 2.2 0 0 1 4.3 0c0 1.7-1.8 2-1.8 3.7"/>"#
            }
            Self::Exit => r#"<path d="M13.5 4H5v16h8.5M9.5 12h11M16.5 7.5 21 12l-4.5 4.5"/>"#,
            Self::Eye => {
                r#"<path d="M2.5 12c2.2-4.3 5.4-6.5 9.5-6.5s7.3 2.2 9.5 6.5c-2.2 4.3-5.4 6.5-9.5 6.5S4.7 16.3 2.5 12z"/><circle cx="12" cy="12" r="2.8"/>"#
            }
            Self::Key => r#"<circle cx="7.5" cy="7.5" r="4"/><path d="m10.5 10.5 10 10M16 16l2.5-2.5M19 19l2-2"/>"#,
            Self::External => r#"<path d="M13.5 4H20v6.5M20 4l-9 9M17.5 14v5.5H4.5v-13H10"/>"#,
            Self::Letter => r#"<path d="M3 7.5h18v11H3zM3 8l9 6.5L21 8M7 4.5h10"/>"#,
            Self::Lock => {
                r#"<rect x="4.5" y="10.5" width="15" height="10" rx="2"/><path d="M8 10.5V7.5a4 4 0 0 1 8 0v3"/>"#
            }
            Self::Mail => r#"<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3.5 7 8.5 6.5L20.5 7"/>"#,
            Self::Phone => r#"<rect x="6.5" y="2.5" width="11" height="19" rx="2"/><path d="M10.5 18.5h3"/>"#,
            Self::Pin => {
                r#"<path d="M12 21.5c4.5-4.5 7-8.2 7-11.5a7 7 0 0 0-14 0c0 3.3 2.5 7 7 11.5z"/><circle cx="12" cy="10" r="2.5"/>"#
            }
            Self::Printer => r#"<path d="M7 8.5V3.5h10v5M7 17H3.5V8.5h17V17H17M7 13.5h10v7H7z"/>"#,
            Self::Return => r#"<path d="m8.5 4.5-4.5 4.5 4.5 4.5M4.5 9H14a5.5 5.5 0 0 1 0 11H9"/>"#,
            Self::Sun => {
                r#"<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4"/>"#
            }
            Self::Search => r#"<circle cx="11" cy="11" r="7"/><path d="m16.2 16.2 4.3 4.3"/>"#,
            Self::Seat => {
                r#"<path d="M7 11V5.5A1.5 1.5 0 0 1 8.5 4h7A1.5 1.5 0 0 1 17 5.5V11M5 10.5a1.5 1.5 0 0 1 1.5 1.5v2.5h11V12a1.5 1.5 0 0 1 3 0v5.5h-17V12A1.5 1.5 0 0 1 5 10.5zM6.5 17.5v3M17.5 17.5v3"/>"#
            }
            Self::Localizer => r#"<path d="M5 5.5V4h14v1.5M12 4v16M9 20h6"/>"#,
            Self::Tag => r#"<path d="M3.5 4h8l9 9-7.5 7.5-9.5-9.5z"/><circle cx="8" cy="8.5" r="1.2"/>"#,
            Self::Ticket => {
                r#"<path d="M3 6.5h18V10a2 2 0 0 0 0 4v3.5H3V14a2 2 0 0 0 0-4zM14.5 6.5V8M14.5 11v2M14.5 16v1.5"/>"#
            }
        }
    }
}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>"#,
            self.drawing()
        )
    }
}

impl askama::filters::HtmlSafe for Icon {}

/// A seat as the chart draws it: the shape says the state, colour and mark say the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// A price band, 1 (the dearest) to 4.
    Band(u32),
    /// Gold, round, with a tick: yours.
    Yours,
    /// A free seat beside "Last 14 seats".
    Few,
    /// Sold or out of sale.
    Sold,
}

/// A seat from above in a 20 px box: flat front, rounded back.
const SEAT: &str = r#"<path class="shape" d="M2.5 3.5A1.5 1.5 0 0 1 4 2h12a1.5 1.5 0 0 1 1.5 1.5V13a5 5 0 0 1-5 5h-5a5 5 0 0 1-5-5z"/>"#;

impl fmt::Display for Glyph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (class, drawing): (String, String) = match self {
            Self::Band(band) => {
                let mark = match band {
                    2 => r#"<path class="mark" d="M6 12.5h8V15H6z"/>"#,
                    3 => r#"<circle class="mark" cx="10" cy="10" r="2.4"/>"#,
                    4 => r#"<path class="mark" d="M6 8h8v2H6zM6 12.5h8v2H6z"/>"#,
                    _ => "",
                };
                (format!("band-{}", (*band).clamp(1, 4)), format!("{SEAT}{mark}"))
            }
            Self::Yours => (
                "yours glyph-large".to_owned(),
                r#"<circle class="ring" cx="10" cy="10" r="8.2"/><path class="tick" d="m6.2 10.3 2.7 2.7 5-5.5"/>"#
                    .to_owned(),
            ),
            Self::Few => ("few glyph-small".to_owned(), SEAT.to_owned()),
            Self::Sold => ("sold".to_owned(), r#"<circle class="shape" cx="10" cy="10" r="3.4"/>"#.to_owned()),
        };
        write!(
            f,
            r#"<svg class="glyph {class}" viewBox="0 0 20 20" aria-hidden="true" focusable="false">{drawing}</svg>"#
        )
    }
}

impl askama::filters::HtmlSafe for Glyph {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_beyond_the_fourth_is_drawn_as_the_fourth() {
        assert!(Glyph::Band(9).to_string().contains("band-4"));
        assert!(Glyph::Band(0).to_string().contains("band-1"));
    }

    #[test]
    fn icons_are_hidden_from_screen_readers_because_words_stand_beside_them() {
        assert!(Icon::Clock.to_string().contains(r#"aria-hidden="true""#));
    }
}
