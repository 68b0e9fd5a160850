//! The operator's commands for accounts: what nobody may do over the network. Both stand in the audit log.

use super::{Place, operate::run};
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Lets an account run the platform; it acts once it has a second factor.
    MakeOperator {
        /// The account's user name.
        email: String,
    },
    /// For who lost phone and passkeys: takes all second factors away and ends all sessions. Make sure first
    /// who is asking.
    ResetSecondFactor {
        /// The account's user name.
        email: String,
    },
}

pub fn account(place: &Place, command: AccountCommand) -> ExitCode {
    run(place, async |coordinator| match command {
        AccountCommand::MakeOperator { email } => {
            coordinator.accounts().make_operator(&email).await.map(|()| format!("{email} runs the platform"))
        }
        AccountCommand::ResetSecondFactor { email } => {
            let done = format!("{email} has no second factor any more and is signed out everywhere");
            coordinator.accounts().reset_second_factor(&email).await.map(|()| done)
        }
    })
}
