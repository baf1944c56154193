//! What did an agent write to us? Read without trusting it to ever stop.

use std::io::{BufRead as _, IsTerminal as _, StdinLock, stdin};
use std::time::Instant;

use crate::clock;

/// The most bytes of a payload that are looked at.
const LIMIT: usize = 4 * 1024 * 1024;

/// What was found on standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// All of it; empty when there is nothing, or a person at a terminal.
    Whole(Vec<u8>),
    /// More than anybody needs to tell us.
    TooLong,
    /// Something that did not end in time.
    Late,
}

/// Reads standard input to its end, or until `deadline`.
///
/// What is over the limit is read as well and thrown away: an agent that still writes would meet a closed pipe.
pub fn read(deadline: Instant) -> Payload {
    let mut payload = Vec::new();
    if stdin().is_terminal() {
        return Payload::Whole(payload);
    }
    let mut stdin = stdin().lock();
    let mut length = 0_usize;
    loop {
        if !is_ready(&stdin, deadline) {
            return Payload::Late;
        }
        let read = match stdin.fill_buf() {
            Ok(bytes) => {
                length += bytes.len();
                if length <= LIMIT {
                    payload.extend_from_slice(bytes);
                }
                bytes.len()
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            // Half a payload is no payload.
            Err(_) => return Payload::Whole(Vec::new()),
        };
        stdin.consume(read);
        if read == 0 {
            return if length > LIMIT { Payload::TooLong } else { Payload::Whole(payload) };
        }
    }
}

/// Waits until `stdin` has something to read, or its end; `false` when nothing came until `deadline`.
#[cfg(unix)]
fn is_ready(stdin: &StdinLock<'_>, deadline: Instant) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let left = deadline.saturating_duration_since(clock::instant());
    let Ok(left) = Timespec::try_from(left) else { return true };
    loop {
        match poll(&mut [PollFd::new(stdin, PollFlags::IN)], Some(&left)) {
            Ok(ready) => return ready > 0,
            Err(rustix::io::Errno::INTR) => {}
            // What cannot be waited for can still be read.
            Err(_) => return true,
        }
    }
}

/// Tells that `stdin` may be read: there is no waiting for a pipe here, and agents close theirs.
#[cfg(not(unix))]
fn is_ready(_stdin: &StdinLock<'_>, deadline: Instant) -> bool {
    clock::instant() < deadline
}
