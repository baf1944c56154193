//! The rules of the plan that a recorded answer does not show.

use std::time::Duration;

use super::{
    Concern, Declared, Evidence, Flag, Holding, Kind, Lane, Launch, Launches, Obstacle, Outcome,
    Outside, Patience, Policy, Took, Waiting, Worker, judge, scene,
};
use crate::lane::Mode;
use crate::lane::path::Spelling;
use crate::lane::region::Region;
use crate::verdict::breaker::Wait;
use crate::verdict::liveness::Process;
use crate::verdict::watch::Doing;

fn region(entry: &str) -> Region {
    Region::parse([entry], Spelling::default()).unwrap()
}

fn lane(name: &str, entry: &str, worker: Worker) -> Lane {
    let (kind, mode) = (Kind::Concurrent, Mode::Exclusive);
    Lane { name: name.to_owned(), kind, region: region(entry), mode, worker }
}

const FREE: Worker = Worker::None(Launches { failed: 0, newest: None });

fn after(failed: u64, seconds: u64) -> Worker {
    Worker::None(Launches { failed, newest: Some(Duration::from_secs(seconds)) })
}

fn target(target: usize) -> Policy {
    Policy { target, ..Policy::default() }
}

fn waiting(lane: &str, on: Obstacle) -> Waiting {
    Waiting { lane: lane.to_owned(), on }
}

#[test]
fn no_lane_gets_two_workers_and_no_region_either() {
    let lanes = vec![
        lane("api", "src/api/**", Worker::Advancing),
        lane("api", "src/api/**", FREE),
        lane("src", "src/**", FREE),
        lane("docs", "docs/**", FREE),
    ];
    let verdict = judge(&Evidence { lanes, others: Vec::new() }, &target(2));
    assert_eq!(verdict.spawns, ["docs"], "the lane that is in nobody's way");
    assert_eq!(verdict.outcome, Outcome::Filling);
}

#[test]
fn a_region_in_the_way_is_not_called_enough() {
    let lanes = vec![lane("api", "src/api/**", FREE), lane("docs", "docs/**", Worker::Advancing)];
    let others =
        vec![Outside { name: "x".to_owned(), region: region("src/**"), mode: Mode::Shared }];
    let verdict = judge(&Evidence { lanes, others }, &target(2));
    assert_eq!((verdict.outcome, verdict.alive), (Outcome::Blocked, 1));
    assert_eq!(verdict.waiting, [waiting("api", Obstacle::Region("x".to_owned()))]);
}

#[test]
fn only_those_who_share_are_in_one_region() {
    for (mode, want) in [(Mode::Shared, &["src"][..]), (Mode::Exclusive, &[])] {
        let mut lanes =
            vec![lane("api", "src/api/**", Worker::Advancing), lane("src", "src/**", FREE)];
        lanes.extend([lane("docs", "docs/**", Worker::Advancing)]);
        lanes[0].mode = Mode::Shared;
        lanes[1].mode = mode;
        let policy = target(3);
        let verdict = judge(&Evidence { lanes, others: Vec::new() }, &policy);
        assert_eq!(verdict.spawns, want, "{mode:?}");
    }
}

#[test]
fn an_exclusive_lane_is_held_alone() {
    let mut release = lane("release", "deploy/**", FREE);
    release.kind = Kind::Exclusive;
    let (free, held) = (lane("api", "src/**", FREE), lane("api", "src/**", Worker::Advancing));
    let plan =
        |lanes: Vec<Lane>, count| judge(&Evidence { lanes, others: Vec::new() }, &target(count));
    assert_eq!(plan(vec![release.clone(), free.clone()], 1).spawns, ["api"], "it is last");
    assert_eq!(plan(vec![release.clone(), held], 2).spawns, [""; 0], "not beside others");
    release.worker = Worker::Advancing;
    let verdict = plan(vec![release, free, lane("docs", "docs/**", FREE)], 2);
    assert_eq!(
        (&*verdict.spawns, verdict.outcome),
        (&[][..], Outcome::Blocked),
        "nor they beside it"
    );
}

#[test]
fn a_lane_that_nobody_takes_rests_and_is_given_up() {
    let plan = |worker| {
        let lanes = vec![lane("api", "src/**", worker)];
        judge(&Evidence { lanes, others: Vec::new() }, &target(1))
    };
    let seconds = Duration::from_secs;
    assert_eq!(plan(after(1, 120)).spawns, ["api"], "it has rested");
    let resting = plan(after(1, 119));
    assert_eq!(resting.waiting, [waiting("api", Obstacle::Rest(seconds(1)))]);
    assert_eq!((resting.outcome, resting.spawns.len()), (Outcome::Resting, 0));
    let given_up = plan(after(5, 600));
    let until = Obstacle::GivenUp(Wait::Rest(seconds(3000)));
    assert_eq!(given_up.waiting, [waiting("api", until)]);
    let flag = Flag { lane: "api".to_owned(), why: Concern::GivenUp };
    assert_eq!((given_up.flags, given_up.outcome), (vec![flag], Outcome::Resting));
    assert_eq!(plan(after(5, 3600)).spawns, ["api"], "one more try an hour");
}

#[test]
fn a_worker_who_runs_is_never_doubled() {
    use Process::{Gone, Unknown, Up};
    let declared =
        [Declared { name: "api".to_owned(), kind: Kind::Concurrent, region: region("src/**") }];
    let worker = |launches: &[(u64, Process)], took| {
        let launch = |&(age, process): &(u64, Process)| Launch {
            lane: "api".to_owned(),
            age: Duration::from_secs(age),
            process,
            took,
        };
        let launches: Vec<Launch> = launches.iter().map(launch).collect();
        let how = (Mode::Exclusive, Duration::from_secs(120));
        scene(&declared, &[], &launches, how).lanes.remove(0).worker
    };
    for (launches, want) in [
        (&[][..], FREE),
        (&[(119, Up)], Worker::Pending(Patience::Early)),
        (&[(120, Up)], Worker::Pending(Patience::Late)),
        (&[(9000, Up), (130, Gone)], Worker::Pending(Patience::Late)),
        (&[(119, Unknown)], Worker::Pending(Patience::Early)),
        (&[(120, Unknown)], after(1, 120)),
        (&[(1, Gone)], after(1, 1)),
        (&[(900, Gone), (300, Gone), (600, Unknown)], after(3, 300)),
    ] {
        assert_eq!(worker(launches, Took::NotYet), want, "{launches:?}");
    }
    for (process, want) in [(Up, Worker::Pending(Patience::Early)), (Gone, FREE), (Unknown, FREE)] {
        assert_eq!(worker(&[(9000, process)], Took::Yes), want, "gave it back, and is {process:?}");
    }
}

#[test]
fn who_holds_what_comes_from_the_newest_lease() {
    let declared =
        [Declared { name: "api".to_owned(), kind: Kind::Concurrent, region: region("src/**") }];
    let holding = |lane: &str, doing, age| Holding {
        lane: lane.to_owned(),
        region: region("src/api/**"),
        mode: Mode::Shared,
        doing,
        spinning: None,
        age: Duration::from_secs(age),
    };
    let holdings = [
        holding("api", Doing::Stalled, 60),
        holding("api", Doing::Advancing, 30),
        holding("else", Doing::Unknown, 1),
    ];
    let how = (Mode::Exclusive, Duration::from_secs(120));
    let evidence = scene(&declared, &holdings, &[], how);
    assert_eq!(evidence.lanes[0].worker, Worker::Advancing);
    assert_eq!(evidence.lanes[0].region, region("src/api/**"), "as it was given");
    assert_eq!(evidence.lanes[0].mode, Mode::Shared);
    assert_eq!(evidence.others.len(), 1, "what is no lane of the fleet is in its way");
}
