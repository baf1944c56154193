//! Did the phases of a plan ship, and what does its document say of them?

use std::collections::BTreeSet;
use std::path::Path;

use gix::bstr::ByteSlice as _;
use gix::error::Result;

use super::document::{self, Document};
use super::{Answer, Row, search};
use crate::evidence::ship::delivered::{self, Delivered, Rules};
use crate::evidence::ship::target::{self, Target};
use crate::policy::Policy;
use crate::verdict::ship::plan::{self, Credit, Phase};
use crate::verdict::ship::{self, Delivery, Evidence, Question, Verdict};

/// What is asked of a plan.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The file that holds it.
    pub file: &'a Path,
    /// The phase in question; `None` is all of them.
    pub question: Option<&'a Question>,
    /// The branch that counts; `None` is the default one.
    pub revision: Option<&'a str>,
}

/// The answers about a plan.
#[derive(Debug)]
pub struct Report {
    /// The branch that counts.
    pub target: Target,
    /// The plan.
    pub document: Document,
    /// Its phases in order, or the one in question, `None` where the document has no such phase.
    pub rows: Vec<(Option<Phase>, Row)>,
}

/// Answers for the phases of a plan, from stamps and from the files that it names.
///
/// Errors when plan or target cannot be read; what keeps a phase from its answer is in its row.
pub fn run(repository: &gix::Repository, policy: &Policy, request: &Request<'_>) -> Result<Report> {
    let target = target::resolve(repository, request.revision)?;
    let document = document::read(repository, &target, request.file, &policy.stamp.plan_policy())?;
    let aliases = policy.stamp.policy().aliases;
    let plan =
        request.question.map_or_else(|| document.plan.front.name(), |question| &question.plan);
    let asked: Vec<(Question, Option<Phase>)> = match request.question {
        Some(question) => {
            let phase = document.plan.phase(question, &aliases).cloned();
            vec![(question.clone(), phase)]
        }
        None => document.plan.phases.iter().map(|phase| all(&document, phase)).collect(),
    };
    let (questions, phases): (Vec<Question>, Vec<Option<Phase>>) = asked.into_iter().unzip();
    let files: Vec<Vec<String>> = phases.iter().map(|phase| paths(phase.as_ref())).collect();
    let mut found = search::run(repository, policy, &target, &questions, &files)?;
    let judge = |evidence: &Evidence| ship::judge(evidence, &ship::Policy::default());
    let is_open = |evidence: &Evidence| !matches!(judge(evidence), Verdict::Shipped(_));
    let open: Vec<usize> = (0..found.len())
        .filter(|at| found.get(*at).is_some_and(|found| found.as_ref().is_ok_and(is_open)))
        .collect();
    let named: BTreeSet<&String> = open.iter().filter_map(|at| files.get(*at)).flatten().collect();
    let named: Vec<String> = named.into_iter().cloned().collect();
    let delivered = deliveries(repository, policy, &target, &document, (plan, &named))?;
    for at in open {
        if let (Some(Ok(evidence)), Some(Some(phase))) = (found.get_mut(at), phases.get(at)) {
            let by = |file: &plan::File| {
                let place = named.binary_search(&file.path).ok()?;
                delivered.get(place).copied().flatten()
            };
            evidence.deliveries = phase.files.iter().map(|file| delivery(file, by(file))).collect();
        }
    }
    let rows = questions.iter().zip(found).map(|(question, found)| {
        let answer = found.map(|evidence| Answer { verdict: judge(&evidence), evidence });
        Row { question: question.clone(), answer }
    });
    let rows = phases.into_iter().zip(rows).collect();
    Ok(Report { target, document, rows })
}

fn all(document: &Document, phase: &Phase) -> (Question, Option<Phase>) {
    let plan = document.plan.front.name().to_owned();
    (Question { plan, phase: phase.id.clone() }, Some(phase.clone()))
}

fn paths(phase: Option<&Phase>) -> Vec<String> {
    phase.map_or_else(Vec::new, |phase| phase.files.iter().map(|file| file.path.clone()).collect())
}

fn deliveries(
    repository: &gix::Repository,
    policy: &Policy,
    target: &Target,
    document: &Document,
    (plan, files): (&str, &[String]),
) -> Result<Vec<Option<Delivered>>> {
    let (Some(tip), Some(path)) = (target.commit, &document.path) else {
        return Ok(vec![None; files.len()]);
    };
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let (stamps, reads) = (policy.stamp.policy(), policy.stamp.plan_policy());
    let names = |bytes: &[u8]| {
        let version = plan::parse(&path.to_str_lossy(), &bytes.to_str_lossy(), &reads);
        let phases = version.phases.into_iter().flat_map(|phase| phase.files);
        phases.map(|file| file.path).collect()
    };
    let credit = |subject: &str| plan::credit(subject, plan, &stamps);
    let rules = Rules { names: &names, credit: &credit };
    delivered::find(repository, tip, path.as_ref(), files, &rules)
}

fn delivery(file: &plan::File, delivered: Option<Delivered>) -> Delivery {
    Delivery {
        path: file.path.clone(),
        by: delivered.map(|delivered| delivered.commit),
        credit: delivered.map_or(Credit::Unsaid, |delivered| delivered.credit),
        weight: file.weight,
    }
}
