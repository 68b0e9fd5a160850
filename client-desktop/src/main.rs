//! TicketBoss on a desktop: one window around `client-ui`, with `client-core` behind it.
//!
//! Deliberately without logic. Kiosk mode, printers and updates join here; what phone and desktop share is
//! in `client_core::shell`.

// No console window beside the app on Windows; a debug build keeps it for its messages.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match client_core::shell::attach(tauri::Builder::default()).run(tauri::generate_context!()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("TicketBoss cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}
