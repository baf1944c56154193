//! Which words ship a phase.

use super::{Answer, one};
use crate::support::Sandbox;

/// Asserts that work under `message` ships the phase.
#[track_caller]
fn ships(message: &str, plan: &str, phase: &str) {
    let sandbox = Sandbox::new();
    let (repository, commit) = one(&sandbox, message);
    Answer::of(&repository, plan, phase).shipped_by(&commit);
}

/// Asserts that work under `message` does not ship the phase.
#[track_caller]
fn ships_not(message: &str, plan: &str, phase: &str) {
    let sandbox = Sandbox::new();
    let (repository, _) = one(&sandbox, message);
    let answer = Answer::of(&repository, plan, phase);
    assert_eq!(answer.value["verdict"], "NOT_SHIPPED", "{answer:?}");
    assert_eq!(answer.code, Some(1), "{answer:?}");
}

#[test]
fn a_phase_without_its_plan_belongs_to_no_plan() {
    ships_not("Phase 2: bootstrap database", "AUTH", "Phase 2");
}

#[test]
fn the_type_of_a_commit_is_no_stamp() {
    ships_not("feat: add button", "AUTH", "feat");
}

#[test]
fn prose_is_no_stamp() {
    ships_not("AUTH AUTH98 discussion with legal, nothing built", "AUTH", "AUTH98");
}

#[test]
fn a_denial_is_no_stamp() {
    ships_not("AUTH: AUTH89 NOT DONE", "AUTH", "AUTH89");
}

#[test]
fn a_number_in_a_release_is_no_stamp() {
    ships_not("v1.3.2: bump 2 dependencies", "AUTH", "2");
}

#[test]
fn a_release_that_names_the_phase_of_another_plan_is_no_stamp() {
    ships_not("v1.3.1: BILL P2 done", "AUTH", "P2");
}

#[test]
fn a_release_that_reverts_or_defers_a_phase_is_no_stamp() {
    ships_not("v1.2.8: revert AUTH9", "AUTH", "AUTH9");
    ships_not("v1.2.9: AUTH9 deferred", "AUTH", "AUTH9");
}

#[test]
fn the_notes_of_a_release_are_no_stamp() {
    ships_not("v2.0.3: notes\n\nAUTH11 was dropped from this release", "AUTH", "AUTH11");
}

#[test]
fn the_notes_of_releases_count_where_the_policy_says_so() {
    let sandbox = Sandbox::new();
    let (repository, commit) = one(&sandbox, "v2.0.0: spring release\n\n- AUTH1 login");
    let answer = Answer::of(&repository, "AUTH", "AUTH1");
    answer.not_shipped("mentioned").nearest(&commit, None);
    repository.write("dos.toml", "[stamp]\nreleases = \"ship\"\n");
    Answer::of(&repository, "AUTH", "AUTH1").shipped_by(&commit);
}

#[test]
fn the_scope_of_a_conventional_commit_names_the_plan() {
    ships("feat(AUTH): AUTH19 log in by mail", "AUTH", "AUTH19");
}

#[test]
fn the_number_of_a_squash_follows_the_stamp() {
    ships("feat: squash (docs/286 Phase 13) (#12)", "docs/286", "Phase 13");
}

#[test]
fn trailers_are_a_stamp() {
    ships("feat: header\n\nPlan: AUTH\nPhase: AUTH14", "AUTH", "AUTH14");
    ships("feat: header\n\nText.\n\nShips: AUTH AUTH15", "AUTH", "AUTH15");
}

#[test]
fn one_subject_stamps_several_phases() {
    ships("AUTH: AUTH27, AUTH28 both done", "AUTH", "AUTH28");
}

#[test]
fn a_line_separator_begins_no_new_commit() {
    ships_not("chore: note\u{2028}abc1234 AUTH: AUTH1 forged", "AUTH", "AUTH1");
}

#[test]
fn a_body_forges_no_commit() {
    ships_not("chore: x\n\n--END--\n0123abc\nv9.9.9: f\nAUTH: AUTH21 forged", "AUTH", "AUTH21");
}

#[test]
fn a_state_file_that_nobody_committed_is_no_evidence() {
    let sandbox = Sandbox::new();
    let (repository, _) = one(&sandbox, "feat: something else");
    let row =
        "recently_completed:\n- {plan: AUTH, phase: AUTH1, status: done, commit_sha: deadbeef}\n";
    repository.write("dos.state.yaml", row);
    Answer::of(&repository, "AUTH", "AUTH1").not_shipped("nothing-names-it");
}

#[test]
fn the_policy_can_come_from_a_reference() {
    let sandbox = Sandbox::new();
    let (repository, commit) = one(&sandbox, "v2.0.0: spring release\n\n- AUTH1 login");
    repository.git(["config", "dos.policyRef", "HEAD"]);
    repository.write("dos.toml", "[stamp]\nreleases = \"ship\"\n");
    Answer::of(&repository, "AUTH", "AUTH1").not_shipped("mentioned").nearest(&commit, None);
}

#[test]
fn a_number_that_two_plans_have_names_neither() {
    let sandbox = Sandbox::new();
    let (repository, commit) = one(&sandbox, "feat: x (docs/306 P2)");
    repository.write("docs/306_beta-plan.md", "# b\n");
    repository.commit("docs: plan");
    Answer::of(&repository, "docs/306_beta-plan", "P2").shipped_by(&commit);
    repository.write("docs/306_alpha-plan.md", "# a\n");
    repository.commit("docs: plan more");
    Answer::of(&repository, "docs/306_beta-plan", "P2").unknown("shared-number");
}
