//! Pure judgements: evidence and policy in, verdict out. No files, git, environment, clock or printing.

pub mod access;
pub mod arbiter;
pub mod archive;
pub mod audit;
pub mod breaker;
pub mod coalesce;
pub mod done;
pub mod effect;
pub mod fleet;
pub mod headline;
pub mod lease_work;
pub mod liveness;
pub mod repeat;
pub mod severity;
pub mod ship;
pub mod sink;
pub mod stream;
pub mod token;
pub mod wait;
pub mod watch;
pub mod work;
