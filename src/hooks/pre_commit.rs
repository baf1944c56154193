//! Would a commit or a push change files in a lane that somebody else holds? The answer of `pre-commit`, and a part of
//! that of `pre-push`.

use std::time::{Duration, Instant};

use gix::error::Result;

use super::git::Reply;
use super::log::Log;
use super::mode::Mode;
use crate::leases::holder;
use crate::ops::lease::reach::{self, Reached};
use crate::ops::lease::shared;
use crate::ops::push::Offer;
use crate::output::shown;
use crate::policy::span;

/// How old what the remote said of the leases may be at a push.
const RECENT: Duration = Duration::from_secs(60);

/// How long one exchange with it may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// The most lanes that are named.
const LANES: usize = 5;

/// Compares what is staged with the leases of others, and refuses the commit if the mode is to.
pub(super) fn run(repository: &gix::Repository, log: &Log) -> Result<Reply> {
    let mut reply = Reply::default();
    let reached = reach::staged(repository)?;
    if !reached.is_empty() {
        let mode = Mode::or_advise(repository, log, "git pre-commit");
        let what = ("commit", "leave these files out");
        answer(&reached, mode, what, &mut reply);
        record(&reached, mode, "git pre-commit", log);
    }
    Ok(reply)
}

/// Asks the remote that clones share their leases by, if that was not done for a while: somebody elsewhere may hold by
/// now what was free when it was committed.
pub(super) fn ask_remote(repository: &gix::Repository, log: &Log) {
    let asked = shared::view(repository).and_then(|view| match view {
        Some(_) => shared::refresh(repository, Some(RECENT), Some(PATIENCE)),
        None => Ok(()),
    });
    if let Err(error) = asked {
        log.record_error("git pre-push", &error);
    }
}

/// Compares what is pushed with the leases of others, and refuses the push if the mode is to.
///
/// What cannot be found out is written down and stops nobody.
pub(super) fn guard_push(
    repository: &gix::Repository,
    offer: &Offer,
    deadline: Instant,
    log: &Log,
    reply: &mut Reply,
) {
    let (reached, unread) = match reach::pushed(repository, offer, deadline) {
        Ok(found) => found,
        Err(error) => return log.record_error("git pre-push", &error),
    };
    if unread > 0 {
        log.record("git pre-push", format!("no time to compare {unread} commits with the leases"));
    }
    if reached.is_empty() {
        return;
    }
    let mode = Mode::or_advise(repository, log, "git pre-push");
    answer(&reached, mode, ("push", "wait for the holder, or ask"), reply);
    record(&reached, mode, "git pre-push", log);
}

/// Puts `reached` into words, and decides.
fn answer(reached: &[Reached], mode: Mode, (what, advice): (&str, &str), reply: &mut Reply) {
    if mode == Mode::Observe {
        return;
    }
    for one in reached.iter().take(LANES) {
        reply.say(&sentence(one));
    }
    if reached.len() > LANES {
        reply.say(&format!("and {} more lanes of others", reached.len() - LANES));
    }
    if mode == Mode::Gate {
        reply.refuses = true;
        reply.say(&format!("{what} refused: {advice}; or git {what} --no-verify"));
    } else {
        reply.say(&format!("the {what} goes on; git dos lease list shows who holds what"));
    }
}

fn sentence(reached: &Reached) -> String {
    let first = reached.paths.first().map(|path| shown(path)).unwrap_or_default();
    let (files, verb) = match reached.paths.len().saturating_sub(1) {
        0 => (first, "is"),
        more => (format!("{first} and {more} more"), "are"),
    };
    let (lane, who) = (shown(reached.lease.lane.as_bytes()), holder::words(&reached.lease));
    let left = span::shown(reached.left);
    format!("{files} {verb} in lane {lane}, which {who} holds for another {left}")
}

/// Writes down what is only said, or not even that.
fn record(reached: &[Reached], mode: Mode, hook: &str, log: &Log) {
    if mode != Mode::Gate {
        let lines: Vec<String> = reached.iter().map(sentence).collect();
        log.record(hook, format!("not refused in this mode: {}", lines.join("; ")));
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use gix::ObjectId;
    use gix::bstr::BString;
    use gix::objs::tree::EntryKind;

    use super::{Reached, answer, guard_push};
    use crate::clock;
    use crate::evidence::repository::state_folder;
    use crate::hooks::git::Reply;
    use crate::hooks::log::Log;
    use crate::hooks::mode::Mode;
    use crate::leases::operation::{Deed, Fate};
    use crate::leases::{self, Change, Lease};
    use crate::ops::push::Offer;

    fn reached(lane: &str, paths: &[&str]) -> Reached {
        let owner = Some("w\u{1b}1".to_owned());
        let lease = Lease { lane: lane.to_owned(), owner, ..Lease::default() };
        let paths = paths.iter().map(|path| BString::from(*path)).collect();
        Reached { lease, left: Duration::from_secs(90), paths }
    }

    #[test]
    fn the_mode_decides_what_is_said_and_refused() {
        let six: Vec<Reached> = (0..6).map(|_| reached("api", &["a"])).collect();
        for (reached, mode, refuses, lines) in [
            (&six[..1], Mode::Gate, true, 2),
            (&six[..1], Mode::Advise, false, 2),
            (&six[..1], Mode::Observe, false, 0),
            (&six[..], Mode::Gate, true, 7),
        ] {
            let mut reply = Reply::default();
            answer(reached, mode, ("commit", "leave these files out"), &mut reply);
            assert_eq!((reply.refuses, reply.text.lines().count()), (refuses, lines), "{mode:?}");
        }
        let mut reply = Reply::default();
        let three = reached("api", &["src/c", "src/a\nb", "src/d"]);
        answer(&[three], Mode::Gate, ("push", "wait"), &mut reply);
        let want = "git-dos: src/a\\u{a}b and 2 more are in lane api, which w\\u{1b}1 holds for another 1m 30s\n\
                    git-dos: push refused: wait; or git push --no-verify\n";
        assert_eq!(reply.text, want);
    }

    /// A repository where two commits reach into a lane of somebody else, and the newer one.
    fn reaching(folder: &Path) -> (gix::Repository, ObjectId) {
        let options = gix::open::Options::isolated();
        let (kind, create) = (gix::create::Kind::Bare, gix::create::Options::default());
        let made = gix::ThreadSafeRepository::init_opts(folder, kind, create, options).unwrap();
        let repository = made.to_thread_local();
        let seconds = i64::try_from(clock::now().as_secs()).unwrap();
        let time = gix::date::Time { seconds, offset: 0 };
        let who = gix::actor::Signature { name: "a".into(), email: "a@b".into(), time };
        let mut text = gix::date::parse::TimeBuf::default();
        let mut tip = None;
        for content in ["one", "two"] {
            let blob = repository.write_blob(content).unwrap();
            let mut tree = repository.empty_tree().edit().unwrap();
            tree.upsert("src/f.rs", EntryKind::Blob, blob).unwrap();
            let (tree, by) = (tree.write().unwrap(), who.to_ref(&mut text));
            tip = Some(repository.commit_as(by, by, "HEAD", content, tree, tip).unwrap().detach());
        }
        let (state, version) = leases::load(&repository).unwrap();
        let mut change = Change::of(&state, Deed::Acquire);
        let lease =
            r#"{"lane":"api","tree":["src"],"owner":"other","acquired_ms":0,"ttl_s":99999999999}"#;
        change.give(serde_json::from_str(lease).unwrap(), Fate::Given);
        leases::swap(&repository, version, &change.state, &change.operation).unwrap();
        (repository, tip.unwrap())
    }

    #[test]
    fn a_push_that_time_does_not_suffice_for_goes_on_and_leaves_a_line_in_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let (repository, tip) = reaching(folder.path());
        let offer = Offer { local: vec![tip], ..Offer::default() };
        let log = Log::of(&state_folder(&repository));
        let lines = || {
            let path = state_folder(&repository).join("log/hook-errors.jsonl");
            fs_err::read_to_string(path).unwrap_or_default()
        };
        let judge = |deadline| {
            let mut reply = Reply::default();
            guard_push(&repository, &offer, deadline, &log, &mut reply);
            reply
        };
        let in_time = judge(clock::instant() + Duration::from_secs(3600));
        assert!(
            in_time.refuses && in_time.text.contains("src/f.rs is in lane api"),
            "one file, in two commits: {}",
            in_time.text
        );
        assert_eq!(lines(), "", "all was compared");
        let late = judge(clock::instant());
        assert_eq!((late.refuses, &*late.text), (false, ""), "nothing was");
        let written: Vec<serde_json::Value> =
            lines().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(written.len(), 1, "{written:?}");
        assert_eq!(written[0]["hook"], "git pre-push");
        assert_eq!(written[0]["fault"], "no time to compare 2 commits with the leases");
    }
}
