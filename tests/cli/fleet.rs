//! Fleets: what is planned, who is started, and who is found again.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::liveness::{commit_earlier, dos};
use crate::run::backdate;
use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run, succeed};

const LANES: &str = "[lanes]\nconcurrent = [\"api\", \"web\"]\nexclusive = [\"release\"]\n\
                     [lanes.trees]\napi = [\"src/**\"]\nweb = [\"web/**\"]\n";

fn lanes<'sandbox>(sandbox: &'sandbox Sandbox, more: &str) -> Repository<'sandbox> {
    let repository = sandbox.repository("work");
    repository.write("dos.toml", format!("{LANES}{more}"));
    commit_earlier(&repository, "feat: begin");
    repository
}

/// Looks once with workers that run `script`, where `$1` is the lane and `$0` the program.
fn once(repository: &Repository<'_>, target: &str, script: &str) -> Value {
    let ran = start(repository, target, script);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"))
}

fn start(repository: &Repository<'_>, target: &str, script: &str) -> Ran {
    let words =
        ["fleet", "run", "--once", "--format", "json", "--target", target, "--", "sh", "-c"];
    dos(repository, &[&words[..], &[script, GIT_DOS, "{lane}"]].concat())
}

fn plan(repository: &Repository<'_>, target: &str) -> Value {
    let ran = dos(repository, &["fleet", "plan", "--format", "json", "--target", target]);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"))
}

/// A worker that takes its lane, says so, and ends when it is told to, each through a pipe of its lane.
const HOLDS: &str = "\"$0\" lease acquire \"$1\" --pid $$ >\"$1.log\" 2>&1
                     echo \"$CID_RUN_ID $CID_PARENT_ID $CID_PROCESS_ID\" >\"$1.ready\"
                     read line <\"$1.gate\"";

/// Makes the pipes on which the workers of the lanes report and wait.
fn pipes(repository: &Repository<'_>) {
    for lane in ["api", "web"] {
        for pipe in ["ready", "gate"] {
            succeed(repository.command("mkfifo").arg(format!("{lane}.{pipe}")));
        }
    }
}

/// Waits until the worker of `lane` reports, and returns what it says.
fn wait_for(repository: &Repository<'_>, lane: &str) -> String {
    fs_err::read_to_string(repository.path.join(format!("{lane}.ready"))).unwrap()
}

/// Lets the worker of `lane` end.
fn open_gate(repository: &Repository<'_>, lane: &str) {
    fs_err::write(repository.path.join(format!("{lane}.gate")), "end\n").unwrap();
}

fn signal(pid: &Value, signal: &str) {
    let mut kill = std::process::Command::new("kill");
    succeed(kill.args([signal, &pid.to_string()]));
}

#[test]
fn each_free_lane_gets_one_worker_and_a_restart_finds_it_again() {
    let sandbox = Sandbox::new();
    let repository = lanes(&sandbox, "");
    pipes(&repository);
    let planned = plan(&repository, "2");
    assert_eq!(
        (&planned["outcome"], &planned["spawn"]),
        (&json!("FILLING"), &json!(["api", "web"]))
    );
    assert!(!repository.state("fleet.jsonl").exists(), "a plan writes nothing");
    let done = once(&repository, "2", HOLDS);
    let spawned = done["done"]["spawned"].as_array().unwrap().clone();
    assert_eq!(spawned.len(), 2, "{done}");
    let told = wait_for(&repository, "api");
    wait_for(&repository, "web");
    let again = once(&repository, "2", HOLDS);
    assert_eq!((&again["outcome"], &again["done"]["spawned"]), (&json!("AT-TARGET"), &json!([])));
    let words: Vec<&str> = told.split_whitespace().collect();
    assert_eq!(words[0], spawned[0]["run"].as_str().unwrap(), "it knows its run");
    assert!(words[1].starts_with("RID-") && words[2] == "PROC-fleet-worker", "{told}");
    let leases = dos(&repository, &["lease", "list", "--format", "json"]).stdout;
    assert!(leases.contains(words[0]), "it holds its lane as that run: {leases}");
    let group = run(repository
        .command("ps")
        .args(["-o", "pgid=", "-p"])
        .arg(spawned[0]["pid"].to_string()));
    if group.code == Some(0) {
        assert_eq!(group.stdout.trim(), spawned[0]["pid"].to_string(), "a group of its own");
    }
    let blocked = plan(&repository, "3");
    assert_eq!((&blocked["outcome"], &blocked["admissible"]), (&json!("UNREACHABLE"), &json!(2)));
    open_gate(&repository, "api");
    open_gate(&repository, "web");
}

#[test]
fn the_lane_of_a_dead_worker_is_filled_again() {
    let sandbox = Sandbox::new();
    let repository = lanes(&sandbox, "");
    pipes(&repository);
    let first = once(&repository, "1", HOLDS);
    wait_for(&repository, "api");
    assert_eq!(plan(&repository, "1")["outcome"], "AT-TARGET");
    signal(&first["done"]["spawned"][0]["pid"], "-KILL");
    let second = once(&repository, "1", HOLDS);
    assert_eq!(second["done"]["spawned"][0]["lane"], "api", "{second}");
    assert_ne!(second["done"]["spawned"][0]["run"], first["done"]["spawned"][0]["run"]);
    wait_for(&repository, "api");
    open_gate(&repository, "api");
}

#[test]
fn a_lane_that_nobody_takes_rests() {
    let sandbox = Sandbox::new();
    let repository = lanes(&sandbox, "");
    let missing = ["fleet", "run", "--once", "--target", "1", "--", "no-such-program", "{lane}"];
    let failed = dos(&repository, &missing);
    assert!(failed.code == Some(2) && failed.stderr.contains("no-such-program"), "{failed:?}");
    let resting = plan(&repository, "2");
    assert_eq!(resting["spawn"], json!(["web"]), "the other one does not wait for it");
    assert_eq!(
        (&resting["waiting"][0]["lane"], &resting["waiting"][0]["on"]),
        (&json!("api"), &json!("rest"))
    );
    let file = repository.state("fleet.jsonl");
    let text = fs_err::read_to_string(&file).unwrap();
    let run = repository.journal("fleet.jsonl")[0]["run"].as_str().unwrap().to_owned();
    let copies = (1..=5).map(|number| text.replace(&run, &format!("RID-1KSR4920000000{number}")));
    fs_err::write(&file, copies.collect::<String>()).unwrap();
    let given_up = plan(&repository, "2");
    assert_eq!(given_up["flag"], json!([{ "lane": "api", "why": "given-up" }]), "{given_up}");
    assert_eq!(dos(&repository, &["fleet", "reset", "api"]).code, Some(0));
    assert_eq!(plan(&repository, "2")["spawn"], json!(["api", "web"]), "begun anew");
}

#[test]
fn a_stalled_run_loses_its_lane_and_a_spinner_is_shown() {
    let sandbox = Sandbox::new();
    let repository =
        lanes(&sandbox, "[liveness]\ngrace = \"0s\"\n[supervise]\nspin_halt_after_ms = 0\n");
    let mut worker = std::process::Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    let start = ["run", "start", "--lane", "api", "--pid", &std::process::id().to_string()];
    let id = dos(&repository, &start).stdout;
    let lease = |id: &str, lane: &str| {
        let mut command = repository.command(GIT_DOS);
        succeed(command.args(["lease", "acquire", lane]).env("CID_RUN_ID", id));
    };
    lease(&id, "api");
    let spinning = plan(&repository, "1");
    assert_eq!(spinning["flag"], json!([{ "lane": "api", "why": "spinning" }]), "{spinning}");
    let halted = once(&repository, "1", "exit 0");
    assert_eq!(halted["done"]["halts"].as_array().unwrap().len(), 1, "{halted}");
    let again = once(&repository, "1", "exit 0");
    assert_eq!(again["done"]["halts"], json!([]), "proposed once");
    repository.write("src/a", "a");
    repository.commit("feat: move");
    assert_eq!(plan(&repository, "1")["flag"], json!([]), "who commits lives");
    let other = dos(&repository, &["run", "start", "--pid", &worker.id().to_string()]).stdout;
    lease(&other, "web");
    drop(worker.stdin.take());
    worker.wait().unwrap();
    let stalled = plan(&repository, "2");
    assert_eq!(
        (&stalled["reap"], &stalled["spawn"]),
        (&json!(["web"]), &json!(["web"])),
        "{stalled}"
    );
    let done = once(&repository, "2", "exit 0");
    assert_eq!(done["done"]["reaped"], json!(["web"]), "{done}");
    let log = dos(&repository, &["lease", "log"]).stdout;
    assert!(log.contains("web was taken from"), "{log}");
}

#[test]
fn a_worker_that_commits_keeps_its_lane_without_a_sign_of_life() {
    let sandbox = Sandbox::new();
    let repository = lanes(&sandbox, "");
    let id = dos(&repository, &["run", "start", "--lane", "api"]).stdout;
    let id = backdate(&repository, &id, 40);
    let mut acquire = repository.command(GIT_DOS);
    succeed(acquire.args(["lease", "acquire", "api"]).env("CID_RUN_ID", &id));
    let silent = plan(&repository, "1");
    assert_eq!(silent["reap"], json!(["api"]), "nothing was heard or seen of it: {silent}");
    repository.write("src/a", "a");
    repository.commit("feat: move");
    let seen = plan(&repository, "1");
    assert_eq!((&seen["reap"], &seen["spawn"]), (&json!([]), &json!([])), "{seen}");
    assert_eq!((&seen["outcome"], &seen["alive"]), (&json!("AT-TARGET"), &json!(1)), "{seen}");
}

#[test]
fn the_configuration_alone_runs_nothing() {
    let sandbox = Sandbox::new();
    let template = "[supervise]\nworker_launch_template = \"touch 'made {lane}'\"\n";
    let repository = lanes(&sandbox, template);
    let made = || repository.path.join("made api").exists();
    let refused = dos(&repository, &["fleet", "run", "--once"]);
    assert!(
        refused.code == Some(2) && refused.stderr.contains("nobody has confirmed"),
        "{refused:?}"
    );
    assert!(refused.stderr.contains("hint: git dos fleet run --yes"), "{refused:?}");
    assert!(!made(), "nothing was run");
    assert_eq!(dos(&repository, &["fleet", "run", "--once", "--yes"]).code, Some(0));
    let changed = format!("{LANES}{}", template.replace("touch", "touch -c"));
    repository.write("dos.toml", changed);
    let refused = dos(&repository, &["fleet", "run", "--once"]);
    assert!(refused.stderr.contains("nobody has confirmed"), "another text: {refused:?}");
    repository.write("dos.toml", format!("{LANES}{template}"));
    let known = dos(&repository, &["fleet", "run", "--once"]);
    assert!(!known.stderr.contains("confirmed"), "once is enough: {known:?}");
    for (arguments, part) in [
        (&["fleet", "run", "--once", "--", "true"][..], "it needs {lane}"),
        (&["fleet", "plan", "--mode", "loose"], "is not exclusive or shared"),
    ] {
        let ran = dos(&repository, arguments);
        assert!(ran.code == Some(2) && ran.stderr.contains(part), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn a_fleet_ends_when_it_is_asked_to_and_its_workers_go_on() {
    let sandbox = Sandbox::new();
    let repository = lanes(&sandbox, "");
    pipes(&repository);
    let mut command = repository.command(GIT_DOS);
    let words = ["fleet", "run", "--interval", "1h", "--format", "json", "--", "sh", "-c", HOLDS];
    command.args(words).args([GIT_DOS, "{lane}"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut fleet = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(fleet.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let done: Value = serde_json::from_str(&line).unwrap();
    wait_for(&repository, "api");
    let second = start(&repository, "2", HOLDS);
    assert!(
        second.code == Some(2) && second.stderr.contains("Another git dos fleet run"),
        "{second:?}"
    );
    signal(&json!(fleet.id()), "-TERM");
    assert_eq!(fleet.wait().unwrap().code(), Some(0));
    signal(&done["done"]["spawned"][0]["pid"], "-0");
    assert_eq!(once(&repository, "1", HOLDS)["outcome"], "AT-TARGET", "the next one finds it");
    open_gate(&repository, "api");
}
