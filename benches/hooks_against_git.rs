//! Times agents' hook calls beside git and `/bin/true`, in one run, in a repository that it makes.
//!
//! `cargo bench --bench hooks_against_git [-- ROUNDS]`
//!
//! Each row is a pair of commands run in turns, with the median of each, their ratio, and the ratio to reach.
//! `GIT_DOS_PEER` may name the `dos` program of dos-kernel for one more row.

#![expect(clippy::print_stdout, reason = "the table is what the program is for")]
#![expect(clippy::disallowed_types, reason = "whole processes are what is measured")]
#![expect(clippy::disallowed_methods, reason = "the clock is what measures")]

use std::cell::Cell;
use std::error::Error;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The program that is timed; `GIT_DOS_BENCH` names another than the one just built, such as what `.ci/release` made.
const OURS: &str = match option_env!("GIT_DOS_BENCH") {
    Some(program) => program,
    None => env!("CARGO_BIN_EXE_git-dos"),
};

/// A stream's journal is put aside at this size.
const FULL: usize = 1 << 20;

/// A repository in which git-dos is installed, and where it was made.
struct Bench {
    folder: PathBuf,
    outside: PathBuf,
    rounds: usize,
    /// Every use of a tool has a number of its own.
    uses: Cell<usize>,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|word| word != "--bench");
    let rounds: usize = arguments.next().map_or(Ok(51), |word| word.parse())?;
    let scratch = tempfile::tempdir()?;
    let bench = Bench::new(scratch.path(), rounds)?;
    println!("{:<42} {:>9} {:>9} {:>6} {:>6}", "what", "ours ms", "theirs", "ratio", "reach");
    let (nothing, revision) = (["/bin/true"], ["git", "rev-parse", "HEAD"]);
    bench.row("outside a repository, /bin/true", &nothing, 1.6, || {
        bench.tool(&bench.outside, "s")
    })?;
    bench.row("nothing to do, /bin/true", &nothing, 1.8, || bench.other("PreToolUse"))?;
    bench.session("short", 10)?;
    bench.row("post-tool-use, 10 records, rev-parse", &revision, 1.5, || {
        bench.tool(&bench.folder, "short")
    })?;
    bench.session("long", 10)?;
    bench.fill("long")?;
    bench.row("post-tool-use, a full journal, rev-parse", &revision, 1.8, || {
        bench.tool(&bench.folder, "long")
    })?;
    for (leases, operations, reach) in [(1, 1, 1.6), (50, 50_000, 2.0)] {
        bench.lease(leases, operations)?;
        let name = format!("pre-tool-use, {leases} leases, {operations} operations, rev-parse");
        bench.row(&name, &revision, reach, || bench.edit())?;
    }
    for megabytes in [1, 100] {
        let transcript = bench.transcript(megabytes)?;
        let name = format!("stop, 20 commits, {megabytes} MB of talk, rev-parse");
        bench.session("stop", 1)?;
        bench.row(&name, &revision, 4.0, || bench.stop(&transcript))?;
    }
    if let Ok(peer) = std::env::var("GIT_DOS_PEER") {
        let words = [peer.as_str(), "hook", "posttool"];
        bench
            .row("post-tool-use, dos-kernel", &words, 1.0, || bench.tool(&bench.folder, "short"))?;
    }
    Ok(())
}

impl Bench {
    fn new(scratch: &Path, rounds: usize) -> Result<Self> {
        let (folder, outside) = (scratch.join("work"), scratch.join("outside"));
        fs_err::create_dir_all(&outside)?;
        let bench = Self { folder, outside, rounds, uses: Cell::new(0) };
        git(scratch, &["init", "-q", "--initial-branch=main", "work"])?;
        for (key, value) in [("user.name", "Bench"), ("user.email", "bench@example.invalid")] {
            git(&bench.folder, &["config", key, value])?;
        }
        bench.commit(0)?;
        let mut install = Command::new(OURS);
        install.args(["install", "--git", "none", "--agent", "claude"]).current_dir(&bench.folder);
        if !install.stdout(Stdio::null()).status()?.success() {
            return Err("git dos install failed".into());
        }
        bench.run(
            &[OURS, "hook", "agent"],
            &bench.event("stop", r#""hook_event_name":"SessionStart""#),
        )?;
        (1..=20).try_for_each(|number| bench.commit(number))?;
        Ok(bench)
    }

    fn commit(&self, number: usize) -> Result<()> {
        let name = format!("file{number}.rs");
        fs_err::write(self.folder.join(&name), format!("pub fn step{number}() {{}}\n"))?;
        git(&self.folder, &["add", "--all"])?;
        git(
            &self.folder,
            &["commit", "-q", "--no-verify", "-m", &format!("feat: add step {number}")],
        )
    }

    /// Writes `count` uses of a tool down.
    fn session(&self, name: &str, count: usize) -> Result<()> {
        for _ in 0..count {
            self.run(&[OURS, "hook", "agent"], &self.tool(&self.folder, name))?;
        }
        Ok(())
    }

    /// Makes the journal of a session as long as it gets before it is put aside.
    fn fill(&self, name: &str) -> Result<()> {
        let streams = self.folder.join(".git/dos/streams");
        for entry in fs_err::read_dir(streams)? {
            let path = entry?.path();
            if path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(name)) {
                let lines = fs_err::read_to_string(&path)?;
                let copies = (FULL - 64 * 1024) / lines.len();
                fs_err::write(&path, lines.repeat(copies))?;
            }
        }
        Ok(())
    }

    /// Lets others hold `leases` lanes, as the last of so many operations.
    fn lease(&self, leases: usize, operations: usize) -> Result<()> {
        let lanes: Vec<_> =
            (0..leases).map(|lane| format!("lane{lane} = [\"area{lane}/**\"]")).collect();
        fs_err::write(
            self.folder.join("dos.toml"),
            format!("[lanes.trees]\n{}\n", lanes.join("\n")),
        )?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_millis();
        let lease = |lane| {
            format!(
                r#"{{"lane":"lane{lane}","tree":["area{lane}/**"],"session":"other{lane}","acquired_ms":{now},"ttl_s":3000}}"#
            )
        };
        let set: Vec<_> = (0..leases).map(lease).collect();
        let mut command = Command::new("git");
        command.current_dir(&self.folder).args(["fast-import", "--quiet", "--force"]);
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        let mut stream = BufWriter::new(child.stdin.take().ok_or("no input")?);
        for number in 0..operations {
            // What stands in between is history, and only its length matters.
            let held = if number + 1 == operations { set.as_slice() } else { &[] };
            let text = format!(r#"{{"v":1,"leases":[{}]}}"#, held.join(","));
            writeln!(
                stream,
                "commit refs/dos/leases\ncommitter B <b@example.invalid> {number} +0000"
            )?;
            writeln!(stream, "data 7\nacquire\nM 100644 inline leases.json")?;
            writeln!(stream, "data {}\n{text}", text.len())?;
        }
        drop(stream);
        if child.wait()?.success() { Ok(()) } else { Err("git fast-import failed".into()) }
    }

    fn transcript(&self, megabytes: usize) -> Result<PathBuf> {
        let path = self.outside.join(format!("{megabytes}.jsonl"));
        let line = format!(
            "{{\"type\":\"assistant\",\"message\":{{\"role\":\"assistant\",\"content\":[{{\"type\":\"text\",\"text\":\"{}\"}}]}}}}\n",
            "word ".repeat(180)
        );
        let prompt = "{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"Go on.\"}}\n";
        let before = line.repeat(megabytes * 1_000_000 / line.len());
        fs_err::write(&path, before + prompt + &line.repeat(20))?;
        Ok(path)
    }

    fn number(&self) -> usize {
        self.uses.set(self.uses.get() + 1);
        self.uses.get()
    }

    /// Returns the payload of an event of Claude Code's.
    fn event(&self, session: &str, fields: &str) -> String {
        let folder = self.folder.display();
        format!(
            r#"{{"session_id":"{session}","cwd":"{folder}","permission_mode":"default","prompt_id":"p{}",{fields}}}"#,
            self.number()
        )
    }

    fn tool(&self, folder: &Path, session: &str) -> String {
        let (number, folder) = (self.number(), folder.display());
        format!(
            r#"{{"session_id":"{session}","cwd":"{folder}","hook_event_name":"PostToolUse","permission_mode":"default","transcript_path":"/nowhere","tool_name":"Bash","tool_use_id":"t{number}","tool_input":{{"command":"make {number}"}},"tool_response":{{"stdout":"{number}"}}}}"#
        )
    }

    fn other(&self, name: &str) -> String {
        self.event(
            "short",
            &format!(r#""hook_event_name":"{name}","tool_name":"Read","tool_input":{{}}"#),
        )
    }

    /// Returns an edit outside every lane.
    fn edit(&self) -> String {
        let path = self.folder.join("file1.rs");
        let input = format!(r#""tool_input":{{"file_path":"{}"}}"#, path.display());
        self.event(
            "short",
            &format!(r#""hook_event_name":"PreToolUse","tool_name":"Edit",{input}"#),
        )
    }

    fn stop(&self, transcript: &Path) -> String {
        let path = transcript.display();
        self.event("stop", &format!(r#""hook_event_name":"Stop","transcript_path":"{path}""#))
    }

    /// Runs a program once with `input` and returns how long it took; only a signal is an error.
    fn run(&self, words: &[&str], input: &str) -> Result<Duration> {
        let (program, words) = words.split_first().ok_or("no words")?;
        let mut command = Command::new(program);
        command.args(words).current_dir(&self.folder).stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that answers without reading is done sooner.
            stdin.write_all(input.as_bytes()).ok();
        }
        let status = child.wait()?;
        let time = start.elapsed();
        if status.code().is_none() { Err(format!("{program} was killed").into()) } else { Ok(time) }
    }

    fn row(
        &self,
        name: &str,
        theirs: &[&str],
        reach: f64,
        input: impl Fn() -> String,
    ) -> Result<()> {
        let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
        for _ in 0..self.rounds {
            our_times.push(self.run(&[OURS, "hook", "agent"], &input())?);
            their_times.push(self.run(theirs, &input())?);
        }
        let (ours, theirs) = (median(our_times).as_secs_f64(), median(their_times).as_secs_f64());
        let (ratio, ours, theirs) = (ours / theirs, ours * 1e3, theirs * 1e3);
        println!("{name:<42} {ours:>9.2} {theirs:>9.2} {ratio:>6.2} {reach:>6.2}");
        Ok(())
    }
}

fn git(folder: &Path, words: &[&str]) -> Result<()> {
    let status = Command::new("git").args(words).current_dir(folder).status()?;
    if status.success() { Ok(()) } else { Err(format!("git {words:?} failed").into()) }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
