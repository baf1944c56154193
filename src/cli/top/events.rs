//! What happens while the screen is shown: keys, another size, another look, a wish to end.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use gix::error::{Result, ResultExt as _, message};
use ratatui_crossterm::crossterm::event::{self, Event as Terminal, KeyEvent};

use super::page::Look;
use crate::interrupt::{Interrupts, Wake};

/// Something that changes what the screen shows.
#[derive(Debug)]
pub(super) enum Event {
    /// Somebody pressed a key.
    Key(KeyEvent),
    /// The terminal has another size.
    Resize,
    /// A look began, at a time since 1970-01-01T00:00:00Z.
    Looking(Duration),
    /// A look is over.
    Looked(Look),
    /// This process was stopped, and goes on.
    Continued,
    /// This process shall end.
    Stop,
    /// Keys cannot be read any more.
    Deaf(std::io::Error),
    /// Nobody looks any more.
    Lost,
}

/// Begins to listen to signals, and returns where everything arrives, and by what others can tell.
pub(super) fn listen() -> Result<(Sender<Event>, Receiver<Event>)> {
    let context = || message("Could not listen to signals");
    let (sender, receiver) = channel();
    let interrupts = Interrupts::listen().or_raise(context)?;
    let events = sender.clone();
    std::thread::spawn(move || {
        loop {
            let is_over = interrupts.wait(Duration::from_secs(3600)) == Wake::Stop;
            if is_over && events.send(Event::Stop).is_err() {
                return;
            }
        }
    });
    #[cfg(unix)]
    {
        let events = sender.clone();
        let mut signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGCONT])
            .or_raise(context)?;
        std::thread::spawn(move || {
            for _ in signals.forever() {
                if events.send(Event::Continued).is_err() {
                    return;
                }
            }
        });
    }
    Ok((sender, receiver))
}

/// Begins to read keys; the terminal must be ready for it.
pub(super) fn read_keys(events: Sender<Event>) {
    std::thread::spawn(move || {
        loop {
            let (event, is_deaf) = match event::read() {
                Ok(Terminal::Key(key)) => (Event::Key(key), false),
                Ok(Terminal::Resize(..)) => (Event::Resize, false),
                Ok(
                    Terminal::FocusGained
                    | Terminal::FocusLost
                    | Terminal::Mouse(_)
                    | Terminal::Paste(_),
                ) => continue,
                Err(error) => (Event::Deaf(error), true),
            };
            if events.send(event).is_err() || is_deaf {
                return;
            }
        }
    });
}
