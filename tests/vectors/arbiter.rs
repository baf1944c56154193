//! Vectors of requests for lanes: which lane is given beside which leases.

use std::collections::BTreeMap;

use git_dos::lane::declared::Lanes;
use git_dos::lane::path::{Accents, Case, Spelling};
use git_dos::lane::region::{Region, Tree};
use git_dos::lane::{Mode, Taxonomy};
use git_dos::verdict::arbiter::offer::{Budget, Candidate, Offer, Work};
use git_dos::verdict::arbiter::{
    Cause, Evidence, Holder, How, Live, Request, Verdict, WhenHeld, Wish, judge,
};
use serde_json::{Value, json};

/// The recorded tool takes spellings for one path that differ in capitals.
pub(crate) const SPELLING: Spelling = Spelling { case: Case::Ignored, accents: Accents::Composed };

pub(crate) fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(crate) fn tree(value: &Value) -> Tree {
    Tree::parse(texts(value), SPELLING).unwrap()
}

pub(crate) fn taxonomy(value: &Value) -> Taxonomy {
    let entries = |key: &str| value[key].as_object().unwrap().clone().into_iter();
    Taxonomy {
        concurrent: texts(&value["concurrent"]),
        exclusive: texts(&value["exclusive"]),
        autopick: texts(&value["autopick"]),
        trees: entries("trees").map(|(lane, tree)| (lane, texts(&tree))).collect(),
        aliases: entries("aliases").map(|(alias, lane)| (alias, text(&lane))).collect(),
    }
}

/// Reads a request. A kind is the recorded tool's way to say how much of the lane's name is meant.
fn request(question: &Value) -> Request {
    let (lane, kind, tree) =
        (text(&question["lane"]), question["kind"].as_str().unwrap(), tree(&question["tree"]));
    let wish = match kind {
        _ if !tree.entries().is_empty() => Wish::Paths { name: lane, tree },
        "" | "keyword" if lane.is_empty() => Wish::Any,
        "global" if lane.is_empty() => Wish::Lane(kind.to_owned()),
        _ => Wish::Lane(lane),
    };
    let when_held = if kind == "cluster" { WhenHeld::Another } else { WhenHeld::Refuse };
    Request { wish, mode: Mode::Exclusive, when_held }
}

fn live(lease: &Value) -> Live {
    Live {
        lane: text(&lease["lane"]),
        tree: tree(&lease["tree"]),
        mode: Mode::Exclusive,
        holder: Holder::Other,
    }
}

fn offer(question: &Value) -> Option<Offer> {
    let candidate = |entry: &Value| {
        let lane = text(&entry[0]);
        let work = question["picks"][&lane].as_i64();
        let pieces = |count| Work::Pieces(usize::try_from(count).unwrap_or_default());
        Candidate {
            class: text(&entry[1]),
            tree: tree(&entry[2]),
            rank: question["ranks"][&lane].as_f64(),
            work: work.map_or(Work::Unknown, pieces),
            lane,
        }
    };
    let siblings = question["siblings"].as_array().into_iter().flatten().map(|sibling| {
        let known = question["sibling_trees"].get(sibling["lane"].as_str().unwrap())?;
        Region::parse(texts(known), SPELLING).ok()
    });
    let live = question["live"].as_array().unwrap();
    let held = |class: &str| live.iter().filter(|lease| lease["lane_kind"] == class).count();
    let budgets: BTreeMap<String, Budget> = question["class_budgets"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(class, limit)| {
            let limit = usize::try_from(limit.as_u64()?).ok()?;
            Some((class.clone(), Budget { limit, held: held(class) }))
        })
        .collect();
    let candidates = question["ladder"].as_array()?.iter().map(candidate).collect();
    Some(Offer { candidates, siblings: siblings.collect(), budgets })
}

pub(crate) fn answer(question: &Value) -> Value {
    let lanes = Lanes::new(&taxonomy(&question["taxonomy"]), SPELLING).unwrap();
    let request = request(question);
    let leases: Vec<Live> = question["live"].as_array().unwrap().iter().map(live).collect();
    let offer = offer(question);
    let evidence = Evidence { request: &request, leases: &leases, offer: offer.as_ref() };
    match judge(&evidence, &lanes) {
        Verdict::Grant(grant) => json!({
            "outcome": "acquire",
            "lane": grant.lane(),
            "tree": grant.tree().entries(),
            "auto_picked": grant.how() == How::Picked,
        }),
        Verdict::Refuse(refusal) => json!({
            "outcome": "refuse",
            "cause": cause(&refusal.cause),
            "free": refusal.free,
        }),
    }
}

fn cause(cause: &Cause) -> &'static str {
    match cause {
        Cause::ExclusiveHeld => "EXCLUSIVE_LIVE",
        Cause::NotAlone => "EXCLUSIVE_NOT_ALONE",
        Cause::Held => "SAME_LANE_HELD",
        Cause::Overlap => "OVERLAP",
        Cause::Unknown { .. } => "UNKNOWN_LANE",
        Cause::NoTree => "EMPTY_REQUEST_TREE",
        Cause::NoneFree => "ALL_HELD",
        Cause::NothingToDo => "ZERO_PICKS",
        Cause::ClassFull => "CLASS_BUDGET",
    }
}

/// Leaves of a recorded answer what is given, or why nothing is; by which rule it was given, and what the request
/// called itself, is the tool's own affair.
pub(crate) fn without_rules(mut answer: Value) -> Value {
    let mut field = |name: &str| answer[name].take();
    let outcome = field("outcome");
    if outcome == "acquire" {
        return json!({
            "outcome": outcome,
            "lane": field("lane"),
            "tree": field("tree"),
            "auto_picked": field("auto_picked"),
        });
    }
    let cause = match field("cause").as_str().unwrap() {
        "OVERLAP_EXACT" | "OVERLAP_RATIO" => "OVERLAP".to_owned(),
        "LADDER_EXHAUSTED" => "ALL_HELD".to_owned(),
        cause => cause.to_owned(),
    };
    json!({ "outcome": outcome, "cause": cause, "free": field("free_clusters") })
}
