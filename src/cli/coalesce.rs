//! `git dos coalesce`: may the archive at `HEAD` become one with the archive before it?

use std::fmt::Write as _;
use std::path::Path;

use gix::error::{Result, ResultExt as _, message};
use serde::Serialize;

use crate::evidence::archives::Seen;
use crate::evidence::repository::{self, Environment};
use crate::ops::coalesce::{self, Act, Facts, Outcome as Found, Report};
use crate::output::{Format, Outcome, print, print_status, shown};
use crate::verdict::archive::Flaw;
use crate::verdict::coalesce::{Limit, Refusal};
use crate::verdict::repeat::Reason;

/// Fold the archive at HEAD into the one before it, if it repeats it
///
/// An archive is the commit that a dispatch loop writes each round. Archives of the same cause in which
/// nothing happened become one commit that counts them. Every run's files stay in the tree, and the
/// commits that were folded stay reachable from refs/dos/coalesced/<branch>.
///
/// With the post-commit hook installed this happens by itself. Exit code 0: folded, or nothing to fold.
/// 1: a repeat that a safety rule keeps apart. 2: could not find out.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Say what would be done, with the reasons, and change nothing
    ///
    /// The exit code is then 0 whatever the decision.
    #[arg(long)]
    dry_run: bool,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t, global = true)]
    format: Format,
}

/// Runs the verb and prints its answer.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let act = if arguments.dry_run { Act::Look } else { Act::Fold };
    let repository = repository::open(Path::new("."), Environment::Honoured)?;
    let report = coalesce::at_head(&repository, act)?;
    for warning in &report.warnings {
        print_status(&format!("warning: {}\n", shown(warning.as_bytes())));
    }
    let outcome = match (&report.outcome, act) {
        (Found::Refused(_) | Found::Unclear(..) | Found::Moved | Found::Busy, Act::Fold) => {
            Outcome::DoesNotHold
        }
        _ => Outcome::Holds,
    };
    print(&render(&report, arguments.format)).or_raise(|| message("Could not print the answer"))?;
    Ok(outcome)
}

fn render(report: &Report, format: Format) -> String {
    match format {
        Format::Text => text(report),
        Format::Json => {
            let json = serde_json::to_string_pretty(&Json::of(report));
            format!("{}\n", json.expect("a tree of strings and numbers is JSON"))
        }
    }
}

/// The answer of `git dos coalesce --format json`; fields may be added.
#[derive(Debug, Serialize)]
struct Json {
    /// Always `git-dos/coalesce/1`.
    schema: &'static str,
    /// The commit that was looked at, in full hexadecimal.
    head: Option<String>,
    /// What was decided: `ordinary`, `off`, `stands-alone`, `unclear`, `refused`, `would-fold`, `folded`,
    /// `moved` or `busy`.
    decision: &'static str,
    /// The commit that several became, in full hexadecimal.
    new: Option<String>,
    /// Why nothing is folded, every reason that there is.
    reasons: Vec<JsonReason>,
    /// The loop that wrote the archive.
    family: Option<&'static str>,
    /// The run it records.
    run: Option<String>,
    /// The run's outcome.
    verdict: Option<String>,
    /// Its cause.
    cause: Option<String>,
    /// The number of runs that one commit would stand for.
    count: Option<i64>,
    /// The archive before it, in full hexadecimal.
    prior: Option<String>,
    /// The quiet planning round between the two, in full hexadecimal.
    between: Option<String>,
    /// Whether the obstacle is reported for the first time, as far as history was read.
    first_occurrence: Option<bool>,
    /// What an earlier command left unfinished, and what was done about it.
    repaired: Option<String>,
    /// What went wrong on the side.
    warnings: Vec<String>,
}

/// One reason for not folding.
#[derive(Debug, Serialize)]
struct JsonReason {
    /// The number of the safety rule, for those.
    rule: Option<u8>,
    /// The reason's token.
    token: &'static str,
    /// The reason in words.
    text: String,
}

impl Json {
    fn of(report: &Report) -> Self {
        let facts = report.facts.as_ref();
        let archive = facts.map(|facts| &facts.archive);
        let hex = |id: Option<gix::ObjectId>| id.map(|id| id.to_string());
        Self {
            schema: "git-dos/coalesce/1",
            head: hex(report.head),
            decision: decision(&report.outcome),
            new: if let Found::Folded(new) = &report.outcome {
                Some(new.to_string())
            } else {
                None
            },
            reasons: reasons(&report.outcome),
            family: archive.map(|archive| archive.family.name()),
            run: archive.map(|archive| archive.run.clone()),
            verdict: archive.and_then(|archive| archive.verdict.clone()),
            cause: archive.and_then(|archive| archive.cause.clone()),
            count: facts.map(|facts| facts.count),
            prior: hex(facts.and_then(|facts| facts.prior)),
            between: hex(facts.and_then(|facts| facts.between)),
            first_occurrence: facts
                .and_then(|facts| facts.seen)
                .map(|seen| !matches!(seen, Seen::Before(_))),
            repaired: report.repaired.clone(),
            warnings: report.warnings.clone(),
        }
    }
}

/// Returns the decision's token.
fn decision(outcome: &Found) -> &'static str {
    match outcome {
        Found::Ordinary => "ordinary",
        Found::Off => "off",
        Found::StandsAlone(_) => "stands-alone",
        Found::Unclear(..) => "unclear",
        Found::Refused(_) => "refused",
        Found::WouldFold => "would-fold",
        Found::Folded(_) => "folded",
        Found::Moved => "moved",
        Found::Busy => "busy",
    }
}

/// Returns every reason for not folding.
fn reasons(outcome: &Found) -> Vec<JsonReason> {
    match outcome {
        Found::StandsAlone(reason) => {
            vec![JsonReason { rule: None, token: reason.token(), text: alone(*reason).to_owned() }]
        }
        Found::Unclear(id, flaw) => {
            vec![JsonReason { rule: None, token: flaw.token(), text: unclear(*id, *flaw) }]
        }
        Found::Refused(refusals) => refusals
            .iter()
            .map(|refusal| JsonReason {
                rule: Some(refusal.rule()),
                token: refusal.token(),
                text: refused(refusal),
            })
            .collect(),
        Found::Ordinary
        | Found::Off
        | Found::WouldFold
        | Found::Folded(_)
        | Found::Moved
        | Found::Busy => Vec::new(),
    }
}

fn text(report: &Report) -> String {
    let mut text = String::new();
    if let Some(repaired) = &report.repaired {
        line(&mut text, repaired);
    }
    let head = report.head.map_or_else(|| "HEAD".to_owned(), short);
    line(
        &mut text,
        &match &report.outcome {
            Found::Ordinary => format!("{head} is no archive: nothing to fold"),
            Found::Off => "folding is off: [churn] mode in dos.toml".to_owned(),
            Found::StandsAlone(_) => format!("{head} stands alone"),
            Found::Unclear(..) => format!("{head} stays a commit of its own"),
            Found::Refused(_) => format!("{head} repeats the archive before it and must stay"),
            Found::WouldFold => format!("{head} would be folded{}", runs(report.facts.as_ref())),
            Found::Folded(new) => {
                format!("folded {head} into {}{}", short(*new), runs(report.facts.as_ref()))
            }
            Found::Moved => "the branch moved in the meantime: nothing was done".to_owned(),
            Found::Busy => "another git-dos is folding here: nothing was done".to_owned(),
        },
    );
    for reason in reasons(&report.outcome) {
        let rule = reason.rule.map(|rule| format!("R{rule} ")).unwrap_or_default();
        line(&mut text, &format!("  {rule}{}: {}", reason.token, reason.text));
    }
    if let Some(seen) = report.facts.as_ref().and_then(|facts| facts.seen) {
        line(&mut text, &format!("  {}", occurrence(seen)));
    }
    text
}

fn line(text: &mut String, words: &str) {
    writeln!(text, "{words}").expect("writing to a String cannot fail");
}

fn short(id: gix::ObjectId) -> String {
    id.to_hex_with_len(12).to_string()
}

fn runs(facts: Option<&Facts>) -> String {
    facts.map_or_else(String::new, |facts| {
        let between = if facts.between.is_some() { ", with the quiet replan between" } else { "" };
        let cause = facts.archive.cause.as_deref().unwrap_or_default();
        format!(": {} runs of {cause}{between}", facts.count)
    })
}

fn occurrence(seen: Seen) -> String {
    match seen {
        Seen::Before(id) => format!("the blocker was reported before, by {}", short(id)),
        Seen::Never(read) => format!("the blocker is new: none in all {read} earlier commits"),
        Seen::NotLately(read) => format!("the blocker is new: none in the last {read} commits"),
    }
}

fn alone(reason: Reason) -> &'static str {
    match reason {
        Reason::NotIdle => "it is no dispatch archive of nothing",
        Reason::NoCause => "it names no cause, in a trailer, in [cause:…] or by [churn.causes]",
        Reason::NoPrior => "there is no archive before it",
        Reason::PriorDiffers => "the archive before it is of another cause, or something happened",
        Reason::TooFew => "there are fewer runs than [churn] minimum_run",
    }
}

fn unclear(id: gix::ObjectId, flaw: Flaw) -> String {
    let id = short(id);
    match flaw {
        Flaw::Encoding => format!("the message of {id} is not UTF-8"),
        Flaw::SeveralTrailers => format!("{id} has several Dos-Archive trailers"),
        Flaw::UnknownVersion => format!("the Dos-Archive trailer of {id} is of an unknown version"),
        Flaw::BadTrailer => format!("the Dos-Archive trailer of {id} makes no sense"),
        Flaw::Disagreement(field) => {
            format!("the trailer and the subject of {id} disagree about the {field}")
        }
    }
}

fn refused(refusal: &Refusal) -> String {
    let path = |path: &[u8]| shown(path);
    match refusal {
        Refusal::NoPrior => "there is no earlier commit".to_owned(),
        Refusal::Detached => "HEAD is no branch".to_owned(),
        Refusal::Operation(name) => format!("git is in the middle of: {name}"),
        Refusal::Parents(id, count) => format!("{} has {count} parents, not one", short(*id)),
        Refusal::Boundary(id, _) => format!("the parents of {} are not its own", short(*id)),
        Refusal::Published(name) => format!("others may have the commit through {name}"),
        Refusal::Held(name) => format!("{name} shows the commit too"),
        Refusal::NotOurs(id) => format!("{} is by another author or committer", short(*id)),
        Refusal::Unsigned(why) => format!("the new commit must be signed and cannot be: {why}"),
        Refusal::ForeignText(id) => format!("the message of {} is not UTF-8", short(*id)),
        Refusal::Notes(id) => format!("notes.rewriteRef does not copy the notes of {}", short(*id)),
        Refusal::Outside(name) => format!("{} is outside [churn] roots", path(name)),
        Refusal::Overlap(name) => format!("two runs wrote {}", path(name)),
        Refusal::Index(why) => format!("the index: {why}"),
        Refusal::InsideHook => "git is at work around this command, in a hook".to_owned(),
        Refusal::Superproject => "the repository around this one records the commit".to_owned(),
        Refusal::RunStart(count) => format!("{count} recorded runs began at the commit"),
        Refusal::Limit(Limit::Count) => "more runs than [churn] maximum_count".to_owned(),
        Refusal::Limit(Limit::Age) => "older than [churn] maximum_age_hours".to_owned(),
        Refusal::Limit(Limit::Lane) => "the runs are of different lanes".to_owned(),
        Refusal::Cause => "the cause does not fit between brackets".to_owned(),
    }
}
