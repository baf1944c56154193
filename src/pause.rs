//! Does a test want to look at what is half done, or to see the process end there? Only debug builds ask.

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

/// Panics, if `GIT_DOS_PANIC_AT` names `place`.
///
/// # Panics
/// When a test wants it to.
pub fn panic_at(place: &str) {
    #[cfg(debug_assertions)]
    {
        let is_wanted = crate::env::panic_at().is_some_and(|name| name == place);
        assert!(!is_wanted, "a test wants to see what becomes of the terminal");
    }
    #[cfg(not(debug_assertions))]
    let _ = place;
}
