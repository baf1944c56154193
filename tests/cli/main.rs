//! End-to-end tests: the real program, real git, real files. One module per verb.
//!
//! Modules are marked as test code, so that a failed expectation may end a test from any function.

#![expect(clippy::disallowed_types, reason = "these tests start programs")]
#![expect(unreachable_pub, reason = "the support module is shared by inclusion")]

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
#[cfg(unix)]
#[path = "../support/remote/mod.rs"]
mod remote;

#[cfg(test)]
mod access;
#[cfg(test)]
mod agents;
#[cfg(test)]
#[cfg(unix)]
mod agents_install;
#[cfg(test)]
mod agents_long;
#[cfg(test)]
mod agents_mutated;
#[cfg(test)]
mod archive;
#[cfg(test)]
#[cfg(unix)]
mod audit;
#[cfg(test)]
mod breaker;
#[cfg(test)]
mod claude_plugin;
#[cfg(test)]
mod coalesce;
#[cfg(test)]
mod coalesce_rewrite;
#[cfg(test)]
mod coalesce_rules;
#[cfg(test)]
#[cfg(unix)]
mod config_hooks;
#[cfg(test)]
#[cfg(unix)]
mod doctor;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod effect;
#[cfg(test)]
mod effect_snapshot;
#[cfg(test)]
#[cfg(unix)]
mod fleet;
#[cfg(test)]
mod halt;
#[cfg(test)]
mod help;
#[cfg(test)]
mod hooks_agent;
#[cfg(test)]
mod hooks_git;
#[cfg(test)]
mod install;
#[cfg(test)]
#[cfg(unix)]
mod install_edges;
#[cfg(test)]
mod lane;
#[cfg(test)]
mod lane_hook;
#[cfg(test)]
#[cfg(unix)]
mod lease;
#[cfg(test)]
#[cfg(unix)]
mod lease_crowd;
#[cfg(test)]
#[cfg(unix)]
mod lease_hooks;
#[cfg(test)]
#[cfg(unix)]
mod lease_remote;
#[cfg(test)]
#[cfg(unix)]
mod lease_rules;
#[cfg(test)]
#[cfg(unix)]
mod lease_shared;
#[cfg(test)]
mod liveness;
#[cfg(test)]
mod liveness_patches;
#[cfg(test)]
#[cfg(unix)]
mod managers;
#[cfg(test)]
#[cfg(unix)]
mod neighbours;
#[cfg(test)]
mod pushes;
#[cfg(test)]
mod run;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod severity;
#[cfg(test)]
mod severity_push;
#[cfg(test)]
mod status;
#[cfg(test)]
mod status_page;
#[cfg(test)]
mod stop;
#[cfg(test)]
mod stream;
#[cfg(test)]
#[cfg(unix)]
mod top;
#[cfg(test)]
#[cfg(unix)]
mod verify;
