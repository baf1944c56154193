//! An event comes in, a reply goes out: how installed hooks use the library.
//!
//! A hook speaks only when it has found something. Whatever goes wrong in here is written to the log and
//! keeps nobody from working.

mod access;
pub mod agent;
pub mod chain;
mod commit_msg;
pub mod git;
pub mod guard;
pub mod log;
pub mod mode;
pub mod payload;
pub mod place;
mod post_commit;
mod post_rewrite;
mod pre_commit;
mod pre_push;
pub mod seen;
mod stop;
mod tool;
