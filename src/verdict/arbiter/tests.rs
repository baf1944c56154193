//! The rules of the arbiter, one table each.

use std::collections::BTreeMap;

use super::offer::{Budget, Candidate, Offer, Work};
use super::{Evidence, Holder, Live, Refusal, Request, Verdict, WhenHeld, Wish, judge};
use crate::lane::declared::Lanes;
use crate::lane::path::Spelling;
use crate::lane::region::Tree;
use crate::lane::{Mode, Taxonomy};

fn tree(entries: &str) -> Tree {
    Tree::parse(entries.split_whitespace(), Spelling::default()).unwrap()
}

fn lanes() -> Lanes {
    let names = |names: &str| names.split_whitespace().map(str::to_owned).collect();
    let trees = [
        ("api", "src/api/**"),
        ("Web", "src/web/** docs/UI-*"),
        ("docs", "docs/**"),
        ("release", "**/VERSION"),
    ];
    let taxonomy = Taxonomy {
        concurrent: names("api Web docs ghost"),
        exclusive: names("release"),
        autopick: names("api Web ghost"),
        trees: trees.map(|(lane, entries)| (lane.to_owned(), names(entries))).into(),
        aliases: [("ui", "Web"), ("ship", "release"), ("lost", "gone")]
            .map(|(alias, lane)| (alias.to_owned(), lane.to_owned()))
            .into(),
    };
    Lanes::new(&taxonomy, Spelling::default()).unwrap()
}

/// Reads a lease from `lane entries`, with `~` before a shared one and `me:` before one's own.
fn live(text: &str) -> Live {
    let (holder, text) =
        text.strip_prefix("me:").map_or((Holder::Other, text), |text| (Holder::Asker, text));
    let (mode, text) =
        text.strip_prefix('~').map_or((Mode::Exclusive, text), |text| (Mode::Shared, text));
    let (lane, entries) = text.split_once(' ').unwrap_or((text, ""));
    Live { lane: lane.to_owned(), tree: tree(entries), mode, holder }
}

/// Reads a request from `lane entries`, with `~` before a shared one and `|` before one that takes another.
fn request(text: &str) -> Request {
    let (mode, text) =
        text.strip_prefix('~').map_or((Mode::Exclusive, text), |text| (Mode::Shared, text));
    let (when_held, text) =
        text.strip_prefix('|').map_or((WhenHeld::Refuse, text), |text| (WhenHeld::Another, text));
    let wish = match text.split_once(' ') {
        _ if text.is_empty() => Wish::Any,
        None => Wish::Lane(text.to_owned()),
        Some((name, entries)) => Wish::Paths { name: name.to_owned(), tree: tree(entries) },
    };
    Request { wish, mode, when_held }
}

fn told(verdict: &Verdict<'_>) -> String {
    match verdict {
        Verdict::Grant(grant) => format!(
            "{:?} {} {} {}",
            grant.how(),
            grant.kind().name(),
            grant.lane(),
            grant.tree().entries().join(" ")
        ),
        Verdict::Refuse(Refusal { cause, conflicts, free }) => {
            let lanes: Vec<&str> = conflicts.iter().map(|lease| lease.lane.as_str()).collect();
            let cause = format!("{cause:?}");
            let cause = cause.split(' ').next().unwrap_or_default();
            format!("{cause} by {} free {}", lanes.join(" "), free.join(" "))
        }
    }
}

fn check(rows: &[(&str, &[&str], &str)]) {
    for (asked, held, want) in rows {
        let leases: Vec<Live> = held.iter().map(|text| live(text)).collect();
        let request = request(asked);
        let evidence = Evidence { request: &request, leases: &leases, offer: None };
        assert_eq!(told(&judge(&evidence, &lanes())), *want, "{asked:?} beside {held:?}");
    }
}

#[test]
fn a_name_is_granted_where_it_is_free() {
    check(&[
        ("docs", &[], "Named concurrent docs docs/**"),
        ("DOCS", &[], "Named concurrent docs docs/**"),
        ("ui", &[], "Named concurrent Web src/web/** docs/UI-*"),
        ("docs", &["api src/api/**"], "Named concurrent docs docs/**"),
        ("nope", &[], "Unknown by  free api Web"),
        ("|nope", &[], "Unknown by  free api Web"),
        ("lost", &[], "Unknown by  free api Web"),
        (" ", &[], "Unknown by  free api Web"),
        ("ghost", &[], "NoTree by  free api Web"),
        ("api", &["API src/api/**"], "Held by API free Web"),
        ("ui", &["Web src/web/**"], "Held by Web free api"),
        ("Web", &["ui src/web/**"], "Held by ui free api"),
        ("|api", &["api src/api/**"], "Picked concurrent Web src/web/** docs/UI-*"),
        ("|api", &["api src/api/**", "all **"], "NoneFree by api all free "),
        ("|api", &["x src/api/f"], "Overlap by x free Web"),
        ("nope", &["nope x"], "Held by nope free api Web"),
    ]);
}

#[test]
fn no_path_is_held_by_two_unless_both_say_so() {
    check(&[
        ("api", &["x src/api/deep/f.rs"], "Overlap by x free Web"),
        ("api", &["x src/api2/**"], "Named concurrent api src/api/**"),
        ("api", &["x src/**", "y **", "z docs/**"], "Overlap by x y free "),
        ("docs", &["Web docs/UI-*"], "Overlap by Web free api"),
        ("~api", &["~x src/**"], "Named concurrent api src/api/**"),
        ("~api", &["x src/**"], "Overlap by x free "),
        ("api", &["~x src/**"], "Overlap by x free "),
        ("~api", &["~api src/api/**"], "Named concurrent api src/api/**"),
        ("api", &["~api src/api/**"], "Held by api free Web"),
    ]);
}

#[test]
fn paths_are_granted_under_a_name() {
    check(&[
        ("mine src/x tests/**", &["api src/api/**"], "Named paths mine src/x tests/**"),
        ("mine src/api/f", &["api src/api/**"], "Overlap by api free Web"),
        ("api src/api/f", &[], "Named concurrent api src/api/f"),
        ("release VERSION", &["api src/api/**"], "NotAlone by api free Web"),
        ("mine x", &["mine y"], "Held by mine free api Web"),
    ]);
}

#[test]
fn a_lane_that_is_held_alone_is_so_by_its_name() {
    check(&[
        ("release", &[], "Named exclusive release **/VERSION"),
        ("ship", &[], "Named exclusive release **/VERSION"),
        ("release", &["mine x"], "NotAlone by mine free api Web"),
        ("~release", &["~mine x"], "NotAlone by mine free api Web"),
        ("docs", &["release x"], "ExclusiveHeld by release free "),
        ("~docs", &["~RELEASE x"], "ExclusiveHeld by RELEASE free "),
        ("docs", &["ship x"], "ExclusiveHeld by ship free "),
        ("mine x", &["release y"], "ExclusiveHeld by release free "),
        ("", &["release y"], "ExclusiveHeld by release free "),
        ("release", &["me:mine x"], "Named exclusive release **/VERSION"),
    ]);
}

#[test]
fn what_one_holds_is_renewed() {
    check(&[
        ("api", &["me:api src/api/**"], "Renewed concurrent api src/api/**"),
        ("api", &["me:api src/api/**", "release x"], "Renewed concurrent api src/api/**"),
        ("api", &["me:api old/**"], "Renewed concurrent api src/api/**"),
        ("api", &["me:api old/**", "x src/api/f"], "Overlap by x free Web"),
        ("~api", &["me:api src/api/**"], "Renewed concurrent api src/api/**"),
        ("api", &["me:~api src/api/**", "~x src/**"], "Overlap by x free "),
        ("mine", &["me:mine x/**"], "Renewed paths mine x/**"),
        ("mine x/** y/**", &["me:mine x/**"], "Renewed paths mine x/** y/**"),
        ("docs", &["me:Web docs/UI-*"], "Named concurrent docs docs/**"),
        ("", &["api src/api/**", "me:mine x/**"], "Renewed paths mine x/**"),
        ("~", &["me:mine x/**"], "Picked concurrent api src/api/**"),
        ("release", &["me:release x", "mine y"], "NotAlone by mine free api Web"),
    ]);
}

#[test]
fn who_names_nothing_gets_the_first_free_lane() {
    check(&[
        ("", &[], "Picked concurrent api src/api/**"),
        ("", &["API src/api/**"], "Picked concurrent Web src/web/** docs/UI-*"),
        ("", &["WEB src/web/**"], "Picked concurrent api src/api/**"),
        ("", &["api src/api/**", "x docs/UI-1"], "NoneFree by api x free "),
    ]);
}

fn offer(text: &str) -> Offer {
    let candidates = text.split(", ").map(|text| {
        let mut words = text.split(' ');
        let mut next = || words.next().unwrap_or_default();
        let (lane, class, entry) = (next(), next(), next());
        let (rank, work) =
            (next().parse().ok(), next().parse().map_or(Work::Unknown, Work::Pieces));
        let tree = tree(entry);
        Candidate { lane: lane.to_owned(), class: class.to_owned(), tree, rank, work }
    });
    Offer { candidates: candidates.collect(), ..Offer::default() }
}

#[test]
fn an_offer_is_walked_by_rank_and_room() {
    let two = "a one a/**, b two b/**";
    let budget =
        |class: &str, limit, held| BTreeMap::from([(class.to_owned(), Budget { limit, held })]);
    let none = BTreeMap::new();
    for (offered, budgets, held, want) in [
        (two, &none, "x y", "Picked paths a a/**"),
        (two, &none, "A y", "Picked paths b b/**"),
        (two, &none, "x a/f", "Picked paths b b/**"),
        (two, &none, "x **", "NoneFree by x free "),
        ("api one , b two b/**", &none, "x y", "Picked paths b b/**"),
        ("Web one w/**", &none, "x y", "Picked concurrent Web w/**"),
        ("a one a/** 1, b two b/** 2", &none, "x y", "Picked paths b b/**"),
        ("a one a/**, b two b/** -1", &none, "x y", "Picked paths b b/**"),
        ("a one a/** 1, b two b/** 1", &none, "x y", "Picked paths a a/**"),
        ("a one a/** 2 0, b two b/** 1 1", &none, "x y", "Picked paths b b/**"),
        ("a one a/** 2 0, b two b/** 1 0", &none, "x y", "NothingToDo by x free api Web"),
        (two, &budget("one", 0, 0), "x y", "Picked paths b b/**"),
        (two, &budget("one", 2, 1), "x y", "Picked paths a a/**"),
        ("a one a/**", &budget("one", 1, 1), "x y", "ClassFull by x free api Web"),
        ("a one a/**, b two b/**", &budget("one", 1, 1), "x b/f", "ClassFull by x free api Web"),
    ] {
        let offer = Offer { budgets: budgets.clone(), ..offer(offered) };
        let leases = [live(held)];
        let evidence =
            Evidence { request: &Request::default(), leases: &leases, offer: Some(&offer) };
        assert_eq!(told(&judge(&evidence, &lanes())), want, "{offered} beside {held}");
    }
}

#[test]
fn a_class_that_may_hold_no_lane_is_given_none() {
    let ask = |limit: Option<usize>| {
        let budgets = limit.map(|limit| ("one".to_owned(), Budget { limit, held: 0 }));
        let offer = Offer { budgets: budgets.into_iter().collect(), ..offer("a one a/**") };
        let request = Request::default();
        let evidence = Evidence { request: &request, leases: &[], offer: Some(&offer) };
        told(&judge(&evidence, &lanes()))
    };
    assert_eq!(ask(Some(0)), "ClassFull by  free api Web", "nothing is not without end");
    assert_eq!(ask(Some(1)), "Picked paths a a/**");
    assert_eq!(ask(None), "Picked paths a a/**", "a class without a limit");
}

#[test]
fn siblings_are_kept_apart_where_that_can_be() {
    let region = |entries: &str| Some(tree(entries).region().clone());
    for (siblings, want) in [
        (vec![], "a"),
        (vec![region("a/f")], "b"),
        (vec![region("a/f"), region("b/f")], "a"),
        (vec![region("a/f"), None], "a"),
        (vec![region("")], "a"),
    ] {
        let offer = Offer { siblings, ..offer("a one a/**, b two b/**") };
        let evidence = Evidence { request: &Request::default(), leases: &[], offer: Some(&offer) };
        let Verdict::Grant(grant) = judge(&evidence, &lanes()) else { panic!("nothing is held") };
        assert_eq!(grant.lane(), want, "{:?}", offer.siblings);
    }
}
