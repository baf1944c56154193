//! Leases when many ask at once, and when a process is killed at any step.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use git_dos::leases::Step;

use crate::lease::{held, laned, lease_in};
use crate::support::{GIT_DOS, Repository, Sandbox};

/// How many ask at once.
const RACERS: usize = 40;

/// How many processes are killed.
const KILLED: usize = 210;

fn start(sandbox: &Sandbox, folder: &Path, words: &[&str]) -> Child {
    let mut command = sandbox.command(GIT_DOS, folder);
    command.arg("lease").args(words).stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[test]
fn of_forty_who_want_one_lane_one_gets_it() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let linked = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", linked.to_str().unwrap()]);
    let folders = [&repository.path, &linked];
    for round in 0..3 {
        let names: Vec<String> = (0..RACERS).map(|number| format!("w{number}")).collect();
        let racers = names.iter().enumerate().map(|(number, name)| {
            start(&sandbox, folders[number % 2], &["acquire", "api", "--owner", name])
        });
        let racers: Vec<Child> = racers.collect();
        let codes: Vec<Option<i32>> = racers
            .into_iter()
            .map(|racer| racer.wait_with_output().unwrap().status.code())
            .collect();
        let winners: Vec<usize> = (0..RACERS).filter(|number| codes[*number] == Some(0)).collect();
        assert_eq!(winners.len(), 1, "round {round}: {codes:?}");
        assert!(codes.iter().all(|code| matches!(code, Some(0 | 1))), "{codes:?}");
        let winner = &names[winners[0]];
        assert_eq!(held(&repository), [("api".to_owned(), winner.clone())]);
        let ran = lease_in(&sandbox, &linked, &["release", "--owner", winner]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
}

#[test]
fn of_forty_who_want_a_place_each_all_get_it() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    let places: Vec<String> = (0..RACERS).map(|number| format!("place{number}")).collect();
    let racers: Vec<Child> = places
        .iter()
        .map(|place| {
            let words = ["acquire", "--paths", place, "--owner", place];
            start(&sandbox, &repository.path, &words)
        })
        .collect();
    for racer in racers {
        let output = racer.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    let mut lanes: Vec<String> = held(&repository).into_iter().map(|(lane, _)| lane).collect();
    let mut want = places;
    lanes.sort();
    want.sort();
    assert_eq!(lanes, want, "no change was lost");
    let count = repository.git(["rev-list", "--count", "refs/dos/leases"]);
    assert_eq!(count, RACERS.to_string(), "each is one commit");
}

/// Numbers that look like chance and are the same each time.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// Runs `git dos lease`, kills it when it has done `step`, and tells whether it came so far.
pub fn kill_after(repository: &Repository<'_>, step: &str, words: &[&str]) -> bool {
    let mut command = repository.command(GIT_DOS);
    command.env("GIT_DOS_PAUSE_AFTER", step).arg("lease").args(words);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    line == format!("paused after {step}\n")
}

#[test]
fn whoever_is_killed_leaves_the_set_as_before_or_as_after() {
    let sandbox = Sandbox::new();
    let repository = laned(&sandbox);
    repository.git(["branch", "other"]);
    repository.git(["pack-refs", "--all"]);
    let linked = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", linked.to_str().unwrap()]);
    let places = [&repository.path, &linked, &repository.path.join("src/api")];
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let lane = |owner: &str| vec![("api".to_owned(), owner.to_owned())];
    let mut paused = 0;
    for round in 0..KILLED {
        let must = |words: &[&str]| {
            let ran = lease_in(&sandbox, &repository.path, words);
            assert_eq!(ran.code, Some(0), "round {round}, {words:?}: {ran:?}");
        };
        let step = Step::ALL[chance.below(Step::ALL.len())];
        let deed = chance.below(4);
        let words: &[&str] = match deed {
            0 => &["acquire", "api", "--owner", "w1"],
            1 => &["renew", "api", "--owner", "w1", "--ttl", "3h"],
            2 => &["release", "api", "--owner", "w1"],
            _ => &["compact"],
        };
        if deed != 0 {
            must(&["acquire", "api", "--owner", "w1"]);
        }
        let before = held(&repository);
        let after = match deed {
            0 | 1 => lane("w1"),
            2 => Vec::new(),
            _ => before.clone(),
        };
        let came = kill_after(&repository, step.name(), words);
        // The step at which a chain is kept is on the way of a new beginning alone.
        assert!(came || (step == Step::Kept && deed != 3), "round {round}: {words:?} at {step:?}");
        paused += usize::from(came);
        let got = held(&repository);
        let want = if step == Step::Moved || !came { &after } else { &before };
        assert_eq!(&got, want, "round {round}: {words:?} killed after {step:?}");
        let place = places[chance.below(places.len())];
        let second = lease_in(&sandbox, place, &["acquire", "api", "--owner", "w2"]);
        if got.is_empty() {
            assert_eq!(second.code, Some(0), "round {round}: {second:?}");
            must(&["release", "api", "--owner", "w2"]);
        } else {
            assert_eq!(second.code, Some(1), "round {round}: no second holder: {second:?}");
            must(&["release", "api", "--owner", "w1"]);
        }
        assert_eq!(held(&repository), [], "round {round}");
    }
    assert!(paused > KILLED / 2, "{paused} were killed on the way");
    repository.git(["branch", "--delete", "other"]);
    repository.git(["fsck", "--strict"]);
    let left: Vec<String> = ["refs/dos", "dos"]
        .iter()
        .flat_map(|folder| fs_err::read_dir(repository.path.join(".git").join(folder)).unwrap())
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!left.iter().any(|name| name.contains(".next")), "{left:?}");
}
