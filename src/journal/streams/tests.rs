use std::path::Path;
use std::time::Duration;

use super::{Appended, Carried, Entry, Event, LIMIT_BYTES, Stream, TAIL_BYTES, Tail, Used, prune};
use crate::clock;
use crate::verdict::stream::{Counts, Digest, Kind, Outcome, Step};

/// An entry with the number of calls before it.
fn entry(number: u64) -> Entry {
    let step = Step {
        tool: "Bash".to_owned(),
        args: Digest(format!("{number:016x}")),
        outcome: Outcome::Unknown,
        weak: None,
        kind: Kind::Other,
    };
    let carried = Some(Carried { steps: number + 1, counts: Counts::default() });
    Entry {
        time: 7,
        agent: None,
        event: Event::Step(Used { step, carried, state: None, said: false }),
    }
}

/// Returns the number of the next entry behind `tail`.
fn next(tail: &Tail) -> u64 {
    let newest = tail.entries().find_map(Result::ok);
    newest.map_or(0, |entry| number_of(&entry) + 1)
}

fn number_of(entry: &Entry) -> u64 {
    match &entry.event {
        Event::Step(Used { carried: Some(carried), .. }) => carried.steps - 1,
        Event::Step(_) | Event::Reset => panic!("no step of ours: {entry:?}"),
    }
}

fn append(stream: &Stream) -> Appended<u64> {
    stream.append(|tail| (entry(next(tail)), next(tail))).unwrap()
}

#[test]
fn damage_costs_itself_only_and_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let stream = Stream::of(folder.path(), "s");
    assert!(stream.read().unwrap().entries.is_empty(), "no file, no entries");
    assert!(append(&stream).is_first);
    let appended = append(&stream);
    assert!(!appended.is_first && appended.damage.is_empty(), "{appended:?}");
    let mut bytes = fs_err::read(stream.path()).unwrap();
    bytes.extend_from_slice(b"\0\0\n{\"half");
    fs_err::write(stream.path(), bytes).unwrap();
    let appended = append(&stream);
    assert_eq!((appended.made, appended.damage.len()), (2, 2), "the counting goes on behind it");
    assert_eq!(append(&stream).damage, [""; 0], "it was told of");
    let contents = stream.read().unwrap();
    let numbers: Vec<u64> = contents.entries.iter().map(number_of).collect();
    assert_eq!(numbers, [0, 1, 2, 3], "entries around the damage survive");
    assert_eq!(contents.damage.len(), 2, "{:?}", contents.damage);
    assert!(contents.damage[0].contains(".jsonl:3: "), "and is located: {:?}", contents.damage);
}

#[test]
fn a_full_journal_is_put_aside_and_the_counting_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let stream = Stream::of(folder.path(), "s");
    let mut line = entry(41).line().unwrap();
    let times = usize::try_from(LIMIT_BYTES).unwrap() / line.len() + 1;
    line = line.repeat(times);
    fs_err::create_dir_all(stream.path().parent().unwrap()).unwrap();
    for older in [None, Some(times)] {
        fs_err::write(stream.path(), &line).unwrap();
        assert_eq!(append(&stream).made, 42, "from the end of the full one, {older:?}");
        assert_eq!(append(&stream).made, 43);
        assert_eq!(stream.read().unwrap().entries.len(), times + 2, "nothing is lost");
        assert!(fs_err::metadata(stream.path()).unwrap().len() < 1000, "a new one begins");
    }
    let files = fs_err::read_dir(folder.path().join("streams")).unwrap().count();
    assert_eq!(files, 2, "one older is kept");
}

#[test]
fn only_the_end_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let stream = Stream::of(folder.path(), "s");
    append(&stream);
    let mut bytes = vec![b'x'; usize::try_from(TAIL_BYTES).unwrap() * 2];
    bytes.push(b'\n');
    bytes.extend(entry(7).line().unwrap());
    fs_err::write(stream.path(), &bytes).unwrap();
    let read = stream.append(|tail| (entry(8), tail.bytes.len())).unwrap();
    assert!(read.made < 1000, "whole lines of the last 64 KiB: {}", read.made);
    assert_eq!(read.damage, [""; 0]);
}

#[test]
fn only_what_is_old_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let day = Duration::from_secs(24 * 60 * 60);
    assert_eq!(prune(folder.path(), day, clock::now()), 0, "no folder");
    append(&Stream::of(folder.path(), "a"));
    assert_eq!(prune(folder.path(), day, clock::now()), 0, "new");
    assert_eq!(prune(folder.path(), day, clock::now() + day * 2), 1, "old");
}

/// How many processes write at the same time, and how often each of them.
const WRITERS: (usize, usize) = (64, 8);

/// The name of the variable by which a process of this test program knows that it is a writer.
const WRITER: &str = "GIT_DOS_TEST_WRITER";

#[test]
#[expect(clippy::disallowed_methods, reason = "the test speaks to its own processes")]
#[expect(clippy::disallowed_types, reason = "the test starts processes of its own")]
fn many_processes_lose_and_tear_nothing() {
    if let Some(folder) = std::env::var_os(WRITER) {
        let stream = Stream::of(Path::new(&folder), "../../s");
        for _ in 0..WRITERS.1 {
            append(&stream);
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "journal::streams::tests::many_processes_lose_and_tear_nothing";
    let start = |_| {
        let mut writer = std::process::Command::new(std::env::current_exe().unwrap());
        writer.args(["--exact", name, "--test-threads=1", "--quiet"]).env(WRITER, folder.path());
        writer.stdout(std::process::Stdio::null()).spawn().unwrap()
    };
    let writers: Vec<_> = (0..WRITERS.0).map(start).collect();
    for mut writer in writers {
        assert!(writer.wait().unwrap().success(), "a writer");
    }
    let contents = Stream::of(folder.path(), "../../s").read().unwrap();
    assert_eq!(contents.damage, [""; 0], "nothing is torn");
    let numbers: Vec<u64> = contents.entries.iter().map(number_of).collect();
    let want: Vec<u64> = (0..).take(WRITERS.0 * WRITERS.1).collect();
    assert_eq!(numbers, want, "each entry was made of the one before it");
}
