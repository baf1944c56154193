//! Does a test want to look at what is half done, or to kill the process there? Only debug builds ask.

/// Says that `step` is done and waits for a byte on standard input, if `GIT_DOS_PAUSE_AFTER` asks for it.
pub fn after(step: &str) {
    #[cfg(debug_assertions)]
    if crate::env::pause_after().is_some_and(|name| name == step) {
        use std::io::Read as _;
        crate::output::print(&format!("paused after {step}\n")).ok();
        std::io::stdin().read_exact(&mut [0]).ok();
    }
    #[cfg(not(debug_assertions))]
    let _ = step;
}
