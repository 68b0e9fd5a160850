//! TicketBoss on a phone: the shell that Xcode and Gradle link, around `client-ui` with `client-core` behind.
//!
//! Deliberately without logic. Camera, biometrics and brightness join here; what phone and desktop share is in
//! `client_core::shell`. The platform projects (`gen/apple`, `gen/android`) are made by `cargo tauri ios init`
//! on a Mac and `cargo tauri android init` beside an Android SDK.

/// Where the phone's system starts the app.
///
/// # Panics
/// When the system offers no web view: there is nothing to show that on.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    client_core::shell::attach(tauri::Builder::default())
        .run(tauri::generate_context!())
        .expect("a phone has a web view");
}
