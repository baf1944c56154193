//! Whatever is asked in whatever order, what is held together may be held together.
//!
//! Four workers ask and give back by turns of a fixed series of chances, and after each turn all that is held is
//! looked over.

use std::collections::BTreeMap;

use super::{Cause, Evidence, Grant, Holder, How, Live, Request, Verdict, WhenHeld, Wish, judge};
use crate::lane::declared::Lanes;
use crate::lane::path::Spelling;
use crate::lane::region::Tree;
use crate::lane::{Kind, Mode, Taxonomy};

/// Chances that are the same every time: a linear congruential generator with Knuth's constants.
struct Chances(u64);

impl Chances {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one_of<T: Copy>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())]
    }
}

fn lanes() -> Lanes {
    let names = |names: &str| names.split_whitespace().map(str::to_owned).collect();
    let trees = [("api", "src/api/**"), ("web", "src/web/** docs/UI-*"), ("docs", "docs/**")];
    let taxonomy = Taxonomy {
        concurrent: names("api web docs ghost"),
        exclusive: names("release"),
        autopick: names("ui api docs"),
        trees: trees.map(|(lane, entries)| (lane.to_owned(), names(entries))).into(),
        aliases: BTreeMap::from([("ui".to_owned(), "web".to_owned())]),
    };
    Lanes::new(&taxonomy, Spelling::default()).unwrap()
}

fn request(chances: &mut Chances) -> Request {
    let name = chances
        .one_of(&["api", "API", "web", "ui", "docs", "ghost", "release", "mine", "nope", " "])
        .to_owned();
    let entries = ["src/**", "src/api/f", "docs/UI-1", "other/**", "**/VERSION", "src/?pi/**"];
    let tree = Tree::parse([chances.one_of(&entries)], Spelling::default()).unwrap();
    let wish = match chances.below(6) {
        0 => Wish::Any,
        1 => Wish::Paths { name, tree },
        _ => Wish::Lane(name),
    };
    let mode = chances.one_of(&[Mode::Exclusive, Mode::Exclusive, Mode::Shared]);
    let when_held = chances.one_of(&[WhenHeld::Refuse, WhenHeld::Another]);
    Request { wish, mode, when_held }
}

/// A lease and its holder.
type Held = (usize, Grant);

/// Returns what `held` is to `worker`.
fn seen_by(held: &[Held], worker: usize) -> Vec<Live> {
    let live = |(owner, grant): &Held| Live {
        lane: grant.lane().to_owned(),
        tree: grant.tree().clone(),
        mode: grant.mode(),
        holder: if *owner == worker { Holder::Asker } else { Holder::Other },
    };
    held.iter().map(live).collect()
}

/// Looks over what is held together.
fn look_over(held: &[Held]) {
    for (at, (worker, one)) in held.iter().enumerate() {
        assert!(!one.tree().region().is_empty(), "{} keeps nobody out", one.lane());
        for (other, two) in held.iter().skip(at + 1).filter(|(other, _)| other != worker) {
            let words = || format!("{} of {worker} and {} of {other}", one.lane(), two.lane());
            let shares = one.tree().region().meets(two.tree().region());
            assert!(!shares || one.mode().is_compatible(two.mode()), "{}", words());
            assert!(one.kind() != Kind::Exclusive && two.kind() != Kind::Exclusive, "{}", words());
        }
    }
}

#[test]
fn what_is_held_together_may_be() {
    let lanes = lanes();
    let mut chances = Chances(1);
    let mut held: Vec<Held> = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..20_000 {
        let worker = chances.below(4);
        if chances.below(3) == 0 {
            held.retain(|(owner, _)| *owner != worker);
            continue;
        }
        let request = request(&mut chances);
        let leases = seen_by(&held, worker);
        let evidence = Evidence { request: &request, leases: &leases, offer: None };
        let key = match judge(&evidence, &lanes) {
            Verdict::Grant(grant) => {
                let is_same = |(owner, found): &Held| {
                    *owner == worker && lanes_are_one(&lanes, found.lane(), grant.lane())
                };
                let had = held.iter().any(is_same);
                assert!(grant.how() != How::Renewed || had, "only what is held is renewed");
                assert_eq!(grant.mode(), request.mode, "nobody gets what he did not ask for");
                held.retain(|lease| !is_same(lease));
                let how = format!("{:?}", grant.how());
                held.push((worker, grant));
                how
            }
            Verdict::Refuse(refusal) => {
                let is_own = |lease: &&Live| lease.holder == Holder::Asker;
                assert!(!refusal.conflicts.iter().any(is_own), "nobody is in his own way");
                check_free(&refusal.free, &leases, request.mode, &lanes);
                let needs_conflict =
                    !matches!(refusal.cause, Cause::Unknown { .. } | Cause::NoTree);
                assert_eq!(!refusal.conflicts.is_empty(), needs_conflict, "{:?}", refusal.cause);
                format!("{:?}", refusal.cause).split(' ').next().unwrap().to_owned()
            }
        };
        *seen.entry(key).or_default() += 1;
        look_over(&held);
    }
    let told: Vec<&str> = seen.keys().map(String::as_str).collect();
    let all = [
        "ExclusiveHeld",
        "Held",
        "Named",
        "NoTree",
        "NoneFree",
        "NotAlone",
        "Overlap",
        "Picked",
        "Renewed",
        "Unknown",
    ];
    assert_eq!(told, all, "everything came up: {seen:?}");
}

fn lanes_are_one(lanes: &Lanes, one: &str, other: &str) -> bool {
    lanes.resolve(one).map_or(one, |lane| &lane.name)
        == lanes.resolve(other).map_or(other, |lane| &lane.name)
}

/// Asks for each of the lanes that are said to be free.
fn check_free(free: &[String], leases: &[Live], mode: Mode, lanes: &Lanes) {
    for name in free {
        let request = Request { wish: Wish::Lane(name.clone()), mode, ..Request::default() };
        let evidence = Evidence { request: &request, leases, offer: None };
        let verdict = judge(&evidence, lanes);
        assert!(matches!(verdict, Verdict::Grant(_)), "{name} is free: {verdict:?}");
    }
}
