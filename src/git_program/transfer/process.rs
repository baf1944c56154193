//! What does git say when it speaks with a remote? It is run, and ended when it takes too long.

use std::io::{IsTerminal as _, Read};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

#[expect(clippy::disallowed_types, reason = "this is below the one place that starts git")]
use std::process::Command;

use super::{Failure, Remote};
use crate::output::shown;
use crate::{clock, env};

/// How long git has to tidy up when it is told to end.
const GRACE: Duration = Duration::from_secs(1);

/// How long the last words of a git that has ended may take to arrive.
const LAST_WORDS: Duration = Duration::from_millis(50);

/// The most bytes that are read of what git says.
const SAID_LIMIT: u64 = 1024 * 1024;
impl Remote {
    /// Runs git, and ends it when it takes too long.
    #[expect(clippy::disallowed_types, reason = "this is below the one place that starts git")]
    pub(super) fn run(&self, words: &[&str]) -> Result<Said, Failure> {
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
pub(super) struct Said {
    pub(super) status: ExitStatus,
    pub(super) out: String,
    err: String,
}

impl Said {
    /// Adds to `words` the first line that the other side says, made harmless.
    pub(super) fn with_remote(&self, words: String) -> String {
        let line = self.err.lines().find_map(|line| line.strip_prefix("remote: "));
        match line.map(|line| shown(line.trim().as_bytes())) {
            Some(line) if !line.is_empty() => format!("{words}: {line}"),
            Some(_) | None => words,
        }
    }

    /// Returns the line that says why it failed, made harmless.
    pub(super) fn why(&self) -> String {
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
