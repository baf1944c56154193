//! The whole table: who asks, who holds, in which mode, and what is done.

use super::footprint::{Deed, Footprint, Touch};
use super::{Evidence, Ground, Held, Verdict, judge};
use crate::lane::Mode;
use crate::lane::path::{Path, Spelling};
use crate::lane::region::Region;
use crate::verdict::arbiter::Holder;

fn held(lane: &str, entry: &str, mode: Mode, holder: Holder) -> Held {
    let region = Region::parse([entry], Spelling::default()).unwrap();
    Held { lane: lane.to_owned(), region, mode, holder }
}

fn footprint(touches: &[(&str, Deed)]) -> Footprint {
    let touches = touches.iter().map(|(path, deed)| Touch {
        path: Path::new(path, Spelling::default()).unwrap(),
        deed: *deed,
    });
    Footprint { touches: touches.collect(), is_whole: true }
}

fn answer(footprint: &Footprint, leases: &[Held]) -> String {
    match judge(&Evidence { footprint, leases }) {
        Verdict::Pass(Ground::WritesNothing) => "nothing".to_owned(),
        Verdict::Pass(Ground::Free) => "free".to_owned(),
        Verdict::Pass(Ground::NotUnderstood) => "unknown".to_owned(),
        Verdict::Deny { lease, path } => format!("{} {}", lease.lane, path.as_str()),
    }
}

#[test]
fn one_path_in_anothers_region_is_enough() {
    let leases = [
        held("api", "src/api/**", Mode::Exclusive, Holder::Other),
        held("web", "app/**", Mode::Exclusive, Holder::Asker),
    ];
    for (touches, want) in [
        (&[("src/api/f.rs", Deed::Written)][..], "api src/api/f.rs"),
        (&[("src/api/f.rs", Deed::Read)], "nothing"),
        (&[("app/f.ts", Deed::Written)], "free"),
        (&[("docs/a.md", Deed::Written)], "free"),
        (&[("src", Deed::Written)], "free"),
        (&[("src", Deed::WrittenBelow)], "api src"),
        (&[("", Deed::WrittenBelow)], "api "),
        (&[("", Deed::Written)], "free"),
        (
            &[("a", Deed::Written), ("b", Deed::Written), ("src/api/x", Deed::Written)],
            "api src/api/x",
        ),
        (&[], "nothing"),
    ] {
        assert_eq!(answer(&footprint(touches), &leases), want, "{touches:?}");
    }
    let mut partly = footprint(&[("docs/a.md", Deed::Written)]);
    partly.is_whole = false;
    assert_eq!(answer(&partly, &leases), "unknown", "what is not understood passes");
    let mut partly = footprint(&[("src/api/a", Deed::Written)]);
    partly.is_whole = false;
    assert_eq!(answer(&partly, &leases), "api src/api/a", "what is understood counts");
}

#[test]
fn both_are_in_one_place_when_both_say_so() {
    let touched = footprint(&[("src/f.rs", Deed::Written)]);
    let other = |mode| held("theirs", "src/**", mode, Holder::Other);
    let own = |mode| held("mine", "src/**", mode, Holder::Asker);
    for (leases, want) in [
        (vec![other(Mode::Shared), own(Mode::Shared)], "free"),
        (vec![other(Mode::Shared), own(Mode::Exclusive)], "theirs src/f.rs"),
        (vec![other(Mode::Exclusive), own(Mode::Shared)], "theirs src/f.rs"),
        (vec![other(Mode::Shared)], "theirs src/f.rs"),
        (vec![own(Mode::Exclusive)], "free"),
    ] {
        assert_eq!(answer(&touched, &leases), want, "{leases:?}");
    }
}
