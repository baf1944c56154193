//! Did phases of plans ship? One walk over the target's history answers any number of questions.

mod document;
mod examine;
pub mod plan;
mod search;

use std::rc::Rc;

use gix::error::Result;

use crate::evidence::ship::target::{self, Target};
use crate::policy::Policy;
use crate::verdict::ship::{self, Evidence, Question, Verdict};

pub use document::Document;

/// The answer to one question.
#[derive(Debug, Clone)]
pub struct Row {
    /// What was asked.
    pub question: Question,
    /// What was found, or why nothing could be found out.
    pub answer: std::result::Result<Answer, Rc<gix::Error>>,
}

/// What was found out about one phase.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The facts.
    pub evidence: Evidence,
    /// What they mean.
    pub verdict: Verdict,
}

/// All answers of one run.
#[derive(Debug)]
pub struct Report {
    /// The branch that counts.
    pub target: Target,
    /// The answers, in the order of the questions.
    pub rows: Vec<Row>,
}

/// Answers `questions` from what `revision` reaches, by default the target branch.
///
/// Errors when the target cannot be read; what keeps a single question from its answer is in its row.
pub fn run(
    repository: &gix::Repository,
    policy: &Policy,
    revision: Option<&str>,
    questions: &[Question],
) -> Result<Report> {
    let target = target::resolve(repository, revision)?;
    let files = vec![Vec::new(); questions.len()];
    let found = search::run(repository, policy, &target, questions, &files)?;
    let judged = |evidence: Evidence| {
        let verdict = ship::judge(&evidence, &ship::Policy::default());
        Answer { evidence, verdict }
    };
    let rows = questions
        .iter()
        .zip(found)
        .map(|(question, found)| Row { question: question.clone(), answer: found.map(judged) })
        .collect();
    Ok(Report { target, rows })
}
