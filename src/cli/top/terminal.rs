//! The terminal: made ready for a screen, and left as it was on every way out.

use std::io::{Stdout, stdout};
use std::mem::ManuallyDrop;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use gix::error::{Result, ResultExt as _, message};
use ratatui_core::terminal::Terminal;
use ratatui_crossterm::CrosstermBackend;
use ratatui_crossterm::crossterm::cursor::{Hide, Show};
use ratatui_crossterm::crossterm::execute;
use ratatui_crossterm::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};

use super::board::Board;
use super::screen::{self, Scene};
use super::view::View;

/// Whether the terminal is ours at the moment, and is to be given back.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// A terminal that shows our screen; it is as before when this is dropped.
#[derive(Debug)]
pub(super) struct Screen {
    /// Never dropped: it would show the cursor itself, and panic where the terminal is gone.
    terminal: ManuallyDrop<Terminal<CrosstermBackend<Stdout>>>,
}

impl Screen {
    /// Takes the terminal.
    pub(super) fn take() -> Result<Self> {
        restore_on_panic();
        let backend = CrosstermBackend::new(stdout());
        let terminal = Terminal::new(backend).or_raise(|| message("Could not use the terminal"))?;
        let screen = Self { terminal: ManuallyDrop::new(terminal) };
        enter()?;
        Ok(screen)
    }

    /// Draws, as long as the terminal is ours.
    pub(super) fn draw(
        &mut self,
        board: &Board,
        view: &mut View,
        at: (&Scene, Duration),
    ) -> Result<()> {
        // A panic elsewhere may have given it back, and its words are to stay readable.
        if !TAKEN.load(Ordering::SeqCst) {
            return Ok(());
        }
        let drawn = self.terminal.draw(|frame| screen::draw(frame.buffer_mut(), board, view, at));
        drawn.map(|_| ()).or_raise(|| message("Could not draw on the terminal"))
    }

    /// Takes the terminal again, whatever became of it, and forgets what it shows.
    pub(super) fn retake(&mut self) -> Result<()> {
        let context = || message("Could not use the terminal");
        give_back();
        enter()?;
        let size = self.terminal.size().or_raise(context)?;
        self.terminal
            .resize((ratatui_core::layout::Position::ORIGIN, size).into())
            .or_raise(context)
    }

    /// Gives the terminal back to the shell, stops until the shell lets us go on, and takes it again.
    #[cfg(unix)]
    pub(super) fn suspend(&mut self) -> Result<()> {
        use rustix::process::{Signal, kill_current_process_group};
        give_back();
        // The whole group, as the terminal would do it: git waits for us in it, and the shell for git.
        kill_current_process_group(Signal::TSTP).or_raise(|| message("Could not stop"))?;
        self.retake()
    }

    /// Does nothing: there is no shell that could let us go on.
    #[cfg(not(unix))]
    pub(super) fn suspend(&mut self) -> Result<()> {
        self.retake()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn enter() -> Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode()
        .and_then(|()| execute!(stdout(), EnterAlternateScreen, Hide))
        .or_raise(|| message("Could not use the terminal"))
}

/// Leaves the terminal as it was; does nothing when it is.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        // A terminal that is gone needs nothing, and there is nobody to tell.
        execute!(stdout(), LeaveAlternateScreen, Show).ok();
        disable_raw_mode().ok();
    }
}

/// Has a panic, on any thread, give the terminal back before it says what happened.
fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back();
            usual(panic);
        }));
    });
}
