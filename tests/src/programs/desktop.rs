//! The desktop app as a person has it: a screen, a session bus, perhaps a keyring, and a hand that looks and
//! clicks (WebKitWebDriver). Needs Debian's xvfb, dbus, gnome-keyring and webkit2gtk-driver.

use crate::process::{Folder, Running, START_MAX, built_program, free_port, keep_picture, wait_until};
use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

/// The window's page, in pixels.
const SCREEN: &str = "1280x900x24";
/// Unlocks the keyring of a test.
const KEYRING_PASSWORD: &str = "a test's password";
/// A bus that starts no services by itself: what is absent stays absent.
const BUS_CONFIG: &str = r#"<busconfig>
  <type>session</type>
  <listen>unix:dir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"#;

/// A computer with a screen, on which the app is started and ended. What the app keeps stays until this is
/// dropped.
pub struct Computer {
    // Dropped in this order: the app's world before the folder it lives in.
    _keyring: Option<Running>,
    _bus: Running,
    _screen: Running,
    display: String,
    bus_address: String,
    home: Folder,
}

/// Whether the computer has a keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyring {
    Unlocked,
    /// There is one, and nobody is there to unlock it.
    Locked,
    Absent,
}

/// The running app and the hand on it.
pub struct App {
    pub window: Client,
    driver: Running,
}

impl Computer {
    pub fn new(keyring: Keyring) -> Self {
        let home = Folder::new("computer");
        let (screen, display_number) = Running::start_and_read_line(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"])
                .stderr(Stdio::null()),
        );
        let bus_config = home.path().join("bus.conf");
        fs::write(&bus_config, BUS_CONFIG).expect("the temporary folder can be written");
        let (bus, bus_address) = Running::start_and_read_line(
            Command::new("dbus-daemon")
                .arg(format!("--config-file={}", bus_config.display()))
                .args(["--nofork", "--nopidfile", "--print-address=1"])
                .arg(format!("--address=unix:dir={}", home.path().display()))
                .stderr(Stdio::null()),
        );
        let mut computer = Self {
            _keyring: None,
            _bus: bus,
            _screen: screen,
            display: format!(":{display_number}"),
            bus_address,
            home,
        };
        computer._keyring = match keyring {
            Keyring::Unlocked => Some(computer.start_keyring(&["--unlock"], KEYRING_PASSWORD)),
            Keyring::Locked => Some(computer.start_keyring(&[], "")),
            Keyring::Absent => None,
        };
        computer
    }

    /// Starts the app against that server and waits for its page.
    pub async fn start_app(&self, server: &str) -> App {
        let app = built_program("ticketboss-desktop", "client-ui/build.sh && cargo build -p client-desktop");
        let port = free_port();
        let driver = Running::start(
            self.dress(&mut Command::new("WebKitWebDriver"))
                .args([&format!("--port={port}"), "--host=127.0.0.1"])
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .env("TICKETBOSS_SERVER", server),
        );
        wait_until("the driver listens", async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok())
            .await;
        let capabilities = json!({ "webkitgtk:browserOptions": { "binary": app, "args": [] } });
        let window = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().expect("it is written as an object").clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("the driver starts the app");
        App { window, driver }
    }

    fn start_keyring(&self, arguments: &[&str], password: &str) -> Running {
        let mut command = Command::new("gnome-keyring-daemon");
        self.dress(&mut command).args(["--foreground", "--components=secrets"]).args(arguments);
        let (keyring, mut stdin) = Running::start_with_input(command.stdout(Stdio::null()).stderr(Stdio::null()));
        stdin.write_all(password.as_bytes()).expect("the keyring reads its password");
        drop(stdin);
        let waited = self
            .dress(&mut Command::new("gdbus"))
            .args(["wait", "--session", "--timeout", &START_MAX.as_secs().to_string(), "org.freedesktop.secrets"])
            .status()
            .expect("gdbus is there");
        assert!(waited.success(), "the keyring answers");
        keyring
    }

    /// The environment of this computer, and nothing of the developer's own.
    fn dress<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        for (variable, folder) in [
            ("HOME", "home"),
            ("XDG_RUNTIME_DIR", "run"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_CONFIG_HOME", "config"),
        ] {
            command.env(variable, self.home.below(folder));
        }
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)
            .env("GDK_BACKEND", "x11")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("NO_AT_BRIDGE", "1")
            .env("TZ", "Europe/Madrid")
            .env("LANG", "C.UTF-8")
    }
}

impl App {
    /// Waits for the first element of that CSS selector.
    pub async fn see(&self, selector: &str) -> Element {
        self.window
            .wait()
            .at_most(START_MAX)
            .for_element(Locator::Css(selector))
            .await
            .unwrap_or_else(|error| panic!("{selector} never came: {error}"))
    }

    /// The texts of all elements of that selector, now.
    pub async fn texts(&self, selector: &str) -> Vec<String> {
        let texts = self.value(&format!("[...document.querySelectorAll({selector:?})].map((e) => e.innerText)")).await;
        serde_json::from_value(texts).expect("texts are a list of strings")
    }

    /// The value of a JavaScript expression in the page, promises awaited.
    pub async fn value(&self, expression: &str) -> serde_json::Value {
        let script = format!(
            "const done = arguments[arguments.length - 1]; (async () => ({expression}))().then(done, (error) => done(String(error)));"
        );
        self.window.execute_async(&script, Vec::new()).await.expect("the page runs the expression")
    }

    /// Keeps a picture of the window, drawn to the end.
    pub async fn keep_picture(&self, name: &str) {
        self.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))").await;
        keep_picture(name, &self.window.screenshot().await.expect("the window can be pictured"));
    }

    /// Closes the window as its person would.
    pub async fn quit(self) {
        self.window.close().await.expect("the window closes");
        drop(self.driver);
    }
}
