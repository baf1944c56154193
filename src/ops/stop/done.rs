//! Which of a worker's claims does git not bear out?

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Instant;

use gix::error::Result;

use super::Request;
use crate::clock;
use crate::evidence::transcript::{self, Speaker};
use crate::journal::sessions::Told;
use crate::ops::{session, verify};
use crate::policy::Policy;
use crate::verdict::done::{self, Claim, Evidence, Rung, Standing, Verdict, claim};
use crate::verdict::ship::{self, Miss, Question, Reason};

/// Claims of one stop that are asked of git; one walk answers them all.
const CLAIMS: usize = 32;

/// A claim that git does not bear out.
#[derive(Debug, Clone)]
pub struct Found {
    /// What was claimed.
    pub claim: Claim,
    /// Why it does not hold.
    pub reason: Reason,
}

/// A claim of which nobody can tell.
#[derive(Debug, Clone)]
pub struct Unanswered {
    /// What was claimed.
    pub claim: Claim,
    /// Why nobody can tell.
    pub cause: String,
}

/// What is known of the worker.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'call> {
    /// What it was told, oldest first.
    pub(super) told: &'call [Told],
    /// How often it was made to go on since its user last spoke.
    pub(super) pushes: usize,
}

/// Reads what the worker claims in `words` and asks git; returns what it is to be told, and what nobody can tell.
pub(super) fn look(
    repository: &gix::Repository,
    policy: &Policy,
    words: &[String],
    known: Known<'_>,
    deadline: Instant,
) -> Result<(Vec<Found>, Vec<Unanswered>)> {
    let mut claims = claimed(words, policy.done.sentences());
    let mut unanswered: Vec<Unanswered> =
        claims.split_off(claims.len().min(CLAIMS)).into_iter().map(unasked).collect();
    if claims.is_empty() {
        return Ok((Vec::new(), unanswered));
    }
    let questions: Vec<Question> = claims.iter().map(question).collect();
    let answers = ask(repository, policy, &questions, deadline)?;
    let mut reasons = Vec::new();
    let mut asked = Vec::new();
    for (claim, answer) in claims.into_iter().zip(answers) {
        let standing = match &answer {
            Ok(None) => Standing::BorneOut,
            Ok(Some(_)) => Standing::NotBorneOut,
            Err(_) => Standing::Unknown,
        };
        if let Err(cause) = &answer {
            unanswered.push(Unanswered { claim: claim.clone(), cause: cause.clone() });
        }
        reasons.push(answer.ok().flatten());
        asked.push((claim, standing));
    }
    let evidence = Evidence { claims: asked, told: told(known.told), pushes: known.pushes };
    let Verdict::PushBack(numbers) = done::judge(&evidence, &done::Policy::default()) else {
        return Ok((Vec::new(), unanswered));
    };
    let asked = evidence.claims.into_iter().zip(reasons).enumerate();
    let found = asked
        .filter(|(number, _)| numbers.contains(number))
        .filter_map(|(_, ((claim, _), reason))| Some(Found { claim, reason: reason? }))
        .collect();
    Ok((found, unanswered))
}

/// Returns what the worker said, and what kept us from reading more: its last words as the call has them, and all that
/// the conversation's file has of its turn.
///
/// The file may lack the last words still, and agents hand over no others.
pub(super) fn words(request: &Request<'_>) -> (Vec<String>, Option<gix::Error>) {
    let mut words: Vec<String> = request.last_message.iter().map(|&text| text.to_owned()).collect();
    let speaker = if request.agent.is_some() { Speaker::Anyone } else { Speaker::Session };
    match request.transcript.map(|file| transcript::read(file, speaker)) {
        Some(Ok(text)) => words.push(text),
        Some(Err(error)) => return (words, Some(error)),
        None => {}
    }
    (words, None)
}

/// Returns what is claimed in `words`, each phase once; a fence that one of them leaves open hides nothing in the next.
fn claimed(words: &[String], sentences: claim::Prose) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for claim in words.iter().flat_map(|text| claim::read(text, sentences)) {
        if claims.iter().all(|known| !known.is_same(&claim)) {
            claims.push(claim);
        }
    }
    claims
}

/// What speaks against a claim, `None` when nothing does; the error says why nobody can tell.
type Weighed = std::result::Result<Option<Reason>, String>;

/// Asks git for all `questions`, and waits for the answers until `deadline`.
///
/// A claim at a stop is about the work at hand: what `HEAD` reaches counts, be it on a branch that nobody merged.
fn ask(
    repository: &gix::Repository,
    policy: &Policy,
    questions: &[Question],
    deadline: Instant,
) -> Result<Vec<Weighed>> {
    let revision = session::head_id(repository)?.map(|_| "HEAD");
    let shared = repository.clone().into_sync();
    let (policy, asked) = (policy.clone(), questions.to_vec());
    let (sender, receiver) = mpsc::channel();
    // A walk that goes on after the deadline only reads, and ends with the process.
    std::thread::spawn(move || {
        let repository = shared.to_thread_local();
        let answers = verify::run(&repository, &policy, revision, &asked)
            .map(|report| report.rows.iter().map(weigh).collect::<Vec<_>>());
        sender.send(answers.map_err(|error| error.to_string())).ok();
    });
    let left = deadline.saturating_duration_since(clock::instant());
    let nobody = |cause: &str| vec![Err(cause.to_owned()); questions.len()];
    Ok(match receiver.recv_timeout(left) {
        Ok(Ok(answers)) => answers,
        Ok(Err(cause)) => nobody(&cause),
        Err(RecvTimeoutError::Timeout) => nobody("it took too long"),
        Err(RecvTimeoutError::Disconnected) => nobody("git could not be asked"),
    })
}

fn unasked(claim: Claim) -> Unanswered {
    Unanswered { claim, cause: format!("more than {CLAIMS} claims at once") }
}

fn question(claim: &Claim) -> Question {
    Question { plan: claim.plan.clone(), phase: claim.phase.clone() }
}

/// Weighs an answer. A phase that shipped on another branch did ship.
fn weigh(row: &verify::Row) -> Weighed {
    let answer = row.answer.as_ref().map_err(ToString::to_string)?;
    match &answer.verdict {
        ship::Verdict::Shipped(_) | ship::Verdict::NotShipped(Reason::Elsewhere(_)) => Ok(None),
        ship::Verdict::NotShipped(Reason::Nearest(_, Miss::CutOff))
        | ship::Verdict::Unknown(ship::Cause::Shallow) => Err("the history is cut off".to_owned()),
        ship::Verdict::Unknown(ship::Cause::SharedNumber(..)) => {
            Err("several plans have its number".to_owned())
        }
        ship::Verdict::NotShipped(reason) => Ok(Some(reason.clone())),
    }
}

/// Returns the claims that the worker was told of.
fn told(told: &[Told]) -> Vec<Claim> {
    let phases = told.iter().flat_map(|told| &told.claims);
    let claim = |phase: &crate::journal::sessions::Phase| Claim {
        plan: phase.plan.clone(),
        phase: phase.phase.clone(),
        rung: Rung::Marker,
    };
    phases.map(claim).collect()
}
