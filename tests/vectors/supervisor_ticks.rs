//! Fleets tick by tick: the records of a lease journal go in, and what is started, reaped and flagged comes out.

use std::collections::BTreeMap;
use std::time::Duration;

use git_dos::lane::Mode;
use git_dos::verdict::fleet::{
    Declared, Evidence, Holding, Kind, Launch, Policy, Rest, Took, Verdict, judge, scene,
};
use git_dos::verdict::lease_work::{self, Key};
use git_dos::verdict::liveness::{self, Moment, Process};
use serde_json::{Value, json};

use super::journal_delta;
use super::supervise::{policy, region, word};

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn time(stamp: &Value) -> Duration {
    let stamp: jiff::Timestamp = text(stamp).parse().unwrap();
    Duration::from_secs(stamp.as_second().try_into().unwrap())
}

fn declared(lanes: &Value) -> Vec<Declared> {
    let names =
        |list: &str| -> Vec<String> { lanes[list].as_array().unwrap().iter().map(text).collect() };
    let (concurrent, exclusive, picked) =
        (names("concurrent"), names("exclusive"), names("autopick"));
    let kind = |name: &String| match (exclusive.contains(name), picked.contains(name)) {
        (true, _) => Kind::Exclusive,
        (false, true) => Kind::Pickable,
        (false, false) => Kind::Concurrent,
    };
    concurrent
        .iter()
        .chain(&exclusive)
        .map(|name| Declared {
            name: name.clone(),
            kind: kind(name),
            region: region(&lanes["trees"][name]),
        })
        .collect()
}

/// What happens from tick to tick.
struct Driver {
    entries: Vec<Value>,
    launches: BTreeMap<String, Vec<Duration>>,
}

impl Driver {
    /// Returns the leases that are live, oldest first: those acquired and neither released nor taken away.
    fn live(&self) -> Vec<Value> {
        let mut live: Vec<Value> = Vec::new();
        for entry in &self.entries {
            let is_same = |lease: &Value| {
                lease["lane"] == entry["lane"] && lease["loop_ts"] == entry["loop_ts"]
            };
            match entry["op"].as_str() {
                Some("ACQUIRE") => {
                    live.retain(|lease| !is_same(lease));
                    live.push(entry["lease"].clone());
                }
                Some("RELEASE" | "SCAVENGE") => live.retain(|lease| !is_same(lease)),
                _ => {}
            }
        }
        live
    }

    fn holding(&self, lease: &Value, now: Duration) -> Holding {
        let acquired = time(&lease["acquired_at"]);
        let entries: Vec<_> = self.entries.iter().map(journal_delta::entry).collect();
        let key = Key { grant: text(&lease["loop_ts"]), lane: text(&lease["lane"]) };
        let work =
            lease_work::Evidence { entries: &entries, key: Some(&key), started: acquired, now };
        let work = lease_work::judge(&work, &lease_work::Policy::default());
        let age = now.saturating_sub(acquired);
        let evidence = liveness::Evidence {
            started: Moment::Ago(age),
            patches: 0,
            lease_events: work.events,
            beat: work.beat.map(Moment::Ago),
            process: Process::Unknown,
        };
        Holding {
            lane: key.lane,
            region: region(&lease["tree"]),
            mode: Mode::Exclusive,
            doing: liveness::judge(&evidence, &liveness::Policy::default()).into(),
            spinning: Some(age),
            age,
        }
    }

    fn evidence(&mut self, declared: &[Declared], now: Duration, patience: Duration) -> Evidence {
        let live = self.live();
        let holdings: Vec<Holding> = live.iter().map(|lease| self.holding(lease, now)).collect();
        // Who holds the lane has taken it.
        self.launches.retain(|lane, _| holdings.iter().all(|holding| holding.lane != *lane));
        let launch = |lane: &String, time: &Duration| Launch {
            lane: lane.clone(),
            age: now.saturating_sub(*time),
            process: Process::Unknown,
            took: Took::NotYet,
        };
        let launches: Vec<Launch> = self
            .launches
            .iter()
            .flat_map(|(lane, times)| times.iter().map(move |time| launch(lane, time)))
            .collect();
        scene(declared, &holdings, &launches, (Mode::Exclusive, patience))
    }

    /// Does what the plan says, and returns what was done.
    fn act(&mut self, verdict: &Verdict, now: Duration) -> Value {
        for lease in self.live() {
            if verdict.reaps.contains(&text(&lease["lane"])) {
                let (lane, grant) = (&lease["lane"], &lease["loop_ts"]);
                self.entries.push(json!({ "op": "SCAVENGE", "lane": lane, "loop_ts": grant }));
            }
        }
        for lane in &verdict.spawns {
            self.launches.entry(lane.clone()).or_default().push(now);
        }
        let newest = |(lane, times): (&String, &Vec<Duration>)| {
            (lane.clone(), times.last().map(|time| u64::try_from(time.as_millis()).unwrap()))
        };
        let launched: BTreeMap<_, _> = self.launches.iter().map(newest).collect();
        let flagged: Vec<&str> = verdict.flags.iter().map(|flag| flag.lane.as_str()).collect();
        json!({
            "admissible": verdict.admissible,
            "alive": verdict.alive,
            "flagged": flagged,
            "launched": launched,
            "proposed_halts": verdict.halts,
            "reaped": verdict.reaps,
            "skipped_reaps": [],
            "spawned": verdict.spawns,
            "verdict": word(verdict.outcome),
        })
    }
}

pub(crate) fn answer(question: &Value) -> Value {
    let declared = declared(&question["lanes"]);
    let patience = Duration::from_millis(question["cooldown_ms"].as_u64().unwrap());
    let read = policy(&question["policy"], &[], &question["target"]).unwrap();
    let policy = Policy { rest: Rest { first: patience, ..read.rest }, ..read };
    let entries = question["entries"].as_array().unwrap().clone();
    let mut driver = Driver { entries, launches: BTreeMap::new() };
    let mut ticks = Vec::new();
    for tick in question["ticks"].as_array().unwrap() {
        let now = Duration::from_millis(tick["now_ms"].as_u64().unwrap());
        driver.entries.extend(tick["append"].as_array().into_iter().flatten().cloned());
        let verdict = judge(&driver.evidence(&declared, now, patience), &policy);
        ticks.push(driver.act(&verdict, now));
    }
    let live: Vec<Value> =
        driver.live().iter().map(|lease| json!([lease["lane"], lease["loop_ts"]])).collect();
    json!({ "live_after": live, "ticks": ticks })
}
