//! Files compiled into the binary: styles, scripts, fonts, posters.

use include_dir::{Dir, include_dir};

/// All of `server/static`.
pub static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/static");

/// A file of `server/static` as it is.
pub fn static_file(path: &str) -> Option<&'static [u8]> {
    FILES.get_file(path).map(include_dir::File::contents)
}

/// A poster's drawing by its key.
pub fn poster(key: &str) -> Option<&'static [u8]> {
    static_file(&format!("posters/{key}.svg"))
}
