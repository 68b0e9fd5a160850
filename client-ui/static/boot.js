// Starts the screens. A file of its own, because the page runs no inline script.
import init from "/client.js";

await init({ module_or_path: "/client_bg.wasm" });
