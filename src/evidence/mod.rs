//! What does the repository say, and the state around it? Reads only; what is git's, only through gix.

pub mod archives;
pub mod changes;
pub mod commit;
pub mod footprint;
mod graph;
pub mod holders;
pub mod identity;
pub mod json;
pub mod process;
pub mod progress;
pub mod range;
pub mod repository;
pub mod reverted;
pub mod rewritable;
pub mod ship;
pub mod staged;
pub mod state;
pub mod text;
pub mod tool;
pub mod touches;
pub mod transcript;
pub mod walk;
