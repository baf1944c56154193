//! One file per job: gather the facts, have them judged once, act at most once.

pub mod access;
pub mod archive;
pub mod audit;
pub mod breaker;
pub mod coalesce;
pub mod doctor;
pub mod effect;
pub mod fleet;
pub mod halt;
pub mod install;
pub mod lane;
pub mod lease;
pub mod liveness;
pub mod push;
pub mod run;
pub mod session;
pub mod session_stop;
pub mod sessions;
pub mod severity;
pub mod status;
pub mod stop;
pub mod stream;
pub mod uninstall;
pub mod verify;
pub mod watch;
pub mod wiring;
