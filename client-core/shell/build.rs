//! The build script of both shells (`client-desktop`, `client-mobile`), run in the folder of each: writes the window's
//! permissions, one per command, and sees to it that the UI's folder is there.

/// The folder that `client-ui/build.sh` fills. It must exist for the crate to compile; an app built over
/// an empty one opens without screens.
const UI_FOLDER: &str = "../target/ui/dist";

/// What the window may ask of the native half; [`CAPABILITIES`] allows them by these names.
const COMMANDS: &[&str] = &["list_events", "open_session"];
const CAPABILITIES: &str = "../client-core/shell/capabilities";
const CAPABILITY_FILES: &str = "../client-core/shell/capabilities/*.json";

fn main() {
    std::fs::create_dir_all(UI_FOLDER).expect("the target folder can be written");
    if !std::path::Path::new(UI_FOLDER).join("index.html").exists() {
        println!("cargo:warning=the UI is not built; run client-ui/build.sh first");
    }
    println!("cargo:rerun-if-changed={UI_FOLDER}");
    println!("cargo:rerun-if-changed={CAPABILITIES}");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest).capabilities_path_pattern(CAPABILITY_FILES);
    tauri_build::try_build(attributes).expect("tauri.conf.json and the capabilities are valid");
}
