//! What is on the screen at which size, for a repository in which little, much or hostile things go on.

use std::time::Duration;

use gix::ObjectId;
use gix::error::{ErrorExt as _, Result, message};
use ratatui_core::backend::TestBackend;
use ratatui_core::style::Modifier;
use ratatui_core::terminal::Terminal;

use super::board::Board;
use super::fit::Glyphs;
use super::keys::{Command, Step};
use super::page::Look;
use super::parts;
use super::screen::{Colour, Scene, draw};
use super::view::{Body, View, Watching};
use crate::evidence::progress::Progress;
use crate::journal::halts::Halt;
use crate::journal::runs::Start;
use crate::leases::Lease;
use crate::leases::lease::Standing;
use crate::ops::lease::list;
use crate::ops::liveness as runs;
use crate::ops::overview::{Finding, Report, Unpushed};
use crate::ops::status;
use crate::output::HINT;
use crate::run_id::RunId;
use crate::verdict::audit::Answer;
use crate::verdict::liveness::{Evidence, Moment, Process, Stall, Verdict};

/// The time at which all of this happens.
const NOW: Duration = Duration::from_secs(1_700_000_000);

const SIZES: [(u16, u16); 7] = [(80, 24), (120, 40), (40, 10), (20, 5), (30, 7), (1, 1), (0, 0)];

fn halt(id: &str, lane: &str, reason: &str) -> Halt {
    Halt {
        v: 1,
        time_ms: 1_699_999_940_000,
        id: id.to_owned(),
        run: Some("RID-1".to_owned()),
        lane: Some(lane.to_owned()),
        by: "watch".to_owned(),
        reason: reason.to_owned(),
        command: Some("kill 7".to_owned()),
    }
}

fn run(second: u64, verdict: Verdict, lane: &str, worktree: &str) -> runs::Row {
    let mut start: Start = serde_json::from_str(
        r#"{"v":1,"time_ms":0,"run":"","process":"PROC-run","root":"","head":null}"#,
    )
    .unwrap();
    start.lane = Some(lane.to_owned());
    start.worktree = Some(worktree.to_owned());
    let evidence = Evidence {
        started: Moment::Ago(Duration::from_secs(60)),
        patches: 0,
        lease_events: 0,
        beat: Some(Moment::Ago(Duration::from_secs(2))),
        process: Process::Gone,
    };
    let answer = runs::Answer {
        verdict,
        evidence,
        progress: Progress::default(),
        start: None,
        tips: Vec::new(),
        record: Some(start),
        ended: None,
        over_budget: None,
        now: NOW,
    };
    let id = RunId::mint(Duration::from_secs(second), 1).unwrap();
    runs::Row { run: Some(id), answer: Ok(answer) }
}

fn lease(lane: &str, owner: &str, seconds: u64) -> list::Row {
    let lease = Lease {
        lane: lane.to_owned(),
        tree: vec!["src/**".to_owned()],
        owner: Some(owner.to_owned()),
        worktree: Some("/home/ada/worktrees/alpha".to_owned()),
        acquired_ms: 1_700_000_000_000,
        ttl_s: seconds,
        ..Lease::default()
    };
    list::Row { lease, standing: Standing::Live, is_own: false, left: Duration::ZERO }
}

fn finding(number: usize, subject: &str) -> Finding {
    let commit_id = ObjectId::from_hex(format!("{number:040x}").as_bytes()).unwrap();
    let why = vec!["the commit changes nothing".to_owned()];
    Finding { commit_id, subject: subject.into(), answer: Some(Answer::Unwitnessed), why }
}

/// A repository in which nothing goes on.
fn quiet() -> Report {
    Report {
        runs: Ok(runs::Report::default()),
        leases: Ok(list::Report { generation: 0, rows: Vec::new(), view: None }),
        halts: Ok(Vec::new()),
        unpushed: Ok(Unpushed::default()),
        folds: Ok(0),
    }
}

/// A repository in which `count` of everything go on, whose names are made of `name`.
fn busy(count: usize, name: &str) -> Report {
    let each = 1..=count;
    let stalled = Verdict::Stalled(Stall::ProcessGone);
    let rows = each.clone().map(|number| {
        let second = u64::try_from(number).unwrap();
        run(second, stalled, name, &format!("/home/{name}/worktrees/number-{number}"))
    });
    let mut unpushed = Unpushed { range: format!("{name}..HEAD"), ..Unpushed::default() };
    unpushed.totals.unwitnessed = count + 1;
    unpushed.against = each.clone().map(|number| finding(number, name)).collect();
    Report {
        runs: Ok(runs::Report { rows: rows.collect(), forgotten: 0 }),
        leases: Ok(list::Report {
            generation: 1,
            rows: each.clone().map(|number| lease(&format!("{name}-{number}"), name, 90)).collect(),
            view: None,
        }),
        halts: Ok(each.map(|number| halt(&number.to_string(), name, name)).collect()),
        unpushed: Ok(unpushed),
        folds: Ok(count),
    }
}

fn unknown() -> Result<status::Report> {
    let error = message("Could not \u{1b}read the hooks").with(HINT, "git dos doctor");
    Err(error.raise())
}

fn board(report: &Report) -> Board {
    let mut board = Board::default();
    look(&mut board, report, NOW);
    board
}

fn look(board: &mut Board, report: &Report, began: Duration) {
    let parts = Ok(parts::of(report, &unknown(), began));
    board.update(Look { began, rest: Duration::from_secs(2), parts });
}

fn scene() -> Scene {
    Scene {
        place: "/home/ada/work".to_owned(),
        interval: Duration::from_secs(2),
        glyphs: Glyphs::Ascii,
        colour: Colour::Refused,
    }
}

/// Draws, and returns the lines of the screen.
fn drawn(
    board: &Board,
    view: &mut View,
    (width, height): (u16, u16),
    scene: &Scene,
) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame.buffer_mut(), board, view, (scene, NOW))).unwrap();
    let buffer = terminal.backend().buffer();
    let line = |row| {
        let cells = (0..width).map(|column| buffer[(column, row)].symbol());
        cells.collect::<String>().trim_end().to_owned()
    };
    (0..height).map(line).collect()
}

fn shown(report: &Report, size: (u16, u16)) -> String {
    drawn(&board(report), &mut View::default(), size, &scene()).join("\n")
}

#[test]
fn a_quiet_repository_is_said_to_be_quiet() {
    assert_eq!(
        shown(&quiet(), (80, 14)),
        " git dos top /home/ada/work                              as of 0s ago, every 2s

>proposed stops: none
 runs: none is open
 lanes: none is held
 to be pushed: nothing
 folds of archives: none
 wiring: could not be found out
   error: Could not \\u{1b}read the hooks
   hint: git dos doctor
 changed: nothing so far


 q quit  j/k move  Tab part  r look  p pause  ? help"
    );
}

#[test]
fn everything_that_goes_on_is_said_in_words() {
    let mut report = busy(1, "api");
    let rows = &mut report.runs.as_mut().unwrap().rows;
    rows.insert(0, run(9, Verdict::Spinning, "web", "/home/ada/wt/beta"));
    let text = shown(&report, (100, 24));
    for line in [
        ">proposed stops: 1 not acknowledged",
        "   api 1m ago api",
        "     when it is seen to: git dos halt ack 1",
        " runs: 1 STALLED, 1 SPINNING",
        " lanes: 1 held",
        "   api-1 api ...rktrees/alpha 1m 30s left src/** (exclusive)",
        " to be pushed: 2 unwitnessed of 2 commits (api..HEAD); git dos audit says more",
        "   CLAIM_UNWITNESSED 0000000000 api",
        "   and 1 more",
        " folds of archives: 1; git dos coalesce undo takes the last one back",
    ] {
        assert!(text.lines().any(|found| found == line), "{line:?} in:\n{text}");
    }
    let (stalled, spinning) = (text.find(" STALLED  RID-"), text.find(" SPINNING RID-"));
    assert!(stalled < spinning && stalled.is_some(), "the worst comes first:\n{text}");
    assert!(text.contains("its process is gone, no new patch since the ..."), "{text}");
}

#[test]
fn every_size_shows_what_fits_and_none_panics() {
    let hostile = "\u{1b}[2J\u{202e}\u{6f22}\u{5b57}e\u{301}\u{1f680}\t\u{0}";
    let long = "a/very/long/name/of/a/lane/".repeat(40);
    for name in ["api", hostile, &long, ""] {
        for count in [0, 1, 5, 200] {
            for glyphs in [Glyphs::Ascii, Glyphs::Unicode] {
                let (board, scene) = (board(&busy(count, name)), Scene { glyphs, ..scene() });
                let mut view = View::default();
                for step in [Step::First, Step::NextPart, Step::Down, Step::PageDown, Step::Last] {
                    view.apply(Command::Go(step), &board);
                    for size in SIZES {
                        let lines = drawn(&board, &mut view, size, &scene);
                        let text = lines.concat();
                        assert!(!text.contains(['\u{1b}', '\u{202e}']), "obeyed: {text:?}");
                        assert!(glyphs == Glyphs::Unicode || text.is_ascii(), "{text:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_selected_line_is_always_on_the_screen_and_all_of_it_is_told() {
    let board = board(&busy(200, "api"));
    for size in [(80, 24), (40, 10), (120, 40)] {
        let mut view = View::default();
        for step in [Step::PageDown; 60].into_iter().chain([Step::Up; 30]) {
            let lines = drawn(&board, &mut view, size, &scene());
            let marked = lines.iter().filter(|line| line.starts_with('>')).count();
            assert_eq!(marked, 1, "at {size:?}:\n{}", lines.join("\n"));
            view.apply(Command::Go(step), &board);
        }
    }
    let mut view = View::default();
    view.apply(Command::Go(Step::NextPart), &board);
    view.apply(Command::Go(Step::Down), &board);
    let text = drawn(&board, &mut view, (80, 24), &scene()).join("\n");
    assert!(text.contains("worktree /home/api/worktrees/number-1"), "{text}");
    assert!(text.contains("git dos halt RID-"), "what to do:\n{text}");
    assert!(text.contains(" above, "), "there is more:\n{text}");
}

#[test]
fn the_end_of_a_long_path_stays() {
    let mut report = quiet();
    let path = "/home/ada/projects/customer/wt-alpha";
    let spinning = Verdict::Spinning;
    report.runs.as_mut().unwrap().rows.push(run(1, spinning, "api", path));
    let text = shown(&report, (80, 24));
    assert!(text.contains(" ...omer/wt-alpha "), "{text}");
}

#[test]
fn a_small_screen_shows_the_most_important_first() {
    let mut report = quiet();
    report.halts = Ok(vec![halt("1", "api", "it repeats itself")]);
    assert_eq!(
        shown(&report, (22, 5)),
        "too small; q quits\nproposed stops: 1 n...\nwiring: could not b...\nruns: none is open\n\
         lanes: none is held"
    );
}

#[test]
fn what_cannot_be_found_out_is_said_beside_what_was_known() {
    let mut board = board(&busy(1, "api"));
    let mut report = busy(1, "api");
    report.leases = Err(message("Could not read refs/dos/leases").raise());
    look(&mut board, &report, NOW);
    let text = drawn(&board, &mut View::default(), (100, 30), &scene()).join("\n");
    assert!(text.contains(" lanes: could not be found out; 0s ago: 1 held\n"), "{text}");
    assert!(text.contains("   error: Could not read refs/dos/leases\n   api-1 "), "{text}");

    let parts = Err("error: Could not open a git repository\n".to_owned());
    let began = NOW.saturating_sub(Duration::from_secs(1));
    board.update(Look { began, rest: Duration::ZERO, parts });
    let text = drawn(&board, &mut View::default(), (100, 30), &scene()).join("\n");
    assert!(text.contains("   error: Could not open a git repository\n"), "{text}");
    assert!(text.contains(" runs: 1 STALLED"), "what was known stays:\n{text}");
}

#[test]
fn before_the_first_look_nothing_is_said_to_be_well() {
    let looking = Some(NOW.saturating_sub(Duration::from_secs(7)));
    let board = Board { looking, ..Board::default() };
    let text = drawn(&board, &mut View::default(), (80, 24), &scene()).join("\n");
    assert!(text.contains("looking for 7s, every 2s"), "{text}");
    assert_eq!(text.matches(": not known yet").count(), 6, "{text}");
}

#[test]
fn what_changed_just_now_stands_at_the_top_and_in_a_part() {
    let mut board = board(&quiet());
    let began = NOW.saturating_sub(Duration::from_secs(3));
    look(&mut board, &busy(1, "api"), began);
    let lines = drawn(&board, &mut View::default(), (100, 30), &scene());
    assert!(lines[1].starts_with(" 3s ago: "), "{}", lines[1]);
    let text = lines.join("\n");
    assert!(text.contains("   3s ago: lane api-1 is taken: held by api in /home/ada/"), "{text}");
    assert!(text.contains("   3s ago: a stop is proposed of RID-1, lane api: api\n"), "{text}");
}

#[test]
fn a_pause_and_a_slow_look_are_said_in_the_first_line() {
    let mut board = board(&quiet());
    board.looking = Some(NOW.saturating_sub(Duration::from_secs(30)));
    board.looked = Some((NOW.saturating_sub(Duration::from_secs(40)), Duration::from_secs(9)));
    let mut view = View::default();
    let first = |view: &mut View| drawn(&board, view, (80, 24), &scene())[0].clone();
    assert!(first(&mut view).ends_with("as of 40s ago, looking for 30s, every 9s"));
    view.watching = Watching::Paused;
    assert!(first(&mut view).ends_with("as of 40s ago, looking for 30s, PAUSED"));
}

#[test]
fn colour_adds_nothing_that_words_do_not_say() {
    let board = board(&busy(2, "api"));
    let render = |colour| {
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        let (mut view, scene) = (View::default(), Scene { colour, ..scene() });
        let at = (&scene, NOW);
        terminal.draw(|frame| draw(frame.buffer_mut(), &board, &mut view, at)).unwrap();
        terminal.backend().buffer().clone()
    };
    let (with, without) = (render(Colour::Wanted), render(Colour::Refused));
    let symbols = |buffer: &ratatui_core::buffer::Buffer| -> Vec<String> {
        buffer.content.iter().map(|cell| cell.symbol().to_owned()).collect()
    };
    assert_eq!(symbols(&with), symbols(&without));
    assert!(with.content.iter().any(|cell| cell.fg != ratatui_core::style::Color::Reset));
    assert!(without.content.iter().all(|cell| cell.fg == ratatui_core::style::Color::Reset));
    assert!(without.content.iter().any(|cell| cell.modifier.contains(Modifier::REVERSED)));
}

#[test]
fn the_help_names_the_keys() {
    let mut view = View { body: Body::Help, ..View::default() };
    let text = drawn(&board(&quiet()), &mut view, (80, 24), &scene()).join("\n");
    for word in ["q, Esc, Ctrl-C", "Tab, Shift-Tab", "pause", "git dos status"] {
        assert!(text.contains(word), "{word} in:\n{text}");
    }
}
