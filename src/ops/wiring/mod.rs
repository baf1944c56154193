//! Where are our hooks, in git and in the agents, and how would they be put in or taken out?

pub mod agents;
pub mod config;
pub mod copied;
pub mod exclude;
pub mod hooks_folder;
pub mod lanes;
pub mod moved;
pub mod place;
pub mod surgeon;
pub mod trust;
pub mod worktrees;
