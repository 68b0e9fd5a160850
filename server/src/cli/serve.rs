//! `ticketboss serve`.

use super::{Place, fail};
use crate::{
    app::{App, Replaced},
    config::{Config, Log, LogFormat},
};
use std::{io::Write, process::ExitCode};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

pub fn run(place: &Place) -> ExitCode {
    let config = match place.load_config() {
        Ok(config) => config,
        Err(error) => return fail(&error),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    start_log(&config.log);
    runtime.block_on(serve(config))
}

async fn serve(config: Config) -> ExitCode {
    let (public_url, demo) = (config.public_url.clone(), config.demo);
    let app = match App::start(config, Replaced::default()).await {
        Ok(app) => app,
        Err(error) => return fail(&error),
    };
    println!("TicketBoss is open at {public_url} (listening on {})", app.address);
    if let Some(admin) = app.admin_address.filter(|_| demo) {
        // A closed pipe is no failure: its reader has read enough.
        let _ = writeln!(std::io::stdout(), "Demo mails and text messages, with their codes: http://{admin}/demo/mail");
    }
    until_told_to_stop().await;
    tracing::info!("shutting down: finishing open requests");
    app.stop().await;
    ExitCode::SUCCESS
}

async fn until_told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminated = signal(SignalKind::terminate()).expect("signals can be listened to");
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupted.await;
}

fn start_log(log: &Log) {
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::registry().with(filter);
    match log.format {
        LogFormat::Text => lines.with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr)).init(),
        LogFormat::Json => lines.with(tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr)).init(),
    }
}
