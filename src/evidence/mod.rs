//! What does the repository say? Reads only, and only through gix.

pub mod archives;
pub mod changes;
pub mod commit;
pub mod holders;
pub mod identity;
pub mod process;
pub mod progress;
pub mod range;
pub mod repository;
pub mod reverted;
pub mod rewritable;
pub mod ship;
pub mod text;
pub mod walk;
