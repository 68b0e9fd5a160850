//! Reads posters (SVG, 3:4) for whoever draws them on paper or as pixels. Nothing outside the
//! picture is looked at: no files, no addresses, no fonts of the machine.

use super::typeset;
use std::sync::{Arc, LazyLock};
use usvg::{ImageHrefResolver, Options, Tree, fontdb::Database};

/// Bytes a poster may have.
pub const POSTER_BYTES_MAX: usize = 512 * 1024;

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

/// The poster's picture, or `None` when it is too large or no SVG; whoever shows a poster can do
/// without.
#[must_use]
pub fn read_poster(svg: &[u8]) -> Option<Arc<Tree>> {
    if svg.len() > POSTER_BYTES_MAX {
        return None;
    }
    Tree::from_data(svg, &OPTIONS).map(Arc::new).inspect_err(|error| tracing::warn!(%error, "unreadable poster")).ok()
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
    fn what_is_no_svg_is_no_poster() {
        assert!(read_poster(b"<html>").is_none());
        assert!(read_poster(&vec![b' '; POSTER_BYTES_MAX + 1]).is_none());
    }
}
