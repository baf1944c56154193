//! Records, healing, damage, shortening and names.

use std::path::Path;
use std::time::Duration;

use super::{Book, FULL, Key, Line, Record, Sum};
use crate::journal::Durability;
use crate::journal::Journal;
use crate::verdict::breaker::{Event, History, RunningProbe};

fn key(class: &str) -> Key {
    Key { class: class.to_owned(), lane: None }
}

fn failed(book: &Book, time: u64) {
    let held = book.hold().unwrap();
    let pages = held.read().unwrap();
    let reason = Some(format!("no. {time}"));
    held.append(&pages, Record::Failed { reason }, Duration::from_secs(time)).unwrap();
}

/// The failure that [`failed`] reports.
fn event(time: u64) -> Event {
    Event::Failed { time: Duration::from_secs(time), reason: Some(format!("no. {time}")) }
}

/// Appends `count` failures in one write.
fn fill(book: &Book, count: usize) {
    let lines: Vec<Line> = (0..u64::try_from(count).unwrap())
        .map(|time| {
            let record = Record::Failed { reason: Some(format!("no. {time}")) };
            Line { v: 1, time, class: book.key().class.clone(), lane: None, record }
        })
        .collect();
    Journal::at(book.path()).append_all(&lines, Durability::Buffered).unwrap();
}

#[test]
fn records_are_lines_that_read_back() {
    for (record, want) in [
        (Record::Failed { reason: None }, r#""record":"failed","reason":null"#),
        (Record::Succeeded { closes: true }, r#""record":"succeeded","closes":true"#),
        (Record::Probe { until: 9 }, r#""record":"probe","until":9"#),
        (Record::Reset, r#""record":"reset""#),
        (Record::Torn { line: 3 }, r#""record":"torn","line":3"#),
    ] {
        let line = Line { v: 1, time: 7, class: "a".to_owned(), lane: None, record };
        let text = serde_json::to_string(&line).unwrap();
        let want = format!(r#"{{"v":1,"time":7,"class":"a","lane":null,{want}}}"#);
        assert_eq!(text, want, "the format other versions read");
        assert_eq!(serde_json::from_str::<Line>(&text).unwrap(), line, "round trip");
    }
    let later = r#"{"v":2,"time":7,"class":"a","lane":null,"record":"slept","deep":1}"#;
    let line: Line = serde_json::from_str(later).unwrap();
    assert_eq!(line.record, Record::Unknown, "a later version's record is no damage");
}

#[test]
fn a_long_journal_becomes_its_sum() {
    let folder = tempfile::tempdir().unwrap();
    let (book, mut want) = (Book::of(folder.path(), key("a")), History::default());
    let lines = || Journal::<Line>::at(book.path()).read().unwrap().records.len();
    fill(&book, FULL - 1);
    for time in 0..255 {
        want.apply(event(time));
    }
    for (time, left) in [(255, FULL), (256, 1), (257, 2)] {
        failed(&book, time);
        want.apply(event(time));
        assert_eq!(book.read().unwrap().history, want, "nothing is lost");
        assert_eq!(lines(), left, "after line {time}");
    }
    assert!(!book.path().with_extension("new").exists(), "nothing is left behind");
}

#[test]
fn a_torn_line_heals_and_damage_stays_and_costs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let book = Book::of(folder.path(), key("a"));
    failed(&book, 1);
    let spoil = |text: &[u8]| {
        let mut bytes = fs_err::read(book.path()).unwrap();
        bytes.extend_from_slice(text);
        fs_err::write(book.path(), bytes).unwrap();
    };
    spoil(br#"{"v":1,"ti"#);
    assert!(book.read().unwrap().damage.is_empty(), "its writer may be at it still");
    failed(&book, 2);
    let pages = book.read().unwrap();
    assert!(pages.damage.is_empty() && pages.torn.is_none(), "it is known for what it was");
    assert_eq!(pages.history.consecutive, 2, "and cost nothing");
    spoil(b"not a record\n");
    fill(&book, 299);
    failed(&book, 3);
    let pages = book.read().unwrap();
    let lines: Vec<usize> = pages.damage.iter().map(|damage| damage.line).collect();
    assert_eq!(lines, [5], "a whole line that is no record is damage, and stays where it is");
    assert_eq!(pages.history.consecutive, 302, "records around it count");
    let aside = book.hold().unwrap().set_aside(Duration::from_secs(9)).unwrap();
    assert!(fs_err::read(&aside).unwrap().len() > 300, "nothing is deleted");
    failed(&book, 1);
    let again = book.hold().unwrap().set_aside(Duration::from_secs(9)).unwrap();
    assert_ne!(aside, again, "nor written over");
}

#[test]
fn a_complete_last_line_without_its_line_feed_counts() {
    let folder = tempfile::tempdir().unwrap();
    let book = Book::of(folder.path(), key("a"));
    failed(&book, 1);
    let bytes = fs_err::read(book.path()).unwrap();
    fs_err::write(book.path(), bytes.strip_suffix(b"\n").unwrap()).unwrap();
    assert_eq!(book.read().unwrap().history.consecutive, 1, "all of it was written");
    failed(&book, 2);
    let pages = book.read().unwrap();
    assert_eq!((pages.history.consecutive, pages.damage.len()), (2, 0), "and it is closed");
}

#[test]
fn names_from_outside_make_harmless_file_names() {
    let name = |class: &str, lane: Option<&str>| {
        let lane = lane.map(str::to_owned);
        let book = Book::of(Path::new("/state"), Key { class: class.to_owned(), lane });
        let path = book.path().strip_prefix("/state/breaker").unwrap().to_owned();
        assert_eq!(path.components().count(), 1, "{class:?} stays in its folder");
        path.display().to_string()
    };
    assert!(name("flaky-test", None).starts_with("flaky-test."), "usual names stay readable");
    for hostile in ["..", "../../x", "a/b", "a\0b", "\u{1b}[2J", &"x".repeat(5000)] {
        assert!(name(hostile, Some(hostile)).len() <= 40 + 1 + 16 + 6, "{hostile:?} is cut");
    }
    assert_ne!(name("a/b", None), name("ab", None), "names that look alike stay apart");
    assert_ne!(name("ab", None), name("a", Some("b")), "class and lane too");
    assert_ne!(name("A", None), name("a", None), "also where names ignore case");
}

#[test]
fn a_file_that_counts_something_else_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let (book, other) = (Book::of(folder.path(), key("a")), Book::of(folder.path(), key("b")));
    failed(&book, 1);
    fs_err::copy(book.path(), other.path()).unwrap();
    assert_eq!(other.read().unwrap().history.consecutive, 0, "another's failures");
    assert_eq!(other.read().unwrap().damage.len(), 1, "are damage");
    let (books, strange) = Book::all(folder.path()).unwrap();
    let keys: Vec<&Key> = books.iter().map(Book::key).collect();
    assert_eq!(keys, [&key("a")], "each file under its own name");
    assert_eq!(strange, [other.path()], "and none is passed over");
}

#[test]
fn a_sum_keeps_everything() {
    let mut history = History::default();
    let at = Duration::from_secs;
    history.apply(event(1));
    history.apply(Event::Probing(RunningProbe { time: at(2), until: at(3) }));
    history.apply(event(4));
    history.apply(Event::Probing(RunningProbe { time: at(5), until: at(6) }));
    assert!(history.reopened && history.probe.is_some(), "all fields are set: {history:?}");
    let text = serde_json::to_string(&Record::Sum(Sum::of(&history))).unwrap();
    let Ok(Record::Sum(sum)) = serde_json::from_str(&text) else { panic!("{text}") };
    assert_eq!(sum.history(), history, "written and read back: {text}");
}
