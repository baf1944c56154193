//! Every rule alone, and the permit that is left when none speaks.

use std::time::Duration;

use gix::ObjectId;

use super::{
    Boundary, Caller, Evidence, Head, Holder, Policy, Refusal, Replaced, Signing, Verdict, judge,
};

fn id(digit: char) -> ObjectId {
    ObjectId::from_hex(digit.to_string().repeat(40).as_bytes()).unwrap()
}

fn replaced(digit: char, parent: char) -> Replaced {
    Replaced {
        id: id(digit),
        parents: vec![id(parent)],
        boundary: None,
        is_ours: true,
        is_foreign_text: false,
        loses_notes: false,
        outside: None,
    }
}

fn sound() -> Evidence {
    Evidence {
        caller: Caller::PostCommit,
        head: Head::Branch("refs/heads/main".to_owned()),
        operation: None,
        replaced: vec![replaced('2', '1'), replaced('3', '2')],
        holders: vec![],
        signing: Signing::NotAsked,
        overlap: None,
        outside: None,
        index: None,
        pinned_by_superproject: false,
        run_starts: 0,
        count: 50,
        age: Duration::from_secs(86_400),
        lanes: [None, None],
        cause: "soak".to_owned(),
    }
}

/// A change to sound evidence that makes one rule speak.
type Fault = fn(&mut Evidence);

/// Every rule with the one change to sound evidence that makes it speak.
fn table() -> Vec<(u8, &'static str, Fault)> {
    vec![
        (1, "no-prior", |evidence| evidence.replaced.clear()),
        (1, "no-prior", |evidence| evidence.head = Head::Unborn),
        (2, "detached-head", |evidence| evidence.head = Head::Detached),
        (3, "operation-in-progress", |evidence| evidence.operation = Some("rebase".to_owned())),
        (4, "not-one-parent", |evidence| evidence.replaced[0].parents.clear()),
        (4, "not-one-parent", |evidence| evidence.replaced[1].parents.push(id('9'))),
        (5, "shallow-boundary", |evidence| {
            evidence.replaced[0].boundary = Some(Boundary::Shallow);
        }),
        (5, "graft", |evidence| evidence.replaced[0].boundary = Some(Boundary::Graft)),
        (5, "replaced-object", |evidence| {
            evidence.replaced[1].boundary = Some(Boundary::Replacement);
        }),
        (6, "published", |evidence| evidence.holders.push(Holder::Remote("origin".to_owned()))),
        (7, "held-elsewhere", |evidence| evidence.holders.push(Holder::Local("tag".to_owned()))),
        (8, "not-ours", |evidence| evidence.replaced[0].is_ours = false),
        (9, "cannot-sign", |evidence| evidence.signing = Signing::Impossible("no key".to_owned())),
        (9, "foreign-encoding", |evidence| evidence.replaced[0].is_foreign_text = true),
        (10, "notes-would-be-lost", |evidence| evidence.replaced[0].loses_notes = true),
        (11, "outside-roots", |evidence| evidence.replaced[0].outside = Some("src/a".into())),
        (11, "outside-roots", |evidence| evidence.outside = Some("src/a".into())),
        (12, "record-overwritten", |evidence| evidence.overlap = Some("docs/a".into())),
        (13, "index-needs-git", |evidence| evidence.index = Some("conflicts".to_owned())),
        (14, "inside-a-hook", |evidence| evidence.caller = Caller::InsideHook),
        (15, "recorded-by-superproject", |evidence| evidence.pinned_by_superproject = true),
        (16, "start-of-a-run", |evidence| evidence.run_starts = 1),
        (17, "too-many-runs", |evidence| evidence.count = 51),
        (17, "too-old", |evidence| evidence.age += Duration::from_secs(1)),
        (17, "lane-changed", |evidence| evidence.lanes[0] = Some("TM".to_owned())),
        (18, "unusable-cause", |evidence| evidence.cause = "a b".to_owned()),
    ]
}

#[test]
fn each_rule_refuses_alone() {
    let policy = Policy { fold_run_starts: false, ..Policy::default() };
    let table = table();
    for (rule, token, spoil) in &table {
        let mut evidence = sound();
        spoil(&mut evidence);
        let Verdict::Refused(refusals) = judge(&evidence, &policy) else {
            panic!("R{rule} {token} did not speak")
        };
        let got: Vec<_> =
            refusals.iter().map(|refusal| (refusal.rule(), refusal.token())).collect();
        assert_eq!(got, [(*rule, *token)], "one fault, one reason");
    }
    let rules: std::collections::BTreeSet<u8> = table.iter().map(|(rule, ..)| *rule).collect();
    assert_eq!(rules, (1..=18).collect(), "no rule is left out");
}

#[test]
fn several_faults_are_all_named_in_order() {
    let mut evidence = sound();
    evidence.cause = "A".to_owned();
    evidence.head = Head::Detached;
    evidence.holders.push(Holder::Local("refs/tags/a".to_owned()));
    let Verdict::Refused(refusals) = judge(&evidence, &Policy::default()) else { panic!() };
    let want = [Refusal::Detached, Refusal::Held("refs/tags/a".to_owned()), Refusal::Cause];
    assert_eq!(refusals, want, "by rule");
}

#[test]
fn the_permit_says_what_may_move() {
    for signing in [Signing::NotAsked, Signing::Ready] {
        let evidence = Evidence { signing: signing.clone(), ..sound() };
        let Verdict::Permitted(permit) = judge(&evidence, &Policy::default()) else { panic!() };
        assert_eq!(permit.branch(), "refs/heads/main", "the branch");
        assert_eq!(permit.replaced(), [id('2'), id('3')], "oldest first");
        assert_eq!((permit.tip(), permit.parents()), (id('3'), &[id('1')][..]), "from and onto");
        assert_eq!(permit.is_signed(), signing == Signing::Ready, "the signature");
    }
    let evidence = Evidence { run_starts: 2, ..sound() };
    let verdict = judge(&evidence, &Policy::default());
    assert!(matches!(verdict, Verdict::Permitted(_)), "the map leads on from a run's start");
}
