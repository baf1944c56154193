//! How far is it? A bar on a terminal for audits that take longer than a second.

use std::cell::Cell;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::clock;

/// A bar that appears when its audit takes longer than [`DELAY`].
pub(super) struct Bar {
    started: Instant,
    total: usize,
    done: Cell<usize>,
    shown: std::cell::OnceCell<ProgressBar>,
    wanted: bool,
}

/// How long an audit may take without a bar.
const DELAY: Duration = Duration::from_secs(1);

/// Commits between two looks at the clock.
const STEP: usize = 64;

impl Bar {
    pub(super) fn new(total: usize, quiet: bool) -> Self {
        let wanted = !quiet && std::io::stderr().is_terminal();
        let shown = std::cell::OnceCell::new();
        Self { started: clock::instant(), total, done: Cell::new(0), shown, wanted }
    }

    pub(super) fn advance(&self) {
        let done = self.done.get() + 1;
        self.done.set(done);
        if !self.wanted || !done.is_multiple_of(STEP) || self.started.elapsed() < DELAY {
            return;
        }
        self.shown
            .get_or_init(|| bar(self.total))
            .set_position(u64::try_from(done).unwrap_or(u64::MAX));
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = self.shown.get() {
            bar.finish_and_clear();
        }
    }
}

fn bar(total: usize) -> ProgressBar {
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("auditing {bar:30} {pos}/{len} commits, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
