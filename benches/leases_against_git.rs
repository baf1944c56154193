//! Times `git dos lease` beside git, in one run, in a repository that it makes.
//!
//! `cargo bench --bench leases_against_git [-- ROUNDS]`
//!
//! Each row is a pair of commands run in turns, with the median of each, their ratio, and the ratio to reach.

#![expect(clippy::print_stdout, reason = "the table is what the program is for")]
#![expect(clippy::disallowed_types, reason = "whole processes are what is measured")]
#![expect(clippy::disallowed_methods, reason = "the clock is what measures")]

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

/// A repository with lanes.
struct Bench {
    folder: PathBuf,
    rounds: usize,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|word| word != "--bench");
    let rounds: usize = arguments.next().map_or(Ok(51), |word| word.parse())?;
    let scratch = tempfile::tempdir()?;
    let bench = Bench::new(scratch.path(), rounds)?;
    println!("{:<42} {:>9} {:>9} {:>6} {:>6}", "what", "ours ms", "theirs", "ratio", "reach");
    bench.rows("")?;
    for (leases, operations) in [(1, 1), (50, 50_000)] {
        bench.lease(leases, operations)?;
        bench.rows(&format!(", {leases} leases, {operations} operations"))?;
    }
    run(&bench.folder, &["git", "update-ref", "-d", "refs/dos/leases"])?;
    bench.share(scratch.path())
}

impl Bench {
    fn new(scratch: &Path, rounds: usize) -> Result<Self> {
        let bench = Self { folder: scratch.join("work"), rounds };
        run(scratch, &["git", "init", "-q", "--initial-branch=main", "work"])?;
        for (key, value) in [("user.name", "Bench"), ("user.email", "bench@example.invalid")] {
            run(&bench.folder, &["git", "config", key, value])?;
        }
        let lanes: Vec<String> =
            (0..51).map(|lane| format!("lane{lane} = [\"area{lane}/**\"]")).collect();
        let policy = format!("[lanes.trees]\n{}\n", lanes.join("\n"));
        fs_err::write(bench.folder.join("dos.toml"), policy)?;
        run(&bench.folder, &["git", "add", "--all"])?;
        for message in ["one", "two"] {
            run(&bench.folder, &["git", "commit", "-q", "--allow-empty", "-m", message])?;
        }
        Ok(bench)
    }

    /// Lets others hold `leases` lanes, as the last of so many operations.
    fn lease(&self, leases: usize, operations: usize) -> Result<()> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_millis();
        let lease = |lane| {
            format!(
                r#"{{"lane":"lane{lane}","tree":["area{lane}/**"],"grant":{lane},"owner":"other{lane}","acquired_ms":{now},"ttl_s":3000}}"#
            )
        };
        let set: Vec<_> = (0..leases).map(lease).collect();
        let mut command = Command::new("git");
        command.current_dir(&self.folder).args(["fast-import", "--quiet", "--force"]);
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        let mut stream = BufWriter::new(child.stdin.take().ok_or("no input")?);
        for number in 1..=operations {
            // What stands in between is history, and only its length matters.
            let held = if number == operations { set.as_slice() } else { &[] };
            let text = format!(
                r#"{{"v":1,"generation":{number},"begins":{number},"leases":[{}]}}"#,
                held.join(",")
            );
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

    /// Times each verb in the set as it is now.
    fn rows(&self, set: &str) -> Result<()> {
        let ours = |words: &[&'static str]| [&[OURS, "lease"], words].concat();
        let acquire = ours(&["acquire", "lane50", "--owner", "me"]);
        let release = ours(&["release", "lane50", "--owner", "me"]);
        let renew = ours(&["renew", "lane50", "--owner", "me"]);
        let refused = ours(&["acquire", "--paths", "area0", "--owner", "me"]);
        let update = ["git", "update-ref", "refs/bench/one", "HEAD"];
        let back = ["git", "update-ref", "refs/bench/one", "HEAD~1"];
        let read = ["git", "rev-parse", "HEAD"];
        self.row(
            &format!("acquire{set}, update-ref"),
            1.5,
            [&acquire, &release],
            [&update, &back],
        )?;
        run(&self.folder, &acquire)?;
        self.row(&format!("renew{set}, update-ref"), 1.5, [&renew, &renew], [&update, &back])?;
        run(&self.folder, &release)?;
        if !set.is_empty() {
            self.row(&format!("refused{set}, rev-parse"), 2.0, [&refused; 2], [&read; 2])?;
        }
        self.row(&format!("list{set}, rev-parse"), 2.0, [&ours(&["list"]); 2], [&read; 2])
    }

    /// Has a remote on this machine arbitrate, and times what then asks it, beside a push and a look of git.
    fn share(&self, scratch: &Path) -> Result<()> {
        run(scratch, &["git", "init", "-q", "--bare", "origin.git"])?;
        run(&self.folder, &["git", "remote", "add", "origin", "../origin.git"])?;
        let policy = self.folder.join("dos.toml");
        let lanes = fs_err::read_to_string(&policy)?;
        fs_err::write(policy, format!("[leases]\nremote = \"origin\"\n{lanes}"))?;
        // The first of each finds out what the remote takes.
        for words in
            [[OURS, "install"].as_slice(), &["git", "push", "-q", "origin", "HEAD:refs/bench/one"]]
        {
            run(&self.folder, words)?;
        }
        let ours = |words: &[&'static str]| [&[OURS, "lease"], words].concat();
        let acquire = ours(&["acquire", "lane50", "--owner", "me"]);
        let release = ours(&["release", "lane50", "--owner", "me"]);
        let push = |words: [&'static str; 2]| {
            [&["git", "push", "-q", "--no-verify"], [words[0]].as_slice(), &["origin", words[1]]]
                .concat()
        };
        let there = push(["--force", "HEAD:refs/bench/one"]);
        let back = push(["--force", "HEAD~1:refs/bench/one"]);
        let look = ["git", "ls-remote", "origin", "refs/dos/leases"];
        self.row("acquire by a remote, push", 1.5, [&acquire, &release], [&there, &back])?;
        self.row("list by a remote, ls-remote", 1.5, [&ours(&["list"]); 2], [&look; 2])
    }

    /// Times the first of both pairs in turns, and the second of each takes it back.
    fn row(
        &self,
        name: &str,
        reach: f64,
        [ours, our_way_back]: [&[&str]; 2],
        [theirs, their_way_back]: [&[&str]; 2],
    ) -> Result<()> {
        let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
        for _ in 0..self.rounds {
            our_times.push(run(&self.folder, ours)?);
            run(&self.folder, our_way_back)?;
            their_times.push(run(&self.folder, theirs)?);
            run(&self.folder, their_way_back)?;
        }
        let (ours, theirs) = (median(our_times).as_secs_f64(), median(their_times).as_secs_f64());
        let (ratio, ours, theirs) = (ours / theirs, ours * 1e3, theirs * 1e3);
        println!("{name:<42} {ours:>9.2} {theirs:>9.2} {ratio:>6.2} {reach:>6.2}");
        Ok(())
    }
}

/// Runs a program once and returns how long it took; only a signal is an error.
fn run(folder: &Path, words: &[&str]) -> Result<Duration> {
    let (program, words) = words.split_first().ok_or("no words")?;
    let mut command = Command::new(program);
    command.args(words).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.stderr(Stdio::null()).status()?;
    let time = start.elapsed();
    if status.code().is_none() { Err(format!("{program} was killed").into()) } else { Ok(time) }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
