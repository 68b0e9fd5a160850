//! What can go wrong between an app and its server. A keyring that fails is no error: see [`crate::credentials`].

use shared_model::{Problem, app::Failure};

/// Why something asked of the server has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No network, no server, or no answer in time.
    #[error("the server cannot be reached")]
    Offline(#[source] reqwest::Error),
    /// Something answered, but not a working server (a proxy's 502, a captive portal's 511).
    #[error("the server failed: status {status}")]
    Unavailable { status: u16 },
    /// The server said no, and why.
    #[error("the server refused: {}", .0.title)]
    Refused(Box<Problem>),
    /// The answer is not what this version of the app understands, or is too large.
    #[error("the server's response cannot be read: {0}")]
    Unreadable(String),
    /// The HTTP client could not be made: no usable root certificates.
    #[error("this system has no way to verify a server's certificate")]
    NoTls(#[source] reqwest::Error),
}

impl ClientError {
    /// Trying again later may help: what is kept from before is the best answer now.
    pub fn is_away(&self) -> bool {
        match self {
            Self::Offline(_) | Self::Unavailable { .. } => true,
            Self::Refused(problem) => problem.status >= 500,
            Self::Unreadable(_) | Self::NoTls(_) => false,
        }
    }
}

impl From<&ClientError> for Failure {
    fn from(error: &ClientError) -> Self {
        match error {
            ClientError::Refused(problem) if problem.status < 500 => Self::Refused { code: problem.code },
            ClientError::Refused(_) | ClientError::Offline(_) | ClientError::Unavailable { .. } => Self::Away,
            ClientError::Unreadable(_) | ClientError::NoTls(_) => Self::Unreadable,
        }
    }
}
