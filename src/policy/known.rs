//! Values of `dos.toml` that are written by their names.

use serde::Deserialize;

/// A value that is written by its name, and refused with the known names when there is none of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String", bound = "")]
pub struct Known<T: Named>(pub T);

/// Something that has a name in `dos.toml`.
pub trait Named: Sized {
    /// Returns the value called `name`.
    fn named(name: &str) -> Option<Self>;
    /// Returns the names there are, for an error.
    fn names() -> String;
}

impl<T: Named> TryFrom<String> for Known<T> {
    type Error = String;

    fn try_from(name: String) -> std::result::Result<Self, String> {
        let unknown = || format!("`{name}` is not known here; known are {}", T::names());
        T::named(&name).map(Self).ok_or_else(unknown)
    }
}
