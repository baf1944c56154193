//! Clones that ask a remote for leases at one moment: who gets them, and what the remote's ref says of it.
//!
//! `GIT_DOS_TEST_REMOTE_ROUNDS` says how many rounds there are; the figures are printed with `--nocapture`.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{asked, join, must, now};
use crate::remote::{BRISK, Chance, Fault, Moment, PATIENT, Plan, REFERENCE, Remote};
use crate::support::{Repository, Sandbox};

/// How many clones there are.
const CLONES: usize = 8;

/// The number, lane and owner of a lease.
type Grant = (u64, String, String);

/// What came of one who asked.
struct Attempt {
    lane: String,
    owner: String,
    code: Option<i32>,
    grant: Option<u64>,
    took: Duration,
    stderr: String,
}

/// Clones of one remote, and all that they asked for.
struct Race<'sandbox> {
    remote: Remote<'sandbox>,
    clones: Vec<Repository<'sandbox>>,
    attempts: Vec<Attempt>,
    /// How many rounds had so many who were given what they asked for.
    winners: BTreeMap<usize, usize>,
}

impl<'sandbox> Race<'sandbox> {
    fn new(sandbox: &'sandbox Sandbox, timeout: &str) -> Self {
        let remote = Remote::new(sandbox, timeout);
        let clones = (0..CLONES).map(|number| remote.clone(&format!("clone{number}"))).collect();
        Self { remote, clones, attempts: Vec::new(), winners: BTreeMap::new() }
    }

    /// Has every clone ask at one moment; returns the codes in the order of the clones.
    fn round(&mut self, words: impl Fn(usize) -> Vec<String> + Sync) -> Vec<Option<i32>> {
        let (clones, words) = (&self.clones, &words);
        let attempts: Vec<Attempt> = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..CLONES)
                .map(|number| scope.spawn(move || ask(&clones[number], number, &words(number))))
                .collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        let codes: Vec<Option<i32>> = attempts.iter().map(|attempt| attempt.code).collect();
        let given = codes.iter().filter(|code| **code == Some(0)).count();
        *self.winners.entry(given).or_default() += 1;
        self.attempts.extend(attempts);
        codes
    }

    /// Returns who holds something as the remote says, by the number of the clone.
    fn holders(&self) -> Vec<usize> {
        let state = self.remote.state();
        let owner = |lease: &serde_json::Value| lease["owner"].as_str().unwrap()[1..].parse();
        state["leases"].as_array().unwrap().iter().map(|lease| owner(lease).unwrap()).collect()
    }

    /// Compares what those who asked were told with what the remote's ref said.
    fn settle(&self, name: &str, joined: &[Grant]) {
        let chain = self.remote.chain(REFERENCE);
        let mut faults = chain.faults();
        let mut unknown = chain.grants();
        unknown.retain(|grant| !joined.contains(grant));
        for attempt in self.attempts.iter().filter(|attempt| attempt.code == Some(0)) {
            let grant = (attempt.grant.unwrap(), attempt.lane.clone(), attempt.owner.clone());
            match unknown.iter().position(|known| *known == grant) {
                Some(place) => drop(unknown.swap_remove(place)),
                None => faults.push(format!("{grant:?} was said to be given and is not there")),
            }
        }
        for (_, lane, owner) in &unknown {
            let is_open = |attempt: &&Attempt| {
                attempt.code == Some(2) && attempt.owner == *owner && attempt.lane == *lane
            };
            let open = self.attempts.iter().filter(is_open).count();
            let given = unknown.iter().filter(|other| other.1 == *lane && other.2 == *owner);
            if given.count() > open {
                faults.push(format!("{lane} was given to {owner}, who was told otherwise"));
            }
        }
        self.print(name, chain.changes.len(), unknown.len());
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    }

    fn print(&self, name: &str, changes: usize, unknown: usize) {
        let count = |code| self.attempts.iter().filter(|attempt| attempt.code == code).count();
        let mut times: Vec<Duration> = self.attempts.iter().map(|attempt| attempt.took).collect();
        times.sort();
        let at = |part: usize| times[(times.len() - 1) * part / 100];
        println!(
            "{name}: rounds by winners {:?}; {} asked: {} given, {} refused, {} could not find out, of which \
             {unknown} held it; {changes} changes; an acquire took {:?} (median), {:?} (95 of 100), {:?} (longest)",
            self.winners,
            self.attempts.len(),
            count(Some(0)),
            count(Some(1)),
            count(Some(2)),
            at(50),
            at(95),
            at(100),
        );
    }
}

fn ask(clone: &Repository<'_>, number: usize, words: &[String]) -> Attempt {
    let owner = format!("c{number}");
    let mut all = vec!["acquire"];
    all.extend(words.iter().map(String::as_str));
    all.extend(["--owner", &owner]);
    let begin = now();
    let (ran, answer) = asked(clone, &all);
    let took = now().saturating_sub(begin);
    let lane = words.last().unwrap().clone();
    let grant = answer["lease"]["grant"].as_u64();
    Attempt { lane, owner, code: ran.code, grant, took, stderr: ran.stderr }
}

/// Returns how many rounds to run.
#[expect(clippy::disallowed_methods, reason = "a long run is asked for through the environment")]
fn rounds(usual: usize) -> usize {
    let asked = std::env::var("GIT_DOS_TEST_REMOTE_ROUNDS").ok();
    asked.map_or(usual, |rounds| rounds.parse().unwrap())
}

fn lane(name: &str) -> Vec<String> {
    vec![name.to_owned()]
}

#[test]
fn of_eight_clones_that_want_one_lane_one_gets_it() {
    let sandbox = Sandbox::new();
    let mut race = Race::new(&sandbox, PATIENT);
    for round in 0..rounds(4) {
        let codes = race.round(|_| lane("api"));
        let count = |code| codes.iter().filter(|got| **got == Some(code)).count();
        assert_eq!((count(0), count(1)), (1, CLONES - 1), "round {round}: {codes:?}");
        let winner = codes.iter().position(|code| *code == Some(0)).unwrap();
        assert_eq!(race.holders(), [winner], "round {round}: as the remote says");
        must(&race.clones[winner], &["release", "api", "--owner", &format!("c{winner}")]);
        assert_eq!(race.holders(), Vec::<usize>::new(), "round {round}: given back");
    }
    race.settle("one lane", &[]);
}

#[test]
fn of_eight_clones_that_want_a_place_each_all_get_it() {
    let sandbox = Sandbox::new();
    let mut race = Race::new(&sandbox, PATIENT);
    for round in 0..rounds(2) {
        let codes = race.round(|number| vec!["--paths".to_owned(), format!("place{number}")]);
        assert_eq!(codes, [Some(0); CLONES], "round {round}");
        let mut holders = race.holders();
        holders.sort_unstable();
        assert_eq!(holders, (0..CLONES).collect::<Vec<_>>(), "round {round}: no change is lost");
        for (number, clone) in race.clones.iter().enumerate() {
            must(clone, &["release", "--owner", &format!("c{number}")]);
        }
    }
    race.settle("a place each", &[]);
}

#[test]
fn of_eight_clones_that_want_one_lane_over_a_bad_line_never_two_get_it() {
    let sandbox = Sandbox::new();
    let mut race = Race::new(&sandbox, BRISK);
    let late = Duration::from_millis(2500);
    let mut faults = vec![
        Fault::CutInAnswer,
        Fault::Delay(Moment::Greeting, late / 10),
        Fault::Delay(Moment::Request, late),
        Fault::Delay(Moment::Answer, late / 10),
    ];
    for moment in [Moment::Greeting, Moment::Request, Moment::Answer] {
        faults.extend([Fault::Cut(moment), Fault::Hang(moment)]);
    }
    race.clones.iter().for_each(join);
    let joined = race.remote.chain(REFERENCE).grants();
    for round in 0..rounds(4) {
        let seed = Chance::new(u64::try_from(round).unwrap() + 1);
        race.remote.proxy.plan(Plan::Some(seed, 6, faults.clone()));
        let codes = race.round(|_| lane("api"));
        race.remote.proxy.plan(Plan::All(Fault::Pass));
        race.remote.proxy.wait_idle();
        assert!(codes.iter().all(|code| matches!(code, Some(0..=2))), "round {round}: {codes:?}");
        let last = &race.attempts[race.attempts.len() - CLONES..];
        let unsaid = |attempt: &&Attempt| {
            attempt.code == Some(2)
                && !(attempt.stderr.starts_with("error: ") && attempt.stderr.contains("hint: "))
        };
        let unsaid: Vec<&str> = last.iter().filter(unsaid).map(|it| &*it.stderr).collect();
        assert!(unsaid.is_empty(), "round {round}: {unsaid:?}");
        let winners: Vec<usize> = (0..CLONES).filter(|at| codes[*at] == Some(0)).collect();
        let holders = race.holders();
        assert!(winners.len() <= 1 && holders.len() <= 1, "round {round}: {codes:?} {holders:?}");
        let is_told = |holder: &usize| codes[*holder] != Some(1);
        assert!(holders.iter().all(is_told), "round {round}: {codes:?}, {holders:?}");
        assert!(winners.is_empty() || winners == holders, "round {round}: {codes:?}, {holders:?}");
        for holder in holders {
            must(&race.clones[holder], &["release", "api", "--owner", &format!("c{holder}")]);
        }
        assert_eq!(race.holders(), Vec::<usize>::new(), "round {round}: given back");
    }
    race.settle("one lane, bad line", &joined);
}
