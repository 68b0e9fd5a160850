//! The site in a real Chromium, one browser and one fresh profile for each visitor. Needs Debian's chromium and
//! chromium-driver.

use crate::app::install_crypto;
use crate::process::{Folder, LOOK_EVERY, Running, START_MAX, built_file, free_port, keep_picture, wait_until};
use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
    elements::Element,
    error::{CmdError, ErrorStatus, WebDriver},
    key::Key,
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use shared_model::SeatNo;
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};
use tokio::time::sleep;

/// What a browser without a person needs; every flag keeps it from talking to anybody but the server.
const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en-GB",
    "--force-prefers-reduced-motion",
];

/// Where the pointer must be for the chart to say that it is on that seat.
const FIND_SEAT: &str = "async (seat) => {
    const chart = document.getElementById('chart');
    const surface = chart.shadowRoot.querySelector('.surface');
    // What glides comes to rest first.
    await new Promise((rest) => setTimeout(rest, 500));
    const box = surface.getBoundingClientRect();
    let found = null;
    chart.addEventListener('seat-point', ({ detail }) => { found = detail.seat; });
    for (let y = box.top + 4; y < box.bottom; y += 6) {
        for (let x = box.left + 4; x < box.right; x += 6) {
            surface.dispatchEvent(new PointerEvent('pointermove', { clientX: x, clientY: y, pointerId: 99, pointerType: 'mouse' }));
            if (found === seat) return [x + 3, y + 3];
        }
    }
    return null;
}";

/// How the visitor looks at the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    Desktop,
    Phone,
}

/// Which colours her system asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    Light,
    Dark,
}

/// Somebody who looks at the site.
pub struct Visitor {
    pub page: Client,
    base: String,
    /// Where the browser's driver listens.
    driver_url: String,
    // Dropped in this order: the browser before its profile.
    _driver: Running,
    _profile: Folder,
}

impl Visitor {
    /// On a desktop, in light colours.
    pub async fn arrive(base: &str) -> Self {
        Self::arrive_on(base, Device::Desktop, Colours::Light).await
    }

    pub async fn arrive_on(base: &str, device: Device, colours: Colours) -> Self {
        let profile = Folder::new("browser");
        let port = free_port();
        let driver = Running::start(
            Command::new("chromedriver")
                .arg(format!("--port={port}"))
                .env("HOME", profile.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        wait_until("the driver listens", async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok())
            .await;
        let mut flags: Vec<String> = FLAGS.map(str::to_owned).to_vec();
        flags.push(format!("--user-data-dir={}", profile.below("profile").display()));
        flags.push("--window-size=1280,900".to_owned());
        if colours == Colours::Dark {
            flags.push("--force-dark-mode".to_owned());
        }
        let mut options = json!({ "args": flags });
        if device == Device::Phone {
            options["mobileEmulation"] = json!({ "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 2.0, "touch": true, "mobile": true } });
        }
        let capabilities =
            json!({ "goog:chromeOptions": options, "timeouts": { "script": START_MAX.as_millis() as u64 } });
        let page = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().expect("it is written as an object").clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("the driver starts Chromium");
        Self {
            page,
            base: base.to_owned(),
            driver_url: format!("http://127.0.0.1:{port}"),
            _driver: driver,
            _profile: profile,
        }
    }

    /// Gives her device passkeys that say yes to everything (WebAuthn level 3, §11: virtual authenticators).
    pub async fn have_authenticator(&self) {
        install_crypto();
        let session = self.page.session_id().await.expect("the driver answers").expect("a browser runs");
        let url = format!("{}/session/{session}/webauthn/authenticator", self.driver_url);
        let device = json!({ "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true });
        let added = reqwest::Client::new().post(url).json(&device).send().await.expect("the driver answers");
        assert!(added.status().is_success(), "{}", added.text().await.unwrap_or_default());
    }

    /// What she downloads lands in this folder.
    pub async fn keep_downloads_in(&self, folder: &Path) {
        install_crypto();
        let session = self.page.session_id().await.expect("the driver answers").expect("a browser runs");
        let url = format!("{}/session/{session}/goog/cdp/execute", self.driver_url);
        let params = json!({ "behavior": "allow", "downloadPath": folder });
        let command = json!({ "cmd": "Browser.setDownloadBehavior", "params": params });
        let set = reqwest::Client::new().post(url).json(&command).send().await.expect("the driver answers");
        assert!(set.status().is_success(), "{}", set.text().await.unwrap_or_default());
    }

    /// The session's token; scripts cannot read it, the driver can.
    pub async fn token(&self) -> String {
        self.page.get_named_cookie("tb_session").await.expect("she has a session").value().to_owned()
    }

    pub async fn open(&self, path: &str) {
        self.page.goto(&format!("{}{path}", self.base)).await.expect("the browser goes there");
    }

    /// The path she is at.
    pub async fn path(&self) -> String {
        self.page.current_url().await.expect("a page has an address").path().to_owned()
    }

    /// Waits until she is at a path that begins so.
    pub async fn be_at(&self, path: &str) {
        wait_until(&format!("the browser is at {path}"), async || self.path().await.starts_with(path)).await;
    }

    /// Waits for the first element of that CSS selector.
    pub async fn see(&self, selector: &str) -> Element {
        let waited = self.page.wait().at_most(START_MAX).for_element(Locator::Css(selector)).await;
        waited.unwrap_or_else(|error| panic!("{selector} never came: {error}"))
    }

    pub async fn click(&self, selector: &str) {
        self.see(selector).await;
        // The page may be drawing it anew this very moment.
        wait_until(&format!("{selector} is clicked"), async || match self.page.find(Locator::Css(selector)).await {
            Ok(element) if element.click().await.is_ok() => true,
            Ok(_) => {
                // In view, but under the tabs: a thumb would scroll on.
                let selector = serde_json::to_string(selector).expect("text is JSON");
                self.value(&format!("document.querySelector({selector})?.scrollIntoView({{ block: 'center' }})")).await;
                false
            }
            Err(_) => false,
        })
        .await;
    }

    pub async fn type_into(&self, selector: &str, text: &str) {
        let field = self.see(selector).await;
        field.clear().await.expect("a field can be cleared");
        field.send_keys(text).await.expect("a field can be typed into");
    }

    /// The texts of all elements of that selector, now.
    pub async fn texts(&self, selector: &str) -> Vec<String> {
        let texts =
            self.value(&format!("[...document.querySelectorAll({selector:?})].map((e) => e.innerText.trim())")).await;
        serde_json::from_value(texts).expect("texts are a list of strings")
    }

    /// Waits until the text of the first element of that selector contains the words.
    pub async fn read(&self, selector: &str, words: &str) {
        wait_until(&format!("{selector} says {words:?}"), async || {
            self.texts(selector).await.first().is_some_and(|text| text.contains(words))
        })
        .await;
    }

    /// The value of a JavaScript expression in the page, promises awaited.
    pub async fn value(&self, expression: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1]; (async () => ({expression}))().then(done, (error) => done(String(error)));"
        );
        let deadline = Instant::now() + START_MAX;
        loop {
            match self.page.execute_async(&script, Vec::new()).await {
                Ok(value) => return value,
                // The page it was asked of has just gone; the one that comes can be asked.
                Err(CmdError::Standard(WebDriver {
                    error: ErrorStatus::ScriptTimeout | ErrorStatus::JavascriptError,
                    ..
                })) if Instant::now() < deadline => {
                    sleep(LOOK_EVERY).await;
                }
                Err(error) => panic!("{expression}: {error}"),
            }
        }
    }

    /// Waits until an expression is true.
    pub async fn until(&self, expression: &str) {
        wait_until(expression, async || self.value(expression).await == true).await;
    }

    /// Opens the live chart of a performance and waits until it is live.
    pub async fn open_chart(&self, path: &str) {
        self.open(path).await;
        self.until("document.getElementById('chart')?.model != null && document.querySelector('#status.live') != null")
            .await;
    }

    /// Moves the pointer over the chart until it is on the seat, and clicks there, as a hand would.
    pub async fn tap_seat(&self, seat: SeatNo) {
        self.value(&format!("document.getElementById('chart').showSeats([{}])", seat.0)).await;
        let place = self.value(&format!("({FIND_SEAT})({})", seat.0)).await;
        let (x, y): (f64, f64) = serde_json::from_value(place).expect("the seat is on the chart");
        let pointer = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveTo { duration: None, x, y })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.page.perform_actions(pointer).await.expect("the pointer clicks");
    }

    /// Points at a seat by keyboard and presses Enter.
    pub async fn press_seat(&self, seat: SeatNo) {
        let point = format!(
            "(() => {{ const c = document.getElementById('chart'); c.shadowRoot.querySelector('.surface').focus(); c.pointAt({}); }})()",
            seat.0
        );
        self.value(&point).await;
        let focused = self.page.active_element().await.expect("the chart has the focus");
        focused.send_keys(&Key::Enter.to_string()).await.expect("a key can be pressed");
    }

    /// The seats that her chart shows as hers, ascending.
    pub async fn her_seats(&self) -> Vec<SeatNo> {
        let seats = self.value("[...document.getElementById('chart').yours].sort((a, b) => a - b)").await;
        serde_json::from_value(seats).expect("seats are numbers")
    }

    /// Waits until her chart shows exactly these as hers.
    pub async fn have(&self, seats: &[SeatNo]) {
        wait_until(&format!("seats {seats:?} are hers"), async || self.her_seats().await == seats).await;
    }

    /// What axe-core finds wrong with the page, as rules with what they are about.
    pub async fn barriers(&self) -> Vec<String> {
        let axe = fs::read_to_string(built_file("axe/node_modules/axe-core/axe.min.js"))
            .expect("axe-core is in target/axe: npm install --prefix target/axe axe-core@4");
        self.page.execute(&axe, Vec::new()).await.expect("axe-core can be loaded");
        let found = self.value("axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) => v.id + ': ' + v.help + ': ' + v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')))").await;
        serde_json::from_value(found).unwrap_or_else(|error| panic!("axe-core answers a list: {error}"))
    }

    /// Keeps a picture of what she sees, in `target/look`.
    pub async fn keep_picture(&self, name: &str) {
        self.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))").await;
        keep_picture(name, &self.page.screenshot().await.expect("the page can be pictured"));
    }
}
