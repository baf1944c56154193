//! What does the repository say about a ship? The walk, what a commit changed, and what became of it.

pub mod change;
pub mod delivered;
pub mod filter;
pub mod history;
pub mod life;
pub mod paths;
pub mod plans;
mod standing;
pub mod target;
pub mod tree;

pub use standing::{Measure, Work};
