//! The operator's commands for the keys tickets are signed with.

use super::{Place, operate::run};
use crate::coordinator::{orders::ticket_keys::ListedTicketKey, staff::publishing::InstallError};
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Lists all keys by number with their public halves, which doors verify tickets with.
    List,
    /// Creates a new key and signs with it from now on. Tickets that were signed before stay valid; running servers
    /// switch to the new key within seconds.
    Rotate,
}

pub fn keys(place: &Place, command: KeysCommand) -> ExitCode {
    run(place, async |coordinator| match command {
        KeysCommand::List => {
            let listed = coordinator.orders().list_ticket_keys().await?;
            Ok(listed.iter().map(line).collect::<Vec<_>>().join("\n"))
        }
        KeysCommand::Rotate => match coordinator.orders().rotate_ticket_key().await? {
            Some(key_id) => Ok(format!("key {key_id} created; tickets are now signed with it")),
            None => Err(InstallError::Invalid("all 255 key numbers are used".to_owned())),
        },
    })
}

fn line(key: &ListedTicketKey) -> String {
    let moment = |at: shared_model::Timestamp| {
        jiff::Timestamp::from_millisecond(at.as_millis()).map(|at| at.to_string()).unwrap_or_default()
    };
    let since = moment(key.created_at);
    let until = key.retired_at.map_or_else(|| "active".to_owned(), |at| format!("retired {}", moment(at)));
    format!("{:3}  {}  created {since}, {until}", key.key_id, key.verifying_key)
}
