//! What a finding says, and what to do about it.

use gix::ObjectId;

use crate::output::shown;
use crate::verdict::audit::{Finding, Rule, Silence, Verdict, Witness};
use crate::verdict::ship::Miss;
use crate::verdict::ship::stamp::{Exclusion, Mention};

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

/// Returns why a commit does not count, as a sentence.
pub fn of_miss(miss: &Miss) -> String {
    let by = |what: &str, id: &ObjectId| format!("{what} by {id}");
    match miss {
        Miss::Mentioned(Mention::Message) => "it is mentioned in a message, and no more".into(),
        Miss::Mentioned(Mention::ReleaseLine | Mention::ReleaseBody) => {
            "it is mentioned in the notes of a release, which ship nothing".into()
        }
        Miss::Excluded(exclusion) => excluded(*exclusion).into(),
        Miss::SharedNumber(plans) => {
            let plans: Vec<String> = plans.iter().map(|plan| shown(plan.as_bytes())).collect();
            format!("it is named by a number that several plans have: {}", plans.join(", "))
        }
        Miss::Empty => "the commit that is stamped with it changes nothing".into(),
        Miss::PlanOnly => "the commit that is stamped with it changes only plans".into(),
        Miss::NoiseOnly(path) => format!(
            "the commit that is stamped with it changes only change logs and versions: {}",
            shown(path.as_bytes())
        ),
        Miss::Reverted(id) => by("it was reverted", id),
        Miss::Removed(id) => by("what it brought was taken out", id),
        Miss::Discarded(id) => by("its work was left out of the merge", id),
        Miss::Gone => "nothing that it brought is there any more".into(),
        Miss::CutOff => "its change is behind the boundary of the shallow clone".into(),
    }
}

fn excluded(exclusion: Exclusion) -> &'static str {
    match exclusion {
        Exclusion::Denied => "the commit that names it says that it is not done",
        Exclusion::Progress => "the commit that names it says that work goes on",
        Exclusion::Bookkeeping => "the commit that names it keeps records and ships nothing",
        Exclusion::OtherCommit => "the commit that names it is about another commit",
        Exclusion::Separator => "words follow the phase without a separator",
        Exclusion::Folder => "the subject does not begin with a folder of [stamp] subject_dirs",
        Exclusion::Place => "it is named where no stamp stands",
        Exclusion::NoPlan => "a commit names the phase and no plan",
        Exclusion::OtherPlan => "a commit names the phase of another plan",
    }
}

/// Returns the first of `files`, made harmless, and how many more there are.
pub fn files(files: &[String]) -> String {
    let mut text: Vec<_> = files.iter().take(FILES).map(|file| shown(file.as_bytes())).collect();
    if files.len() > FILES {
        text.push(format!("and {} more", files.len() - FILES));
    }
    if text.is_empty() { "no file".into() } else { text.join(", ") }
}
