//! Which commits name the phases, and does one of them ship each?

use std::collections::VecDeque;
use std::rc::Rc;

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::error::{Result, ResultExt as _, message};

use super::examine::{Examiner, Revert};
use crate::evidence::ship::history::{History, Place};
use crate::evidence::ship::target::{self, Target};
use crate::policy::Policy;
use crate::verdict::ship::candidate::{Candidate, claim};
use crate::verdict::ship::stamp::{Message, PlanName, Reader, Reading, message as text};
use crate::verdict::ship::{self, Evidence, Question, noise, revert};

/// Commits taken at a time: few at first, since most answers are near the tip.
const STEPS: [usize; 3] = [64, 256, 1024];

/// Commits taken at a time when those did not answer.
const LONGEST_STEP: usize = 16 * 1024;

/// A commit that names a phase.
#[derive(Debug)]
pub(super) struct Found {
    /// Where the walk met it.
    pub(super) place: Place,
    /// The commit.
    pub(super) commit: ObjectId,
    /// Its subject.
    pub(super) subject: String,
    /// What its message says of the phase.
    pub(super) reading: Reading,
}

/// One question on its way to an answer.
struct Asked {
    plan: String,
    /// The files that the plan names for the phase.
    files: Vec<String>,
    reader: Reader,
    /// Commits that are not looked at yet, newest first.
    waiting: VecDeque<Found>,
    evidence: Evidence,
    state: State,
}

/// How far a question is.
enum State {
    Open,
    Answered,
    Failed(Rc<gix::Error>),
}

type Answers = Vec<std::result::Result<Evidence, Rc<gix::Error>>>;

/// Gathers the evidence for every question in one walk from `target`.
///
/// `files` has for each question those that the plan names for the phase.
pub(super) fn run(
    repository: &gix::Repository,
    policy: &Policy,
    target: &Target,
    questions: &[Question],
    files: &[Vec<String>],
) -> Result<Answers> {
    let stamps = policy.stamp.policy();
    let readers: Vec<Reader> =
        questions.iter().map(|question| Reader::new(question, &stamps)).collect();
    let filter = |bytes: &[u8]| {
        let start = bytes.find(b"\n\n").map_or(0, |at| at + 2);
        let message = bytes.get(start..).unwrap_or(bytes);
        readers.iter().any(|reader| reader.may_match(message)) || revert::may_name(message)
    };
    let mut search = Search {
        repository,
        history: History::new(repository, &filter)?,
        reverts: Vec::new(),
        asked: questions
            .iter()
            .zip(&readers)
            .zip(files)
            .map(|((question, reader), files)| Asked::new(question, reader, files))
            .collect(),
    };
    if let Some(tip) = target.commit {
        search.target(tip)?;
    }
    search.elsewhere()?;
    Ok(search.asked.into_iter().map(Asked::end).collect())
}

impl Asked {
    fn new(question: &Question, reader: &Reader, files: &[String]) -> Self {
        Self {
            plan: question.plan.clone(),
            files: files.to_vec(),
            reader: reader.clone(),
            waiting: VecDeque::new(),
            evidence: Evidence {
                candidates: Vec::new(),
                elsewhere: Vec::new(),
                deliveries: Vec::new(),
                history: ship::History::Enough,
                sharers: Vec::new(),
            },
            state: State::Open,
        }
    }

    fn is_open(&self) -> bool {
        matches!(self.state, State::Open)
    }

    fn end(self) -> std::result::Result<Evidence, Rc<gix::Error>> {
        match self.state {
            State::Open | State::Answered => Ok(self.evidence),
            State::Failed(error) => Err(error),
        }
    }
}

struct Search<'a> {
    repository: &'a gix::Repository,
    history: History<'a>,
    reverts: Vec<Revert>,
    asked: Vec<Asked>,
}

/// Where the commits are that a walk takes.
enum Side {
    Target,
    /// Only this branch reaches them.
    Branch(String),
}

impl Search<'_> {
    fn is_open(&self) -> bool {
        self.asked.iter().any(Asked::is_open)
    }

    /// Walks what the target reaches, until every question is answered.
    fn target(&mut self, tip: ObjectId) -> Result<()> {
        self.history.add(tip)?;
        let mut examiner = Examiner::new(self.repository, tip)?;
        self.walk(&mut examiner, &Side::Target, Place(0));
        if self.history.is_cut() {
            for asked in self.asked.iter_mut().filter(|asked| asked.is_open()) {
                asked.evidence.history = ship::History::CutOff;
            }
        }
        Ok(())
    }

    /// Walks what other branches reach and the target does not, for questions that are still open.
    fn elsewhere(&mut self) -> Result<()> {
        if !self.is_open() {
            return Ok(());
        }
        for branch in target::branches(self.repository)? {
            if !self.is_open() || self.history.has_met(branch.commit) {
                continue;
            }
            let first = Place(self.history.len());
            self.history.add(branch.commit)?;
            let mut examiner = Examiner::new(self.repository, branch.commit)?;
            self.walk(&mut examiner, &Side::Branch(branch.name), first);
        }
        Ok(())
    }

    fn walk(&mut self, examiner: &mut Examiner<'_>, side: &Side, first: Place) {
        let sizes = STEPS.into_iter().chain(std::iter::repeat(LONGEST_STEP));
        for size in sizes {
            if !self.is_open() || self.history.is_done() {
                break;
            }
            let step = self.history.step(size);
            let mut failure = step.failure;
            for (place, commit) in step.hits {
                if let Err(error) = self.read(place, commit) {
                    failure = failure.or(Some(error));
                    break;
                }
            }
            self.examine(examiner, side, first);
            if let Some(error) = failure {
                self.fail(error);
            }
        }
    }

    /// Ends every question that is still open.
    fn fail(&mut self, error: gix::Error) {
        let error = Rc::new(error);
        for asked in self.asked.iter_mut().filter(|asked| asked.is_open()) {
            asked.state = State::Failed(Rc::clone(&error));
        }
    }

    /// Reads what a commit says of the phases, and of other commits.
    fn read(&mut self, place: Place, commit: ObjectId) -> Result<()> {
        let context = || message!("Could not read commit {commit}");
        let object = self.repository.find_commit(commit).or_raise(context)?;
        let bytes = object.message_raw().or_raise(context)?;
        let raw = bytes.to_str_lossy();
        let subject = text::subject(&raw);
        let id = commit.to_hex_with_len(7).to_string();
        let message = Message { id: &id, subject: &subject, body: text::body(&raw) };
        let named = revert::named(message.subject, message.body);
        if !named.is_empty() {
            self.reverts.push(Revert { place, commit, subject: subject.clone(), named });
        }
        for asked in &mut self.asked {
            if !asked.is_open() || !asked.reader.may_match(bytes) {
                continue;
            }
            let reading = asked.reader.read(&message);
            if reading != Reading::Nothing {
                asked.waiting.push_back(Found { place, commit, subject: subject.clone(), reading });
            }
        }
        Ok(())
    }

    /// Looks at the commits that wait and have no newer ones still to be taken.
    fn examine(&mut self, examiner: &mut Examiner<'_>, side: &Side, first: Place) {
        let Self { history, reverts, asked, .. } = self;
        let from = reverts.partition_point(|revert| revert.place < first);
        let reverts = reverts.get(from..).unwrap_or_default();
        for asked in asked.iter_mut().filter(|asked| asked.is_open()) {
            while asked.is_open()
                && let Some(found) = asked.waiting.pop_front()
            {
                if history.has_newer(found.place) {
                    asked.waiting.push_front(found);
                    break;
                }
                let candidate = look(examiner, history, &found, reverts, asked);
                match candidate {
                    Ok(candidate) => asked.take(candidate, side),
                    Err(error) => asked.state = State::Failed(Rc::new(error)),
                }
            }
        }
    }
}

/// Looks at what a commit did only where its message says that it ships the phase.
fn look(
    examiner: &mut Examiner<'_>,
    history: &History<'_>,
    found: &Found,
    reverts: &[Revert],
    asked: &mut Asked,
) -> Result<Candidate> {
    let by_number = found.reading.stamp().is_some_and(|stamp| stamp.plan == PlanName::Number);
    if by_number && asked.evidence.sharers.is_empty() {
        let number = noise::plan_number(&asked.plan).unwrap_or(&asked.plan);
        asked.evidence.sharers = examiner.plans(number)?;
    }
    if claim(found.reading, &asked.evidence.sharers).is_err() {
        return Ok(found.unasked());
    }
    examiner.examine(history, found, reverts, &asked.files)
}

impl Asked {
    /// Takes in a candidate; the first that ships the phase answers the question.
    fn take(&mut self, candidate: Candidate, side: &Side) {
        let ships = candidate.judge(&self.evidence.sharers).is_ok();
        // What it takes back may be older, and then it ships nothing.
        let is_final = ships && !revert::takes_back(&candidate.subject);
        match side {
            Side::Target => self.evidence.candidates.push(candidate),
            Side::Branch(name) if ships => {
                self.evidence.elsewhere.push((name.clone(), candidate));
            }
            Side::Branch(_) => {}
        }
        if is_final {
            self.state = State::Answered;
        }
    }
}
