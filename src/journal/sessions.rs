//! Where did an agent's session begin, and what was it told? One small journal per session.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gix::ObjectId;
use gix::error::{Result, ResultExt as _, message};
use serde::{Deserialize, Serialize};

use super::Journal;
use crate::fingerprint;

/// The version of the records that this program writes.
pub const VERSION: u32 = 1;

/// A line of `<git common dir>/dos/sessions/<name>.jsonl`; its field `record` names the variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "lowercase")]
pub enum Record {
    /// The session began, or began again; since 0.1.0.
    Start(Start),
    /// The session was told something; since 0.1.0.
    Told(Told),
    /// A record of a later version.
    #[serde(other)]
    Unknown,
}

/// The moment from which on the session answers for its commits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// Version of the record, [`VERSION`]; since 0.1.0.
    pub v: u32,
    /// When, in seconds since 1970-01-01T00:00:00Z; since 0.1.0.
    pub time: u64,
    /// The agent, such as `claude`; since 0.1.0.
    pub host: String,
    /// The session's id as the agent wrote it; since 0.1.0.
    pub session: String,
    /// The top of the worktree, unless its path is no UTF-8 text; since 0.1.0.
    pub worktree: Option<String>,
    /// The commit of `HEAD`; absent on a branch without commits; since 0.1.0.
    #[serde(with = "super::object_id::optional")]
    pub head: Option<ObjectId>,
    /// The full name of the branch; absent when `HEAD` is detached; since 0.1.0.
    pub branch: Option<String>,
    /// The model, as the agent wrote it; since 0.1.0.
    pub model: Option<String>,
    /// Why the agent said so, such as `startup`; absent when it never did and we came in later; since 0.1.0.
    pub source: Option<String>,
    /// The id of the run that the session is; since 0.1.0.
    #[serde(default)]
    pub run: Option<String>,
}

/// What the session was told at one of its stops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Version of the record, [`VERSION`]; since 0.1.0.
    pub v: u32,
    /// When, in seconds since 1970-01-01T00:00:00Z; since 0.1.0.
    pub time: u64,
    /// Whether a hook had already made the session go on since its user last spoke; since 0.1.0.
    pub continued: bool,
    /// What the agent called the turn, if it named it; since 0.1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<String>,
    /// The helper inside the session that was told; absent when it was the session itself; since 0.1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// What was found; since 0.1.0.
    pub findings: Vec<Finding>,
    /// The phases that were said to be done and are not; since 0.1.0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Phase>,
}

/// A phase of a plan that was said to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// The plan, as it was written; since 0.1.0.
    pub plan: String,
    /// The phase, as it was written; since 0.1.0.
    pub phase: String,
}

/// A claim that a commit's diff does not bear out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The commit, in full hexadecimal; since 0.1.0.
    #[serde(with = "super::object_id")]
    pub commit: ObjectId,
    /// The rule that decided; since 0.1.0.
    pub rule: String,
    /// The commit's subject, with what is not UTF-8 replaced; since 0.1.0.
    pub subject: String,
}

/// Returns the journal of the session called `id` in `state_folder`.
pub fn journal(state_folder: &Path, id: &str) -> Journal<Record> {
    Journal::at(state_folder.join("sessions").join(file_name(id)))
}

/// Returns the name of the files of the session called `id`.
///
/// The id comes from outside: the name keeps up to 40 of its harmless characters and adds a hash, so that no two
/// ids have the same name, also where names ignore case, and none leads to another folder or to a device.
pub fn file_name(id: &str) -> PathBuf {
    let harmless = |character: &char| character.is_ascii_alphanumeric() || *character == '-';
    let readable: String = id.chars().filter(harmless).take(40).collect();
    let hash = fingerprint::of([id.as_bytes()]);
    PathBuf::from(format!("{readable}.{hash}.jsonl"))
}

/// Removes the journals in `state_folder` that nobody wrote to in the `age` before `now`, and returns how many.
///
/// `now` is in time since 1970-01-01T00:00:00Z. A file that cannot be looked at or removed stays.
pub fn prune(state_folder: &Path, age: Duration, now: Duration) -> usize {
    super::prune(&state_folder.join("sessions"), age, now)
}

/// Returns the journals of all sessions in `state_folder`.
pub fn journals(state_folder: &Path) -> Result<Vec<Journal<Record>>> {
    let context = || message("Could not list the sessions");
    let folder = match fs_err::read_dir(state_folder.join("sessions")) {
        Ok(folder) => folder,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).or_raise(context),
    };
    folder.map(|entry| entry.map(|entry| Journal::at(entry.path())).or_raise(context)).collect()
}

/// Returns every recorded start of every session in `state_folder`.
pub fn starts(state_folder: &Path) -> Result<Vec<Start>> {
    let mut starts = Vec::new();
    for journal in journals(state_folder)? {
        for record in journal.read()?.records {
            if let Record::Start(start) = record {
                starts.push(start);
            }
        }
    }
    Ok(starts)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use gix::ObjectId;

    use super::{Finding, Phase, Record, Start, Told, journal, prune};
    use crate::clock;
    use crate::journal::Durability;

    #[test]
    fn records_are_lines_that_read_back() {
        let id = ObjectId::from_hex("d".repeat(40).as_bytes()).unwrap();
        let start = Start {
            v: 1,
            time: 7,
            host: "claude".to_owned(),
            session: "s".to_owned(),
            worktree: Some("/work".to_owned()),
            head: Some(id),
            branch: None,
            model: None,
            source: Some("startup".to_owned()),
            run: None,
        };
        let unborn = Start { head: None, ..start.clone() };
        let finding = Finding { commit: id, rule: "no-test".to_owned(), subject: "a".to_owned() };
        let told = Told {
            v: 1,
            time: 8,
            continued: false,
            turn: Some("t-1".to_owned()),
            agent: None,
            findings: vec![finding],
            claims: Vec::new(),
        };
        let phase = Phase { plan: "P".to_owned(), phase: "P1".to_owned() };
        let claimed = Told {
            turn: Some("t".to_owned()),
            agent: Some("a".to_owned()),
            findings: Vec::new(),
            claims: vec![phase],
            ..told.clone()
        };
        let id = "d".repeat(40);
        for (record, want) in [
            (
                Record::Start(start),
                format!(
                    r#"{{"record":"start","v":1,"time":7,"host":"claude","session":"s","worktree":"/work","head":"{id}","branch":null,"model":null,"source":"startup","run":null}}"#
                ),
            ),
            (
                Record::Start(unborn),
                r#"{"record":"start","v":1,"time":7,"host":"claude","session":"s","worktree":"/work","head":null,"branch":null,"model":null,"source":"startup","run":null}"#.to_owned(),
            ),
            (
                Record::Told(claimed),
                r#"{"record":"told","v":1,"time":8,"continued":false,"turn":"t","agent":"a","findings":[],"claims":[{"plan":"P","phase":"P1"}]}"#.to_owned(),
            ),
            (
                Record::Told(told),
                format!(
                    r#"{{"record":"told","v":1,"time":8,"continued":false,"turn":"t-1","findings":[{{"commit":"{id}","rule":"no-test","subject":"a"}}]}}"#
                ),
            ),
        ] {
            assert_eq!(serde_json::to_string(&record).unwrap(), want, "the format others read");
            assert_eq!(serde_json::from_str::<Record>(&want).unwrap(), record, "round trip");
        }
        let later = serde_json::from_str::<Record>(r#"{"record":"rested","v":2}"#).unwrap();
        assert_eq!(later, Record::Unknown, "a later version's record is no damage");
    }

    #[test]
    fn an_id_from_outside_makes_a_harmless_name() {
        let name = |id: &str| {
            let journal = journal(Path::new("/state"), id);
            let path = journal.path().strip_prefix("/state/sessions").unwrap().to_owned();
            assert_eq!(path.components().count(), 1, "{id:?} stays in its folder");
            path.display().to_string()
        };
        assert!(name("7b0c-1f").starts_with("7b0c-1f."), "a usual id stays readable");
        for hostile in ["", "..", "../../x", "a/b", "a\0b", "\u{1b}[2J", &"x".repeat(5000)] {
            assert!(name(hostile).len() <= 40 + 1 + 16 + 6, "{hostile:?} is cut");
        }
        assert_ne!(name("a/b"), name("ab"), "ids that look alike stay apart");
        assert_ne!(name("A"), name("a"), "also where names ignore case");
    }

    #[test]
    fn only_what_is_old_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let day = Duration::from_secs(24 * 60 * 60);
        assert_eq!(prune(folder.path(), day, clock::now()), 0, "no folder");
        for session in ["a", "b"] {
            journal(folder.path(), session).append(&Record::Unknown, Durability::Buffered).unwrap();
        }
        for (later, want) in [(Duration::ZERO, 0), (day / 2, 0), (day * 2, 2), (day * 2, 0)] {
            let got = prune(folder.path(), day, clock::now() + later);
            assert_eq!(got, want, "{later:?} after it was written to");
        }
    }
}
