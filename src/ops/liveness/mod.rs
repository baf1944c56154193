//! Is a run moving, spinning or stalled? What is known of it, gathered and judged.

mod place;
mod report;

use std::path::PathBuf;
use std::time::Duration;

use gix::ObjectId;
use gix::bstr::BString;
use gix::error::{OptionExt as _, Result, ResultExt as _, bail, message};

use self::place::{Place, Worktrees};
pub use self::report::{Answer, Question, Report, Row, Which};
use super::run;
use crate::evidence::identity;
use crate::evidence::process::{self, Recorded};
use crate::evidence::progress::moves::Moves;
use crate::evidence::progress::{self, Work};
use crate::evidence::repository::state_folder;
use crate::journal::runs::{self, Known};
use crate::journal::sessions;
use crate::output::HINT;
use crate::policy::{self, Policy};
use crate::run_id::RunId;
use crate::verdict::liveness::{self, Evidence, Moment, Process};

/// How far clocks may be apart before a time counts as one from the future.
const TOLERANCE: Duration = Duration::from_secs(1);

/// How long a session without a sign of life is listed; nobody says when an agent's session is over.
const FORGOTTEN: Duration = Duration::from_secs(24 * 60 * 60);

/// Answers `question` about `repository`.
pub fn look(repository: &gix::Repository, question: &Question) -> Result<Report> {
    let state = state_folder(repository);
    let policy = policy::load(repository)?;
    let (now, worktrees) = (question.now, Worktrees::default());
    let looker = Looker { repository, policy: &policy, state, question, now, worktrees };
    match &question.which {
        Which::Open { all } => looker.open(*all),
        Which::One(id) => {
            let known = run::find(&looker.state, id)?;
            let answer = looker.run(id, known);
            Ok(Report { rows: vec![Row { run: Some(id.clone()), answer }], forgotten: 0 })
        }
        Which::Each(ids) => {
            let row = |id: &RunId| {
                let known = run::find(&looker.state, id);
                let answer = known.and_then(|known| looker.run(id, known));
                Row { run: Some(id.clone()), answer }
            };
            Ok(Report { rows: ids.iter().map(row).collect(), forgotten: 0 })
        }
        Which::Since { commit, pid } => {
            let answer = looker.since(commit, *pid)?;
            Ok(Report { rows: vec![Row { run: None, answer: Ok(answer) }], forgotten: 0 })
        }
    }
}

/// All that the rows have in common.
struct Looker<'a> {
    repository: &'a gix::Repository,
    policy: &'a Policy,
    state: PathBuf,
    question: &'a Question,
    now: Duration,
    worktrees: Worktrees,
}

/// What is looked at for one answer.
struct Case<'a> {
    place: &'a Place,
    start: Option<ObjectId>,
    /// In time since 1970-01-01T00:00:00Z.
    started: Duration,
    ended: Option<Duration>,
    committer: Option<&'a str>,
    beat: Option<Duration>,
    process: Process,
}

impl Looker<'_> {
    fn open(&self, all: bool) -> Result<Report> {
        let mut report = Report::default();
        for id in runs::ids(&self.state)? {
            let known = runs::read(&self.state, &id);
            let known = match known {
                // Another process cleared it away meanwhile.
                Ok(None) => continue,
                Ok(Some(known)) if known.end.is_some() => continue,
                Ok(Some(known)) => known,
                Err(error) => {
                    report.rows.push(Row { run: Some(id), answer: Err(error) });
                    continue;
                }
            };
            if !all && self.is_forgotten(&id, &known)? {
                report.forgotten += 1;
                continue;
            }
            let answer = self.run(&id, known);
            report.rows.push(Row { run: Some(id), answer });
        }
        Ok(report)
    }

    /// Tells whether `known` is an agent's session that was quiet for a day.
    fn is_forgotten(&self, id: &RunId, known: &Known) -> Result<bool> {
        let is_quiet = |time: Duration| self.now.saturating_sub(time) > FORGOTTEN;
        let is_session = known.start.as_ref().is_some_and(|start| start.session.is_some());
        if !is_session || !known.damage.is_empty() || !is_quiet(id.time()) {
            return Ok(false);
        }
        Ok(self.newest_beat(id, known)?.is_none_or(is_quiet))
    }

    /// Returns the newest sign of life that is written down: that the run started is one.
    fn newest_beat(&self, id: &RunId, known: &Known) -> Result<Option<Duration>> {
        let session = known.start.as_ref().and_then(|start| start.session.as_deref());
        let session = session.map(|session| self.session_beat(session)).transpose()?.flatten();
        Ok(known.beat.max(session).max(Some(id.time())))
    }

    /// Returns when the newest record of a session was written.
    fn session_beat(&self, session: &str) -> Result<Option<Duration>> {
        let contents = sessions::journal(&self.state, session).read()?;
        let times = contents.records.iter().filter_map(|record| match record {
            sessions::Record::Start(start) => Some(start.time),
            sessions::Record::Told(told) => Some(told.time),
            sessions::Record::Unknown => None,
        });
        Ok(times.max().map(Duration::from_secs))
    }

    fn run(&self, id: &RunId, known: Known) -> Result<Answer> {
        if let Some(damage) = known.damage.first() {
            let path = runs::journal(&self.state, id).path().display().to_string();
            bail!(
                message!("Line {} of {path} is damaged: {}", damage.line, damage.reason)
                    .with(HINT, "git dos run end RUN ends the run, if it is over")
            );
        }
        let beat = self.newest_beat(id, &known)?;
        let Known { start, end, .. } = known;
        let start = start.ok_or_raise(|| {
            message!("Nothing says where the run {id} started")
                .with(HINT, "git dos run end RUN ends the run, if it is over")
        })?;
        let place = Place::of(self.repository, &start, &self.worktrees)?;
        let recorded =
            Recorded { host: start.host.clone(), pid: start.pid, started: start.pid_started };
        let mut answer = self.judge(&Case {
            place: &place,
            start: start.head,
            started: id.time(),
            ended: end,
            committer: start.committer.as_deref(),
            beat,
            process: if end.is_some() { Process::Unknown } else { process::look(&recorded) },
        })?;
        let age = end.unwrap_or(self.now).saturating_sub(id.time());
        let budget = start.budget_s.map(Duration::from_secs);
        answer.over_budget = budget.and_then(|budget| age.checked_sub(budget));
        answer.record = Some(start);
        Ok(answer)
    }

    fn since(&self, commit: &str, pid: Option<u32>) -> Result<Answer> {
        let context =
            || message!("{:?} names no commit here", crate::output::shown(commit.as_bytes()));
        let found = self.repository.rev_parse_single(commit).or_raise(context)?;
        let found = found.object().or_raise(context)?.peel_to_commit().or_raise(context)?;
        let time = found.time().or_raise(context)?.seconds;
        let place = Place::here(self.repository)?;
        let recorded = Recorded { pid, ..Recorded::default() };
        self.judge(&Case {
            place: &place,
            start: Some(found.id),
            started: Duration::from_secs(u64::try_from(time).unwrap_or_default()),
            ended: None,
            committer: None,
            beat: None,
            process: process::look(&recorded),
        })
    }

    fn judge(&self, case: &Case<'_>) -> Result<Answer> {
        let seconds = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        let since = seconds(case.started);
        let current = identity::committer(&case.place.repository).map(|person| person.email);
        let committers: Vec<BString> =
            case.committer.map(BString::from).into_iter().chain(current).collect();
        let moves = Moves::read(&case.place.log, since)?;
        if committers.is_empty() && moves.is_empty() {
            bail!(
                message("Nobody says who commits here, so no commit can be told from others'")
                    .with(HINT, "git config user.email ADDRESS")
            );
        }
        let work = Work {
            tips: &case.place.tips,
            start: case.start,
            since,
            until: case.ended.map(seconds),
            committers: &committers,
            moves: &moves,
            churn: &self.policy.churn,
        };
        let progress = progress::count(&case.place.repository, &work, self.question.depth)?;
        let now = case.ended.unwrap_or(self.now);
        let seen = self.question.heartbeat.map(Moment::Ago);
        let beat = case.beat.map(|beat| moment(beat, now));
        let evidence = Evidence {
            started: moment(case.started, now),
            patches: progress.patches,
            lease_events: 0,
            beat: newer(beat, seen),
            process: case.process,
        };
        let mut limits = self.policy.liveness.limits();
        if case.ended.is_some() {
            // What is over will not bring about anything that it did not.
            limits.grace = Duration::ZERO;
        }
        Ok(Answer {
            verdict: liveness::judge(&evidence, &limits),
            evidence,
            progress,
            start: case.start,
            tips: case.place.tips.clone(),
            record: None,
            ended: case.ended.map(|end| self.now.saturating_sub(end)),
            over_budget: None,
            now: self.now,
        })
    }
}

/// Returns how `time` looks from `now`; clocks that are a little apart are not at odds.
pub(super) fn moment(time: Duration, now: Duration) -> Moment {
    match time.checked_sub(now) {
        Some(ahead) if ahead > TOLERANCE => Moment::Ahead(ahead),
        Some(_) | None => Moment::Ago(now.saturating_sub(time)),
    }
}

/// Returns the newer one of two signs of life; what the caller saw outranks a time from the future.
fn newer(written: Option<Moment>, seen: Option<Moment>) -> Option<Moment> {
    match (written, seen) {
        (Some(Moment::Ago(one)), Some(Moment::Ago(other))) => Some(Moment::Ago(one.min(other))),
        (written, seen) => seen.or(written),
    }
}
