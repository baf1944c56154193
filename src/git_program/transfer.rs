//! What does a remote have, and does it take what we send? Exchanges over the network, which end after a while.

use std::io::{IsTerminal as _, Read};
use std::path::PathBuf;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

#[expect(clippy::disallowed_types, reason = "this is below the one place that starts git")]
use std::process::Command;

use gix::ObjectId;

use crate::output::shown;
use crate::{clock, env};

/// How long git has to tidy up when it is told to end.
const GRACE: Duration = Duration::from_secs(1);

/// How long the last words of a git that has ended may take to arrive.
const LAST_WORDS: Duration = Duration::from_millis(50);

/// The most bytes that are read of what git says.
const SAID_LIMIT: u64 = 1024 * 1024;

/// A remote repository, as git reaches it from here.
#[derive(Debug, Clone)]
pub struct Remote {
    /// The git folder of the worktree.
    pub git_dir: PathBuf,
    /// The folder from which the address is read.
    pub folder: PathBuf,
    /// Its name.
    pub name: String,
    /// The name, or the address that is pushed to.
    pub target: String,
    /// How long one exchange may take.
    pub limit: Duration,
}

/// Why an exchange came to nothing that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It took too long.
    TimedOut,
    /// Git failed, and said this, made harmless.
    Failed(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TimedOut => formatter.write_str("it did not answer in time"),
            Self::Failed(said) => formatter.write_str(said),
        }
    }
}

/// What a fetch is to bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// What is not here.
    New,
    /// All, as if nothing were here (git 2.36 and later).
    All,
}

/// What is to become of one ref of the remote.
#[derive(Debug, Clone, Copy)]
pub struct Update<'a> {
    /// Its full name there.
    pub name: &'a str,
    /// Where it must be; `None` when there must be none.
    pub expected: Option<ObjectId>,
    /// Where it shall be; `None` when it shall go.
    pub new: Option<ObjectId>,
}

/// What the remote said to an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    Taken,
    /// The ref was somewhere else, or somebody else was at it; with git's words.
    Lost(String),
    /// It does not take such an update; with git's words.
    Refused(String),
    /// Nobody knows: the exchange was cut, or took too long.
    Unknown(Failure),
}

impl Remote {
    /// Returns where the refs called `names` are; those that are not there are left out.
    pub fn list(&self, names: &[&str]) -> Result<Vec<(String, ObjectId)>, Failure> {
        let mut words = vec!["ls-remote", "--", &self.target];
        words.extend(names);
        let said = self.run(&words)?;
        if !said.status.success() {
            return Err(Failure::Failed(said.why()));
        }
        // A pattern finds `refs/x/refs/dos/leases` too.
        let line = |line: &str| {
            let (id, name) = line.split_once('\t')?;
            let id = ObjectId::from_hex(id.as_bytes()).ok()?;
            names.contains(&name).then(|| (name.to_owned(), id))
        };
        Ok(said.out.lines().filter_map(line).collect())
    }

    /// Brings the objects below the ref called `name`; no ref here is changed.
    pub fn fetch(&self, name: &str, wanted: Wanted) -> Result<(), Failure> {
        let mut words = vec![
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-auto-gc",
            "--no-recurse-submodules",
            "--no-prune",
            // A partial clone must have all of it: what is missing here is not fetched later.
            "--no-filter",
            "--refmap=",
        ];
        if wanted == Wanted::All {
            words.push("--refetch");
        }
        words.extend(["--", &self.target, name]);
        let said = self.run(&words)?;
        if said.status.success() { Ok(()) } else { Err(Failure::Failed(said.why())) }
    }

    /// Asks for `update`, which the remote compares with what it has.
    pub fn push(&self, update: &Update<'_>) -> Answer {
        let id = |id: Option<ObjectId>| id.map(|id| id.to_string()).unwrap_or_default();
        let lease = format!("--force-with-lease={}:{}", update.name, id(update.expected));
        let refspec = format!("{}:{}", id(update.new), update.name);
        let said = self.run(&[
            "push",
            "--porcelain",
            // Our own hook would ask again, and others judge what people push.
            "--no-verify",
            "--no-follow-tags",
            "--no-signed",
            "--recurse-submodules=no",
            &lease,
            "--",
            &self.target,
            &refspec,
        ]);
        match said {
            Err(failure) => Answer::Unknown(failure),
            Ok(said) => match answer(&said.out, update.name, said.status.success()) {
                None => Answer::Unknown(Failure::Failed(said.why())),
                Some(Answer::Refused(words)) => Answer::Refused(said.with_remote(words)),
                Some(answer) => answer,
            },
        }
    }

    /// Runs git, and ends it when it takes too long.
    #[expect(clippy::disallowed_types, reason = "this is below the one place that starts git")]
    fn run(&self, words: &[&str]) -> Result<Said, Failure> {
        let mut command = Command::new("git");
        let settings = ["GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS"];
        for variable in env::GIT_LOCAL_VARIABLES.iter().filter(|name| !settings.contains(*name)) {
            command.env_remove(variable);
        }
        if !std::io::stdin().is_terminal() {
            // Nobody is there to answer, and what asks must not outlive us.
            command.env("GIT_ASKPASS", "").env("SSH_ASKPASS_REQUIRE", "never");
            command.env("GCM_INTERACTIVE", "never");
            #[cfg(unix)]
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
        }
        let failed = |error: std::io::Error| Failure::Failed(format!("git {error}"));
        let mut child = command
            .arg("--git-dir")
            .arg(&self.git_dir)
            .args(["-c", "push.pushOption=", "-c", &format!("remote.{}.mirror=false", self.name)])
            .args(words)
            .current_dir(&self.folder)
            .env_remove("GIT_NAMESPACE")
            .env(env::HOOK_DEPTH, "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let (ended, end) = channel();
        let (out, err) = (Arc::default(), Arc::default());
        let out_kept = collect(child.stdout.take(), Arc::clone(&out), ended);
        let (err_ended, err_end) = channel();
        let err_kept = collect(child.stderr.take(), Arc::clone(&err), err_ended);
        // What git starts may keep its error output for longer than git lives, such as the master connection of ssh;
        // its output ends with it.
        match end.recv_timeout(self.limit) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => {}
            Err(RecvTimeoutError::Timeout) => {
                stop(&mut child);
                return Err(Failure::TimedOut);
            }
        }
        let status = child.wait().map_err(failed)?;
        err_end.recv_timeout(LAST_WORDS).ok();
        drop((out_kept, err_kept));
        Ok(Said { status, out: text(&out), err: text(&err) })
    }
}

/// What git said.
struct Said {
    status: ExitStatus,
    out: String,
    err: String,
}

impl Said {
    /// Adds to `words` the first line that the other side says, made harmless.
    fn with_remote(&self, words: String) -> String {
        let line = self.err.lines().find_map(|line| line.strip_prefix("remote: "));
        match line.map(|line| shown(line.trim().as_bytes())) {
            Some(line) if !line.is_empty() => format!("{words}: {line}"),
            Some(_) | None => words,
        }
    }

    /// Returns the line that says why it failed, made harmless.
    fn why(&self) -> String {
        let mut lines = self.err.lines().filter(|line| !line.trim().is_empty());
        let fatal = lines.clone().find(|line| line.starts_with("fatal:"));
        let remote = lines.clone().find(|line| line.starts_with("remote: ") && fatal.is_none());
        match fatal.or(remote).or_else(|| lines.next_back()) {
            Some(line) => shown(line.trim().as_bytes()),
            None => format!("git ended with {}", self.status),
        }
    }
}

type Collected = Arc<Mutex<Vec<u8>>>;

/// Reads `stream` into `kept` beside us, and says when it has ended.
fn collect(
    stream: Option<impl Read + Send + 'static>,
    kept: Collected,
    ended: std::sync::mpsc::Sender<()>,
) -> Option<std::thread::JoinHandle<()>> {
    let mut stream = stream?.take(SAID_LIMIT);
    Some(std::thread::spawn(move || {
        let mut chunk = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut chunk) {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend(chunk.iter().take(count));
        }
        // Nobody listens any more when it took too long.
        ended.send(()).ok();
    }))
}

fn text(kept: &Collected) -> String {
    let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&kept).into_owned()
}

/// Ends `child`: by a signal first, so that it takes its lock files along.
fn stop(child: &mut Child) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process, kill_process_group};
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // What git started ends with it, such as ssh; at a terminal there is no group of its own.
            let told = kill_process_group(pid, Signal::TERM);
            told.or_else(|_| kill_process(pid, Signal::TERM)).ok();
        }
        let end = clock::instant() + GRACE;
        while clock::instant() < end {
            if let Ok(Some(_)) = child.try_wait() {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    // One that has just ended needs no second signal.
    child.kill().ok();
    child.wait().ok();
}

/// Reads what `git push --porcelain` says of the ref called `name`; `None` when that is not known.
fn answer(out: &str, name: &str, is_success: bool) -> Option<Answer> {
    for line in out.lines() {
        let mut parts = line.splitn(3, '\t');
        let (Some(flag), Some(refs), Some(summary)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        if refs.rsplit(':').next() != Some(name) {
            continue;
        }
        return match flag {
            "!" => rejection(summary),
            _ if is_success => Some(Answer::Taken),
            _ => None,
        };
    }
    None
}

/// What git says when a ref is not where it was expected, or somebody else is at it.
///
/// From git's `transport.c` and `remote.c`, and from `receive-pack.c` and the refs' backends of the other side.
const LOST: [&str; 8] = [
    "stale info",
    "fetch first",
    "cannot lock ref",
    "failed to update ref",
    "failed to lock",
    "reference already exists",
    "incorrect old value provided",
    "needs force",
];

fn rejection(summary: &str) -> Option<Answer> {
    let words = shown(summary.as_bytes());
    // It may have been done all the same.
    if summary.contains("[remote failure]") {
        return None;
    }
    let is_here = summary.contains("[rejected]");
    if LOST.iter().any(|reason| summary.contains(reason)) || is_here {
        Some(Answer::Lost(words))
    } else {
        Some(Answer::Refused(words))
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, answer};

    #[test]
    fn what_git_says_of_a_push_is_understood() {
        let name = "refs/dos/leases";
        let line =
            |flag: &str, summary: &str| format!("To x\n{flag}\tabc:{name}\t{summary}\nDone\n");
        let lost = |words: &str| Some(Answer::Lost(words.to_owned()));
        let refused = |words: &str| Some(Answer::Refused(words.to_owned()));
        for (flag, summary, is_success, want) in [
            ("*", "[new reference]", true, Some(Answer::Taken)),
            (" ", "1..2", true, Some(Answer::Taken)),
            ("+", "1...2 (forced update)", true, Some(Answer::Taken)),
            ("=", "[up to date]", true, Some(Answer::Taken)),
            ("-", "[deleted]", true, Some(Answer::Taken)),
            (" ", "1..2", false, None),
            ("!", "[rejected] (stale info)", false, lost("[rejected] (stale info)")),
            ("!", "[rejected] (fetch first)", false, lost("[rejected] (fetch first)")),
            (
                "!",
                "[remote rejected] (cannot lock ref 'x': is at 1 but expected 2)",
                false,
                lost("[remote rejected] (cannot lock ref 'x': is at 1 but expected 2)"),
            ),
            (
                "!",
                "[remote rejected] (non-fast-forward)",
                false,
                refused("[remote rejected] (non-fast-forward)"),
            ),
            (
                "!",
                "[remote rejected] (deny updating a hidden ref)",
                false,
                refused("[remote rejected] (deny updating a hidden ref)"),
            ),
            ("!", "[remote failure] (remote failed to report status)", false, None),
        ] {
            let got = answer(&line(flag, summary), name, is_success);
            assert_eq!(got, want, "{flag:?} {summary}");
        }
        assert_eq!(answer("To x\nDone\n", name, true), None, "nothing about the ref");
        assert_eq!(answer(&line("*", "new"), "refs/dos/other", true), None, "another ref");
    }
}
