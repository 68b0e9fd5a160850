//! The QR code of a ticket (ISO/IEC 18004) as squares, to be drawn by the PDF, the site and the apps.
//!
//! Ticket codes have only digits and capitals, so the QR code's alphanumeric mode takes them: 41 modules
//! a side on a screen, 45 on paper.

use qrcode::{Color, EcLevel, QrCode};

/// The light border scanners need around the code, in modules (ISO/IEC 18004 §9.1).
pub const QUIET_ZONE_MODULES: usize = 4;

/// What the code has to bear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// Nothing damages it, but room is short: 7 % of it may be unreadable (level L).
    Screen,
    /// Folds, rain and thumbs: 15 % may be unreadable (level M).
    Paper,
}

/// A square of dark and light modules, without its quiet zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrModules {
    side: usize,
    dark: Vec<bool>,
}

/// Text longer than any QR code holds.
#[derive(Debug, thiserror::Error)]
#[error("the text is too long for a QR code")]
pub struct TooLong;

/// A run of dark modules in one row; units are modules from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DarkRun {
    pub x: usize,
    pub y: usize,
    pub length: usize,
}

impl QrModules {
    /// # Errors
    /// [`TooLong`] beyond some 3,400 characters; ticket codes have 176.
    pub fn encode(text: &str, medium: Medium) -> Result<Self, TooLong> {
        let level = match medium {
            Medium::Screen => EcLevel::L,
            Medium::Paper => EcLevel::M,
        };
        let code = QrCode::with_error_correction_level(text, level).map_err(|_| TooLong)?;
        let dark = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        Ok(Self { side: code.width(), dark })
    }

    /// Modules in a row, the quiet zone not counted.
    #[must_use]
    pub fn side(&self) -> usize {
        self.side
    }

    /// The dark modules, neighbours in a row joined.
    pub fn dark_runs(&self) -> impl Iterator<Item = DarkRun> {
        self.dark.chunks(self.side).enumerate().flat_map(|(y, row)| {
            let mut x = 0;
            row.chunk_by(|a, b| a == b).filter_map(move |run| {
                let start = x;
                x += run.len();
                run[0].then_some(DarkRun { x: start, y, length: run.len() })
            })
        })
    }

    #[must_use]
    pub fn side_with_quiet_zone(&self) -> usize {
        self.side + 2 * QUIET_ZONE_MODULES
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared_model::ticket_code::TICKET_CODE_CHARACTERS;

    #[test]
    fn a_ticket_code_fits_a_phone_and_a_page() {
        let code = "Z".repeat(TICKET_CODE_CHARACTERS);
        assert_eq!(QrModules::encode(&code, Medium::Screen).unwrap().side(), 41);
        assert_eq!(QrModules::encode(&code, Medium::Paper).unwrap().side(), 45);
    }

    #[test]
    fn runs_cover_every_dark_module_once() {
        let modules = QrModules::encode("TICKETBOSS", Medium::Paper).unwrap();
        let covered = modules.dark_runs().map(|run| run.length).sum::<usize>();
        assert_eq!(covered, modules.dark.iter().filter(|dark| **dark).count());
        assert_eq!(modules.dark_runs().next(), Some(DarkRun { x: 0, y: 0, length: 7 }));
    }
}
