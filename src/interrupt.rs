//! Has somebody asked this process to end? For verbs that go on until they are.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// The wishes that this process end, which come instead of the end itself.
#[derive(Debug)]
pub struct Interrupts {
    receiver: Receiver<()>,
    /// Kept, so that nobody takes the end of all senders for a wish where there are no signals.
    _sender: Sender<()>,
}

/// What ends a rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// The time is over.
    Time,
    /// This process shall end: `SIGTERM`, `SIGINT` or `SIGHUP` came.
    Stop,
}

impl Interrupts {
    /// Begins to listen, for as long as this process lives.
    pub fn listen() -> std::io::Result<Self> {
        let (sender, receiver) = channel();
        #[cfg(unix)]
        {
            use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
            let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?;
            let sender = sender.clone();
            std::thread::spawn(move || {
                for _ in signals.forever() {
                    if sender.send(()).is_err() {
                        return;
                    }
                }
            });
        }
        Ok(Self { receiver, _sender: sender })
    }

    /// Waits for `rest`, or until this process shall end.
    pub fn wait(&self, rest: Duration) -> Wake {
        match self.receiver.recv_timeout(rest) {
            Ok(()) => Wake::Stop,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Wake::Time,
        }
    }
}
