//! Judges labelled commits and prints how verdicts and labels agree.
//!
//! `cargo run --release --example audit_labelled -- LABELS.jsonl CLONES`
//!
//! LABELS has one object a line: `repo` ("owner/name"), `sha`, `subject`, `label` (witnessed, unwitnessed,
//! `no_claim`) and perhaps `borderline`. CLONES is a folder with one clone a repository, called `owner+name`,
//! `owner+name/repo`, `owner/name` or `name`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use git_dos::evidence::commit::Auditor;
use git_dos::evidence::repository::{self, Environment};
use git_dos::policy;
use git_dos::verdict::audit::Answer;
use serde::Deserialize;

#[derive(Deserialize)]
struct Labelled {
    repo: String,
    sha: String,
    label: String,
    #[serde(default)]
    borderline: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(labels), Some(clones)) = (arguments.next(), arguments.next()) else {
        return Err("usage: audit_labelled LABELS.jsonl CLONES".into());
    };
    let rules = policy::audit::built_in();
    let mut table: BTreeMap<(String, &str), usize> = BTreeMap::new();
    let mut disagreements = Vec::new();
    for line in fs_err::read_to_string(labels)?.lines() {
        let labelled: Labelled = serde_json::from_str(line)?;
        let Some(folder) = find(&clones, &labelled.repo) else {
            return Err(format!("no clone of {} in {}", labelled.repo, clones.display()).into());
        };
        let repository = repository::open(&folder, Environment::Ignored)?;
        let id = gix::ObjectId::from_hex(labelled.sha.as_bytes())?;
        let (header, verdict) = Auditor::default().commit(&repository, id, &rules)?;
        let verdict = verdict?;
        *table.entry((labelled.label.clone(), verdict.answer.name())).or_default() += 1;
        let flagged = matches!(verdict.answer, Answer::Unwitnessed | Answer::Warn);
        let agrees = match labelled.label.as_str() {
            "unwitnessed" => flagged,
            "no_claim" => !flagged,
            _ => verdict.answer == Answer::Ok,
        };
        if !agrees {
            let rule = verdict.findings.first().map_or("-", |finding| finding.rule.name());
            let borderline = if labelled.borderline { " (borderline)" } else { "" };
            disagreements.push(format!(
                "{}{borderline}: {} {rule} {} {} {}",
                labelled.label,
                verdict.answer.name(),
                labelled.repo,
                labelled.sha.get(..10).unwrap_or(&labelled.sha),
                header.subject,
            ));
        }
    }
    report(&table, &disagreements);
    Ok(())
}

fn find(clones: &Path, repository: &str) -> Option<PathBuf> {
    let joined = repository.replace('/', "+");
    let name = repository.rsplit('/').next().unwrap_or(repository);
    [format!("{joined}/repo"), joined, repository.to_owned(), name.to_owned()]
        .into_iter()
        .map(|folder| clones.join(folder))
        .find(|folder| folder.is_dir())
}

#[expect(clippy::print_stdout, reason = "the table is what the program is for")]
fn report(table: &BTreeMap<(String, &str), usize>, disagreements: &[String]) {
    let answers = ["OK", "WARN", "CLAIM_UNWITNESSED", "ABSTAIN"];
    let count = |label: &str, answer: &'static str| {
        table.get(&(label.to_owned(), answer)).copied().unwrap_or_default()
    };
    println!(
        "{:<12} {:>6} {:>6} {:>18} {:>8}",
        "label", answers[0], answers[1], answers[2], answers[3]
    );
    let labels = ["witnessed", "unwitnessed", "no_claim"];
    for label in labels {
        let cells = answers.map(|answer| count(label, answer));
        println!("{label:<12} {:>6} {:>6} {:>18} {:>8}", cells[0], cells[1], cells[2], cells[3]);
    }
    let gated: usize = labels.iter().map(|label| count(label, "CLAIM_UNWITNESSED")).sum();
    let claims: usize = ["witnessed", "unwitnessed"]
        .iter()
        .flat_map(|label| answers.map(|answer| count(label, answer)))
        .sum();
    let abstained = count("witnessed", "ABSTAIN") + count("unwitnessed", "ABSTAIN");
    println!("gate precision {}/{gated}", count("unwitnessed", "CLAIM_UNWITNESSED"));
    println!("abstained on {abstained} of {claims} claims");
    for disagreement in disagreements {
        println!("{disagreement}");
    }
}
