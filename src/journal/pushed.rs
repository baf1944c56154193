//! Which commits were offered to a remote? A commit that others may have must not be rewritten.
//!
//! A push to a bare URL leaves no remote-tracking ref behind; these records do. They are written before
//! the push, so they err on the side of "published".

use std::path::Path;

use gix::ObjectId;
use serde::{Deserialize, Serialize};

use super::Journal;

/// The version of [`Pushed`] that this program writes.
pub const VERSION: u32 = 1;

/// One ref update that was offered to a remote: a line of `<git common dir>/dos/pushed.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pushed {
    /// Version of the record, [`VERSION`]; since 0.1.0.
    pub v: u32,
    /// When the push began, in seconds since 1970-01-01T00:00:00Z; since 0.1.0.
    pub time: u64,
    /// The object that was offered, with all it reaches, in full hexadecimal; since 0.1.0.
    #[serde(with = "super::object_id")]
    pub id: ObjectId,
}

impl Pushed {
    /// Makes the record that `id` was offered at `time`, in time since 1970-01-01T00:00:00Z.
    pub fn new(id: ObjectId, time: std::time::Duration) -> Self {
        Self { v: VERSION, time: time.as_secs(), id }
    }
}

/// Returns the journal of pushes in `state_folder`, from
/// [`state_folder`](crate::evidence::repository::state_folder).
pub fn journal(state_folder: &Path) -> Journal<Pushed> {
    Journal::at(state_folder.join("pushed.jsonl"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gix::ObjectId;

    use super::Pushed;

    #[test]
    fn a_record_is_one_line_and_reads_back() {
        let id = ObjectId::from_hex("c".repeat(40).as_bytes()).unwrap();
        let record = Pushed::new(id, Duration::from_millis(7_900));
        let line = serde_json::to_string(&record).unwrap();
        let want = format!(r#"{{"v":1,"time":7,"id":"{}"}}"#, "c".repeat(40));
        assert_eq!(line, want, "the format other versions read");
        assert_eq!(serde_json::from_str::<Pushed>(&line).unwrap(), record, "round trip");
    }
}
