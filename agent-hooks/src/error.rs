//! What can be wrong with what an agent handed us?

use std::fmt;

/// Why a payload could not be used.
#[derive(Debug)]
pub enum Error {
    /// The bytes are not one JSON object.
    Payload(serde_json::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Payload(_) => formatter.write_str("the payload is not one JSON object"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Payload(error) => Some(error),
        }
    }
}
