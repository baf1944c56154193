//! Subjects of all forms, and what they say.

use crate::verdict::ship::stamp::{
    Exclusion, Mention, Message, PlanName, Policy, Question, Reader, Reading, Releases, Rung,
};

fn read_with(policy: &Policy, plan: &str, phase: &str, subject: &str, body: &str) -> Reading {
    let question = Question { plan: plan.to_owned(), phase: phase.to_owned() };
    let reader = Reader::new(&question, policy);
    let reading = reader.read(&Message { id: "0123abc", subject, body });
    let far = [Exclusion::NoPlan, Exclusion::OtherPlan].map(Reading::Excluded);
    let may_match = reader.may_match(format!("{subject}\n\n{body}").as_bytes());
    assert!(
        may_match || reading == Reading::Nothing || far.contains(&reading),
        "{subject:?} was passed over"
    );
    reading
}

fn read(plan: &str, phase: &str, subject: &str) -> Reading {
    read_with(&Policy::default(), plan, phase, subject, "")
}

fn rung(reading: Reading) -> Option<Rung> {
    reading.stamp().map(|stamp| stamp.rung)
}

#[test]
fn stamps_are_read() {
    for (phase, subject, want) in [
        ("AUTH1", "AUTH1: ship the login endpoint", Rung::Subject),
        ("AUTH1", "AUTH1", Rung::Subject),
        ("AUTH1", "AUTH1 \u{2014} login", Rung::Subject),
        ("AUTH1", "AUTH1 - login", Rung::Subject),
        ("AUTH1", "auth1, auth2: both", Rung::Subject),
        ("AUTH-7", "AUTH-7; login", Rung::Subject),
        ("AUTH-7", "AUTH-7 : login", Rung::Subject),
        ("AUTH-7", "AUTH-7. Login", Rung::Subject),
        ("AUTH-7", "AUTH-7 #2: login", Rung::Subject),
        ("AUTH-7", "AUTH-7 Add the login", Rung::Words),
        ("AUTH-7", "AUTH-7 [Java] Add the login", Rung::Subject),
        ("AUTH7", "AUTH7: revert the pin of another thing", Rung::Subject),
        ("2", "AUTH2: by number", Rung::Subject),
        ("2", "AUTH: 2 by number", Rung::Subject),
        ("AUTH2", "AUTH: Phase 2 alias", Rung::Subject),
        ("Phase 2", "AUTH: AUTH2 alias", Rung::Subject),
        ("AUTH2", "AUTH: AUTH2. A sentence follows", Rung::Subject),
        ("AUTH2", "AUTH AUTH2", Rung::Subject),
        ("P2", "AUTH P2: invoices", Rung::Subject),
        ("P2", "AUTH P2 - invoices", Rung::Subject),
        ("P2", "  src.v2/AUTH: P2 in a folder", Rung::Subject),
        ("AUTH28", "AUTH: AUTH27, AUTH28 both done", Rung::Subject),
        ("P7", "AUTH: P6+P7 merged", Rung::Subject),
        ("P7", "AUTH: P6, Phase 3, and P7: merged", Rung::Subject),
        ("P7", "AUTH: P6 & P7/P8 merged", Rung::Subject),
        ("MG3'-1", "AUTH: MG3prime-1 spelled out", Rung::Subject),
        ("AUTH4", "AUTH AUTH4 session store", Rung::Words),
        ("AUTH4", "AUTH AUTH4, AUTH5 session store", Rung::Words),
        ("AUTH19", "feat(AUTH): AUTH19 scope", Rung::Scope),
        ("P2", "fix(auth)!: P2, P3 scope", Rung::Scope),
        ("AUTH19", "feat(AUTH19): scope", Rung::Scope),
        ("P2", "feat(auth/P2): scope", Rung::Scope),
        ("02", "feat(auth-02): scope", Rung::Scope),
        ("P2", "feat(docs/AUTH): P2 scope", Rung::Scope),
        ("AUTH22", "[AUTH22] bracket", Rung::Bracket),
        ("P2", "[AUTH P2]: bracket", Rung::Bracket),
        ("P2", "[AUTH] P2 bracket", Rung::Bracket),
        ("P2", "[AUTH][P2] bracket", Rung::Bracket),
        ("P2", "feat: x (AUTH P2)", Rung::EndParens),
        ("P2", "feat: x (AUTH: P2) (#12)", Rung::EndParens),
        ("P2", "feat: x (BILL P3, AUTH P2)", Rung::EndParens),
        ("P2", "feat: x (refs docs/AUTH P2, fixes #5)", Rung::EndParens),
        ("M4", "feat: x (AUTH M3, M4)", Rung::EndParens),
        ("M4", "feat: x (AUTH M3 M4 M5)", Rung::EndParens),
        ("M3", "feat: x (AUTH M3 M4 M5)", Rung::EndParens),
        ("AUTH-7", "Add the login (AUTH-7)", Rung::EndParens),
        ("AUTH-7", "Add the login [AUTH-7] (#12)", Rung::EndParens),
        ("P2", "merge: x (BILL P1.5 / AUTH P2)", Rung::EndParens),
        ("AUTH20", "feat: AUTH20 after a type", Rung::Type),
        ("P2", "fix!: AUTH P2 after a type", Rung::Type),
        ("P2", "feat(api): AUTH P2 after another scope", Rung::Type),
        ("P2", "release(tooling): AUTH P2 - preflight facts", Rung::Type),
    ] {
        let reading = read("AUTH", phase, subject);
        assert_eq!(rung(reading), Some(want), "{phase} in {subject:?}: {reading:?}");
    }
}

#[test]
fn issues_of_trackers_are_read_behind_tags_and_others() {
    for (subject, want) in [
        ("[C++] AUTH-7: login", true),
        ("AUTH-6 AUTH-7: login", true),
        ("BILL-6: AUTH-7: login", true),
        ("AUTH-6: [C++] AUTH-7: login", true),
        ("AUTH-6, AUTH-7 (2): login", true),
        ("AUTH-6: AUTH-7 is next", false),
        ("[WIP] BILL-6: AUTH-7: login", false),
    ] {
        let reading = read("AUTH", "AUTH-7", subject);
        assert_eq!(reading.stamp().is_some(), want, "{subject:?}: {reading:?}");
    }
    assert_eq!(rung(read("AUTH", "AUTH1", "AUTH-2: AUTH1 login")), None, "AUTH-2 is the plan");
}

#[test]
fn what_only_looks_like_a_stamp_says_why() {
    use Exclusion::{
        Bookkeeping, Denied, NoPlan, OtherCommit, OtherPlan, Place, Progress, Separator,
    };
    for (phase, subject, want) in [
        ("AUTH89", "AUTH: AUTH89 NOT DONE", Denied),
        ("AUTH35", "AUTH: AUTH35 is blocked, not shipped", Denied),
        ("AUTH98", "AUTH AUTH98 discussion with legal, nothing built", Denied),
        ("AUTH9", "AUTH AUTH9 dropped, not built", Denied),
        ("AUTH6", "AUTH6: revert, broke prod", Denied),
        ("AUTH6", "AUTH6: isn't ready", Denied),
        ("AUTH6", "AUTH6: revert it", Denied),
        ("AUTH6", "AUTH6: backed out", Denied),
        ("AUTH6", "AUTH: AUTH6 login, but it was not merged", Denied),
        ("AUTH6", "AUTH: AUTH6 (not done) login", Denied),
        ("AUTH6", "AUTH7: revert AUTH6", Denied),
        ("AUTH6", "AUTH6: login works, but is not done yet", Denied),
        ("AUTH6", "AUTH: AUTH6 (reverted in a later commit)", Denied),
        ("AUTH6", "AUTH: AUTH5, AUTH6 deferred to next release", Denied),
        ("AUTH6", "AUTH: revert AUTH6", Denied),
        ("AUTH6", "revert(AUTH): AUTH6", Denied),
        ("AUTH6", "v1.2.8: revert AUTH6", Denied),
        ("AUTH6", "AUTH: AUTH6 planning notes only", Progress),
        ("AUTH6", "AUTH: AUTH6 WIP", Progress),
        ("AUTH-6", "[WIP] AUTH-6: login", Progress),
        ("AUTH6", "AUTH AUTH6 discussion with legal", Progress),
        ("AUTH6", "wip(AUTH): AUTH6 login", Progress),
        ("P2", "working-dir snapshot: x (AUTH P2)", Bookkeeping),
        ("archive", "AUTH: archive 20260530T093407Z", Bookkeeping),
        ("AUTH13", "fixup! AUTH13: squash me", OtherCommit),
        ("AUTH13", "Revert \"feat: x (AUTH AUTH13)\"", OtherCommit),
        ("AUTH13", "Merge branch 'feature' (AUTH13)", OtherCommit),
        ("AUTH13", "AUTH13 no colon after the id", Separator),
        ("AUTH-13", "AUTH-13 is what legal asked for", Separator),
        ("AUTH13", "AUTH AUTH13 is what legal asked for", Separator),
        ("AUTH13", "AUTH: start AUTH13", Place),
        ("P2", "fix the (AUTH P2) leak", Place),
        ("P2", "feat: notes (AUTH P2 audit)", Place),
        ("Phase 2", "Phase 2: bootstrap database", NoPlan),
        ("56", "56: bare number", NoPlan),
        ("P2", "BILL: P2 of another plan", OtherPlan),
    ] {
        assert_eq!(read("AUTH", phase, subject), Reading::Excluded(want), "{phase} in {subject:?}");
    }
}

#[test]
fn words_of_denial_may_be_what_a_phase_is_about() {
    for subject in [
        "AUTH: AUTH5 do not crash on empty input",
        "AUTH: AUTH5 warn when a migration is not done",
        "AUTH: AUTH5 pending invoices list",
        "AUTH: AUTH5 deferred rendering",
        "AUTH: AUTH5 - not found page",
        "AUTH: AUTH5 show blocked users",
        "AUTH: AUTH5 planning board",
        "AUTH: AUTH5 no duplicate rows",
        "AUTH: AUTH5 TODO stub",
        "AUTH: AUTH5 improve the error if a module (a or b) is not built",
        "AUTH: AUTH5 renamed the store, and dropped columns",
        "AUTH5: revert to the stable allocator",
        "AUTH5: roll back changes to the test",
        "AUTH5: show the 'not ready' message",
    ] {
        assert!(read("AUTH", "AUTH5", subject).stamp().is_some(), "{subject:?}");
    }
}

#[test]
fn longer_ids_are_other_ids() {
    for subject in [
        "AUTH: AUTH46_x underscore",
        "AUTH: AUTH46\u{e9} accent",
        "AUTH: AUTH46e\u{301} combined",
        "AUTH: AUTH46b letter",
        "AUTH: AUTH46.1 part",
        "AUTH: AUTH46-cli part",
        "AUTH: AUTH460 digit",
        "REAUTH: AUTH46",
        "AUTH: XAUTH46",
    ] {
        let reading = read("AUTH", "AUTH46", subject);
        assert!(reading.stamp().is_none(), "{subject:?}: {reading:?}");
    }
    assert_eq!(read("AUTH", "MG3", "AUTH: MG3'-1 prime"), Reading::Nothing, "another phase");
}

#[test]
fn a_phase_names_its_plan_when_it_begins_with_it() {
    for (plan, phase, subject, want) in [
        ("GH", "GH-43", "GH-43: tracker id", true),
        ("#42", "#42", "#42: tracker id", true),
        ("AUTH", "AUTHOR1", "AUTHOR1: x", false),
        ("M1", "M10", "M10: x", false),
        ("M1", "M1.2", "M1.2: x", true),
        ("AUTH", "P2", "P2: x", false),
        ("b", "P1", "a/b: P1 plan behind a folder", true),
    ] {
        assert_eq!(
            read(plan, phase, subject).stamp().is_some(),
            want,
            "{plan} {phase}: {subject:?}"
        );
    }
}

#[test]
fn plans_and_phases_may_be_called_as_bookkeeping_is() {
    for (plan, phase, subject) in [
        ("snapshot", "S1", "snapshot: S1 restore works"),
        ("AUTH", "AUTH3", "AUTH AUTH3 snapshot: nightly"),
        ("PART", "archive", "PART: archive 20240101 partition drop is phase PART1"),
    ] {
        assert!(read(plan, phase, subject).stamp().is_some(), "{subject:?}");
    }
    let policy = Policy { bookkeeping_prefixes: vec!["PLAN:".to_owned()], ..Policy::default() };
    let reading = read_with(&policy, "PLAN", "P1", "plan: P1 soft claim", "");
    assert_eq!(reading, Reading::Excluded(Exclusion::Bookkeeping), "a declared prefix binds all");
}

#[test]
fn trailers_are_the_last_paragraph() {
    let both = "Text.\n\nPlan: AUTH\nPhase: AUTH14\n";
    for (body, want) in [
        ("Ships: AUTH AUTH14\n", true),
        ("ships: auth: AUTH13, AUTH14\nSigned-off-by: A <a@b>\n", true),
        ("Ships: AUTH14 \u{2014} the login\n", true),
        ("Ships: AUTH AUTH13\nShips: AUTH AUTH14\n", true),
        ("Ships: AUTH\n AUTH14\n", true),
        (both, true),
        ("Phase: AUTH14\nPlan: AUTH\n", true),
        ("Plan: BILL\nPhase: AUTH14\n", false),
        ("Plan: AUTH\nPhase: 1\nPlan: BILL\nPhase: AUTH14\n", false),
        ("Ships: AUTH AUTH14\n\nMore text.\n", false),
        ("Ships: AUTH AUTH14\nmore text without a colon\n", false),
        ("words\nwords\nShips: AUTH AUTH14\nSigned-off-by: A <a@b>\n", true),
        ("Ships: AUTH AUTH14 of course\n", false),
        ("Ships: BILL AUTH140\n", false),
    ] {
        let reading = read_with(&Policy::default(), "AUTH", "AUTH14", "feat: x", body);
        assert_eq!(rung(reading) == Some(Rung::Trailer), want, "{body:?}: {reading:?}");
    }
}

#[test]
fn the_number_of_a_plan_stands_for_it_in_parentheses() {
    let subject = "feat: x (docs/286 Phase 3)";
    let named = |plan| read(plan, "Phase 3", subject).stamp().map(|stamp| stamp.plan);
    assert_eq!(named("docs/286_wheels"), Some(PlanName::Number));
    assert_eq!(named("docs/286"), Some(PlanName::Whole));
    assert_eq!(named("286"), Some(PlanName::Whole), "the folder is no part of this id");
    assert_eq!(named("docs/28_wheels"), None);
    let label = read("docs/286_wheels", "Phase 3", "docs/286: Phase 3");
    assert_eq!(label.stamp(), None, "not at the start of a subject");
}

#[test]
fn releases_mention_and_ship_when_told_to() {
    let ship = Policy { releases: Releases::Ship, ..Policy::default() };
    for (phase, subject, body, want) in [
        ("AUTH2", "v1.2.3: AUTH1 login + AUTH2 logout", "", Some(Mention::ReleaseLine)),
        ("P2", "v1.2.3: AUTH P2 done", "", Some(Mention::ReleaseLine)),
        ("P2", "v1.2.3: BILL P2 done", "", None),
        ("2", "v1.2.3: bump 2 deps", "", None),
        ("AUTH2", "v1.2.3: spring", "- AUTH1\n- AUTH2: x\n", Some(Mention::ReleaseBody)),
        ("AUTH2", "v1.2.3: spring", "AUTH2 was dropped from this release\n", None),
        ("AUTH2", "v1.2: two parts", "AUTH2\n", Some(Mention::Message)),
        ("AUTH2", "chore: x", "AUTH: AUTH2 in a body\n", Some(Mention::Message)),
    ] {
        let reading = read_with(&Policy::default(), "AUTH", phase, subject, body);
        let mention = want.map(Reading::Mention);
        assert!(
            mention == Some(reading) || want.is_none() && reading.stamp().is_none(),
            "{subject:?}: {reading:?}"
        );
        let is_release = want.is_some_and(|mention| mention < Mention::Message);
        let stamp = read_with(&ship, "AUTH", phase, subject, body).stamp();
        assert_eq!(stamp.is_some(), is_release, "{subject:?} when releases ship");
    }
}

#[test]
fn declared_forms_are_read() {
    let text = |text: &str| vec![text.to_owned()];
    let folders = Policy { subject_dirs: text("docs"), ..Policy::default() };
    let markers = Policy { progress_markers: text("audit"), ..Policy::default() };
    let parents = Policy { sub_phase_parent_fallback: true, ..Policy::default() };
    let bundles = Policy { summary_bundle_prefixes: text("docs/AUTH:"), ..Policy::default() };
    let leaves = Policy { issue_leaf_stamp: true, ..Policy::default() };
    let closed = Policy { trailer_stamp: false, ..Policy::default() };
    for (policy, phase, subject, want) in [
        (&folders, "AUTH2", "docs/AUTH: AUTH2 x", true),
        (&folders, "AUTH2", "docs/AUTH2: x", true),
        (&folders, "AUTH2", "src/AUTH: AUTH2 x", false),
        (&folders, "AUTH2", "AUTH2: x", false),
        (&markers, "AUTH2", "AUTH: AUTH2 audit of x", false),
        (&markers, "AUTH2", "AUTH: AUTH2: audit", true),
        (&markers, "AUTH2", "AUTH2: audit", true),
        (&parents, "AUTH2-retry-path", "AUTH: AUTH2 \u{2014} retry path", true),
        (&parents, "AUTH2-up", "AUTH: AUTH2 \u{2014} uplink", false),
        (&parents, "AUTH2-retry", "AUTH2: retry", false),
        (&bundles, "dropbox_zero_apply", "docs/AUTH: Dropbox zero-apply picker", true),
        (&bundles, "zero_app", "docs/AUTH: Dropbox zero-apply picker", false),
        (&bundles, "a", "docs/AUTH: a b", true),
        (&leaves, "2911", "feat(x): x (#2911) (fak AUTH)", true),
        (&leaves, "291", "feat(x): x (#2911) (fak AUTH)", false),
        (&closed, "P2", "feat: x (AUTH P2)", false),
    ] {
        let reading = read_with(policy, "AUTH", phase, subject, "");
        assert_eq!(reading.stamp().is_some(), want, "{phase} in {subject:?}: {reading:?}");
    }
    let reading = read_with(&folders, "AUTH", "AUTH2", "src/AUTH: AUTH2 x", "");
    assert_eq!(reading, Reading::Excluded(Exclusion::Folder), "the miss is told");
}

#[test]
fn nothing_is_found_for_nothing() {
    for (plan, phase) in [("", "P1"), ("AUTH", ""), ("AUTH", " "), ("\t", "P1")] {
        assert_eq!(read(plan, phase, "AUTH: P1  "), Reading::Nothing, "{plan:?} {phase:?}");
    }
}

#[test]
fn long_subjects_take_no_longer_than_they_are() {
    for part in ["(", "AUTH 1, ", "v1.2.3: AUTH ", "[AUTH", "not ", "(AUTH P1, "] {
        let subject = part.repeat(10_000);
        let _ = read("AUTH", "P2", &subject);
    }
}
