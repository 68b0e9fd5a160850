//! The operator's commands for accounts, which the API does not have. Both are written to the audit log.

use super::{Place, operate::run};
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Makes an account an operator of the platform; it can act once it has a second factor.
    MakeOperator {
        /// The account's user name.
        email: String,
    },
    /// Removes all second factors of an account and ends its sessions, for an owner who lost phone and passkeys. Verify
    /// first who is asking.
    ResetSecondFactor {
        /// The account's user name.
        email: String,
    },
}

pub fn account(place: &Place, command: AccountCommand) -> ExitCode {
    run(place, async |coordinator| match command {
        AccountCommand::MakeOperator { email } => {
            coordinator.accounts().make_operator(&email).await.map(|()| format!("{email} is now an operator"))
        }
        AccountCommand::ResetSecondFactor { email } => {
            let done = format!("{email}: all second factors removed, all sessions ended");
            coordinator.accounts().reset_second_factor(&email).await.map(|()| done)
        }
    })
}
