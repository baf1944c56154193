//! Answers from git what agents claim: did the commit do what it says, may this one fold into the last?
//!
//! The flow is one way. `cli` and `hooks` call `ops`; `ops` gathers facts through `evidence` and
//! `journal`, has one pure function in `verdict` judge them, and acts at most once. Nothing runs back.

pub mod cli;
pub mod clock;
pub mod env;
pub mod evidence;
pub mod fingerprint;
pub mod git_program;
pub mod hooks;
pub mod interrupt;
pub mod journal;
pub mod lane;
pub mod leases;
pub mod ops;
pub mod output;
pub mod pause;
pub mod policy;
pub mod run_id;
pub mod verdict;
