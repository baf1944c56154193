//! Is the commit that git has just made one archive of nothing too many? Then it folds by itself.

use gix::error::Result;

use super::log::Log;
use super::mode::Mode;
use crate::ops::coalesce;

/// Folds the new commit into the one before it where that is allowed, and says nothing.
pub(super) fn run(repository: &gix::Repository, log: &Log) -> Result<()> {
    if Mode::of(repository) == Ok(Mode::Observe) {
        return Ok(());
    }
    let report = coalesce::after_commit(repository)?;
    for warning in report.warnings {
        log.record("git post-commit", warning);
    }
    Ok(())
}
