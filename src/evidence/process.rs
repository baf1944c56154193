//! Is a process still there, and is it the same one?

use crate::verdict::liveness::Process;

/// A process of some machine, as it was written down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// The name of the machine; `None` is this one.
    pub host: Option<String>,
    /// Its number.
    pub pid: Option<u32>,
    /// When it started, from [`started`].
    pub started: Option<u64>,
}

/// Says whether the process `recorded` still runs.
///
/// A number that another process has by now is a process that is gone. One of another machine cannot be seen
/// from here, and neither can one without a number.
pub fn look(recorded: &Recorded) -> Process {
    let Some(pid) = recorded.pid else { return Process::Unknown };
    if recorded.host.is_some() && recorded.host != host() {
        return Process::Unknown;
    }
    let is_other = |started| recorded.started.is_some_and(|known| known != started);
    match exists(pid) {
        Process::Up => match stat(pid) {
            Some(stat) if stat.is_dead || is_other(stat.started) => Process::Gone,
            Some(_) | None => Process::Up,
        },
        unseen @ (Process::Gone | Process::Unknown) => unseen,
    }
}

/// Returns when the process `pid` started, in ticks since the machine did; `None` where no system tells.
pub fn started(pid: u32) -> Option<u64> {
    stat(pid).map(|stat| stat.started)
}

/// Returns the name of this machine, if it has one in UTF-8.
#[cfg(unix)]
pub fn host() -> Option<String> {
    rustix::system::uname().nodename().to_str().ok().map(str::to_owned)
}

/// Returns the name of this machine, if it has one in UTF-8.
#[cfg(not(unix))]
pub fn host() -> Option<String> {
    crate::env::computer_name()
}

/// Asks the system for a process of this number; zero and what is too large are nobody's.
#[cfg(unix)]
fn exists(pid: u32) -> Process {
    use rustix::io::Errno;
    let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) else {
        return Process::Gone;
    };
    match rustix::process::test_kill_process(pid) {
        Ok(()) | Err(Errno::PERM) => Process::Up,
        Err(Errno::SRCH) => Process::Gone,
        Err(_) => Process::Unknown,
    }
}

#[cfg(not(unix))]
fn exists(_: u32) -> Process {
    Process::Unknown
}

/// What Linux tells about a process in `/proc/<pid>/stat`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stat {
    /// It has ended, and its parent has not asked how.
    is_dead: bool,
    /// Field 22: ticks since the machine started.
    started: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    parse(&fs_err::read(format!("/proc/{pid}/stat")).ok()?)
}

/// Reads a line of `/proc/<pid>/stat`; the program's name in it may hold any bytes (`man 5 proc_pid_stat`).
fn parse(line: &[u8]) -> Option<Stat> {
    let name_ends = line.iter().rposition(|byte| *byte == b')')?;
    let fields = std::str::from_utf8(line.get(name_ends + 1..)?).ok()?;
    let mut fields = fields.split_ascii_whitespace();
    let state = fields.next()?;
    // The state is field 3.
    let started = fields.nth(22 - 4)?.parse().ok()?;
    Some(Stat { is_dead: matches!(state, "Z" | "X" | "x"), started })
}

#[cfg(test)]
mod tests {
    use super::{Recorded, Stat, host, look, parse, started};
    use crate::verdict::liveness::Process;

    #[test]
    fn a_programs_name_fools_nobody() {
        let rest = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20\n";
        for (name, state, want) in [
            ("cat", "S", Some(Stat { is_dead: false, started: 4711 })),
            ("a) Z 1 (b", "R", Some(Stat { is_dead: false, started: 4711 })),
            ("cat", "Z", Some(Stat { is_dead: true, started: 4711 })),
        ] {
            assert_eq!(parse(format!("7 ({name}) {state} {rest}").as_bytes()), want, "{name}");
        }
        for damaged in ["", "7 cat S 1 2", "7 (cat) S 1 2 3", "7 (cat)"] {
            assert_eq!(parse(damaged.as_bytes()), None, "{damaged:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_process_that_asks_is_up_and_another_of_its_number_is_not() {
        let pid = std::process::id();
        let own = Recorded { host: host(), pid: Some(pid), started: started(pid) };
        assert_eq!(look(&own), Process::Up);
        let elsewhere = Recorded { host: Some("\u{1b}elsewhere".to_owned()), ..own.clone() };
        assert_eq!(look(&elsewhere), Process::Unknown, "nobody sees another machine's processes");
        assert_eq!(look(&Recorded::default()), Process::Unknown, "no number");
        for pid in [0, u32::MAX] {
            let nobody = Recorded { pid: Some(pid), ..Recorded::default() };
            assert_eq!(look(&nobody), Process::Gone, "{pid} is no process");
        }
        if let Some(started) = own.started {
            let reused = Recorded { started: Some(started + 1), ..own };
            assert_eq!(look(&reused), Process::Gone, "the number was given to another process");
        } else {
            eprintln!("skipped: no system here tells when a process started");
        }
    }
}
