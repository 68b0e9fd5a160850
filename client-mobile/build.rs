//! Writes the window's permissions, one per command, and creates the UI's folder if it is missing.

/// The folder that `client-ui/build.sh` fills. It must exist for the crate to compile; an app built over
/// an empty one opens without screens.
const UI_FOLDER: &str = "../target/ui/dist";

/// What the window may ask of the native half; `capabilities/` allows them by these names.
const COMMANDS: &[&str] = &["list_events", "open_session"];

fn main() {
    std::fs::create_dir_all(UI_FOLDER).expect("the target folder can be written");
    if !std::path::Path::new(UI_FOLDER).join("index.html").exists() {
        println!("cargo:warning=the UI is not built; run client-ui/build.sh first");
    }
    println!("cargo:rerun-if-changed={UI_FOLDER}");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
        .expect("tauri.conf.json and capabilities/ are valid");
}
