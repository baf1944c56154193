use std::path::Path;

use super::{Report, Who, observe, reset};
use crate::evidence::tool::{Call, Ending};
use crate::journal::streams::Stream;
use crate::policy::{self, Policy};
use crate::verdict::stream::State;

const SESSION: &str = "s-1";

fn call(state: &Path, agent: Option<&str>, result: &str) -> Report {
    let input = Some(r#"{"file_path":"a"}"#);
    let call = Call { tool: "Read", input, ending: Ending::Result(Some(result)) };
    let policy = policy::parse("", "dos.toml").unwrap();
    observe(state, &policy, Who { session: SESSION, agent }, &call).unwrap()
}

fn words(state: &Path, agent: Option<&str>, result: &str) -> bool {
    call(state, agent, result).words.is_some()
}

#[test]
fn each_agent_of_a_session_has_its_own_count() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    let long = "x".repeat(5000);
    let agents = [None, Some("a"), Some("b"), Some(long.as_str())];
    for round in 1..=5 {
        for agent in agents {
            assert_eq!(words(state, agent, "1"), matches!(round, 3 | 5), "{agent:?} in {round}");
        }
    }
    assert!(!words(state, Some("a"), "2"), "something new");
    let contents = Stream::of(state, SESSION).read().unwrap();
    assert_eq!((contents.entries.len(), contents.damage.len()), (21, 0));
    let state = folder.path().join("other");
    assert!((0..9).all(|other| !words(&state, None, &other.to_string())), "never the same");
}

#[test]
fn a_reset_lets_one_agent_begin_anew() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    let session = Who { session: SESSION, agent: None };
    reset(state, session).unwrap();
    assert!(!state.join("streams").exists(), "nothing to forget");
    for agent in [None, Some("a")] {
        assert!(!words(state, agent, "1") && !words(state, agent, "1"), "{agent:?}");
    }
    reset(state, session).unwrap();
    assert!(words(state, Some("a"), "1"), "the helper's third");
    let spoken: Vec<bool> = (0..3).map(|_| words(state, None, "1")).collect();
    assert_eq!(spoken, [false, false, true], "the session's first, second, third");
}

#[test]
fn calls_of_other_agents_in_between_cost_the_count_only_when_there_are_hundreds() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    words(state, None, "1");
    (0..60).for_each(|_| drop(call(state, Some("a"), "1")));
    words(state, None, "1");
    assert!(words(state, None, "1"), "60 calls in between");
}

#[test]
fn what_cannot_be_read_is_an_error_and_leaves_no_record() {
    let folder = tempfile::tempdir().unwrap();
    let who = Who { session: SESSION, agent: None };
    let call = Call { tool: "Bash", input: Some("{"), ending: Ending::Result(Some("1")) };
    assert!(observe(folder.path(), &Policy::default(), who, &call).is_err());
    assert!(!folder.path().join("streams").exists());
    let deep = "[".repeat(100_000);
    let call = Call { tool: "Bash", input: None, ending: Ending::Failure(Some(&deep)) };
    assert!(observe(folder.path(), &Policy::default(), who, &call).is_err(), "no crash");
}

#[test]
fn the_policy_counts() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        "[tool_stream]\nrepeat_n = 2\nvolatile = [\"request [a-z]+\"]\nignore_tools = \"TODO\"\n";
    let policy = policy::parse(text, "dos.toml").unwrap();
    let who = Who { session: SESSION, agent: None };
    let state = |tool: &str, result: &str| {
        let call = Call { tool, input: None, ending: Ending::Result(Some(result)) };
        observe(folder.path(), &policy, who, &call).unwrap().verdict.state
    };
    assert_eq!(state("Bash", "\"request abc\""), State::Advancing);
    assert_eq!(state("Bash", "\"request xyz\""), State::Repeating);
    assert_eq!(state("todo", "1"), State::Advancing);
    assert_eq!(state("todo", "1"), State::Advancing);
}
