//! Runs: how they start, live and end, and what is written down of them.

use std::process::Stdio;

use serde_json::{Value, json};

use git_dos::run_id::RunId;

use crate::liveness::{dos, history, start};
use crate::support::{GIT_DOS, Repository, Sandbox, run, run_with_input, succeed};

/// Makes a run older by so many minutes, as its file says.
pub(crate) fn backdate(repository: &Repository<'_>, id: &str, minutes: i64) -> String {
    let old = RunId::parse(id).unwrap().time();
    let seconds = i64::try_from(old.as_secs()).unwrap() - minutes * 60;
    let time = std::time::Duration::from_secs(u64::try_from(seconds).unwrap());
    let new = RunId::mint(time, 7).unwrap().to_string();
    let file = |id: &str| repository.state("runs").join(format!("{id}.jsonl"));
    let text = fs_err::read_to_string(file(id)).unwrap().replace(id, &new);
    fs_err::write(file(&new), text).unwrap();
    fs_err::remove_file(file(id)).unwrap();
    new
}

fn liveness(repository: &Repository<'_>, id: &str) -> Value {
    let ran = dos(repository, &["liveness", id, "--format", "json"]);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(answer["schema"], "git-dos/liveness/1");
    answer["runs"][0].clone()
}

#[test]
fn ids_of_runs_that_start_one_after_the_other_differ_in_every_bit_of_chance() {
    const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let mut seen = [0_u64; 2];
    for _ in 0..40 {
        let id = start(&repository, &[]);
        let chance = id[id.len() - 6..].chars().fold(0, |bits: u64, letter| {
            bits << 5 | u64::try_from(ALPHABET.find(letter).unwrap()).unwrap()
        });
        seen[0] |= !chance;
        seen[1] |= chance;
    }
    // One bit that chance alone left the same forty times is seen once in ten billion runs of this test.
    let all = (1 << 30) - 1;
    assert_eq!(seen.map(|bits| bits & all), [all, all], "each is on in one id and off in another");
}

#[test]
fn a_start_writes_down_where_and_who() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let id = start(&repository, &["--lane", "api", "--budget", "1h 30m", "--process", "loop"]);
    let record = &repository.journal(&format!("runs/{id}.jsonl"))[0];
    for (name, want) in [
        ("record", json!("start")),
        ("run", json!(id)),
        ("root", json!(id)),
        ("parent", Value::Null),
        ("process", json!("PROC-loop")),
        ("head", json!(repository.head())),
        ("branch", json!("refs/heads/main")),
        ("committer", json!("ada@example.org")),
        ("lane", json!("api")),
        ("budget_s", json!(5400)),
        ("pid", Value::Null),
    ] {
        assert_eq!(record[name], want, "{name}");
    }
    assert!(record["worktree"].as_str().unwrap().ends_with("/work"), "{record}");
    assert!(repository.git(["status", "--porcelain"]).is_empty(), "nothing in the worktree");
    let child = run(repository.command(GIT_DOS).args(["run", "start"]).env("CID_RUN_ID", &id));
    let record = &repository.journal(&format!("runs/{}.jsonl", child.stdout))[0];
    assert_eq!((&record["parent"], &record["root"]), (&json!(id), &json!(id)), "a child's lineage");
}

#[cfg(unix)]
#[test]
fn a_shell_takes_the_lineage_over_whatever_it_was() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let hostile = "x'; touch stolen; echo '\n$(touch stolen)`touch stolen`\"\\";
    let script = "eval \"$(\"$0\" run start --export)\"; printf '%s|%s|%s|%s' \
                  \"$CID_RUN_ID\" \"$CID_ROOT_ID\" \"$CID_PROCESS_ID\" \"${CID_PARENT_ID-unset}\"";
    let shell = |run: Option<&str>, root: Option<&str>| {
        let mut command = repository.command("sh");
        command.args(["-c", script, GIT_DOS]).env("CID_PARENT_ID", "an older one");
        for (name, value) in [("CID_RUN_ID", run), ("CID_ROOT_ID", root)] {
            command.envs(value.map(|value| (name, value)));
        }
        let answer = succeed(&mut command).stdout;
        let [run, root, process, parent] =
            answer.split('|').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap();
        assert!(RunId::parse(&run).is_some() && process == "PROC-run", "{answer}");
        (run, root, parent)
    };
    let (run, root, parent) = shell(None, None);
    assert_eq!((root, &*parent), (run, "unset"), "the first of its line");
    let (run, root, parent) = shell(Some(""), None);
    assert_eq!((root, &*parent), (run, "unset"), "an empty variable is none");
    let (_, root, parent) = shell(Some(hostile), Some(hostile));
    assert_eq!((&*root, &*parent), (hostile, hostile), "words stay words");
    assert!(!repository.path.join("stolen").exists(), "and are never run");
}

#[test]
fn an_end_is_once_and_for_all() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let id = start(&repository, &[]);
    let end = run(repository.command(GIT_DOS).args(["run", "end"]).env("CID_RUN_ID", &id));
    assert_eq!((end.code, end.stdout.starts_with(&format!("ended {id} after "))), (Some(0), true));
    let again = dos(&repository, &["run", "end", &id]);
    assert_eq!((again.code, again.stdout), (Some(0), format!("{id} was over before")));
    let beat = dos(&repository, &["run", "beat", &id]);
    assert!(beat.code == Some(2) && beat.stderr.contains("is over"), "{beat:?}");
    let list = dos(&repository, &["liveness"]);
    assert_eq!((list.code, &*list.stdout, &*list.stderr), (Some(0), "", "no run is open here"));
    let asked = dos(&repository, &["liveness", &id]);
    assert!(asked.stdout.contains(", ended "), "still to be asked for: {}", asked.stdout);
    for (arguments, part) in [
        (&["run", "end"][..], "No run is named"),
        (&["run", "end", "RID-1KSR49200000033"], "There is no run"),
        (&["run", "beat", "../../etc/passwd"], "is no id of a run"),
        (&["liveness", "RID-1KSR49200000033"], "There is no run"),
        (&["run", "start", "--pid", "0"], "There is no process 0"),
        (&["run", "start", "--pid", "4294967294"], "There is no process 4294967294"),
        (&["run", "start", "--budget", "soon"], "no stretch of time"),
        (&["run", "start", "--process", ""], "the process has no name"),
    ] {
        let ran = dos(&repository, arguments);
        assert_eq!((ran.code, &*ran.stdout), (Some(2), ""), "{arguments:?}");
        assert!(ran.stderr.contains(part), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn signs_of_life_and_age_decide_without_progress() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    fs_err::remove_file(repository.path.join("dos.toml")).unwrap();
    let young = start(&repository, &[]);
    let answer = liveness(&repository, &young);
    assert_eq!((&answer["verdict"], &answer["reason"]), (&json!("ADVANCING"), &json!("young")));
    let quiet = backdate(&repository, &young, 40);
    let answer = liveness(&repository, &quiet);
    assert_eq!((&answer["verdict"], &answer["reason"]), (&json!("STALLED"), &json!("stale-beat")));
    assert_eq!(dos(&repository, &["run", "beat", &quiet]).code, Some(0));
    let answer = liveness(&repository, &quiet);
    assert_eq!((&answer["verdict"], &answer["reason"]), (&json!("SPINNING"), &json!("spinning")));
    dos(&repository, &["run", "beat", &quiet]);
    let beats = repository.journal(&format!("runs/{quiet}.jsonl")).len();
    assert_eq!(beats, 2, "signs of life that are near are one");
    let ran = dos(&repository, &["liveness", &quiet, "--porcelain"]);
    assert_eq!((ran.code, &*ran.stdout), (Some(1), "SPINNING"), "one word for one run");
}

#[test]
fn times_from_the_future_are_no_evidence() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let id = start(&repository, &[]);
    let ahead = backdate(&repository, &id, -60);
    let answer = liveness(&repository, &ahead);
    assert_eq!((&answer["verdict"], &answer["reason"]), (&json!("UNKNOWN"), &json!("start-ahead")));
    let ran = dos(&repository, &["liveness", &ahead]);
    assert_eq!(ran.code, Some(2), "it could not be found out");
    assert!(ran.stdout.contains("in the future, so its age decides nothing"), "{}", ran.stdout);
    repository.write("text", "new\n");
    repository.commit("feat: new");
    let ran = dos(&repository, &["liveness", &ahead]);
    assert_eq!(ran.code, Some(2), "commits before a start in the future are not after it");
    let id = start(&repository, &[]);
    let old = backdate(&repository, &id, 60);
    let file = repository.state("runs").join(format!("{old}.jsonl"));
    let text = fs_err::read_to_string(&file).unwrap();
    let beat = r#"{"record":"beat","v":1,"time_ms":9000000000000}"#;
    fs_err::write(&file, format!("{text}{beat}\n")).unwrap();
    assert_eq!(liveness(&repository, &old)["reason"], json!("beat-ahead"));
    let ran = dos(&repository, &["liveness", &old, "--heartbeat-age", "1m", "--porcelain"]);
    assert_eq!(ran.stdout, "SPINNING", "what the caller saw is evidence");
}

#[test]
fn a_budget_is_said_and_judges_nothing() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let id = start(&repository, &["--budget", "30m"]);
    let old = backdate(&repository, &id, 45);
    repository.write("text", "new\n");
    repository.commit("feat: new");
    let ran = dos(&repository, &["liveness", &old]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.ends_with(", over its budget by 15 min"), "{}", ran.stdout);
}

#[cfg(unix)]
#[test]
fn a_process_that_is_gone_outranks_a_fresh_sign_of_life() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let mut worker = repository.command("cat").stdin(Stdio::piped()).spawn().unwrap();
    let id = start(&repository, &["--pid", &worker.id().to_string()]);
    let answer = liveness(&repository, &id);
    assert_eq!(
        (&answer["verdict"], &answer["evidence"]["process"]),
        (&json!("SPINNING"), &json!("up"))
    );
    worker.kill().unwrap();
    worker.wait().unwrap();
    let answer = liveness(&repository, &id);
    assert_eq!(
        (&answer["verdict"], &answer["reason"]),
        (&json!("STALLED"), &json!("process-gone"))
    );
    let pid = worker.id().to_string();
    let since =
        dos(&repository, &["liveness", "--since", "HEAD", "--heartbeat-age", "1m", "--pid", &pid]);
    assert!(since.stdout.contains("its process is gone"), "{}", since.stdout);
}

#[test]
fn the_list_is_as_bad_as_its_worst_and_names_what_is_damaged() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let first = start(&repository, &[]);
    repository.write("text", "new\n");
    repository.commit("feat: new");
    let second = start(&repository, &[]);
    let ran = dos(&repository, &["liveness", "--porcelain"]);
    let mut want = [format!("{first} ADVANCING"), format!("{second} SPINNING")];
    want.sort();
    assert_eq!((ran.code, ran.stdout), (Some(1), want.join("\n")), "one line a run");
    let file = repository.state("runs").join(format!("{first}.jsonl"));
    let text = fs_err::read_to_string(&file).unwrap();
    fs_err::write(&file, format!("{text}{{\"record\":\"e\u{1b}\n")).unwrap();
    let ran = dos(&repository, &["liveness"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stdout.contains(&format!("UNKNOWN {first} Line 2 of ")), "{}", ran.stdout);
    assert!(ran.stdout.contains(&format!("SPINNING {second} ")), "the other one is judged");
    assert_eq!(dos(&repository, &["run", "end", &first]).code, Some(0));
    assert_eq!(dos(&repository, &["liveness"]).code, Some(1), "and an end settles it");
}

#[test]
fn a_run_is_judged_in_its_own_worktree() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let path = sandbox.path("linked");
    repository.git(["worktree", "add", "--quiet", "-b", "side", path.to_str().unwrap()]);
    let linked = Repository { sandbox: &sandbox, path };
    let id = start(&linked, &[]);
    repository.write("text", "new\n");
    repository.commit("feat: in the other worktree");
    for place in [&repository, &linked] {
        assert_eq!(liveness(place, &id)["verdict"], "SPINNING", "that was another one's work");
    }
    linked.write("text", "side\n");
    linked.commit("feat: its own");
    for place in [&repository, &linked] {
        assert_eq!(liveness(place, &id)["verdict"], "ADVANCING", "asked from anywhere");
    }
    repository.git(["worktree", "remove", linked.path.to_str().unwrap()]);
    assert_eq!(liveness(&repository, &id)["verdict"], "ADVANCING", "its branch is still there");
    repository.git(["branch", "--quiet", "-D", "side"]);
    let ran = dos(&repository, &["liveness", &id]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("is gone, and its branch refs/heads/side too"), "{}", ran.stderr);
}

#[test]
fn many_may_start_at_once() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let children: Vec<_> = (0..24)
        .map(|_| {
            let mut command = repository.command(GIT_DOS);
            command.args(["run", "start"]).stdout(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut ids: Vec<String> = children
        .into_iter()
        .map(|child| String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap())
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 24, "each has its own id");
    let ran = dos(&repository, &["liveness", "--porcelain"]);
    assert_eq!(ran.stdout.lines().count(), 24, "and all are written down");
}

#[test]
fn what_nobody_wrote_to_for_ninety_days_is_cleared_away() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    let file = |id: &str| repository.state("runs").join(format!("{id}.jsonl"));
    let [old, recent] = [91, 89].map(|days| {
        let id = start(&repository, &[]);
        let age = std::time::Duration::from_secs(days * 24 * 60 * 60);
        let opened = fs_err::OpenOptions::new().append(true).open(file(&id)).unwrap();
        let written = opened.metadata().unwrap().modified().unwrap();
        opened.file().set_modified(written - age).unwrap();
        id
    });
    start(&repository, &[]);
    assert_eq!((file(&old).exists(), file(&recent).exists()), (false, true));
}

#[test]
fn an_agents_session_is_a_run() {
    let sandbox = Sandbox::new();
    let repository = history(&sandbox, "work");
    fs_err::create_dir_all(repository.state("sessions")).unwrap();
    repository.mark_installed();
    let call = |event: &str, source: &str| {
        let payload = json!({
            "session_id": "s-1", "transcript_path": "/nowhere/t.jsonl", "cwd": repository.path,
            "hook_event_name": event, "source": source, "stop_hook_active": false,
        });
        let mut command = sandbox.command(GIT_DOS, &sandbox.path(""));
        run_with_input(command.args(["hook", "agent"]), payload.to_string().as_bytes())
    };
    assert_eq!(call("SessionStart", "startup").code, Some(0));
    let list = dos(&repository, &["liveness", "--format", "json"]);
    let answer: Value = serde_json::from_str(&list.stdout).unwrap();
    let [first] = answer["runs"].as_array().unwrap().as_slice() else { panic!("{answer}") };
    assert_eq!(
        (&first["evidence"]["agent"], &first["evidence"]["session"]),
        (&json!("claude"), &json!("s-1"))
    );
    let id = first["run"].as_str().unwrap();
    let sessions = fs_err::read_dir(repository.state("sessions")).unwrap();
    let [session] =
        sessions.map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>().try_into().unwrap();
    let record = &repository.journal(&format!("sessions/{}", session.to_str().unwrap()))[0];
    assert_eq!(record["run"], json!(id), "each names the other");
    call("Stop", "");
    let records = repository.journal(&format!("runs/{id}.jsonl"));
    assert_eq!(records.last().unwrap()["record"], "beat", "a stop is a sign of life");
    call("SessionStart", "clear");
    let ended = dos(&repository, &["liveness", id]);
    assert!(ended.stdout.contains(", ended "), "a fresh start ends it: {}", ended.stdout);
    for id in dos(&repository, &["liveness", "--porcelain"]).stdout.lines() {
        dos(&repository, &["run", "end", id.split(' ').next().unwrap()]);
    }
    let forgotten = backdate(&repository, id, 25 * 60);
    let file = repository.state("runs").join(format!("{forgotten}.jsonl"));
    let text = fs_err::read_to_string(&file)
        .unwrap()
        .replace("\"session\":\"s-1\"", "\"session\":\"s-2\"");
    fs_err::write(&file, text.lines().next().unwrap().to_owned() + "\n").unwrap();
    let list = dos(&repository, &["liveness"]);
    assert_eq!((list.code, &*list.stdout), (Some(0), ""), "a session that was quiet for a day");
    assert!(list.stderr.starts_with("1 sessions were quiet for a day"), "{}", list.stderr);
    assert_eq!(dos(&repository, &["liveness", "--all"]).code, Some(1), "it is stalled");
}
