//! The application: everything put together and served. Tests start this very thing on port 0.

use crate::{
    auth::secret::{DeploymentSecret, Purpose, SecretError},
    clock::Clock,
    commerce::{gateway::Gateway, gateways::Gateways, sandbox::Sandbox},
    config::{AdminListen, Config, ConfigError},
    coordinator::{
        Coordinator, Setting,
        outbox::order_mail::Outgoing,
        seats::challenge::{Challenge, ChallengeSetupError},
    },
    data::{
        Database, Pools,
        accounts::email_key::compute_old_keys,
        events::search_text::fold_what_stands_here,
        orders::{contacts::compute_order_keys, sandbox_store::SandboxStore},
        settings,
    },
    delivery::transports::{
        mail::{LetterTransport, MailTransport, TransportSetupError},
        sms::{SmsTransport, TwilioAccount},
    },
    demo::install::install_demo,
    http::{self, AppParts, AppState, Served, connections::places::Places, requests::limits::Limits},
    messages::Messages,
    private_files,
    reservations::seats::held_from::HeldBudget,
    safeguards::Safeguards,
};
use governor::{Quota, RateLimiter};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::{
    net::SocketAddr,
    num::NonZeroU32,
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};
use tokio::{
    net::{TcpListener, TcpSocket},
    sync::watch,
    task::JoinHandle,
};

/// How long open requests and sockets may take to end when the process stops.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(10);
/// Connections that may wait to be accepted: a whole audience that comes at the same moment.
const LISTEN_BACKLOG: u32 = 4_096;
/// How often the database's clock is compared with ours.
const CLOCK_INTERVAL: Duration = Duration::from_secs(60);
/// How often we look whether somebody set this machine's clock.
const CLOCK_LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// What a test may replace.
#[derive(Debug, Clone, Default)]
pub struct Replaced {
    pub clock: Option<Clock>,
    pub safeguards: Safeguards,
    /// Files this process may open.
    pub files_max: Option<u64>,
    /// Makes a faulty payment provider of the sound one.
    pub gateway: Option<WrapGateway>,
}

/// Puts something between the product and its payment provider.
#[derive(Clone)]
pub struct WrapGateway(pub Arc<Wrap>);

type Wrap = dyn Fn(Arc<dyn Gateway>) -> Arc<dyn Gateway> + Send + Sync;

impl std::fmt::Debug for WrapGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WrapGateway")
    }
}

/// A running application.
pub struct App {
    pub coordinator: Coordinator,
    pub address: SocketAddr,
    /// Where metrics and the demo's messages are.
    pub admin_address: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    serving_admin: Option<JoinHandle<()>>,
    background: JoinHandle<()>,
}

/// Why the application did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    #[error(
        "cannot listen on {0} for metrics and the demo's messages: {1}; set admin_listen to another address, or to \"off\""
    )]
    ListenAdmin(SocketAddr, std::io::Error),
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("the data folder {0}: {1}")]
    DataFolder(PathBuf, std::io::Error),
    #[error("the database: {0}")]
    Data(#[from] crate::data::DataError),
    #[error("delivery: {0}")]
    Delivery(#[from] TransportSetupError),
    #[error("mail.from \"{0}\" is not a sender; it looks like TicketBoss <tickets@example.org>")]
    Sender(String),
    #[error("{0}")]
    Secret(#[from] SecretError),
    #[error("the challenge: {0}")]
    Challenge(#[from] ChallengeSetupError),
    #[error("the demo: {0}")]
    Demo(#[from] crate::demo::install::InstallDemoError),
}

impl App {
    /// Opens the database, installs the demo where it is wanted, and serves.
    ///
    /// # Errors
    /// [`StartError`] naming what was in the way.
    pub async fn start(config: Config, replaced: Replaced) -> Result<Self, StartError> {
        config.check()?;
        let files_max = replaced.files_max.unwrap_or_else(raise_files_limit);
        let listener = listen(config.listen).map_err(|error| StartError::Listen(config.listen, error))?;
        let address = listener.local_addr().map_err(|error| StartError::Listen(config.listen, error))?;
        if config.is_secure() && config.trusted_proxies.is_empty() {
            tracing::error!(
                "public_url is https, so there is a reverse proxy, but trusted_proxies is empty: all visitors count as one \
                 address and share its limits, such as {} seats held at a time; add the proxy's network to trusted_proxies",
                config.limits.held_seats_min
            );
        }
        let admin = listen_for_operators(&config)?;
        let admin_address = admin.as_ref().and_then(|listener| listener.local_addr().ok());
        let places = Places::new(&config.limits, &config.trusted_proxies, files_max);
        let places = if replaced.safeguards.evict_idle { places } else { places.without_eviction() };
        tracing::info!(
            files = files_max,
            places = places.places_max(),
            "limits of open files, and of connections and live charts"
        );
        let safeguards = replaced.safeguards;
        let coordinator = open(&config, replaced).await?;
        let (stop, stopped) = watch::channel(false);
        let state = AppState::new(AppParts {
            coordinator: coordinator.clone(),
            messages: Arc::new(Messages::load()),
            limits: Arc::new(Limits::new(&config.limits)),
            safeguards,
            places,
            demo_mail_url: config.demo_mail_url(admin_address),
            config: Arc::new(config),
            metrics: recorder(),
            stopping: stopped.clone(),
        });
        let background = {
            let (coordinator, stopped) = (coordinator.clone(), stopped.clone());
            tokio::spawn(async move { coordinator.background().run(stopped).await })
        };
        tokio::spawn(housekeeping(coordinator.clone(), state.limits.clone(), stopped.clone()));
        let serving_admin =
            admin.map(|listener| tokio::spawn(http::serve(listener, Served::admin(state.clone()), stopped.clone())));
        let serving = tokio::spawn(http::serve(listener, Served::public(state), stopped));
        Ok(Self { coordinator, address, admin_address, stop, serving, serving_admin, background })
    }

    /// Stops taking requests, finishes what was begun, and closes the database.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        // Web sockets do not end by themselves; after the grace period they are closed, and clients reconnect.
        if tokio::time::timeout(SHUTDOWN_GRACE, self.serving).await.is_err() {
            tracing::info!("some connections were still open after the grace period; closing them");
        }
        if let Some(serving) = self.serving_admin {
            serving.abort();
        }
        let _ = tokio::time::timeout(SHUTDOWN_GRACE, self.background).await;
        self.coordinator.database().close().await;
    }
}

/// The admin listener's socket. An address that the configuration names must be free; the default one may be taken by
/// another node, and this node then runs without an admin listener.
fn listen_for_operators(config: &Config) -> Result<Option<TcpListener>, StartError> {
    let Some(address) = config.admin_address() else { return Ok(None) };
    match listen(address) {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if config.admin_listen == AdminListen::NextPort => {
            tracing::warn!(%address, %error, "the admin listener could not be started: metrics and the demo's messages are not served; set admin_listen to another address");
            Ok(None)
        }
        Err(error) => Err(StartError::ListenAdmin(address, error)),
    }
}

/// Lets this process open as many files as the system allows it, for each connection is one; returns how many.
pub fn raise_files_limit() -> u64 {
    /// Where a system names no limit.
    const UNLIMITED: u64 = 1_000_000;
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        // macOS refuses "as many as there are", so an unlimited one stays as it is.
        let raised = Rlimit { current: maximum.or(current), maximum };
        let reached = if setrlimit(Resource::Nofile, raised).is_ok() { maximum } else { current };
        reached.unwrap_or(UNLIMITED)
    }
    #[cfg(not(unix))]
    UNLIMITED
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A restart need not wait for the last connections of the process before it.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(LISTEN_BACKLOG)
}

/// Opens the books without serving: what operators' commands work on.
///
/// # Errors
/// [`StartError`] naming what was in the way.
pub async fn open(config: &Config, replaced: Replaced) -> Result<Coordinator, StartError> {
    private_files::prepare_data_folder(&config.data_folder)
        .map_err(|error| StartError::DataFolder(config.data_folder.clone(), error))?;
    let capacity = &config.capacity;
    let pools = Pools {
        wait: Duration::from_millis(config.database_wait_ms.max(1)),
        postgres_connections: capacity.postgres_connections.get(),
        postgres_desk_connections: capacity.postgres_desk_connections.get(),
        sqlite_readers: capacity.sqlite_readers.get(),
    };
    let database = Database::open_with(&config.resolved_database_url(), pools).await?;
    let mut link = database.begin().await?;
    fold_what_stands_here(&mut link).await?;
    compute_old_keys(&mut link).await?;
    link.commit().await?;
    let mut more = true;
    while more {
        let mut link = database.begin().await?;
        more = compute_order_keys(&mut link).await?;
        link.commit().await?;
    }
    let clock = replaced.clock.unwrap_or_else(Clock::system);
    if config.demo && install_demo(&database, clock.now()).await? {
        tracing::info!("the demo season is installed");
    }
    let store = SandboxStore::new(database.clone());
    store.take_over(&config.data_folder.join("sandbox.db"), clock.now()).await?;
    let sandbox = Sandbox::new(store);
    let gateway: Arc<dyn Gateway> = Arc::new(sandbox.clone());
    let gateways = Gateways::new(replaced.gateway.map_or(gateway.clone(), |WrapGateway(wrap)| wrap(gateway)), []);
    let outgoing = open_outgoing(config).await?;
    let secret = load_secret(config, &database).await?;
    let setting = Setting {
        database,
        secret,
        outgoing,
        clock,
        sandbox,
        gateways,
        public_url: config.public_url.clone(),
        safeguards: replaced.safeguards,
        held_budget: HeldBudget { percent: config.limits.held_percent, seats_min: config.limits.held_seats_min },
        challenge: Challenge::new(&config.challenge, &config.public_url)?,
        seat_desk_queue: capacity.seat_desk_queue.get() as usize,
        order_desk_queue: capacity.order_desk_queue.get() as usize,
    };
    Ok(Coordinator::start(setting).await?)
}

/// The deployment's secret, once it is sure that it is the one this database was set up with.
async fn load_secret(config: &Config, database: &Database) -> Result<DeploymentSecret, StartError> {
    let secret = DeploymentSecret::load(&config.secret, &config.data_folder)?;
    let check = settings::load_or_insert(database, "secret_check", || secret.sign(Purpose::Check, &[])).await?;
    if secret.verify(Purpose::Check, &[], &check) { Ok(secret) } else { Err(SecretError::Differs.into()) }
}

/// Mails go to the SMTP server where there is one, else into the data folder, as letters do.
async fn open_outgoing(config: &Config) -> Result<Outgoing, StartError> {
    if !config.demo {
        if config.mail.smtp_url.is_empty() {
            tracing::warn!("mail.smtp_url is empty: mails are written to the data folder and not sent");
        }
        if config.sms.account_sid.is_empty() {
            tracing::warn!("sms.account_sid is empty: text messages are written to the data folder and not sent");
        }
    }
    let mail = if config.mail.smtp_url.is_empty() {
        MailTransport::folder(config.mail_folder()).await?
    } else {
        MailTransport::smtp(&config.mail.smtp_url)?
    };
    Ok(Outgoing {
        mail,
        sms: open_sms(config).await?,
        sms_per_day_max: config.sms.per_day_max,
        sms_countries: config.sms.countries.clone(),
        ticket_mails: NonZeroU32::new(config.mail.tickets_per_minute).map(|per_minute| {
            // Spread over the minute, as far as the loop that sends them can.
            let at_once = NonZeroU32::new(per_minute.get() / 10).unwrap_or(NonZeroU32::MIN);
            Arc::new(RateLimiter::direct(Quota::per_minute(per_minute).allow_burst(at_once)))
        }),
        letters: LetterTransport::folder(config.data_folder.join("letters")).await?,
        from: config.mail.from.parse().map_err(|_| StartError::Sender(config.mail.from.clone()))?,
        messages: Arc::new(Messages::load()),
    })
}

/// Text messages go to the provider where there is an account, else into the data folder.
async fn open_sms(config: &Config) -> Result<SmsTransport, TransportSetupError> {
    let sms = config.sms.clone();
    if sms.account_sid.is_empty() {
        return SmsTransport::folder(config.sms_folder()).await;
    }
    SmsTransport::twilio(TwilioAccount {
        base_url: sms.base_url.trim_end_matches('/').to_owned(),
        account_sid: sms.account_sid,
        auth_token: sms.auth_token,
        from: sms.from,
    })
}

/// The process's metrics. One recorder serves all applications of a process (tests start many).
fn recorder() -> Option<PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER.get_or_init(|| PrometheusBuilder::new().install_recorder().ok()).clone()
}

async fn housekeeping(coordinator: Coordinator, limits: Arc<Limits>, mut stopped: watch::Receiver<bool>) {
    let mut measured_at = Instant::now();
    loop {
        tokio::select! {
            () = tokio::time::sleep(CLOCK_LOOK_INTERVAL) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        if measured_at.elapsed() < CLOCK_INTERVAL {
            coordinator.watch_clock().await;
            continue;
        }
        measured_at = Instant::now();
        limits.forget_quiet();
        coordinator.measure_clock().await;
        coordinator.background().forget_old_lapsed_holds().await;
        if let Some(recorder) = recorder() {
            recorder.run_upkeep();
        }
    }
}
