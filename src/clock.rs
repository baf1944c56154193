//! What time is it? The one place that reads the clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Returns the time since 1970-01-01T00:00:00Z from the system clock; zero when the clock is set before it.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Returns a stopwatch reading that only grows, for deadlines and progress.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn instant() -> std::time::Instant {
    std::time::Instant::now()
}
