//! The true application, started in this process on a free port with a fresh database and a clock that the test
//! moves. Everything is done to it through its public door; see [`crate::buyer`].

use crate::{
    books,
    buyer::Buyer,
    challenge::CHALLENGE_SECRET,
    postgres,
    process::Folder,
    venue::{self, Performance, Wish},
};
use shared_model::{Timestamp, order::Order};
use std::{
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    path::Path,
    time::Duration,
};
use ticketboss::{
    app::{App, Replaced, WrapGateway},
    clock::Clock,
    commerce::sandbox::ChallengeAnswer,
    config::{AdminListen, Config},
    coordinator::Coordinator,
    safeguards::Safeguards,
};

pub use ticketboss::data::Engine;

/// When a test's clock starts: an afternoon in January 2027.
pub const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// 32 bytes in Base64; all nodes of a test have the same.
pub const SECRET: &str = "dGVzdHMgbmVlZCBubyBzZWNyZXRzIG9mIHRoZWlycyE";

/// What the text message provider's double wants to see.
pub const SMS_TOKEN: &str = "token-of-the-double";

const ANY_PORT: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));

/// A running application and all it keeps.
pub struct TestApp {
    pub app: App,
    pub clock: Clock,
    pub database_url: String,
    setting: Setting,
    folder: Folder,
    /// Nodes started beside it, each with a folder of its own.
    others: Vec<(App, Folder)>,
    /// The connections of crowds.
    client: reqwest::Client,
}

/// What a test may wish otherwise.
#[derive(Debug, Clone)]
pub struct Setting {
    pub engine: Engine,
    pub clock: Clock,
    pub safeguards: Safeguards,
    /// Makes the payment provider a faulty one.
    pub gateway: Option<WrapGateway>,
    /// Files it may open; as many as the system allows where it does not matter.
    pub files_max: Option<u64>,
    /// Where mails go; without it into the data folder.
    pub smtp_url: String,
    /// Where text messages go; without it into the data folder.
    pub sms: Option<SmsSetting>,
    /// Who confirms challenges; without it there are none.
    pub challenge_url: String,
    /// What else a test wants configured.
    pub tune: fn(&mut Config),
}

/// A text message provider's double, and how many messages it may cost a day.
#[derive(Debug, Clone)]
pub struct SmsSetting {
    pub base_url: String,
    pub per_day_max: u32,
}

impl Setting {
    pub fn of(engine: Engine) -> Self {
        Self {
            engine,
            clock: Clock::manual(START),
            safeguards: Safeguards::default(),
            gateway: None,
            files_max: None,
            smtp_url: String::new(),
            sms: None,
            challenge_url: String::new(),
            tune: |_| {},
        }
    }
}

impl TestApp {
    pub async fn start(engine: Engine) -> Self {
        Self::start_with(Setting::of(engine)).await
    }

    pub async fn start_with(setting: Setting) -> Self {
        let folder = Folder::new("app");
        let database_url = fresh_database(setting.engine, folder.path()).await;
        Self::start_on(setting, folder, database_url).await
    }

    /// Starts on what another process left behind.
    pub async fn start_on(setting: Setting, folder: Folder, database_url: String) -> Self {
        Self::start_at(setting, folder, database_url, ANY_PORT).await
    }

    /// [`Self::start_on`], where those who were cut off look for it.
    pub async fn start_at(setting: Setting, folder: Folder, database_url: String, address: SocketAddr) -> Self {
        let app = start(folder.path(), &database_url, address, &setting).await;
        let clock = setting.clock.clone();
        Self { app, clock, database_url, setting, folder, others: Vec::new(), client: reqwest::Client::new() }
    }

    /// Starts one more node on the same database, with nothing else in common but the secret and the world outside, where
    /// mails and texts go, and returns its address.
    pub async fn start_node(&mut self) -> String {
        self.start_node_by(self.setting.clock.clone()).await
    }

    /// [`Self::start_node`] on a machine with a clock of its own.
    pub async fn start_node_by(&mut self, clock: Clock) -> String {
        let folder = Folder::new("node");
        for outside in ["mail", "sms", "letters"] {
            let shared = self.folder.below(outside);
            std::os::unix::fs::symlink(shared, folder.path().join(outside)).expect("a folder can be linked");
        }
        let setting = Setting { clock, ..self.setting.clone() };
        let node = start(folder.path(), &self.database_url, ANY_PORT, &setting).await;
        let url = format!("http://{}", node.address);
        self.others.push((node, folder));
        url
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.app.address)
    }

    /// Where metrics and the demo's messages are.
    pub fn admin_url(&self) -> String {
        format!("http://{}", self.app.admin_address.expect("tests have an admin listener"))
    }

    pub fn data_folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn coordinator(&self) -> &Coordinator {
        &self.app.coordinator
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets time pass; nobody sleeps.
    pub fn wait(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// Lets the background loops look once, now.
    pub async fn look_once(&self) {
        self.coordinator().background().look_once().await;
    }

    /// Puts a performance on the bill of the tests' venue.
    pub async fn stage(&self, wish: Wish) -> Performance {
        venue::stage(self.coordinator().database(), self.now(), wish).await
    }

    /// Somebody with a session of her own.
    pub async fn buyer(&self) -> Buyer {
        Buyer::arrive(&self.url()).await
    }

    /// One of a crowd: with a session and a mailbox of her own, over connections that all of it use.
    pub async fn one_of_many(&self) -> Buyer {
        Buyer::arrive_with(self.client.clone(), &self.url()).await
    }

    /// What the buyer answers the bank that asks about an order's card.
    pub async fn answer_bank(&self, order: &Order, answer: ChallengeAnswer) {
        let url = order.payment.as_ref().and_then(|payment| payment.next_action_url.clone()).expect("the bank asks");
        let reference = url.rsplit('/').next().expect("it ends with the intent");
        let asked = self.coordinator().orders().answer_sandbox_challenge(reference, answer).await.expect("it is heard");
        assert_eq!(asked, order.order_id);
    }

    /// Sees that money, seats and tickets are where they belong.
    pub async fn books_balance(&self) {
        books::balance(self.coordinator()).await;
    }

    /// Stops all nodes as an operator would and hands out what they leave behind.
    pub async fn stop(self) -> (Folder, String) {
        for (node, _folder) in self.others {
            node.stop().await;
        }
        self.app.stop().await;
        (self.folder, self.database_url)
    }
}

/// The URL of an empty database.
pub async fn fresh_database(engine: Engine, folder: &Path) -> String {
    match engine {
        Engine::Sqlite => format!("sqlite:{}", folder.join("ticketboss.db").display()),
        Engine::Postgres => postgres::create_database().await,
    }
}

async fn start(folder: &Path, database_url: &str, address: SocketAddr, setting: &Setting) -> App {
    install_crypto();
    let mut config = Config::defaults();
    config.listen = address;
    config.database_url = database_url.to_owned();
    config.data_folder = folder.to_owned();
    config.demo = false;
    config.admin_listen = AdminListen::At(ANY_PORT);
    config.secret = SECRET.to_owned();
    config.mail.smtp_url.clone_from(&setting.smtp_url);
    if let Some(sms) = &setting.sms {
        config.sms.base_url.clone_from(&sms.base_url);
        config.sms.account_sid = "AC0123456789".to_owned();
        config.sms.auth_token = SMS_TOKEN.to_owned();
        config.sms.from = "+34910000000".to_owned();
        config.sms.per_day_max = sms.per_day_max;
    }
    if !setting.challenge_url.is_empty() {
        config.challenge.verify_url.clone_from(&setting.challenge_url);
        config.challenge.secret = CHALLENGE_SECRET.to_owned();
    }
    // Tests come through a proxy that says where they come from ([`Buyer::from`]).
    config.trusted_proxies = vec!["127.0.0.1/32".parse().expect("it is a network")];
    config.limits.writes_per_second = 0;
    config.limits.reads_per_second = 0;
    config.limits.documents_per_minute = 0;
    config.limits.connections_per_address = 0;
    config.limits.sessions_per_minute = 0;
    // All come from one address.
    config.limits.held_percent = 0;
    (setting.tune)(&mut config);
    let replaced = Replaced {
        clock: Some(setting.clock.clone()),
        safeguards: setting.safeguards,
        files_max: setting.files_max,
        gateway: setting.gateway.clone(),
    };
    App::start(config, replaced).await.expect("the application starts")
}

/// The one TLS provider of the process, which every HTTP client asks for even when it speaks none.
pub fn install_crypto() {
    // Another test of this process may have been faster.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Tells every test on both engines: `sqlite::its_name` and `postgres::its_name`. Once per module.
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$doc:meta])* async fn $name:ident($app:pat_param) $body:block)+) => {
        mod told {
            use super::*;
            $($(#[$doc])* pub async fn $name($app: $crate::app::TestApp) $body)+
        }
        $crate::on_both_engines!(@engine sqlite Sqlite $($name)+);
        $crate::on_both_engines!(@engine postgres Postgres $($name)+);
    };
    (@engine $module:ident $engine:ident $($name:ident)+) => {
        mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let app = $crate::app::TestApp::start($crate::app::Engine::$engine).await;
                super::told::$name(app).await;
            })+
        }
    };
}

/// Runs each of these functions of an [`Engine`] as a test on both. Once per module.
#[macro_export]
macro_rules! on_each_engine {
    ($($name:ident)+) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::app::Engine::Sqlite).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::app::Engine::Postgres).await;
            })+
        }
    };
}
