//! Type for print: shaped, measured and broken lines in the four cuts of Archivo that are compiled in.
//! Sizes are in whatever unit the page is laid out in.
//!
//! Deliberately not a text engine: one script, left to right. What Archivo has no sign for (Chinese,
//! emoji) prints as the font's empty box and stays readable as text in the file.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Feature, UnicodeBuffer, ttf_parser::Tag};
use std::sync::LazyLock;

/// Characters of one text that are set at most; what follows is cut with an ellipsis.
const CHARACTERS_MAX: usize = 600;
const ELLIPSIS: char = '…';

/// The fonts as files, in the order of [`Face`].
pub static FONT_FILES: [&[u8]; 4] = [
    include_bytes!("../../../fonts/Archivo_400Regular.ttf"),
    include_bytes!("../../../fonts/Archivo_600SemiBold.ttf"),
    include_bytes!("../../../fonts/Archivo_800ExtraBold.ttf"),
    include_bytes!("../../../fonts/Archivo-Numbers-800-wdth66.ttf"),
];

/// A cut of Archivo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    Regular = 0,
    SemiBold = 1,
    ExtraBold = 2,
    /// Heavy and condensed, for numbers people act on. It has the letters of Western Europe; other
    /// texts are set in [`Self::ExtraBold`] instead.
    Numbers = 3,
}

struct Typeface {
    font: Font,
    shaper: rustybuzz::Face<'static>,
}

static TYPEFACES: LazyLock<[Typeface; 4]> = LazyLock::new(|| {
    FONT_FILES.map(|file| Typeface {
        font: Font::new(file.to_vec().into(), 0).expect("the fonts compiled in are fonts"),
        shaper: rustybuzz::Face::from_slice(file, 0).expect("the fonts compiled in are fonts"),
    })
});

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    pub face: Face,
    pub size: f32,
    /// Added between letters, as a share of the size.
    pub tracking_em: f32,
    /// Tells 0 from O, for codes.
    pub slashed_zero: bool,
}

impl Style {
    #[must_use]
    pub const fn new(face: Face, size: f32) -> Self {
        Self { face, size, tracking_em: 0.0, slashed_zero: false }
    }

    #[must_use]
    pub const fn tracked(self, tracking_em: f32) -> Self {
        Self { tracking_em, ..self }
    }

    #[must_use]
    pub const fn for_codes(self) -> Self {
        Self { slashed_zero: true, ..self }
    }

    #[must_use]
    pub const fn sized(self, size: f32) -> Self {
        Self { size, ..self }
    }
}

/// One line, ready to draw.
#[derive(Debug, Clone)]
pub struct Line {
    pub text: String,
    pub font: Font,
    pub glyphs: Vec<KrillaGlyph>,
    pub size: f32,
    pub width: f32,
    /// From the top of the letters' box to the baseline, and from there to its bottom.
    pub ascent: f32,
    pub descent: f32,
}

/// The room a text must fit into.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    pub width: f32,
    pub lines_max: usize,
}

/// A text broken into lines.
#[derive(Debug, Clone)]
pub struct Block {
    pub lines: Vec<Line>,
    /// From one line's top to the next.
    pub leading: f32,
    /// Nothing was cut off and no word broken.
    pub whole: bool,
}

impl Block {
    #[must_use]
    pub fn height(&self) -> f32 {
        self.lines.len() as f32 * self.leading
    }
}

/// Sets a text in one line, however long.
#[must_use]
pub fn set_line(style: Style, text: &str) -> Line {
    let face = face_for(style.face, text);
    let Typeface { font, shaper } = &TYPEFACES[face as usize];
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    // Glyphs in the order of the text, whatever the script: breaking and cutting count on it.
    buffer.set_direction(Direction::LeftToRight);
    let feature = |tag: &[u8; 4]| Feature::new(Tag::from_bytes(tag), 1, ..);
    let mut features = vec![feature(b"tnum"), feature(b"lnum")];
    if style.slashed_zero {
        features.push(feature(b"zero"));
    }
    let shaped = rustybuzz::shape(shaper, &features, buffer);
    let em = shaper.units_per_em() as f32;
    let mut cluster_ends = shaped.glyph_infos().iter().map(|glyph| glyph.cluster as usize).collect::<Vec<_>>();
    cluster_ends.push(text.len());
    cluster_ends.sort_unstable();
    cluster_ends.dedup();
    let glyphs = shaped
        .glyph_infos()
        .iter()
        .zip(shaped.glyph_positions())
        .map(|(info, position)| {
            let start = info.cluster as usize;
            let end =
                cluster_ends.get(cluster_ends.partition_point(|end| *end <= start)).copied().unwrap_or(text.len());
            KrillaGlyph {
                glyph_id: GlyphId::new(info.glyph_id),
                text_range: start..end,
                x_advance: position.x_advance as f32 / em + style.tracking_em,
                x_offset: position.x_offset as f32 / em,
                y_offset: position.y_offset as f32 / em,
                y_advance: position.y_advance as f32 / em,
                location: None,
            }
        })
        .collect::<Vec<_>>();
    let advance = glyphs.iter().map(|glyph| glyph.x_advance).sum::<f32>() - style.tracking_em;
    Line {
        text: text.to_owned(),
        font: font.clone(),
        width: advance.max(0.0) * style.size,
        glyphs,
        size: style.size,
        ascent: f32::from(shaper.ascender()) / em * style.size,
        descent: -f32::from(shaper.descender()) / em * style.size,
    }
}

/// The face itself where it has every sign of the text, else the full cut of the same weight.
fn face_for(face: Face, text: &str) -> Face {
    let shaper = &TYPEFACES[face as usize].shaper;
    if face == Face::Numbers && text.chars().any(|c| shaper.glyph_index(c).is_none()) { Face::ExtraBold } else { face }
}

/// Breaks a text at its spaces into lines of the room's width. A word wider than that is broken
/// anywhere; what does not fit is cut with an ellipsis.
#[must_use]
pub fn set_block(style: Style, leading: f32, text: &str, room: Room) -> Block {
    let (text, mut whole) = bounded(text);
    let mut rows = vec![String::new()];
    let mut width = 0.0;
    let space = set_line(style, " ").width + 2.0 * style.tracking_em * style.size;
    // A no-break space holds an amount and its currency together, so only plain ones divide.
    for word in text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty()) {
        let word_width = set_line(style, word).width;
        let row = rows.last_mut().expect("there is always a row");
        if !row.is_empty() && width + space + word_width <= room.width {
            row.push(' ');
            row.push_str(word);
            width += space + word_width;
            continue;
        }
        if !row.is_empty() {
            rows.push(String::new());
        }
        let (mut rest, mut rest_width) = (word, word_width);
        while rest_width > room.width && rows.len() <= room.lines_max {
            whole = false;
            let (head, tail) = rest.split_at(break_position(style, rest, room.width));
            if tail.is_empty() {
                break;
            }
            rows.last_mut().expect("there is always a row").push_str(head);
            rows.push(String::new());
            (rest, rest_width) = (tail, set_line(style, tail).width);
        }
        rows.last_mut().expect("there is always a row").push_str(rest);
        width = rest_width;
    }
    if rows.len() > room.lines_max {
        whole = false;
        rows.truncate(room.lines_max);
        if let Some(last) = rows.last_mut() {
            last.push(ELLIPSIS);
        }
    }
    let lines = rows.iter().map(|row| cut_to_width(style, row, room.width)).collect();
    Block { lines, leading, whole }
}

/// The first of `styles` (size falling) in which the text fits its room whole and at most
/// `height_max` high; else the last, cut. `leading_em` is the leading as a share of the size.
///
/// # Panics
/// When `styles` is empty.
#[must_use]
pub fn fit_block(styles: &[Style], leading_em: f32, text: &str, room: Room, height_max: f32) -> Block {
    let mut last = None;
    for style in styles {
        let leading = style.size * leading_em;
        let lines_max = room.lines_max.min((height_max / leading).floor().max(1.0) as usize);
        let block = set_block(*style, leading, text, Room { lines_max, ..room });
        if block.whole {
            return block;
        }
        last = Some(block);
    }
    last.expect("there is a style to fit")
}

fn bounded(text: &str) -> (String, bool) {
    let mut bounded =
        text.chars().take(CHARACTERS_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    let whole = bounded.chars().count() == text.chars().count();
    if !whole {
        bounded.push(ELLIPSIS);
    }
    (bounded, whole)
}

/// Bytes of the longest beginning of `word` that fits; at least one character.
fn break_position(style: Style, word: &str, width: f32) -> usize {
    let line = set_line(style, word);
    let mut used = 0.0;
    for glyph in &line.glyphs {
        used += glyph.x_advance * style.size;
        if used > width && glyph.text_range.start > 0 && word.is_char_boundary(glyph.text_range.start) {
            return glyph.text_range.start;
        }
    }
    word.chars().next().map_or(0, char::len_utf8)
}

fn cut_to_width(style: Style, row: &str, width: f32) -> Line {
    let line = set_line(style, row);
    if line.width <= width {
        return line;
    }
    let kept_width = width - set_line(style, "…").width;
    let kept = row.trim_end_matches(ELLIPSIS);
    let mut kept = kept[..break_position(style, kept, kept_width)].trim_end();
    loop {
        let line = set_line(style, &format!("{kept}{ELLIPSIS}"));
        // A cut can change how its neighbours are drawn: a sign that leaned on the next one stands alone.
        match kept.char_indices().next_back() {
            Some((last, _)) if line.width > width && last > 0 => kept = kept[..last].trim_end(),
            _ => return line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BODY: Style = Style::new(Face::Regular, 15.0);

    #[test]
    fn figures_are_as_wide_as_each_other() {
        let width = |text| set_line(Style::new(Face::Numbers, 72.0), text).width;
        assert!((width("111") - width("888")).abs() < 0.01);
    }

    #[test]
    fn the_condensed_cut_gives_way_to_letters_it_lacks() {
        assert_eq!(face_for(Face::Numbers, "Stalls"), Face::Numbers);
        assert_eq!(face_for(Face::Numbers, "Żółty"), Face::ExtraBold);
    }

    #[test]
    fn lines_break_at_spaces_and_end_with_an_ellipsis() {
        let room = Room { width: 120.0, lines_max: 2 };
        let block = set_block(BODY, 20.0, "Show this page or your phone. The code works once.", room);
        assert!(!block.whole);
        assert_eq!(block.lines.len(), 2);
        assert!(block.lines[1].text.ends_with('…'));
    }

    #[test]
    fn an_amount_stays_with_its_currency() {
        let block = set_block(BODY, 20.0, "aaaaaaaaaaaaa €\u{a0}48.00", Room { width: 120.0, lines_max: 3 });
        assert_eq!(block.lines[1].text, "€\u{a0}48.00");
    }

    #[test]
    fn the_largest_size_that_fits_is_taken() {
        let styles = [60.0, 40.0, 20.0].map(|size| Style::new(Face::ExtraBold, size));
        let room = Room { width: 332.0, lines_max: 2 };
        assert!((fit_block(&styles, 0.94, "The Seagull", room, 150.0).leading - 56.4).abs() < 0.1);
        assert!((fit_block(&styles, 0.94, "Donaudampfschifffahrt", room, 150.0).leading - 18.8).abs() < 0.1);
    }

    #[test]
    fn a_cut_between_signs_that_lean_on_each_other_still_fits() {
        let block = set_block(BODY, 20.0, "%ὟC%െᎠΣ", Room { width: 34.933_044, lines_max: 3 });
        assert!(block.lines.iter().all(|line| line.width <= 34.95 || line.text.chars().count() <= 2));
    }

    proptest! {
        #[test]
        fn any_text_is_set_within_its_room(text in "\\PC{0,80}", width in 30.0f32..300.0) {
            let block = set_block(BODY, 20.0, &text, Room { width, lines_max: 3 });
            prop_assert!(block.lines.len() <= 3);
            for line in block.lines {
                prop_assert!(line.width <= width + 0.01 || line.text.chars().count() <= 2, "{}: {}", line.text, line.width);
            }
        }
    }
}
