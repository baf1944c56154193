//! What is an event worth, and who is told of it? Picks and first occurrences are looked up, not believed.

pub mod event;

use gix::ObjectId;
use gix::error::{ErrorExt as _, Result, ResultExt as _, message};

use super::{coalesce, verify};
use crate::env;
use crate::evidence::archives::{self, Seen};
use crate::output::{HINT, pasteable};
use crate::policy::{self, Policy};
use crate::verdict::archive::{Archive, Family};
use crate::verdict::severity::{self, Severity, Verdict};
use crate::verdict::ship::{self, Question};
use crate::verdict::sink::Sink;
use crate::verdict::{headline, token};
use event::{Event, Pick};

/// What an event is worth.
#[derive(Debug)]
pub struct Report {
    /// The judgement.
    pub verdict: Verdict,
    /// The words that sum it up.
    pub headline: String,
    /// Whether it is seen for the first time.
    pub occurrence: Occurrence,
    /// What became of each pick that it names.
    pub picks: Vec<Looked>,
    /// How many picks it says were shipped, when it names some too.
    pub reported: Option<u32>,
    /// Each audience, and whether it is told.
    pub sinks: Vec<Reach>,
}

/// Whether an event is seen for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrence {
    /// It makes no difference.
    Immaterial,
    /// The event says so.
    Given(bool),
    /// It was reported before, by this commit, which stands for so many runs.
    Before(ObjectId, i64),
    /// It was not, in so many commits, which are all that there are.
    Never(usize),
    /// It was not, in so many commits, which is as far as `[churn] history` looks.
    NotLately(usize),
}

impl Occurrence {
    /// Tells whether it is the first; `None` when that makes no difference.
    pub fn is_first(self) -> Option<bool> {
        match self {
            Self::Immaterial => None,
            Self::Given(first) => Some(first),
            Self::Before(..) => Some(false),
            Self::Never(_) | Self::NotLately(_) => Some(true),
        }
    }
}

/// A pick that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// What was looked for.
    pub pick: Pick,
    /// Whether it shipped.
    pub shipped: bool,
}

/// Whether an audience is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// The audience.
    pub sink: Sink,
    /// The least severity that it is told of.
    pub threshold: Severity,
    /// Whether the event is worth as much.
    pub passes: bool,
}

/// Judges `event`.
///
/// Errors when a pick, or whether the event is new, cannot be found out, and when a threshold is no severity.
pub fn judge(repository: &gix::Repository, event: &Event) -> Result<Report> {
    let policy = policy::load(repository)?;
    let sinks = Sink::ALL.map(|sink| Ok((sink, threshold(&policy, sink)?)));
    let sinks: Vec<(Sink, Severity)> = sinks.into_iter().collect::<Result<_>>()?;
    let picks = look_for(repository, &policy, &event.picks)?;
    let shipped = picks.iter().filter(|looked| looked.shipped).count();
    let verified = (!picks.is_empty()).then(|| u32::try_from(shipped).unwrap_or(u32::MAX));
    let occurrence = occurrence(repository, &policy, event, verified)?;
    let evidence = event.evidence(occurrence.is_first().unwrap_or(true), verified);
    let verdict = severity::judge(&evidence);
    let reach = |(sink, threshold): (Sink, Severity)| Reach {
        sink,
        threshold,
        passes: verdict.severity >= threshold,
    };
    Ok(Report {
        headline: if occurrence.is_first() == Some(false) {
            headline::repeated(&evidence)
        } else {
            headline::event(&evidence, verdict)
        },
        verdict,
        occurrence,
        reported: event.picks_shipped.filter(|_| !picks.is_empty()),
        picks,
        sinks: sinks.into_iter().map(reach).collect(),
    })
}

/// Returns the least severity that reaches `sink`: from the environment, else from `dos.toml`, else the default.
fn threshold(policy: &Policy, sink: Sink) -> Result<Severity> {
    let variables = sink.variables();
    let [own, fallback] = variables.each_ref().map(|name| env::setting(name));
    let configured = policy.severity.threshold(sink).unwrap_or(sink.default_threshold());
    match sink.setting([own.as_deref(), fallback.as_deref()]) {
        None => Ok(configured),
        Some(word) if token::strip(word).is_empty() => Ok(sink.default_threshold()),
        Some(word) => Severity::named(word).ok_or_else(|| {
            let name = variables.join(" or ");
            let error = message!("{name} is {word:?}, which is no severity");
            error.with(HINT, "it is NOOP, NOTICE, BLOCKED-NEW or SHIPPED").raise()
        }),
    }
}

/// Looks for each of `picks`, once where it is named twice, in what the target branch reaches.
fn look_for(repository: &gix::Repository, policy: &Policy, picks: &[Pick]) -> Result<Vec<Looked>> {
    let mut questions: Vec<Question> = Vec::new();
    for Pick { plan, phase } in picks {
        let question = Question { plan: plan.clone(), phase: phase.clone() };
        if !questions.contains(&question) {
            questions.push(question);
        }
    }
    if questions.is_empty() {
        return Ok(Vec::new());
    }
    verify::run(repository, policy, None, &questions)?.rows.into_iter().map(looked).collect()
}

/// Returns whether the pick of `row` shipped; errors when nobody can tell.
fn looked(row: verify::Row) -> Result<Looked> {
    let Question { plan, phase } = row.question;
    let shipped = match &row.answer {
        Ok(answer) => match answer.verdict {
            ship::Verdict::Shipped(_) => Some(true),
            ship::Verdict::NotShipped(_) => Some(false),
            ship::Verdict::Unknown(_) => None,
        },
        Err(_) => None,
    };
    let Some(shipped) = shipped else {
        let words = format!("{} {}", pasteable(&plan), pasteable(&phase));
        let error = message!("Whether {plan} {phase} shipped cannot be found out");
        return Err(error.with(HINT, format!("this says why: git dos verify {words}")).raise());
    };
    Ok(Looked { pick: Pick { plan, phase }, shipped })
}

/// Finds out whether `event` is seen for the first time, where that makes a difference.
fn occurrence(
    repository: &gix::Repository,
    policy: &Policy,
    event: &Event,
    verified: Option<u32>,
) -> Result<Occurrence> {
    let worth = |first| severity::judge(&event.evidence(first, verified));
    let family = Family::named(&severity::family_name(&event.family));
    let Some(family) = family.filter(|_| worth(true) != worth(false)) else {
        return Ok(Occurrence::Immaterial);
    };
    if let Some(first) = event.first_occurrence {
        return Ok(Occurrence::Given(first));
    }
    let run = event.run.clone().unwrap_or_default();
    let archive = Archive {
        family,
        first: run.clone(),
        run,
        verdict: event.verdict.as_deref().and_then(token::normalize),
        picks: 0,
        cause: event.cause().map(ToOwned::to_owned),
        lane: None,
        count: 1,
        severity: None,
    };
    let causes = policy.churn.patterns();
    let mut from = coalesce::head_commit(repository)?;
    if let Some(head) = from {
        let recorded = archives::read(repository, head, &causes)?;
        let is_own = |last: &Archive| last.count <= 1 && last.run == archive.run;
        if recorded.archive().is_some_and(is_own) {
            from = recorded.commit.parents.first().copied();
        }
    }
    let limit = usize::try_from(policy.churn.history).or_raise(|| message("Too much history"))?;
    match archives::seen_before(repository, from, &archive, &causes, limit)? {
        Seen::Before(id) => {
            let earlier = archives::read(repository, id, &causes)?;
            let runs = earlier.archive().map_or(1, |archive| archive.count);
            Ok(Occurrence::Before(id, runs))
        }
        Seen::Never(read) => Ok(Occurrence::Never(read)),
        Seen::NotLately(read) if read < limit => {
            let error = message!("Shallow history ends after {read} commits without this blocker");
            let hint = "git fetch --unshallow, or say whether it is the first: --first-occurrence";
            Err(error.with(HINT, hint).raise())
        }
        Seen::NotLately(read) => Ok(Occurrence::NotLately(read)),
    }
}
