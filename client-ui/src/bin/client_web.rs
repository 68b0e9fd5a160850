//! What the shell's web view runs.

fn main() {
    dioxus::launch(client_ui::app::App);
}
