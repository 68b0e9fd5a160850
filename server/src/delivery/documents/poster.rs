//! Parses posters (SVG, 3:4), to be drawn in PDFs or as pixels. Nothing outside the picture is read: no files, no URLs,
//! no fonts of the machine.

use super::typeset;
use resvg::tiny_skia::{Pixmap, Transform};
use std::sync::{Arc, LazyLock};
use usvg::{ImageHrefResolver, Options, Tree, fontdb::Database};

/// Bytes a poster may have.
pub const POSTER_BYTES_MAX: usize = 512 * 1024;
/// Pixels a drawn poster may be wide.
pub const PNG_WIDTH_MAX: u32 = 2_400;

static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    typeset::FONT_FILES.iter().for_each(|file| fonts.load_font_data(file.to_vec()));
    Options {
        font_family: "Archivo".to_owned(),
        fontdb: Arc::new(fonts),
        image_href_resolver: ImageHrefResolver {
            resolve_data: ImageHrefResolver::default_data_resolver(),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    }
});

/// The poster's picture, or `None` when it is too large or not an SVG; whatever shows a poster can do
/// without.
#[must_use]
pub fn read_poster(svg: &[u8]) -> Option<Arc<Tree>> {
    if svg.len() > POSTER_BYTES_MAX {
        return None;
    }
    Tree::from_data(svg, &OPTIONS)
        .map(Arc::new)
        .inspect_err(|error| tracing::warn!(%error, "a poster could not be parsed as SVG"))
        .ok()
}

/// The poster as a PNG so many pixels wide, for those who cannot draw SVG (link previews, mails);
/// `None` for a width of 0 or beyond [`PNG_WIDTH_MAX`].
#[must_use]
pub fn draw_png(poster: &Tree, width: u32) -> Option<Vec<u8>> {
    let scale = width as f32 / poster.size().width();
    let height = (poster.size().height() * scale).round();
    if width > PNG_WIDTH_MAX || height > (2 * PNG_WIDTH_MAX) as f32 {
        return None;
    }
    let mut pixels = Pixmap::new(width, height as u32)?;
    resvg::render(poster, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poster_reads_no_file_of_the_machine() {
        let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
            viewBox="0 0 600 800"><image xlink:href="/usr/share/pixmaps/debian-logo.png" width="9" height="9"/></svg>"#;
        assert!(!read_poster(svg).unwrap().root().has_children());
    }

    #[test]
    fn a_drawn_poster_keeps_its_proportions() {
        let poster = read_poster(crate::delivery::samples::POSTER).unwrap();
        let png = draw_png(&poster, 300).unwrap();
        // Width and height stand at bytes 16 to 23 of a PNG.
        assert_eq!(png[16..24], [0, 0, 1, 44, 0, 0, 1, 144]);
        assert!(draw_png(&poster, 0).is_none() && draw_png(&poster, PNG_WIDTH_MAX + 1).is_none());
    }

    #[test]
    fn what_is_no_svg_is_no_poster() {
        assert!(read_poster(b"<html>").is_none());
        assert!(read_poster(&vec![b' '; POSTER_BYTES_MAX + 1]).is_none());
    }
}
