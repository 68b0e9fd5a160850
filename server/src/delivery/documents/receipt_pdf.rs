//! Sets a receipt on paper: black on white, amounts in a column at the right, as many pages as it takes.
//!
//! Lengths are CSS pixels (1/96 inch), as in [`super::ticket_pdf`].

use super::{
    pdf_page::{Ink, PdfPage, Piece, Role},
    receipt::{ReceiptDocument, ReceiptPart},
    ticket_pdf::{PageSize, TicketPdfError, pdf_date},
    typeset::{Block, Face, Room, Style, set_block},
};
use krilla::{
    Document,
    metadata::Metadata,
    page::PageSettings,
    tagging::{TagGroup, TagTree},
};

const POINTS_PER_PIXEL: f32 = 0.75;
const PRODUCT: &str = "TicketBoss";
const CONTENT_WIDTH: f32 = 620.0;
const AMOUNT_WIDTH: f32 = 140.0;
const LABEL_WIDTH: f32 = 160.0;
const TOP: f32 = 96.0;
const BOTTOM: f32 = 84.0;
const LEADING: f32 = 22.0;

const NAME: Style = Style::new(Face::ExtraBold, 22.0).tracked(-0.012);
const HEADING: Style = Style::new(Face::ExtraBold, 40.0).tracked(-0.025);
const TITLE: Style = Style::new(Face::ExtraBold, 18.0).tracked(-0.012);
const BODY: Style = Style::new(Face::Regular, 15.0);
const STRONG: Style = Style::new(Face::SemiBold, 15.0);
const TOTAL: Style = Style::new(Face::SemiBold, 18.0);
const TOTAL_AMOUNT: Style = Style::new(Face::Numbers, 30.0);
const FINE: Style = Style::new(Face::Regular, 13.0);

/// The receipt as a PDF whose text is selectable and tagged in reading order. The same receipt gives the same bytes.
///
/// # Errors
/// [`TicketPdfError`] when the file cannot be written.
pub fn render_receipt(receipt: &ReceiptDocument, size: PageSize) -> Result<Vec<u8>, TicketPdfError> {
    let (width, height) = size.dimensions();
    let mut pdf = Document::new();
    let metadata = Metadata::new()
        .title(receipt.title.clone())
        .language(receipt.language.tag().to_owned())
        .creator(PRODUCT.to_owned())
        .producer(PRODUCT.to_owned());
    pdf.set_metadata(match pdf_date(receipt.paid_at) {
        Some(date) => metadata.creation_date(date),
        None => metadata,
    });
    let settings = PageSettings::from_wh(width * POINTS_PER_PIXEL, height * POINTS_PER_PIXEL)
        .expect("paper has a width and a height");
    let mut reading = TagTree::new().with_lang(Some(receipt.language.tag().to_owned()));
    for rows in pages(rows_of(receipt), height - TOP - BOTTOM) {
        let mut page = pdf.start_page_with(settings.clone());
        let sheet = PdfPage::new(page.surface(), POINTS_PER_PIXEL);
        reading.push(draw(sheet, (width - CONTENT_WIDTH) / 2.0, &rows));
        page.finish();
    }
    pdf.set_tag_tree(reading);
    pdf.finish().map_err(TicketPdfError::of)
}

/// A line of the receipt: texts side by side, and what stands above them.
struct Row {
    /// Where each begins, from the left edge of the content.
    texts: Vec<(f32, Block, Ink)>,
    role: Role,
    /// Air above it, and the rule in that air.
    space: f32,
    rule: Option<f32>,
    height: f32,
}

impl Row {
    fn of(texts: Vec<(f32, Block, Ink)>) -> Self {
        let height = texts.iter().map(|(_, block, _)| block.height()).fold(0.0, f32::max);
        Self { texts, role: Role::Paragraph, space: 0.0, rule: None, height }
    }

    fn text(style: Style, leading: f32, text: &str, ink: Ink) -> Self {
        Self::of(vec![(0.0, set_block(style, leading, text, Room { width: CONTENT_WIDTH, lines_max: 3 }), ink)])
    }

    /// Words at the left, an amount at the right edge.
    fn amount([words_style, amount_style]: [Style; 2], (words, amount): &(String, String), ink: Ink) -> Self {
        let room = Room { width: CONTENT_WIDTH - AMOUNT_WIDTH, lines_max: 2 };
        let words = set_block(words_style, LEADING, words, room);
        let amount = set_block(amount_style, LEADING, amount, Room { width: AMOUNT_WIDTH, lines_max: 1 });
        let width = amount.lines.first().map_or(0.0, |line| line.width);
        Self::of(vec![(0.0, words, ink), (CONTENT_WIDTH - width, amount, ink)])
    }

    fn after(self, space: f32) -> Self {
        Self { space, ..self }
    }

    fn ruled(self, thickness: f32) -> Self {
        Self { rule: Some(thickness), ..self }
    }
}

fn rows_of(receipt: &ReceiptDocument) -> Vec<Row> {
    let mut rows = vec![
        Row::text(NAME, 28.0, PRODUCT, Ink::Black),
        Row { role: Role::Heading, ..Row::text(HEADING, 44.0, &receipt.title, Ink::Black).after(44.0).ruled(2.0) },
    ];
    for (position, (label, value)) in receipt.facts.iter().enumerate() {
        let room = |width| Room { width, lines_max: 2 };
        let label = set_block(BODY, LEADING, label, room(LABEL_WIDTH - 12.0));
        let value = set_block(STRONG, LEADING, value, room(CONTENT_WIDTH - LABEL_WIDTH));
        let row = Row::of(vec![(0.0, label, Ink::Grey), (LABEL_WIDTH, value, Ink::Black)]);
        rows.push(row.after(if position == 0 { 16.0 } else { 2.0 }));
    }
    rows.extend(receipt.parts.iter().flat_map(part_rows));
    for (position, line) in receipt.extras.iter().enumerate() {
        let row = Row::amount([BODY, STRONG], line, Ink::Black);
        rows.push(if position == 0 { row.after(28.0).ruled(1.0) } else { row.after(4.0) });
    }
    rows.push(Row::amount([TOTAL, TOTAL_AMOUNT], &receipt.total, Ink::Black).after(36.0).ruled(2.0));
    let contained = receipt.contained.iter().enumerate();
    rows.extend(contained.map(|(position, line)| {
        Row::amount([BODY, BODY], line, Ink::Grey).after(if position == 0 { 12.0 } else { 2.0 })
    }));
    rows.push(Row::text(FINE, 19.0, &receipt.foot, Ink::Grey).after(36.0));
    rows
}

fn part_rows(part: &ReceiptPart) -> Vec<Row> {
    let mut rows = vec![
        Row { role: Role::Heading, ..Row::text(TITLE, 24.0, &part.title, Ink::Black).after(36.0).ruled(1.0) },
        Row::text(BODY, LEADING, &part.when_where, Ink::Black).after(2.0),
        Row::text(BODY, LEADING, &part.sold_by, Ink::Grey),
    ];
    let lines = part.lines.iter().enumerate();
    rows.extend(lines.map(|(position, line)| {
        Row::amount([BODY, STRONG], line, Ink::Black).after(if position == 0 { 12.0 } else { 4.0 })
    }));
    rows
}

/// Rows on as many pages as they take.
fn pages(rows: Vec<Row>, height_max: f32) -> Vec<Vec<Row>> {
    let mut pages = vec![Vec::new()];
    let mut used = 0.0;
    for row in rows {
        let needed = row.space + row.height;
        if used + needed > height_max && used > 0.0 {
            pages.push(Vec::new());
            used = 0.0;
        }
        used += needed;
        pages.last_mut().expect("there is a first page").push(row);
    }
    pages
}

fn draw(mut sheet: PdfPage<'_>, left: f32, rows: &[Row]) -> TagGroup {
    let mut y = TOP;
    for row in rows {
        if let Some(thickness) = row.rule {
            sheet.rule(left, y + row.space * 0.4, CONTENT_WIDTH, thickness);
        }
        y += row.space;
        let ascent = row.texts.iter().filter_map(|(_, block, _)| block.lines.first()).map(|line| line.size);
        let baseline = y + ascent.fold(0.0, f32::max);
        let pieces: Vec<Piece<'_>> =
            row.texts.iter().map(|(x, block, ink)| Piece { x: left + x, baseline, block, ink: *ink }).collect();
        sheet.write(row.role, &pieces);
        y += row.height;
    }
    sheet.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{delivery::samples, messages::Messages};
    use std::process::Command;

    fn text(pdf: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("receipt.pdf");
        std::fs::write(&file, pdf).unwrap();
        let read = Command::new("pdftotext").args(["-layout", file.to_str().unwrap(), "-"]).output();
        String::from_utf8(read.expect("poppler-utils is installed").stdout).unwrap()
    }

    #[test]
    fn an_amount_stands_beside_its_line_and_the_tax_beside_its_rate() {
        let receipt = ReceiptDocument::of_order(&samples::order(), &Messages::load());
        let said = text(&render_receipt(&receipt, PageSize::A4).unwrap());
        let has = |words: &str, amount: &str| {
            said.lines().any(|line| line.trim_start().starts_with(words) && line.trim_end().ends_with(amount))
        };
        assert!(has("Stalls F 14, Full price", "48.00"), "{said}");
        assert!(has("Total", "96.00"), "{said}");
        assert!(has("VAT 10", "8.73"), "{said}");
    }

    #[test]
    fn a_long_receipt_goes_on_to_another_page_and_loses_nothing() {
        let mut order = samples::order();
        let part = order.performances[0].clone();
        order.performances.extend((0..9).map(|_| part.clone()));
        let receipt = ReceiptDocument::of_order(&order, &Messages::load());
        for size in [PageSize::A4, PageSize::Letter] {
            let said = text(&render_receipt(&receipt, size).unwrap());
            assert!(said.matches('\u{c}').count() > 1, "more than one page");
            assert_eq!(said.matches("Stalls F 14, Full price").count(), 10);
        }
    }
}
