//! Where are our hooks, in git and in the agents, and how would they be put in or taken out?

pub mod claude;
pub mod config;
pub mod hooks_folder;
pub mod place;
pub mod surgeon;
pub mod worktrees;
