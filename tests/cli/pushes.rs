//! The audit of a push, where the deadline and the length of the history matter.

use std::path::Path;
use std::time::{Duration, Instant};

use git_dos::evidence::repository::{self, Environment};
use git_dos::ops::push::{self, Offer};

use crate::support::{GIT_DOS, Sandbox};

#[test]
fn a_deadline_ends_the_audit_and_is_counted() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.forge(5);
    let opened = repository::open(&repository.path, Environment::Ignored).unwrap();
    let head = opened.head_id().unwrap().detach();
    let offer = Offer {
        local: vec![head],
        remote: Vec::new(),
        remote_name: "origin".to_owned(),
        ..Offer::default()
    };
    #[expect(clippy::disallowed_methods, reason = "the test sets the deadline")]
    let now = Instant::now();
    for (deadline, judged) in [(now, 1), (now + Duration::from_secs(3600), 5)] {
        let report = push::audit(&opened, &offer, deadline).unwrap();
        assert_eq!(
            (report.commits, report.totals.all()),
            (5, judged),
            "what was judged is counted"
        );
        assert_eq!(report.rows.len(), judged, "and what was found is kept");
    }
    let none = push::audit(&opened, &Offer { remote: vec![head], ..offer }, now).unwrap();
    assert_eq!(none.commits, 0, "what the remote has is not sent");
}

#[test]
fn a_history_that_moves_house_is_summarised() {
    let sandbox = Sandbox::new();
    let remote = sandbox.bare("remote.git");
    let repository = sandbox.repository("work");
    let shim = git_dos_git_hooks::shim::render("pre-push", Path::new(GIT_DOS));
    repository.hook("pre-push", &shim);
    repository.forge(2001);
    let ran = repository.try_git(["push", "--quiet", remote.to_str().unwrap(), "main"]);
    assert_eq!(ran.code, Some(0), "nobody amends a history of that length: {}", ran.stderr);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert!(
        lines.len() <= 3 && lines[0].contains("of 2001 commits"),
        "counts alone: {}",
        ran.stderr
    );
}
