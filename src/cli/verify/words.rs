//! What is said of a phase, in words.

use gix::ObjectId;

use crate::ops::verify::{Answer, Row};
use crate::output::{sentence, shown};
use crate::verdict::ship::candidate::{Candidate, Fate, Miss, Planned};
use crate::verdict::ship::stamp::{Exclusion, Mention, PlanName};
use crate::verdict::ship::{Cause, Delivery, Evidence, Proof, Reason, Stamp, Verdict};

/// Renders the answer to one question as lines of text.
pub(super) fn text(row: &Row, answer: &Answer, target: &str) -> String {
    let (plan, phase) = (shown(row.question.plan.as_bytes()), shown(row.question.phase.as_bytes()));
    let evidence = &answer.evidence;
    let first = format!("{} {plan} {phase}", name(&answer.verdict));
    if let Verdict::Shipped(Proof::Stamp(index, stamp)) = &answer.verdict
        && let Some(candidate) = evidence.candidates.get(*index)
    {
        let subject = shown(candidate.subject.as_bytes());
        let known = known_by(candidate, *stamp, target);
        return format!("{first} {} {subject}\n  {known}\n", candidate.commit);
    }
    let mut lines = vec![first];
    lines.push(format!("  {}", reason(answer, target)));
    if let Some((candidate, _)) = nearest(answer) {
        let subject = shown(candidate.subject.as_bytes());
        lines.push(format!("  nearest: {} {subject}", candidate.commit));
    }
    if let Verdict::NotShipped(Reason::Elsewhere(index)) = &answer.verdict
        && let Some((_, candidate)) = evidence.elsewhere.get(*index)
    {
        let subject = shown(candidate.subject.as_bytes());
        lines.push(format!("  there: {} {subject}", candidate.commit));
    }
    lines.extend(evidence.deliveries.iter().map(delivery));
    lines.extend(hint(answer).map(|hint| format!("hint: {hint}")));
    lines.join("\n") + "\n"
}

/// Renders the answer to one question on a part of a line.
pub(super) fn short(answer: &Answer, target: &str) -> String {
    let evidence = &answer.evidence;
    match &answer.verdict {
        Verdict::Shipped(Proof::Stamp(index, _)) => {
            let candidate = evidence.candidates.get(*index);
            let text =
                |one: &Candidate| format!("{} {}", one.commit, shown(one.subject.as_bytes()));
            candidate.map_or_else(String::new, text)
        }
        Verdict::Shipped(Proof::Files) => {
            let commit = deliverer(evidence);
            commit
                .map_or_else(String::new, |commit| format!("{commit} and the files that it names"))
        }
        Verdict::NotShipped(_) | Verdict::Unknown(_) => reason(answer, target),
    }
}

/// Returns the commit that delivered most of the files that the plan names for a phase; of several, the one of
/// the first file.
pub(super) fn deliverer(evidence: &Evidence) -> Option<ObjectId> {
    let commits: Vec<ObjectId> =
        evidence.deliveries.iter().filter_map(|delivery| delivery.by).collect();
    let count = |commit: &ObjectId| commits.iter().filter(|other| *other == commit).count();
    let most = commits.iter().map(count).max()?;
    commits.iter().find(|commit| count(commit) == most).copied()
}

/// Returns the verdict's name.
pub(super) fn name(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Shipped(_) => "SHIPPED",
        Verdict::NotShipped(_) => "NOT_SHIPPED",
        Verdict::Unknown(_) => "UNKNOWN",
    }
}

/// Returns the token of the reason for a verdict.
pub(super) fn token(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Shipped(Proof::Stamp(..)) => "stamp",
        Verdict::Shipped(Proof::Files) => "files",
        Verdict::NotShipped(Reason::NothingNamesIt) => "nothing-names-it",
        Verdict::NotShipped(Reason::Elsewhere(_)) => "elsewhere",
        Verdict::NotShipped(Reason::Nearest(_, miss)) => miss.name(),
        Verdict::NotShipped(Reason::Undelivered) => "undelivered",
        Verdict::Unknown(Cause::Shallow) => "shallow",
        Verdict::Unknown(Cause::SharedNumber(..)) => "shared-number",
    }
}

/// Returns the reason for a verdict as a sentence.
pub(super) fn reason(answer: &Answer, target: &str) -> String {
    let evidence = &answer.evidence;
    let target = shown(target.as_bytes());
    match &answer.verdict {
        Verdict::Shipped(Proof::Stamp(index, stamp)) => evidence
            .candidates
            .get(*index)
            .map_or_else(String::new, |candidate| known_by(candidate, *stamp, &target)),
        Verdict::Shipped(Proof::Files) => {
            "every file that the plan names for it was delivered since then".into()
        }
        Verdict::NotShipped(Reason::NothingNamesIt) => format!("no commit in {target} names it"),
        Verdict::NotShipped(Reason::Elsewhere(index)) => {
            let branch = evidence.elsewhere.get(*index).map(|(branch, _)| branch.as_str());
            format!("it is on branch {} only", shown(branch.unwrap_or_default().as_bytes()))
        }
        Verdict::NotShipped(Reason::Nearest(_, miss)) => sentence::of_miss(miss),
        Verdict::NotShipped(Reason::Undelivered) => {
            format!("no commit in {target} names it, and not every file of the plan was delivered")
        }
        Verdict::Unknown(Cause::Shallow) => {
            "the history is cut off (shallow clone), and what is here does not show it".into()
        }
        Verdict::Unknown(Cause::SharedNumber(_, plans)) => {
            sentence::of_miss(&Miss::SharedNumber(plans.clone()))
        }
    }
}

/// Returns the commit that comes nearest, and what speaks against it.
pub(super) fn nearest(answer: &Answer) -> Option<(&Candidate, Miss)> {
    let evidence = &answer.evidence;
    match &answer.verdict {
        Verdict::NotShipped(Reason::Nearest(index, miss)) => {
            evidence.candidates.get(*index).map(|candidate| (candidate, miss.clone()))
        }
        Verdict::Unknown(Cause::SharedNumber(index, plans)) => evidence
            .candidates
            .get(*index)
            .map(|candidate| (candidate, Miss::SharedNumber(plans.clone()))),
        Verdict::Unknown(Cause::Shallow) => evidence.candidates.iter().find_map(|candidate| {
            candidate.judge(&evidence.sharers).err().map(|miss| (candidate, miss))
        }),
        Verdict::NotShipped(
            Reason::Elsewhere(_) | Reason::NothingNamesIt | Reason::Undelivered,
        )
        | Verdict::Shipped(_) => None,
    }
}

/// Returns what proves a ship: `diff` where the plan names a file that the commit changed, `subject` where
/// nothing but the message says what the change is for, `files` without a commit that says it.
pub(super) fn basis(answer: &Answer) -> Option<&'static str> {
    match &answer.verdict {
        Verdict::Shipped(Proof::Files) => Some("files"),
        Verdict::Shipped(Proof::Stamp(index, _)) => {
            let planned = answer.evidence.candidates.get(*index)?.planned;
            Some(if planned == Planned::Yes { "diff" } else { "subject" })
        }
        Verdict::NotShipped(_) | Verdict::Unknown(_) => None,
    }
}

fn known_by(candidate: &Candidate, stamp: Stamp, target: &str) -> String {
    let plan = if stamp.plan == PlanName::Absent { ", which names no plan" } else { "" };
    let proof = match candidate.planned {
        Planned::Yes => "and the diff has files that the plan names",
        Planned::No => "alone",
    };
    let life = if let Fate::Rewritten(by) = candidate.fate {
        format!("rewritten since, by {by}")
    } else {
        format!("its change is in {}", shown(target.as_bytes()))
    };
    format!("known by its stamp ({}){plan} {proof}; {life}", stamp.rung.name())
}

fn delivery(delivery: &Delivery) -> String {
    let by = delivery.by.map_or_else(|| "not delivered".to_owned(), |id| format!("by {id}"));
    format!("  {}: {by}", shown(delivery.path.as_bytes()))
}

/// Returns what to do next, where there is something.
pub(super) fn hint(answer: &Answer) -> Option<String> {
    match &answer.verdict {
        Verdict::NotShipped(Reason::Elsewhere(index)) => {
            let (branch, _) = answer.evidence.elsewhere.get(*index)?;
            Some(format!("git dos verify --target {} asks there", shown(branch.as_bytes())))
        }
        Verdict::NotShipped(Reason::Nearest(_, Miss::Mentioned(mention)))
            if *mention != Mention::Message =>
        {
            Some("[stamp] releases = \"ship\" in dos.toml lets releases count".into())
        }
        Verdict::NotShipped(Reason::Nearest(_, Miss::Reverted(id) | Miss::Removed(id))) => {
            Some(format!("git show {id}"))
        }
        Verdict::NotShipped(Reason::Nearest(_, Miss::Excluded(Exclusion::Denied))) => None,
        Verdict::NotShipped(Reason::NothingNamesIt | Reason::Nearest(_, Miss::Excluded(_))) => {
            Some("a commit ships a phase by a subject such as: PLAN: PHASE what was done".into())
        }
        Verdict::Unknown(Cause::Shallow) => Some("git fetch --unshallow".into()),
        Verdict::Unknown(Cause::SharedNumber(..)) => Some(
            "name the plan in full in the commit, or give the plans numbers of their own".into(),
        ),
        Verdict::NotShipped(_) | Verdict::Shipped(_) => None,
    }
}
