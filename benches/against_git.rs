//! Times git-dos beside git, in one run, on a clone of a real repository.
//!
//! `cargo bench --bench against_git -- REPOSITORY [ROUNDS]`
//!
//! REPOSITORY should have at least 10,000 commits; the commands run in a scratch clone of it. Each row is a pair
//! of commands run in turns, with the median of each, their ratio, and the ratio to reach. `GIT_DOS_PEER` may
//! name the `dos` program of dos-kernel for one more row. Peak memory needs GNU time as `/usr/bin/time`.

#![expect(clippy::print_stdout, reason = "the table is what the program is for")]
#![expect(clippy::disallowed_types, reason = "whole processes are what is measured")]
#![expect(clippy::disallowed_methods, reason = "the clock is what measures")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// One command, with what it reads.
#[derive(Clone)]
struct Step {
    words: Vec<String>,
    input: String,
    folder: PathBuf,
}

/// Two commands that are compared, and the ratio to reach.
struct Pair {
    name: &'static str,
    ours: Step,
    theirs: Step,
    target: f64,
    rounds: usize,
    /// Run before each of ours, not measured.
    before_ours: Option<Step>,
}

/// The program that is timed; `GIT_DOS_BENCH` names another than the one just built, such as what `.ci/release` made.
const OURS: &str = match option_env!("GIT_DOS_BENCH") {
    Some(program) => program,
    None => env!("CARGO_BIN_EXE_git-dos"),
};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|word| word != "--bench");
    let Some(source) = arguments.next() else {
        println!("usage: cargo bench --bench against_git -- REPOSITORY [ROUNDS]");
        return Ok(());
    };
    let rounds: usize = arguments.next().map_or(Ok(25), |word| word.parse())?;
    let scratch = tempfile::tempdir()?;
    let clone = clone(Path::new(&source), scratch.path())?;
    println!("{:<34} {:>10} {:>10} {:>7} {:>7}", "what", "ours ms", "theirs ms", "ratio", "reach");
    for pair in pairs(&clone, scratch.path(), rounds)? {
        measure(&pair)?;
    }
    memory(&clone)
}

fn clone(source: &Path, scratch: &Path) -> Result<PathBuf> {
    let clone = scratch.join("clone");
    let mut command = Command::new("git");
    command.args(["-c", "safe.directory=*", "clone", "-q", "--shared"]);
    check(command.arg(std::path::absolute(source)?).arg(&clone))?;
    for (key, value) in [("user.name", "Bench"), ("user.email", "bench@example.invalid")] {
        check(git(&clone).args(["config", key, value]))?;
    }
    check(git(&clone).args(["commit-graph", "write", "--reachable"]))?;
    // A commit that was just made is a loose object.
    fs_err::write(clone.join("bench.txt"), "one line\n")?;
    check(git(&clone).args(["add", "-f", "bench.txt"]))?;
    check(git(&clone).args([
        "commit",
        "-q",
        "--no-verify",
        "-m",
        "bench: add a text of one line",
    ]))?;
    Ok(clone)
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

fn output(folder: &Path, words: &[&str]) -> Result<String> {
    let output = git(folder).args(words).stdout(Stdio::piped()).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn step(folder: &Path, words: &[&str]) -> Step {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    Step { words, input: String::new(), folder: folder.to_owned() }
}

fn pair(name: &'static str, ours: Step, theirs: Step, target: f64, rounds: usize) -> Pair {
    Pair { name, ours, theirs, target, rounds, before_ours: None }
}

fn pairs(clone: &Path, scratch: &Path, rounds: usize) -> Result<Vec<Pair>> {
    let mut pairs = audits(clone, rounds)?;
    pairs.extend(hooks(clone, scratch, rounds)?);
    if let Ok(peer) = std::env::var("GIT_DOS_PEER") {
        let ours = step(clone, &[OURS, "audit", "--quiet", "HEAD~200..HEAD"]);
        let theirs = step(clone, &[&peer, "commit-audit", "HEAD~200..HEAD"]);
        pairs.push(pair("audit of 200, against dos-kernel", ours, theirs, 1.0, 3));
    }
    pairs.extend(liveness(clone, rounds)?);
    pairs.push(fold(clone, rounds)?);
    Ok(pairs)
}

/// Returns the shortest range `HEAD~N..HEAD` of at least `count` commits.
fn range_of(clone: &Path, count: usize) -> Result<String> {
    for steps in 1.. {
        let range = format!("HEAD~{steps}..HEAD");
        let commits = output(clone, &["rev-list", "--count", &range])?;
        if commits.parse::<usize>()? >= count {
            return Ok(range);
        }
    }
    Err("a history without an end".into())
}

fn audits(clone: &Path, rounds: usize) -> Result<Vec<Pair>> {
    let roots = output(clone, &["rev-list", "--max-parents=0", "HEAD"])?;
    let whole = format!("{}..HEAD", roots.lines().last().unwrap_or_default());
    let audit = |range: &str| step(clone, &[OURS, "audit", "--quiet", range]);
    let log = ["git", "log", "--numstat", "--no-renames", "--format=%H"];
    let five_hundred = range_of(clone, 500)?;
    let last = ["git", "log", "--numstat", "--format=%H", five_hundred.as_str()];
    let show = ["git", "show", "--numstat", "HEAD"];
    let revision = ["git", "rev-parse", "HEAD"];
    Ok(vec![
        pair("audit of the whole history", audit(&whole), step(clone, &log), 0.2, 3),
        pair("audit of 500 commits", audit(&five_hundred), step(clone, &last), 0.35, rounds.min(5)),
        pair("audit HEAD, against show", audit("HEAD"), step(clone, &show), 1.3, rounds),
        pair("audit HEAD, against rev-parse", audit("HEAD"), step(clone, &revision), 2.0, rounds),
    ])
}

/// Compares looking for new patches with counting commits, both since the same commit.
fn liveness(clone: &Path, rounds: usize) -> Result<Vec<Pair>> {
    let length = output(clone, &["rev-list", "--count", "--first-parent", "HEAD"])?;
    let length: usize = length.parse()?;
    let rows = [("liveness since HEAD~200", 200), ("liveness since HEAD~5000", 5000)];
    let rows = rows.into_iter().filter(|(_, steps)| *steps < length);
    Ok(rows
        .map(|(name, steps)| {
            let (start, range) = (format!("HEAD~{steps}"), format!("HEAD~{steps}..HEAD"));
            let ours = step(clone, &[OURS, "liveness", "--since", &start]);
            let theirs = step(clone, &["git", "rev-list", "--count", &range]);
            pair(name, ours, theirs, 1.5, rounds)
        })
        .collect())
}

fn hooks(clone: &Path, scratch: &Path, rounds: usize) -> Result<Vec<Pair>> {
    let revision = step(clone, &["git", "rev-parse", "HEAD"]);
    let nothing = step(clone, &["/bin/true"]);
    let head = output(clone, &["rev-parse", "HEAD"])?;
    let range = range_of(clone, 10)?;
    let ten = output(clone, &["rev-parse", range.trim_end_matches("..HEAD")])?;
    let push = Step {
        input: format!("refs/heads/main {head} refs/heads/main {ten}\n"),
        ..step(clone, &[OURS, "hook", "git", "pre-push", "--", "origin", "file:///nowhere"])
    };
    let agent = |folder: &Path| Step {
        input: format!(
            "{{\"session_id\":\"bench\",\"hook_event_name\":\"PostToolUse\",\"cwd\":\"{}\",\"prompt_id\":\"p\"}}",
            folder.display()
        ),
        ..step(folder, &[OURS, "hook", "agent"])
    };
    let commit = step(clone, &[OURS, "hook", "git", "post-commit"]);
    let status = step(clone, &[OURS, "status"]);
    Ok(vec![
        pair("pre-push of ten commits", push, revision.clone(), 5.0, rounds),
        pair("post-commit, ordinary commit", commit, revision.clone(), 1.6, rounds),
        pair("agent hook, nothing to say", agent(clone), nothing.clone(), 1.8, rounds),
        pair("agent hook outside a repository", agent(scratch), nothing, 1.6, rounds),
        pair("status", status, revision, 4.0, rounds),
    ])
}

/// Compares a fold with an amend: before each, HEAD and its parent are two equal no-op archives.
fn fold(clone: &Path, rounds: usize) -> Result<Pair> {
    let folder = clone.join("docs/dispatch");
    fs_err::create_dir_all(&folder)?;
    for count in 1..=3 {
        fs_err::write(folder.join(format!("{count}.md")), format!("run {count}\n"))?;
        check(git(clone).args(["add", "-f", "docs/dispatch"]))?;
        let subject = format!(
            "docs/dispatch: archive 2026060{count}T000000Z \u{2014} verdict=DRAIN, drained [cause:bench]"
        );
        check(git(clone).args(["commit", "-q", "--no-verify", "-m", &subject]))?;
    }
    let head = output(clone, &["rev-parse", "HEAD"])?;
    let amend = ["git", "commit", "-q", "--amend", "--no-edit", "--no-verify"];
    Ok(Pair {
        before_ours: Some(step(clone, &["git", "reset", "-q", "--soft", &head])),
        ..pair(
            "a fold, against an amend",
            step(clone, &[OURS, "coalesce"]),
            step(clone, &amend),
            0.7,
            rounds,
        )
    })
}

fn measure(pair: &Pair) -> Result<()> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..pair.rounds {
        if let Some(before) = &pair.before_ours {
            run(before)?;
        }
        ours.push(run(&pair.ours)?);
        theirs.push(run(&pair.theirs)?);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let (ours, theirs) = (milliseconds(ours), milliseconds(theirs));
    println!("{:<34} {ours:>10.2} {theirs:>10.2} {ratio:>7.2} {:>7.2}", pair.name, pair.target);
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Runs a step once and returns how long it took. Its exit code may be an answer, so only a signal is an error.
fn run(step: &Step) -> Result<Duration> {
    use std::io::Write as _;
    let (program, words) = step.words.split_first().ok_or("an empty step")?;
    let mut command = Command::new(program);
    command.args(words).current_dir(&step.folder).stdout(Stdio::null()).stderr(Stdio::null());
    command.stdin(if step.input.is_empty() { Stdio::null() } else { Stdio::piped() });
    let start = Instant::now();
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that answers without reading is done sooner.
        stdin.write_all(step.input.as_bytes()).ok();
    }
    let status = child.wait()?;
    let time = start.elapsed();
    if status.code().is_none() { Err(format!("{program} was killed").into()) } else { Ok(time) }
}

/// Prints the peak memory of an audit over a tenth and over all of the history, beside git's.
fn memory(clone: &Path) -> Result<()> {
    if !Path::new("/usr/bin/time").exists() {
        println!("peak memory: skipped, no /usr/bin/time");
        return Ok(());
    }
    let all: usize = output(clone, &["rev-list", "--count", "--first-parent", "HEAD"])?.parse()?;
    let tenth = format!("HEAD~{}..HEAD", all / 10);
    let whole = format!("HEAD~{}..HEAD", all - 1);
    for (name, words) in [
        ("audit of a tenth", vec![OURS, "audit", "--quiet", &tenth]),
        ("audit of all", vec![OURS, "audit", "--quiet", &whole]),
        ("git log --name-only", vec!["git", "log", "--name-only", "--format=%H"]),
    ] {
        let mut command = Command::new("/usr/bin/time");
        command.arg("-f").arg("%M").args(&words).current_dir(clone).stdout(Stdio::null());
        let output = command.stderr(Stdio::piped()).output()?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        println!("peak memory, {name:<21} {:>8} KiB", text.lines().last().unwrap_or_default());
    }
    Ok(())
}
