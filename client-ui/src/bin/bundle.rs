//! `bundle WASM FOLDER`: writes `client.js` and `client_bg.wasm` for the web view. wasm-bindgen as a library
//! of exactly the version the UI is compiled with, so that nobody has to install a matching tool.

use std::{env, error::Error, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [wasm, folder] = arguments.as_slice() else {
        return Err("usage: bundle WASM FOLDER".into());
    };
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(wasm)
        .out_name("client")
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)?;
    Ok(())
}
