//! Has a class of failure tripped its breaker, and what does a new report change?

use std::path::PathBuf;
use std::time::Duration;

use gix::error::{ErrorExt as _, Result, message};

use crate::clock;
use crate::evidence::repository::state_folder;
use crate::journal::breaker::{Book, Held, Key, Pages, Record};
use crate::output::{HINT, pasteable};
use crate::policy;
use crate::policy::breaker::{Breaker, Overrides, Settings};
use crate::verdict::breaker::{self, Evidence, Reason, State, Verdict};

/// The most characters of a reason that are kept.
const REASON_LIMIT: usize = 1_000;

/// What is wanted of one breaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Count a failure, with the reporter's reason.
    Fail(Option<String>),
    /// Note a success.
    Succeed,
    /// Begin anew.
    Reset,
    /// Ask whether to go on; the first who asks after a rest may try.
    Ask,
    /// Look, and change nothing.
    Look,
}

/// How one breaker stands.
#[derive(Debug)]
pub struct Report {
    /// What it counts; `None` when the counts came from the caller.
    pub key: Option<Key>,
    /// What it is judged by.
    pub settings: Settings,
    /// What is judged.
    pub evidence: Evidence,
    /// The judgement.
    pub verdict: Verdict,
    /// The newest reasons for failures, newest last.
    pub reasons: Vec<Reason>,
    /// Whether the caller has just been given the permission to try.
    pub granted: bool,
    /// Where a damaged file was moved to.
    pub set_aside: Option<PathBuf>,
}

/// How all breakers of a repository stand.
#[derive(Debug, Default)]
pub struct List {
    /// Those that can be judged, by class and lane.
    pub reports: Vec<Report>,
    /// Why others cannot be.
    pub errors: Vec<gix::Error>,
}

/// Does `act` to the breaker of `key`; `options` stand before the settings in `dos.toml`.
///
/// Errors when the policy or the journal cannot be read, and when the journal is damaged; a failure or a success is
/// written down even then.
pub fn act(repository: &gix::Repository, key: Key, options: Overrides, act: Act) -> Result<Report> {
    let settings = policy::load(repository)?.breaker.settings(Some(&key.class), options)?;
    let book = Book::of(&state_folder(repository), key);
    match act {
        Act::Look => look(&book, settings),
        Act::Ask => ask(&book, settings),
        Act::Fail(reason) => fail(&book, settings, reason),
        Act::Succeed => succeed(&book, settings),
        Act::Reset => reset(&book, settings),
    }
}

/// Judges counts that the caller keeps, by the settings for `class`, or for every class.
///
/// Nothing is read or written but `dos.toml`, and nothing rests. Errors when there are fewer failures in all than
/// in a row.
pub fn peek(
    repository: &gix::Repository,
    class: Option<&str>,
    options: Overrides,
    [consecutive, total]: [u64; 2],
) -> Result<Report> {
    if total < consecutive {
        let error = message!("{total} failures in all cannot have {consecutive} in a row");
        return Err(error.with(HINT, "--total counts those of --consecutive too").raise());
    }
    let mut settings = policy::load(repository)?.breaker.settings(class, options)?;
    settings.policy.cool_down = None;
    let evidence = Evidence { consecutive, total, ..Evidence::default() };
    let verdict = breaker::judge(&evidence, &settings.policy);
    Ok(Report {
        key: None,
        settings,
        evidence,
        verdict,
        reasons: Vec::new(),
        granted: false,
        set_aside: None,
    })
}

/// Looks at every breaker that something was ever reported to, and changes nothing.
pub fn list(repository: &gix::Repository, options: Overrides) -> Result<List> {
    let policy: Breaker = policy::load(repository)?.breaker;
    let (books, strange) = Book::all(&state_folder(repository))?;
    let mut list = List::default();
    for book in books {
        let settings = policy.settings(Some(&book.key().class), options);
        match settings.and_then(|settings| look(&book, settings)) {
            Ok(report) => list.reports.push(report),
            Err(error) => list.errors.push(error),
        }
    }
    list.errors.extend(strange.iter().map(|path| {
        let error = message!("{} does not say what it counts", path.display());
        error.with(HINT, "move it out of its folder once you have looked at it").raise()
    }));
    Ok(list)
}

fn look(book: &Book, settings: Settings) -> Result<Report> {
    let pages = sound(book, book.read()?)?;
    Ok(report(book, settings, &pages, now()))
}

fn ask(book: &Book, settings: Settings) -> Result<Report> {
    let report = look(book, settings)?;
    if report.verdict.state != State::HalfOpen {
        return Ok(report);
    }
    // Another may have been faster, so what counts is what stands there under the lock.
    let held = book.hold()?;
    let (pages, now) = (sound(book, held.read()?)?, now());
    let mut report = self::report(book, settings, &pages, now);
    if report.verdict.state == State::HalfOpen {
        let until = now.saturating_add(settings.probe_time).as_secs();
        held.append(&pages, Record::Probe { until }, now)?;
        report.granted = true;
    }
    Ok(report)
}

fn fail(book: &Book, settings: Settings, reason: Option<String>) -> Result<Report> {
    let held = book.hold()?;
    let now = now();
    let reason = reason.map(|text| text.chars().take(REASON_LIMIT).collect());
    write(book, settings, (&held, held.read()?), Record::Failed { reason }, now)
}

fn succeed(book: &Book, settings: Settings) -> Result<Report> {
    let held = book.hold()?;
    let (pages, now) = (held.read()?, now());
    let before = report(book, settings, &pages, now);
    let closes = before.verdict.state.closes_on_success();
    if closes || before.evidence.consecutive > 0 || !pages.damage.is_empty() {
        return write(book, settings, (&held, pages), Record::Succeeded { closes }, now);
    }
    // Most successes change nothing, and then cost nothing.
    Ok(before)
}

fn reset(book: &Book, settings: Settings) -> Result<Report> {
    let held = book.hold()?;
    let (pages, now) = (held.read()?, now());
    let set_aside = if pages.damage.is_empty() { None } else { Some(held.set_aside(now)?) };
    let pages = if set_aside.is_some() { held.read()? } else { pages };
    let report = write(book, settings, (&held, pages), Record::Reset, now)?;
    Ok(Report { set_aside, ..report })
}

/// Writes `record` down, and judges what all adds up to with it.
fn write(
    book: &Book,
    settings: Settings,
    (held, pages): (&Held<'_>, Pages),
    record: Record,
    now: Duration,
) -> Result<Report> {
    let pages = sound(book, held.append(&pages, record, now)?)?;
    Ok(report(book, settings, &pages, now))
}

/// Passes `pages` on, unless they are damaged.
fn sound(book: &Book, pages: Pages) -> Result<Pages> {
    let Some(damage) = pages.damage.first() else { return Ok(pages) };
    let Key { class, lane } = book.key();
    let mut which = pasteable(class);
    if let Some(lane) = lane {
        which = format!("{which} --lane {}", pasteable(lane));
    }
    let (path, count) = (book.path().display(), pages.damage.len());
    let (line, reason) = (damage.line, &damage.reason);
    let more = if count > 1 { format!(" (and {} more lines)", count - 1) } else { String::new() };
    let hint = format!(
        "mend it, or begin anew and keep it under another name: git dos breaker reset --class {which}"
    );
    Err(message!("{path}:{line} is damaged{more}: {reason}").with(HINT, hint).raise())
}

/// Returns the present time in whole seconds, as journals have it.
fn now() -> Duration {
    Duration::from_secs(clock::now().as_secs())
}

fn report(book: &Book, settings: Settings, pages: &Pages, now: Duration) -> Report {
    let evidence = pages.history.evidence(now, settings.window);
    let verdict = breaker::judge(&evidence, &settings.policy);
    Report {
        key: Some(book.key().clone()),
        settings,
        evidence,
        verdict,
        reasons: pages.history.reasons.clone(),
        granted: false,
        set_aside: None,
    }
}
