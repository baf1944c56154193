//! What a finding says, and what to do about it.

use crate::output::shown;
use crate::verdict::audit::{Finding, Rule, Silence, Verdict, Witness};

/// Files named in one sentence.
const FILES: usize = 3;

/// Characters of a subject within a sentence.
const SUBJECT: usize = 72;

/// Returns one sentence that says what `finding` holds against the claim.
pub fn of_finding(finding: &Finding) -> String {
    let files = files(&finding.files);
    let words = |skip: usize| {
        let words: Vec<_> =
            finding.words.iter().skip(skip).map(|word| shown(word.as_bytes())).collect();
        words.join(", ")
    };
    match finding.rule {
        Rule::Empty => "the commit changes nothing".into(),
        Rule::CommentOnly => format!("only comments change, in {files}"),
        Rule::BumpVersion => {
            format!("no added line has the version: {}; looked in {files}", words(0))
        }
        Rule::RemoveNone => format!("nothing is removed; {files} only gains lines"),
        Rule::AddNone => format!("nothing is added; {files} only loses lines"),
        Rule::SkipOnly => format!("the tests are only skipped, in {files}"),
        Rule::AssertDeleted => format!("assertions are deleted and none is added, in {files}"),
        Rule::ChangelogOnly => format!("the change is only written down, in {files}"),
        Rule::DocOnly => format!("only prose changes, in {files}"),
        Rule::LockOnly => format!("only pinned versions change, in {files}"),
        Rule::WhitespaceOnly => format!("only white space changes, in {files}"),
        Rule::TestMissing => format!("no test is among the changes: {files}"),
        Rule::CiMissing => {
            format!("no configuration of the build service is among the changes: {files}")
        }
        Rule::TestHollow => format!("the added tests are skipped or assert nothing, in {files}"),
        Rule::TestOnly => format!("only tests change, in {files}"),
        Rule::AssetOnly => format!("only pictures or fonts change, in {files}"),
        Rule::ModeOnly => format!("only permissions change, in {files}"),
        Rule::NamedFile => {
            format!("the named file is not among the changes: {}; they are in {files}", words(0))
        }
        Rule::RenameNone => {
            format!("the new name appears nowhere: {}; looked in {files}", words(0))
        }
        Rule::RevertOther => format!("this does not take back {}; it changes {files}", words(0)),
        Rule::SpanAbsent => {
            format!("none of the quoted names appears: {}; looked in {files}", words(0))
        }
        Rule::NoLink => format!(
            "no word of the subject has to do with the change ({}); it is in {files}",
            words(0)
        ),
    }
}

/// Returns a subject, made harmless and cut after as many characters as a line has room for.
pub fn subject(bytes: &[u8]) -> String {
    let subject = shown(bytes);
    match subject.char_indices().nth(SUBJECT) {
        Some((end, _)) => format!("{}\u{2026}", subject.get(..end).unwrap_or_default()),
        None => subject,
    }
}

/// Returns what to do about a refuted or doubted claim.
pub fn advice() -> &'static str {
    "say in the subject what the commit does, or add what it says: git commit --amend, or git rebase -i for an older one"
}

/// Returns one sentence for a verdict without findings.
pub fn of_witness(verdict: &Verdict) -> String {
    match verdict.silence {
        Some(Silence::Merge) => return "a merge claims nothing of its own".into(),
        Some(Silence::Vague) => {
            return "the subject makes no claim that a change could contradict".into();
        }
        Some(Silence::Marker) => {
            return "an empty commit that marks a release or starts a build".into();
        }
        Some(Silence::Ignored) => return "dos.toml takes this subject out of the audit".into(),
        None => {}
    }
    let what = match verdict.witness {
        Witness::Diff => "the change bears it out",
        Witness::Test => "tests bear it out",
        Witness::Doc => "prose bears it out",
        Witness::Data => "data or configuration bears it out",
        Witness::Dependency => "manifests or lock files bear it out",
        Witness::SubjectOnly | Witness::Abstain => "nothing bears it out",
    };
    format!("{what}: {}", files(&verdict.files))
}

/// Returns the first of `files`, made harmless, and how many more there are.
pub fn files(files: &[String]) -> String {
    let mut text: Vec<_> = files.iter().take(FILES).map(|file| shown(file.as_bytes())).collect();
    if files.len() > FILES {
        text.push(format!("and {} more", files.len() - FILES));
    }
    if text.is_empty() { "no file".into() } else { text.join(", ") }
}
