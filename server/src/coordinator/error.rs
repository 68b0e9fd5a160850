//! Maps each component's refusals and failures to the list of error codes, in one place. Failures of the system
//! are logged here, once; refusals are no errors and are not logged.

use super::{orders::order_desk::OrderDeskError, seats::desk::DeskError, staff::publishing::InstallError};
use crate::{
    auth::{
        audit::AuditError,
        factors::{
            passkeys::PasskeyRefusal,
            passwords::{NewPasswordRefused, PasswordsBusy, WeakPassword},
            totp::TotpRefusal,
        },
        limits::quotas::TooOften,
        roles::TeamRefusal,
    },
    commerce::gateway::GatewayError,
    data::DataError,
    events::catalogue::InvalidFilter,
    reservations::{
        orders::{placing::OrderRequestError, steps::OrderRefusal},
        seats::decide::Refusal,
    },
};
use shared_model::{ErrorCode, Problem};

/// What a command of the coordinator answers when it was not done.
pub type CommandError = Problem;
pub type CommandResult<T> = Result<T, CommandError>;

/// When somebody comes back whose network holds as much as it may: some of it is bought or let go every minute.
const TOO_MANY_HELD_RETRY_SECONDS: u32 = 30;

/// An error that says itself what it is called outside.
pub(super) trait IntoProblem {
    fn into_problem(self) -> Problem;
}

/// `?` for component errors: `desk.command(…).await.or_problem()?`.
pub(super) trait OrProblem<T> {
    fn or_problem(self) -> CommandResult<T>;
}

impl<T, E: IntoProblem> OrProblem<T> for Result<T, E> {
    fn or_problem(self) -> CommandResult<T> {
        self.map_err(IntoProblem::into_problem)
    }
}

pub(super) fn not_found() -> Problem {
    Problem::new(ErrorCode::NotFound)
}

/// A limit that is reached, with the moment to come back.
pub(super) fn too_often(refused: TooOften) -> Problem {
    let seconds = refused.retry_after.as_millis().div_ceil(1000).max(1);
    let retry_after_seconds = Some(u32::try_from(seconds).unwrap_or(u32::MAX));
    Problem { retry_after_seconds, ..Problem::new(ErrorCode::RateLimited) }
}

impl IntoProblem for PasswordsBusy {
    fn into_problem(self) -> Problem {
        busy()
    }
}

impl IntoProblem for NewPasswordRefused {
    fn into_problem(self) -> Problem {
        match self {
            Self::Busy(busy) => busy.into_problem(),
            Self::Weak(weak) => weak.into_problem(),
        }
    }
}

impl IntoProblem for WeakPassword {
    fn into_problem(self) -> Problem {
        Problem::new(ErrorCode::WeakPassword).detail(self.to_string())
    }
}

impl IntoProblem for PasskeyRefusal {
    fn into_problem(self) -> Problem {
        let code = match self {
            Self::CeremonyOver => ErrorCode::CodeOver,
            Self::Wrong => ErrorCode::BadCredentials,
            Self::NoHostName | Self::Unreadable | Self::Known | Self::TooMany | Self::Name => ErrorCode::InvalidInput,
        };
        Problem::new(code).detail(self.to_string())
    }
}

impl IntoProblem for TotpRefusal {
    fn into_problem(self) -> Problem {
        let code = match self {
            Self::WrongCode => ErrorCode::WrongCode,
            Self::SetupOver => ErrorCode::CodeOver,
        };
        Problem::new(code).detail(self.to_string())
    }
}

impl IntoProblem for TeamRefusal {
    fn into_problem(self) -> Problem {
        match self {
            Self::LastOwner => Problem::new(ErrorCode::InvalidInput).detail(self.to_string()),
        }
    }
}

impl IntoProblem for AuditError {
    fn into_problem(self) -> Problem {
        match self {
            Self::Cursor(_) => Problem::new(ErrorCode::InvalidInput).detail(self.to_string()),
            Self::Data(error) => error.into_problem(),
        }
    }
}

impl IntoProblem for InstallError {
    fn into_problem(self) -> Problem {
        match self {
            Self::Data(error) => error.into_problem(),
            Self::Desk(error) => error.into_problem(),
            Self::Plan(_) | Self::Missing { .. } | Self::Exists { .. } | Self::Invalid(_) | Self::Claims(_) => {
                Problem::new(ErrorCode::InvalidInput).detail(self.to_string())
            }
        }
    }
}

impl IntoProblem for Refusal {
    fn into_problem(self) -> Problem {
        let words = self.to_string();
        let problem = |code| Problem::new(code).detail(words.clone());
        match self {
            Self::SeatsTaken(seats) => Problem { seats, ..problem(ErrorCode::SeatsTaken) },
            Self::SeatLimit(limit) => Problem { limit: Some(limit), ..problem(ErrorCode::SeatLimit) },
            Self::TooManyHeld(limit) => {
                let retry_after_seconds = Some(TOO_MANY_HELD_RETRY_SECONDS);
                Problem { limit: Some(limit), retry_after_seconds, ..problem(ErrorCode::TooManyHeld) }
            }
            Self::HeldTooLong { seats, until } => Problem { seats, at: Some(until), ..problem(ErrorCode::HeldTooLong) },
            Self::OrphanSeat(seats) => Problem { seats, ..problem(ErrorCode::OrphanSeat) },
            Self::NoSeatsFound => problem(ErrorCode::NoSeatsFound),
            Self::NotYetOnSale(at) => Problem { at: Some(at), ..problem(ErrorCode::NotYetOnSale) },
            Self::SaleEnded => problem(ErrorCode::SaleEnded),
            Self::Cancelled => problem(ErrorCode::PerformanceCancelled),
            Self::HoldLapsed(seats) => Problem { seats, ..problem(ErrorCode::HoldLapsed) },
            Self::AlreadyExtended => problem(ErrorCode::AlreadyExtended),
            Self::UnknownSeat(seat) | Self::NotSold(seat) => {
                Problem { seats: vec![seat], ..problem(ErrorCode::InvalidInput) }
            }
            Self::NotBlocked(seats) => Problem { seats, ..problem(ErrorCode::InvalidInput) },
            Self::UnknownArea(_) | Self::UnknownPrice | Self::Count => problem(ErrorCode::InvalidInput),
        }
    }
}

impl IntoProblem for OrderRefusal {
    fn into_problem(self) -> Problem {
        let words = self.to_string();
        let problem = |code| Problem::new(code).detail(words.clone());
        match self {
            Self::NotFound => not_found(),
            Self::SeatsLost(seats) => Problem { seats, ..problem(ErrorCode::HoldLapsed) },
            Self::Closed | Self::PaymentOpen | Self::TooManyPayments => problem(ErrorCode::OrderClosed),
            Self::SeatLimit(limit) => Problem { limit: Some(limit), ..problem(ErrorCode::SeatLimit) },
            Self::PaymentIdTaken => problem(ErrorCode::InvalidInput),
            Self::Cancelled => problem(ErrorCode::PerformanceCancelled),
            Self::SaleEnded => problem(ErrorCode::SaleEnded),
        }
    }
}

impl IntoProblem for OrderRequestError {
    fn into_problem(self) -> Problem {
        let words = self.to_string();
        let code = match self {
            Self::CartEmpty => ErrorCode::CartEmpty,
            Self::Cancelled => ErrorCode::PerformanceCancelled,
            Self::MixedCurrencies => ErrorCode::MixedCurrencies,
            Self::TotalChanged(_) => ErrorCode::TotalChanged,
            Self::Invalid(_) => ErrorCode::InvalidInput,
        };
        Problem::new(code).detail(words)
    }
}

impl IntoProblem for InvalidFilter {
    fn into_problem(self) -> Problem {
        Problem::new(ErrorCode::InvalidInput).detail(self.to_string())
    }
}

impl IntoProblem for DataError {
    fn into_problem(self) -> Problem {
        tracing::error!(error = %self, "a command failed");
        data_problem(&self)
    }
}

fn data_problem(error: &DataError) -> Problem {
    match error {
        DataError::Unavailable(_) => busy(),
        DataError::Conflict | DataError::Corrupt { .. } | DataError::Unsuitable(_) | DataError::Failed(_) => {
            Problem::new(ErrorCode::Internal)
        }
    }
}

/// To be asked again in a moment.
pub(super) fn busy() -> Problem {
    Problem { retry_after_seconds: Some(1), ..Problem::new(ErrorCode::Busy) }
}

impl IntoProblem for DeskError {
    fn into_problem(self) -> Problem {
        match self {
            Self::Refused(refusal) => refusal.into_problem(),
            Self::Busy => busy(),
            // The desk logged it, once for the whole batch.
            Self::Failed(error) => data_problem(&error),
        }
    }
}

impl IntoProblem for OrderDeskError {
    fn into_problem(self) -> Problem {
        match self {
            Self::Refused(refusal) => refusal.into_problem(),
            Self::Busy => busy(),
            Self::Failed(error) => data_problem(&error),
        }
    }
}

impl IntoProblem for GatewayError {
    fn into_problem(self) -> Problem {
        tracing::warn!(error = %self, "a request to the payment provider failed");
        Problem { retry_after_seconds: Some(5), ..Problem::new(ErrorCode::PaymentUncertain) }
    }
}
