//! What can be wrong with what git handed us?

use std::fmt;

/// Why a hook's input could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// A line of standard input is not of the form that git documents.
    Line {
        /// Line number, from 1.
        number: usize,
        /// The documented form.
        form: &'static str,
    },
    /// An argument that git always passes is missing.
    Argument {
        /// What the argument holds.
        name: &'static str,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { number, form } => {
                write!(formatter, "line {number} of the input is not \"{form}\"")
            }
            Self::Argument { name } => write!(formatter, "the argument <{name}> is missing"),
        }
    }
}

impl std::error::Error for Error {}
