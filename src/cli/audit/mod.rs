//! `git dos audit`: does each commit's subject match its own diff?

use std::io::{IsTerminal as _, Read as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use gix::error::{ErrorExt as _, OptionExt as _, Result, ResultExt as _, message};

use crate::evidence::commit;
use crate::evidence::range::{self, Chosen, Selection};
use crate::evidence::repository::{self, Environment};
use crate::ops::audit::{self, Row, Totals};
use crate::output::{self, Outcome};
use crate::policy;
use crate::verdict::audit::{Answer, Level, Policy};

mod annotation;
mod json;
mod progress;
mod summary;
mod text;

/// Check each commit's subject against its own diff
///
/// Without a revision: the commits that a push would send (those that @{push} or the upstream lacks, else those on
/// no remote-tracking branch, else HEAD). A merge is compared with its first parent, a root with the empty tree.
///
/// Findings of gate rules refute a claim (CLAIM_UNWITNESSED, exit 1); those of advisory rules doubt it (WARN, exit 0).
/// `[audit]` in dos.toml adds words, paths and levels.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[expect(clippy::doc_markdown, reason = "the text is read in a terminal")]
pub(super) struct Arguments {
    /// One commit (HEAD), a range (A..B), or the two sides of a fork (A...B)
    revision: Option<String>,
    /// Judge every commit that any reference reaches
    #[arg(long, conflicts_with_all = ["revision", "stdin", "index"])]
    all: bool,
    /// Read commits from standard input, one a line, as `git rev-list` prints them
    #[arg(long, conflicts_with_all = ["revision", "index"])]
    stdin: bool,
    /// Judge a message against the index, before the commit exists
    #[arg(long, requires = "message_file", conflicts_with = "revision")]
    index: bool,
    /// The message for --index
    #[arg(long, value_name = "FILE", requires = "index")]
    message_file: Option<PathBuf>,
    /// Judge --index as an amend: against the first parent of HEAD
    #[arg(long, requires = "index")]
    amend: bool,
    /// Show every commit, with the rule, the words and the files that decided
    #[arg(long)]
    explain: bool,
    /// Show counts instead of commits: in all, by claim, by author, by month
    #[arg(long)]
    summary: bool,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Show no progress and no notes
    #[arg(long, short)]
    quiet: bool,
}

/// The forms of an audit's answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Sentences for people
    #[default]
    Text,
    /// One object, "git-dos/audit/1"
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands that annotate a run on GitHub
    Github,
}

/// Takes the rows of an audit, one by one, and writes them down.
trait Writer {
    /// Writes what stands before the first row.
    fn begin(&mut self, chosen: &Chosen) -> String;
    /// Writes one row.
    fn row(&mut self, row: &Row) -> String;
    /// Writes what stands behind the last row.
    fn end(&mut self, totals: &Totals) -> String;
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let policy = policy::load(&repository)?;
    let rules = policy.audit_rules();
    if arguments.index {
        return run_index(arguments, &repository, &rules);
    }
    let chosen = choose(arguments, &repository)?;
    let mut writer = writer(arguments, chosen.commits.len());
    let mut totals = Totals::default();
    let mut output = Output::default();
    output.write(&writer.begin(&chosen));
    let progress = progress::Bar::new(chosen.commits.len(), arguments.quiet);
    audit::each(&repository, &chosen.commits, &rules, &mut |row| {
        totals.add(&row);
        progress.advance();
        output.write(&writer.row(&row));
        ControlFlow::Continue(())
    })?;
    progress.finish();
    output.write(&writer.end(&totals));
    output.result()?;
    Ok(outcome(&totals))
}

fn choose(arguments: &Arguments, repository: &gix::Repository) -> Result<Chosen> {
    if arguments.stdin {
        let mut lines = Vec::new();
        std::io::stdin()
            .read_to_end(&mut lines)
            .or_raise(|| message("Could not read standard input"))?;
        return range::from_lines(repository, &lines);
    }
    let selection = match (&arguments.revision, arguments.all) {
        (Some(revision), _) => Selection::Revision(revision.clone()),
        (None, true) => Selection::All,
        (None, false) => Selection::WouldPush,
    };
    range::resolve(repository, &selection)
}

fn writer(arguments: &Arguments, commits: usize) -> Box<dyn Writer> {
    let colour = std::io::stdout().is_terminal() && !crate::env::no_color();
    match (arguments.format, arguments.summary) {
        (Format::Text, false) => {
            let show = if arguments.explain {
                text::Show::Everything
            } else if commits == 1 {
                text::Show::Rows
            } else {
                text::Show::Findings
            };
            Box::new(text::Text::new(show, colour))
        }
        (Format::Text, true) => Box::new(summary::Summary::new(summary::Form::Text)),
        (Format::Json, true) => Box::new(summary::Summary::new(summary::Form::Json)),
        (Format::Json, false) => Box::new(json::Json::default()),
        (Format::Sarif, _) => Box::new(annotation::Sarif::default()),
        (Format::Github, _) => Box::new(annotation::Github),
    }
}

/// Returns the exit code of all verdicts together: not knowing outweighs a refuted claim.
fn outcome(totals: &Totals) -> Outcome {
    if totals.unknown > 0 {
        Outcome::Unknown
    } else if totals.unwitnessed > 0 {
        Outcome::DoesNotHold
    } else {
        Outcome::Holds
    }
}

fn run_index(
    arguments: &Arguments,
    repository: &gix::Repository,
    rules: &Policy,
) -> Result<Outcome> {
    let file =
        arguments.message_file.as_ref().ok_or_raise(|| message("--index needs --message-file"))?;
    let message = fs_err::read(file)
        .map_err(|error| message!("Could not read the message: {error}").raise())?;
    let message = audit::tidied(repository, &message);
    let verdict = audit::index_with_message(repository, message.as_ref(), arguments.amend, rules)?;
    let row = Row {
        commit_id: gix::ObjectId::null(repository.object_hash()),
        subject: commit::subject(message.as_ref()),
        author: gix::bstr::BString::default(),
        time: i64::try_from(crate::clock::now().as_secs()).unwrap_or(i64::MAX),
        verdict: Ok(verdict),
    };
    let mut totals = Totals::default();
    totals.add(&row);
    let mut writer = writer(arguments, 1);
    let chosen = Chosen { commits: Vec::new(), description: "index".into() };
    let text = writer.begin(&chosen) + &writer.row(&row) + &writer.end(&totals);
    output::print(&text).or_raise(|| gix::error::message("Could not write the answer"))?;
    Ok(outcome(&totals))
}

/// Standard output, written in blocks; after a failure it stays silent and remembers.
#[derive(Default)]
struct Output {
    pending: String,
    failure: Option<std::io::Error>,
}

/// Bytes gathered before they are written.
const BLOCK: usize = 64 * 1024;

impl Output {
    fn write(&mut self, text: &str) {
        self.pending.push_str(text);
        if self.pending.len() >= BLOCK {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if self.failure.is_none() {
            self.failure = output::print(&self.pending).err();
        }
        self.pending.clear();
    }

    fn result(mut self) -> Result<()> {
        self.flush();
        match self.failure {
            Some(error) => Err(error).or_raise(|| message("Could not write the answer")),
            None => Ok(()),
        }
    }
}

/// Returns how the answer of a row is called, with "UNKNOWN" for one that could not be found out.
fn answer_name(row: &Row) -> &'static str {
    row.verdict.as_ref().map_or("UNKNOWN", |verdict| verdict.answer.name())
}

/// Tells whether a row speaks against its commit or could not be found out.
fn is_finding(row: &Row) -> bool {
    row.verdict
        .as_ref()
        .map_or(true, |verdict| matches!(verdict.answer, Answer::Warn | Answer::Unwitnessed))
}

/// Returns the name of a level, as `dos.toml` has it.
fn level_name(level: Level) -> &'static str {
    match level {
        Level::Gate => "gate",
        Level::Advise => "advise",
        Level::Off => "off",
    }
}
