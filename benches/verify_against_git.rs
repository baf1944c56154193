//! Times `git-dos verify` beside git, in one run, on a history of 100,000 commits that it makes.
//!
//! `cargo bench --bench verify_against_git [-- ROUNDS]`
//!
//! Each row is a pair of commands run in turns, with the median of each, their ratio, and the ratio to reach.

#![expect(clippy::print_stdout, reason = "the table is what the program is for")]
#![expect(clippy::disallowed_types, reason = "whole processes are what is measured")]
#![expect(clippy::disallowed_methods, reason = "the clock is what measures")]

use std::error::Error;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The program that is timed; `GIT_DOS_BENCH` names another than the one just built, such as what `.ci/release` made.
const OURS: &str = match option_env!("GIT_DOS_BENCH") {
    Some(program) => program,
    None => env!("CARGO_BIN_EXE_git-dos"),
};

/// Commits of the history.
const COMMITS: u32 = 100_000;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|word| word != "--bench");
    let rounds: usize = arguments.next().map_or(Ok(25), |word| word.parse())?;
    let scratch = tempfile::tempdir()?;
    let folder = scratch.path();
    make(folder)?;
    println!("{:<40} {:>10} {:>10} {:>7} {:>7}", "what", "ours ms", "git ms", "ratio", "reach");
    for graph in ["no commit-graph", "commit-graph"] {
        if graph == "commit-graph" {
            check(git(folder).args(["commit-graph", "write", "--reachable"]))?;
        }
        let near = [OURS, "verify", "AUTH", "AUTH7"];
        measure(
            (&format!("near the tip, {graph}"), 2.5),
            folder,
            &near,
            &["git", "rev-parse", "HEAD"],
            rounds,
        )?;
        let log = ["git", "log", "--format=%s"];
        let absent = [OURS, "verify", "AUTH", "AUTH8"];
        measure((&format!("absent, {graph}"), 0.5), folder, &absent, &log, rounds.min(5))?;
    }
    Ok(())
}

/// Makes the history, with one ship twenty commits below its tip.
fn make(folder: &Path) -> Result<()> {
    check(git(folder).args(["init", "-q", "--initial-branch=main"]))?;
    let mut import = git(folder);
    let mut child = import.args(["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn()?;
    let mut stream = BufWriter::new(child.stdin.take().ok_or("no input")?);
    for number in 0..COMMITS {
        let message = if number == COMMITS - 20 {
            "AUTH: AUTH7 add the login endpoint".to_owned()
        } else {
            format!("feat(area{}): change number {number}\n\nSome words about why.", number % 37)
        };
        let time = 1_600_000_000 + i64::from(number) * 60;
        let content = format!("line {number}\n");
        writeln!(stream, "commit refs/heads/main\ncommitter Ada <ada@example.org> {time} +0000")?;
        writeln!(stream, "data {}\n{message}", message.len())?;
        writeln!(stream, "M 100644 inline src/d{}/f{}.rs", number % 30, number % 600)?;
        writeln!(stream, "data {}\n{content}", content.len())?;
    }
    drop(stream);
    if child.wait()?.success() { Ok(()) } else { Err("git fast-import failed".into()) }
}

fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn check(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed").into()) }
}

fn measure(
    (name, reach): (&str, f64),
    folder: &Path,
    ours: &[&str],
    theirs: &[&str],
    rounds: usize,
) -> Result<()> {
    let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        our_times.push(run(folder, ours)?);
        their_times.push(run(folder, theirs)?);
    }
    let (ours, theirs) = (median(our_times).as_secs_f64(), median(their_times).as_secs_f64());
    let (ratio, ours, theirs) = (ours / theirs, ours * 1e3, theirs * 1e3);
    println!("{name:<40} {ours:>10.2} {theirs:>10.2} {ratio:>7.2} {reach:>7.2}");
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Runs a program once and returns how long it took. Its exit code may be an answer, so only a signal is an error.
fn run(folder: &Path, words: &[&str]) -> Result<Duration> {
    let (program, words) = words.split_first().ok_or("no words")?;
    let mut command = Command::new(program);
    command.args(words).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status()?;
    let time = start.elapsed();
    if status.code().is_none() { Err(format!("{program} was killed").into()) } else { Ok(time) }
}
