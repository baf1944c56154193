//! What does a command do while it holds a lane? It runs, the lease is renewed, and given back when it has ended.

use std::ffi::OsString;
use std::process::{Child, ExitStatus};
use std::sync::mpsc::RecvTimeoutError;
use std::thread::JoinHandle;
use std::time::Duration;

#[expect(clippy::disallowed_types, reason = "the one place that starts the holder of a lane")]
use std::process::Command;

#[cfg(not(unix))]
use gix::error::ErrorExt as _;
#[cfg(unix)]
use gix::error::bail;
use gix::error::{Message, Result, ResultExt as _, message};

use super::keep::{self, Which};
use crate::env;
use crate::leases::{Holder, Lease};
use crate::output::{HINT, error_text, print_status, shown};

/// The shortest time between two renewals.
const SHORTEST: Duration = Duration::from_millis(500);

/// What becomes of the lease when the command has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// It is given back.
    Release,
    /// It stays: its holder had it before.
    Keep,
}

/// Runs `words` while `lease` is held, and returns the exit code; a signal counts as 128 and its number.
///
/// The lease counts as long as the command runs, whatever becomes of this process. Errors when the command cannot be
/// started; what goes wrong with the lease afterwards is a warning, and the exit code that of the command.
pub fn run(
    repository: &gix::Repository,
    (holder, lease): (&Holder, &Lease),
    words: &[OsString],
    after: After,
) -> Result<u8> {
    let context = || cannot_run(words);
    let signals = signals::listen().or_raise(context)?;
    let mut command = match after {
        After::Release => entrusted(lease, words).or_raise(context)?,
        After::Keep => plain(words),
    };
    if let Some(owner) = &holder.owner {
        command.env(env::OWNER, owner.as_str());
    }
    let started = command.spawn().or_raise(context);
    let ended = started.and_then(|mut child| {
        if after == After::Release && !cfg!(unix) {
            warn(keep::entrust(repository, lease.grant, child.id()).map(|_| ()));
        }
        wait(repository, &mut child, lease, &signals).or_raise(context)
    });
    if after == After::Release {
        warn(keep::release(repository, holder, Which::Given(lease)).map(|_| ()));
    }
    ended.map(code)
}

/// Prepares `words` as they are.
#[expect(clippy::disallowed_types, reason = "the one place that starts the holder of a lane")]
fn plain(words: &[OsString]) -> Command {
    let mut command = Command::new(words.first().map(OsString::as_os_str).unwrap_or_default());
    command.args(words.get(1..).unwrap_or_default());
    command
}

/// Prepares `words` to run in a process that writes itself into `lease` before: see [`become_command`].
///
/// Otherwise whoever kills this process just after the command has begun would leave it without its lease.
#[cfg(unix)]
#[expect(clippy::disallowed_types, reason = "the one place that starts the holder of a lane")]
fn entrusted(lease: &Lease, words: &[OsString]) -> std::io::Result<Command> {
    let mut command = Command::new(env::own_program()?);
    command.arg("become-holder").arg(lease.grant.to_string()).arg("--").args(words);
    Ok(command)
}

#[cfg(not(unix))]
#[expect(clippy::disallowed_types, reason = "the one place that starts the holder of a lane")]
fn entrusted(_: &Lease, words: &[OsString]) -> std::io::Result<Command> {
    Ok(plain(words))
}

/// Has the lease with the number `grant` end with this process, which then becomes the command `words`.
///
/// Returns only with an error: when the lease is gone, or the command cannot be started.
#[cfg(unix)]
pub fn become_command(repository: &gix::Repository, grant: u64, words: &[OsString]) -> Result<()> {
    use std::os::unix::process::CommandExt as _;

    if !keep::entrust(repository, grant, std::process::id())? {
        bail!(message!("The lease number {grant} is gone, and nothing was started"));
    }
    Err(plain(words).exec()).or_raise(|| cannot_run(words))
}

/// A process cannot become another one here.
#[cfg(not(unix))]
pub fn become_command(_: &gix::Repository, _: u64, words: &[OsString]) -> Result<()> {
    Err(cannot_run(words).raise())
}

fn cannot_run(words: &[OsString]) -> Message {
    let name = words.first().map(|name| name.to_string_lossy()).unwrap_or_default();
    message!("Could not run {}", shown(name.as_bytes()))
        .with(HINT, "it is started as it is; for what a shell does: sh -c '…'")
}

/// Waits for `child` to end; hands on the signals that come, and has `lease` renewed at a third of its time, beside that:
/// a remote may be slow to answer.
fn wait(
    repository: &gix::Repository,
    child: &mut Child,
    lease: &Lease,
    signals: &signals::Signals,
) -> std::io::Result<ExitStatus> {
    let pause = (Duration::from_secs(lease.ttl_s) / 3).max(SHORTEST);
    let (mut is_lost, mut renewal): (bool, Option<JoinHandle<bool>>) = (false, None);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if let Some(ended) = renewal.take_if(|renewal| renewal.is_finished()) {
            is_lost = ended.join().unwrap_or_default();
        }
        match signals.next(pause) {
            Ok(signal) => signals::hand_on(child, signal),
            Err(RecvTimeoutError::Timeout) if !is_lost && renewal.is_none() => {
                let (repository, lease) = (repository.clone(), lease.clone());
                renewal = Some(std::thread::spawn(move || renew(&repository, &lease)));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return child.wait(),
        }
    }
}

/// Renews `lease`, and tells whether it is lost.
fn renew(repository: &gix::Repository, lease: &Lease) -> bool {
    let holder = Holder::default();
    match keep::renew(repository, &holder, Which::Given(lease), None) {
        Ok(report) if report.done.is_empty() => {
            let lane = shown(lease.lane.as_bytes());
            print_status(&format!(
                "warning: the lease of lane {lane} is gone, and somebody else may work there\n\
                 hint: git dos lease log says what became of number {}\n",
                lease.grant
            ));
            true
        }
        renewed => {
            warn(renewed.map(|_| ()));
            false
        }
    }
}

fn warn(result: Result<()>) {
    if let Err(error) = result {
        print_status(&error_text(&error));
    }
}

fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if let Some(signal) = status.signal() {
            return u8::try_from(signal).map_or(u8::MAX, |signal| signal.saturating_add(128));
        }
    }
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// What ends a command, handed on to it.
#[cfg(unix)]
mod signals {
    use std::io::IsTerminal as _;
    use std::process::Child;
    use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
    use std::time::Duration;

    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};

    /// The signals that come, instead of ending this process.
    #[derive(Debug)]
    pub(super) struct Signals(Receiver<i32>);

    /// Begins to listen, for as long as this process lives.
    pub(super) fn listen() -> std::io::Result<Signals> {
        let (sender, receiver) = channel();
        let mut signals = signal_hook::iterator::Signals::new([SIGCHLD, SIGHUP, SIGINT, SIGTERM])?;
        std::thread::spawn(move || {
            for signal in signals.forever() {
                if sender.send(signal).is_err() {
                    return;
                }
            }
        });
        Ok(Signals(receiver))
    }

    impl Signals {
        /// Returns the next signal; an error after `pause` without any.
        pub(super) fn next(&self, pause: Duration) -> Result<i32, RecvTimeoutError> {
            self.0.recv_timeout(pause)
        }
    }

    /// Sends `signal` to `child`, if it is not there already: a terminal sends an interrupt to all in front of it.
    pub(super) fn hand_on(child: &Child, signal: i32) {
        let signal = match signal {
            SIGTERM => Signal::TERM,
            SIGHUP => Signal::HUP,
            SIGINT if !std::io::stdin().is_terminal() => Signal::INT,
            _ => return,
        };
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        // One that has just ended needs no signal.
        pid.and_then(|pid| kill_process(pid, signal).ok());
    }
}

/// Where there are no signals, the command is looked at from time to time.
#[cfg(not(unix))]
mod signals {
    use std::process::Child;
    use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
    use std::time::Duration;

    /// Looks at the command at least this often.
    const LOOK_EVERY: Duration = Duration::from_millis(100);

    #[derive(Debug)]
    pub(super) struct Signals(Receiver<i32>, Sender<i32>);

    pub(super) fn listen() -> std::io::Result<Signals> {
        let (sender, receiver) = channel();
        Ok(Signals(receiver, sender))
    }

    impl Signals {
        pub(super) fn next(&self, pause: Duration) -> Result<i32, RecvTimeoutError> {
            match self.0.recv_timeout(pause.min(LOOK_EVERY)) {
                Err(RecvTimeoutError::Timeout) if pause > LOOK_EVERY => Ok(0),
                other => other,
            }
        }
    }

    pub(super) fn hand_on(_: &Child, _: i32) {}
}
