//! Sets tickets on paper: one page each, black on white, for A4 and Letter: the
//! printed ticket. Fonts are embedded as subsets; the same document gives the same bytes.
//!
//! Lengths are CSS pixels (1/96 inch). What a page says comes ready from
//! [`super::ticket_document`]; [`super::ticket_place`] decides how large a place can be written.

use super::{
    pdf_page::{Frame, Ink, PdfPage, Pictures, Piece, Role},
    poster,
    ticket_document::{Fact, TERMS_MAX, Term, TicketDocument, TicketPage},
    ticket_place::{PlacePlan, PlacedFact},
    typeset::{Block, Face, Room, Style, fit_block, set_block},
};
use krilla::{
    Document,
    metadata::{DateTime, Metadata},
    page::PageSettings,
    tagging::{TagGroup, TagTree},
};
use shared_model::Timestamp;
use std::sync::{Arc, LazyLock};
use usvg::Tree;

/// Paper people print on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageSize {
    A4,
    Letter,
}

/// The document could not be written: a fault of the library or of a poster, not of the order.
#[derive(Debug, thiserror::Error)]
pub enum TicketPdfError {
    #[error("the page could not be laid out: {0}")]
    Failed(String),
    #[error("cancelled: nobody waits for it any more")]
    Unwanted,
}

impl TicketPdfError {
    pub(in crate::delivery) fn of(error: impl std::fmt::Debug) -> Self {
        Self::Failed(format!("{error:?}"))
    }
}

const POINTS_PER_PIXEL: f32 = 0.75;
const PRODUCT: &str = "TicketBoss";
static MARK: LazyLock<Option<Arc<Tree>>> = LazyLock::new(|| poster::read_poster(include_bytes!("mark.svg")));

/// What fits between the margins of either paper.
const CONTENT_WIDTH: f32 = 682.0;
const POSTER_WIDTH: f32 = 318.0;
const POSTER_HEIGHT: f32 = 424.0;
const POSTER_RADIUS: f32 = 4.0;
/// How high the upper part is without a poster, when its texts have the whole width.
const PLAIN_HEIGHT: f32 = 330.0;
const COLUMN_GAP: f32 = 32.0;
/// 21 dots of a 300 dpi printer: every module is printed equally wide.
const MODULE: f32 = 21.0 / 300.0 * 96.0;
/// Where the facts beside the code begin, and their values.
const FACTS_X: f32 = 350.0;
const VALUES_X: f32 = 462.0;
const FACT_PITCH: f32 = 30.0;
/// Height of capitals as a share of the size.
const CAPITALS: f32 = 0.686;

const TITLE_LEADING: f32 = 0.94;
const TITLE_LINES_MAX: usize = 5;
const TITLE_SIZES: [f32; 9] = [60.0, 54.0, 48.0, 42.0, 36.0, 32.0, 28.0, 24.0, 20.0];
const PLAIN_TITLE_SIZES: [f32; 9] = [84.0, 72.0, 60.0, 54.0, 48.0, 42.0, 36.0, 30.0, 24.0];
/// When and where, below the title.
const BODY_SIZES: [f32; 4] = [18.0, 17.0, 16.0, 15.0];
const BODY_LEADING: f32 = 26.0;
const LABEL: Style = Style::new(Face::Regular, 15.0);
const VALUE: Style = Style::new(Face::SemiBold, 15.0);
const NOTE: Style = Style::new(Face::Regular, 13.0);
const TERM_SIZES: [f32; 3] = [13.0, 12.0, 11.0];
const TERM_LEADING: f32 = 1.45;

/// Where the parts of a page stand, from its top.
struct Paper {
    width: f32,
    height: f32,
    head_rule_y: f32,
    top_y: f32,
    /// From the upper part to the tear line, and on to the code: more than its quiet zone.
    tear_gap: f32,
    code_gap: f32,
    margin_bottom: f32,
    /// Terms begin here or higher.
    terms_y_max: f32,
}

impl PageSize {
    /// What printers hold in a country (ISO 3166-1 alpha-2): Letter where CLDR's `paperSize` says so, A4
    /// elsewhere.
    #[must_use]
    pub fn customary_in(country: &str) -> Self {
        const LETTER: [&str; 15] =
            ["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE", "DO"];
        if LETTER.contains(&country) { Self::Letter } else { Self::A4 }
    }

    /// Width and height.
    pub(in crate::delivery) fn dimensions(self) -> (f32, f32) {
        let paper = self.paper();
        (paper.width, paper.height)
    }

    fn paper(self) -> Paper {
        match self {
            Self::A4 => Paper {
                width: 793.7,
                height: 1122.52,
                head_rule_y: 93.0,
                top_y: 122.0,
                tear_gap: 29.0,
                code_gap: 37.0,
                margin_bottom: 44.0,
                terms_y_max: 1002.0,
            },
            // Shorter by 67: the same ticket with less air.
            Self::Letter => Paper {
                width: 816.0,
                height: 1056.0,
                head_rule_y: 75.0,
                top_y: 100.0,
                tear_gap: 26.0,
                code_gap: 32.0,
                margin_bottom: 36.0,
                terms_y_max: 944.0,
            },
        }
    }
}

/// All tickets as one PDF, a page each; its text is selectable and tagged in reading order.
///
/// `is_wanted` is asked before each page.
///
/// # Errors
/// [`TicketPdfError`] when the file cannot be written or is no longer wanted.
pub fn render_tickets(
    document: &TicketDocument,
    size: PageSize,
    is_wanted: impl Fn() -> bool,
) -> Result<Vec<u8>, TicketPdfError> {
    let paper = size.paper();
    let mut pdf = Document::new();
    pdf.set_metadata(metadata(document));
    let mut pictures = Pictures::default();
    let mut reading = TagTree::new().with_lang(Some(document.language.tag().to_owned()));
    let settings = PageSettings::from_wh(paper.width * POINTS_PER_PIXEL, paper.height * POINTS_PER_PIXEL)
        .expect("paper has a width and a height");
    for ticket in &document.tickets {
        if !is_wanted() {
            return Err(TicketPdfError::Unwanted);
        }
        let mut page = pdf.start_page_with(settings.clone());
        let sheet = PdfPage::new(page.surface(), POINTS_PER_PIXEL);
        reading.push(draw_ticket(sheet, &paper, &mut pictures, ticket));
        page.finish();
    }
    pdf.set_tag_tree(reading);
    pdf.finish().map_err(TicketPdfError::of)
}

fn metadata(document: &TicketDocument) -> Metadata {
    let metadata = Metadata::new()
        .title(document.title.clone())
        .language(document.language.tag().to_owned())
        .creator(PRODUCT.to_owned())
        .producer(PRODUCT.to_owned());
    match pdf_date(document.issued_at) {
        Some(date) => metadata.creation_date(date),
        None => metadata,
    }
}

pub(in crate::delivery) fn pdf_date(at: Timestamp) -> Option<DateTime> {
    let utc = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
    let part = |value: i8| u8::try_from(value).expect("parts of a clock and a calendar are not negative");
    Some(
        DateTime::new(u16::try_from(utc.year()).ok()?)
            .month(part(utc.month()))
            .day(part(utc.day()))
            .hour(part(utc.hour()))
            .minute(part(utc.minute()))
            .second(part(utc.second()))
            .utc_offset_hour(0),
    )
}

/// Draws one page and answers what stands on it in reading order.
fn draw_ticket(sheet: PdfPage<'_>, paper: &Paper, pictures: &mut Pictures, ticket: &TicketPage) -> TagGroup {
    let mut drawing = Drawing { left: (paper.width - CONTENT_WIDTH) / 2.0, paper, sheet, pictures };
    drawing.ticket(ticket);
    drawing.sheet.finish()
}

/// One page being set.
struct Drawing<'a> {
    left: f32,
    paper: &'a Paper,
    sheet: PdfPage<'a>,
    pictures: &'a mut Pictures,
}

impl Drawing<'_> {
    fn ticket(&mut self, page: &TicketPage) {
        self.head(page);
        let upper_bottom = self.upper(page);
        let tear_y = upper_bottom + self.paper.tear_gap;
        self.sheet.tear_line(self.left, tear_y, CONTENT_WIDTH);
        let code_y = tear_y + self.paper.code_gap;
        self.sheet.qr(self.left, code_y, MODULE, &page.qr, &page.qr_description);
        let facts_bottom = self.facts(page, code_y);
        let code_bottom = code_y + page.qr.side() as f32 * MODULE;
        self.terms(&page.terms, code_bottom.max(facts_bottom));
    }

    fn head(&mut self, page: &TicketPage) {
        let baseline = self.paper.head_rule_y - 24.0;
        if let Some(mark) = &*MARK {
            let frame = Frame { x: self.left + 4.0, y: baseline - 18.0, width: 20.0, height: 22.0 };
            self.sheet.picture(frame, 0.1, mark, self.pictures, PRODUCT);
        }
        let name = set_block(Style::new(Face::ExtraBold, 22.0).tracked(-0.012), 28.0, PRODUCT, line_of(200.0));
        self.write(self.left + 40.0, baseline, &name, Ink::Black);
        let running = set_block(LABEL, 20.0, &page.running_head, line_of(420.0));
        let width = running.lines.first().map_or(0.0, |line| line.width);
        self.write(self.left + CONTENT_WIDTH - width, baseline - 1.0, &running, Ink::Black);
        self.sheet.rule(self.left, self.paper.head_rule_y, CONTENT_WIDTH, 2.0);
    }

    /// Poster, title, when, where, place. Answers where it ends.
    fn upper(&mut self, page: &TicketPage) -> f32 {
        let top = self.paper.top_y;
        let Some(poster) = &page.poster else {
            self.texts(
                page,
                Frame { x: self.left, y: top, width: CONTENT_WIDTH, height: PLAIN_HEIGHT },
                &PLAIN_TITLE_SIZES,
            );
            return top + PLAIN_HEIGHT;
        };
        let frame = Frame { x: self.left, y: top, width: POSTER_WIDTH, height: POSTER_HEIGHT };
        self.sheet.picture(frame, POSTER_RADIUS, poster, self.pictures, &page.title);
        let x = self.left + POSTER_WIDTH + COLUMN_GAP;
        let width = CONTENT_WIDTH - POSTER_WIDTH - COLUMN_GAP;
        self.texts(page, Frame { x, y: top, width, height: POSTER_HEIGHT }, &TITLE_SIZES);
        top + POSTER_HEIGHT
    }

    /// The place stands at the foot of the frame, when and where below the title at its top; the title
    /// takes the room between, as large as it can.
    fn texts(&mut self, page: &TicketPage, frame: Frame, title_sizes: &[f32]) {
        let place = PlacePlan::new(&page.place, &page.entry, frame.width);
        let place_y = frame.y + frame.height - place.height;
        let when = body(Face::SemiBold, &page.when, frame.width);
        let [venue, address] = [&page.venue, &page.address].map(|text| body(Face::Regular, text, frame.width));
        let below_title = 20.0 + when.height() + venue.height() + address.height() + 16.0;
        let title_styles = title_sizes.iter().map(|size| title_style(*size)).collect::<Vec<_>>();
        let title_room = Room { width: frame.width, lines_max: TITLE_LINES_MAX };
        let title_height = place_y - frame.y - below_title;
        let title = fit_block(&title_styles, TITLE_LEADING, &page.title, title_room, title_height);
        let title_size = title.lines.first().map_or(0.0, |line| line.size);
        let mut baseline = frame.y + 1.0 + CAPITALS * title_size;
        self.sheet.write(Role::Heading, &[Piece { x: frame.x, baseline, block: &title, ink: Ink::Black }]);
        baseline += title.height() - title.leading + 0.2 * title_size + BODY_LEADING;
        for block in [&when, &venue, &address] {
            self.write(frame.x, baseline, block, Ink::Black);
            baseline += block.height();
        }
        for (offset, thickness) in &place.rules {
            self.sheet.rule(frame.x, place_y + offset, frame.width, *thickness);
        }
        for PlacedFact { x, label, label_baseline, value, value_baseline } in &place.facts {
            let x = frame.x + x;
            self.sheet.write(
                Role::Paragraph,
                &[
                    Piece { x, baseline: place_y + label_baseline, block: label, ink: Ink::Black },
                    Piece { x, baseline: place_y + value_baseline, block: value, ink: Ink::Black },
                ],
            );
        }
    }

    /// Answers where they end.
    fn facts(&mut self, page: &TicketPage, code_y: f32) -> f32 {
        let mut baseline = code_y + 16.0;
        baseline = self.fact(&page.short_code, VALUE.for_codes().tracked(0.02), baseline);
        for fact in &page.facts {
            baseline = self.fact(fact, VALUE, baseline);
        }
        baseline - FACT_PITCH
    }

    /// Answers the next one's baseline.
    fn fact(&mut self, fact: &Fact, value_style: Style, baseline: f32) -> f32 {
        let width = CONTENT_WIDTH - VALUES_X;
        let label = set_block(LABEL, 20.0, &fact.label, line_of(VALUES_X - FACTS_X - 8.0));
        let value = set_block(value_style, 20.0, &fact.value, Room { width, lines_max: 3 });
        let note = set_block(NOTE, 17.0, &fact.note, Room { width, lines_max: 2 });
        let last_value = baseline + value.height() - value.leading;
        let (labels_x, values_x) = (self.left + FACTS_X, self.left + VALUES_X);
        let mut pieces = vec![
            Piece { x: labels_x, baseline, block: &label, ink: Ink::Grey },
            Piece { x: values_x, baseline, block: &value, ink: Ink::Black },
        ];
        if fact.note.is_empty() {
            self.sheet.write(Role::Paragraph, &pieces);
            return last_value + FACT_PITCH;
        }
        pieces.push(Piece { x: values_x, baseline: last_value + note.leading + 1.0, block: &note, ink: Ink::Grey });
        self.sheet.write(Role::Paragraph, &pieces);
        last_value + note.height() + FACT_PITCH
    }

    /// Columns at the foot. Longer terms begin higher, up to what is above; then all are set smaller.
    fn terms(&mut self, terms: &[Term], above_bottom: f32) {
        const HEADING_DROP: f32 = 27.0;
        const TEXT_DROP: f32 = 20.0;
        let terms = &terms[..terms.len().min(TERMS_MAX)];
        let width = (CONTENT_WIDTH - COLUMN_GAP * (TERMS_MAX as f32 - 1.0)) / TERMS_MAX as f32;
        let foot = self.paper.height - self.paper.margin_bottom;
        let height_max = (foot - above_bottom - 24.0 - HEADING_DROP).max(TEXT_DROP);
        let set = |size: f32| {
            let leading = size * TERM_LEADING;
            let room = Room { width, lines_max: (height_max / leading) as usize };
            terms
                .iter()
                .map(|term| set_block(Style::new(Face::Regular, size), leading, &term.text, room))
                .collect::<Vec<_>>()
        };
        let smallest = TERM_SIZES[TERM_SIZES.len() - 1];
        let texts = TERM_SIZES
            .into_iter()
            .map(set)
            .find(|texts| texts.iter().all(|text| text.whole))
            .unwrap_or_else(|| set(smallest));
        let tallest = texts.iter().map(Block::height).fold(0.0, f32::max);
        let top = (foot - tallest - HEADING_DROP).min(self.paper.terms_y_max);
        self.sheet.rule(self.left, top, CONTENT_WIDTH, 1.0);
        for (column, (term, text)) in terms.iter().zip(&texts).enumerate() {
            let x = self.left + column as f32 * (width + COLUMN_GAP);
            let heading = set_block(Style::new(Face::SemiBold, 13.0), 20.0, &term.heading, line_of(width));
            self.sheet.write(
                Role::Paragraph,
                &[
                    Piece { x, baseline: top + HEADING_DROP, block: &heading, ink: Ink::Black },
                    Piece { x, baseline: top + HEADING_DROP + TEXT_DROP, block: text, ink: Ink::Grey },
                ],
            );
        }
    }

    fn write(&mut self, x: f32, baseline: f32, block: &Block, ink: Ink) {
        self.sheet.write(Role::Paragraph, &[Piece { x, baseline, block, ink }]);
    }
}

/// Large letters stand closer.
fn title_style(size: f32) -> Style {
    Style::new(Face::ExtraBold, size).tracked(if size < 48.0 { -0.012 } else { -0.025 })
}

/// One line a little smaller before two lines.
fn body(face: Face, text: &str, width: f32) -> Block {
    let styles = BODY_SIZES.map(|size| Style::new(face, size));
    let one_line = fit_block(&styles, 1.0, text, line_of(width), f32::MAX);
    if one_line.whole {
        return Block { leading: BODY_LEADING, ..one_line };
    }
    set_block(Style::new(face, 16.0), 21.0, text, Room { width, lines_max: 2 })
}

fn line_of(width: f32) -> Room {
    Room { width, lines_max: 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{delivery::samples, messages::Messages};
    use shared_model::{Language, order::Order, ticket_code};
    use std::{fs, path::Path, process::Command};

    const PAPERS: [PageSize; 2] = [PageSize::A4, PageSize::Letter];

    fn render(order: &Order, size: PageSize) -> Vec<u8> {
        let poster = |_: &str| poster::read_poster(samples::POSTER);
        let document = TicketDocument::of_order(order, &Messages::load(), poster).unwrap();
        render_tickets(&document, size, || true).unwrap()
    }

    fn text(pdf: &[u8]) -> String {
        let scratch = tempfile::tempdir().unwrap();
        let file = scratch.path().join("tickets.pdf");
        fs::write(&file, pdf).unwrap();
        run("pdftotext", &["-layout", file.to_str().unwrap(), "-"])
    }

    /// The first page as a picture of so many dots an inch.
    fn picture(pdf: &[u8], folder: &Path, dots_per_inch: u32) -> String {
        let (file, stem) = (folder.join("tickets.pdf"), folder.join("page"));
        fs::write(&file, pdf).unwrap();
        let dots = dots_per_inch.to_string();
        run("pdftoppm", &["-r", &dots, "-png", "-singlefile", file.to_str().unwrap(), stem.to_str().unwrap()]);
        stem.with_extension("png").to_str().unwrap().to_owned()
    }

    fn run(program: &str, arguments: &[&str]) -> String {
        let output =
            Command::new(program).args(arguments).output().expect("poppler-utils and zbar-tools are installed");
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn a_scanner_reads_the_printed_code_and_believes_its_signature() {
        let scratch = tempfile::tempdir().unwrap();
        for size in PAPERS {
            let page = picture(&render(&samples::order(), size), scratch.path(), 150);
            let code = run("zbarimg", &["--quiet", "--raw", &page]);
            let claims = ticket_code::verify(&samples::signing_key().verifying_key(), code.trim()).unwrap();
            assert_eq!(
                Some(claims.ticket_id),
                samples::order().performances[0].lines[0].ticket.as_ref().map(|t| t.ticket_id)
            );
        }
    }

    #[test]
    fn the_text_of_a_ticket_can_be_selected_and_searched() {
        let text = text(&render(&samples::order(), PageSize::A4));
        for said in
            ["Inés Roldán Łuczak", "Saturday 12 December 2026, 19:30", "Stalls", "Door B, left", "€ 4.36, included"]
        {
            assert!(text.contains(said), "{said:?} is not in {text}");
        }
    }

    #[test]
    fn long_texts_are_set_smaller_before_anything_is_cut() {
        let mut order = samples::order();
        order.buyer.language = Language::Es;
        order.buyer.name = "Wojciech Bartłomiej Grzegorzewski-Łódzki de la Fuente y Saavedra".parse().unwrap();
        let performance = &mut order.performances[0];
        performance.title = "A Midsummer Night’s Dream and Other Entertainments for a Long Evening".into();
        performance.venue.name = "Centrum Kultury w Łodzi, Wielka Sala Koncertowa".into();
        performance.refund_terms =
            "Devuelve la entrada en Mis entradas hasta una semana antes de la función; después, \
            solo si se cancela o cambia de fecha. Se devuelve todo menos los gastos."
                .into();
        let label = &mut performance.lines[0].label;
        label.section = "Anfiteatro segundo".into();
        label.seat = "107".into();
        label.entrance = "Puerta principal, escalera izquierda".into();
        performance.lines[0].ticket_type_note = "Con documento de identidad".into();
        for size in PAPERS {
            let text = text(&render(&order, size));
            assert!(!text.contains('…'), "something is cut: {text}");
            assert!(text.contains("107"));
        }
    }

    #[test]
    fn the_same_order_gives_the_same_bytes() {
        assert!(render(&samples::order(), PageSize::A4) == render(&samples::order(), PageSize::A4));
    }

    #[test]
    fn paper_is_what_the_country_prints_on() {
        assert_eq!(PageSize::customary_in("US"), PageSize::Letter);
        assert_eq!(PageSize::customary_in("ES"), PageSize::A4);
    }

    #[test]
    fn every_ticket_has_its_own_page() {
        let pdf = render(&samples::order(), PageSize::A4);
        let scratch = tempfile::tempdir().unwrap();
        let file = scratch.path().join("tickets.pdf");
        fs::write(&file, pdf).unwrap();
        assert!(run("pdfinfo", &[file.to_str().unwrap()]).contains("Pages:           2"));
    }

    #[test]
    fn a_poster_is_stored_once_for_all_tickets() {
        let two = render(&samples::order(), PageSize::A4).len();
        let mut order = samples::order();
        order.performances[0].lines.truncate(1);
        let one = render(&order, PageSize::A4).len();
        assert!(two - one < 15_000, "the second page adds {} bytes", two - one);
    }

    #[test]
    fn hostile_texts_are_set_without_harm() {
        let mut order = samples::order();
        let performance = &mut order.performances[0];
        performance.title = "东京交响乐团 🎻 مرحبا \u{202e}\u{0}\n".repeat(20);
        performance.venue.name = "x".repeat(5_000);
        performance.refund_terms = "terms ".repeat(2_000);
        performance.starts_at = Timestamp(i64::MAX);
        performance.lines[0].label.section = "Ł".repeat(300);
        order.buyer.language = Language::Es;
        for size in PAPERS {
            assert!(render(&order, size).starts_with(b"%PDF"));
        }
    }
}
