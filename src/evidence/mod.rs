//! What does the repository say? Reads only, and only through gix.

pub mod changes;
pub mod commit;
pub mod range;
pub mod repository;
pub mod reverted;
pub mod text;
