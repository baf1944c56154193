//! Payloads that no agent ever wrote: no fault, no panic, no answer that is not the agent's, nothing written elsewhere.

mod mutate;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use git_dos::hooks::agent::{self, Caller};
use git_dos::hooks::payload::Payload;
use git_dos_agent_hooks::{Answer, Host, Kind, Reply, Surroundings, read, reply};
use serde_json::Value;

use self::mutate::{Numbers, mutated};
use crate::support::{GIT_DOS, Repository, Sandbox, run_with_input};

/// What stands for our words in the recorded answers.
const TEXT: &str = "TEXT";

/// How many payloads of each agent are given to the library.
const INSIDE: u64 = 10_000;

/// How many payloads of each agent are given to the real program.
const OUTSIDE: u64 = 200;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hooks")
}

fn recorded(host: Host) -> BTreeMap<String, Value> {
    let file = fixtures().join("expected").join(format!("{}.json", host.name()));
    serde_json::from_slice(&fs_err::read(file).unwrap()).unwrap()
}

/// The recorded payloads of `host`, of a session in the folder `top`.
fn payloads(host: Host, top: &Path) -> Vec<Vec<u8>> {
    let read = |name: String| {
        let text = fs_err::read_to_string(fixtures().join(host.name()).join(name)).unwrap();
        text.replace("/home/dev/app", top.to_str().unwrap()).into_bytes()
    };
    recorded(host).into_keys().map(read).collect()
}

fn surroundings(host: Host) -> Surroundings {
    Surroundings {
        hint: Some(host),
        qwen_variable: host == Host::Qwen,
        gemini_variable: matches!(host, Host::Gemini | Host::Qwen),
        ..Surroundings::default()
    }
}

/// The payload number `number` that is made of those of `host`.
fn made(host: Host, all: &[Vec<u8>], number: u64) -> Vec<u8> {
    let place = Host::ALL.iter().position(|other| *other == host).unwrap();
    let seed = u64::try_from(place).unwrap() << 32 | number;
    let mut numbers = Numbers::of(seed);
    let payload = &all[numbers.below(all.len())];
    mutated(payload, &mut numbers)
}

/// What each agent is told at each kind of event, by the word for the answer, and its silences.
#[derive(Default)]
struct Forms {
    answers: BTreeMap<(&'static str, String, &'static str), Reply>,
    silences: BTreeSet<String>,
}

impl Forms {
    fn recorded() -> Self {
        let mut forms = Self::default();
        for host in Host::ALL {
            for row in recorded(host).into_values() {
                forms.silences.insert(row["silence"].as_str().unwrap().to_owned());
                let Some(kind) = row["call"]["kind"].as_str() else { continue };
                for word in ["context", "block", "deny"] {
                    let answer = &row["answers"][word];
                    let reply = match (answer.as_str(), answer["error"].as_str()) {
                        (Some(output), _) => {
                            Reply { output: output.to_owned(), ..Reply::default() }
                        }
                        (None, Some(error)) => {
                            Reply { error: error.to_owned(), code: 2, ..Reply::default() }
                        }
                        (None, None) => continue,
                    };
                    forms.answers.insert((host.name(), kind.to_owned(), word), reply);
                }
            }
        }
        forms
    }

    /// Tells whether `output` is what some agent takes, with whatever words of ours.
    fn allow(&self, output: &str) -> bool {
        let fits = |form: &Reply| {
            let (before, after) = form.output.split_once(TEXT).unwrap_or((&form.output, ""));
            let words = output.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            words.is_some_and(|words| {
                serde_json::from_str::<String>(&format!("\"{words}\"")).is_ok()
            })
        };
        self.silences.contains(output)
            || (!output.is_empty()
                && self.answers.values().filter(|form| !form.output.is_empty()).any(fits))
    }
}

/// Every file below `folder` but those of git-dos's own state, with its content.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with(".git/dos") {
                continue;
            }
            if path.is_dir() && !path.is_symlink() {
                folders.push(path.clone());
                found.insert(path, Vec::new());
            } else {
                found.insert(path.clone(), fs_err::read(&path).unwrap_or_default());
            }
        }
    }
    found
}

/// Two repositories, of which one has git-dos installed, and that one.
fn installed(sandbox: &Sandbox) -> Repository<'_> {
    let stranger = sandbox.repository("stranger");
    stranger.commit("docs: begin");
    let repository = sandbox.repository("work");
    repository.write("README.md", "one line\n");
    repository.commit("docs: begin the readme");
    repository.mark_installed();
    repository
}

/// Reads `payload` of `host`, and asserts that every answer to it is as its agent takes it.
fn answered(forms: &Forms, host: Host, payload: &[u8]) -> Option<Kind> {
    let reading = read(payload, surroundings(host)).ok()?;
    let shown = || String::from_utf8_lossy(payload).chars().take(2000).collect::<String>();
    assert!(forms.silences.contains(reading.silence), "{host:?}: {}", shown());
    let call = reading.call?;
    let kind = call.event.kind();
    for (word, answer) in [
        ("context", Answer::Context(TEXT.to_owned())),
        ("block", Answer::Block(TEXT.to_owned())),
        ("deny", Answer::Deny(TEXT.to_owned())),
    ] {
        let key = (call.host.name(), kind.name().to_owned(), word);
        let got = reply(&call, &answer);
        assert_eq!(got.as_ref(), forms.answers.get(&key), "{key:?} of {}", shown());
    }
    Some(kind)
}

#[test]
fn whatever_comes_in_is_answered_as_its_agent_takes_it_and_written_nowhere_else() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox);
    let before = files(&sandbox.path(""));
    let forms = Forms::recorded();
    let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
    let mut went_on = 0;
    for host in Host::ALL {
        let all = payloads(host, &repository.path);
        for number in 0..INSIDE {
            // To open a repository takes long, so that not every call can go on, nor every fault be written down.
            let goes_on = number % 50 == 0;
            let caller = Caller {
                surroundings: surroundings(host),
                project: goes_on.then(|| repository.path.clone()),
                folder: sandbox.path("home"),
            };
            let payload = made(host, &all, number);
            if let Some(kind) = answered(&forms, host, &payload) {
                *kinds.entry(kind).or_default() += 1;
            }
            let understood = agent::understand(&Payload::Whole(payload), &caller);
            if let Some(job) = understood.job.filter(|_| goes_on) {
                // What was left whole may be the same tool call again.
                if let Some(reply) = job.answer() {
                    let text = reply.output;
                    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
                    assert!(
                        value.is_object() && text.contains(" in a row"),
                        "{host:?} {number}: {text}"
                    );
                }
                went_on += 1;
            }
        }
    }
    assert_eq!(kinds.len(), Kind::ALL.len(), "every kind of event is among them: {kinds:?}");
    let calls = kinds.values().sum::<usize>();
    assert!(calls > 30_000 && went_on > 100, "{calls} calls, of which {went_on} went all the way");
    assert!(files(&sandbox.path("")) == before, "nothing was made, changed or removed");
    let faults = repository.journal("log/hook-errors.jsonl");
    let strange = faults.iter().find(|fault| {
        let fault = fault["fault"].as_str().unwrap();
        fault.contains("panic") || !fault.starts_with("the payload is not one JSON object")
    });
    assert_eq!(strange, None, "all that went wrong is what was sent");
}

#[test]
fn the_program_ends_well_whatever_it_is_given() {
    let sandbox = Sandbox::new();
    let repository = installed(&sandbox);
    // A claim that is not borne out, so that there is something to say.
    let payload = serde_json::json!({
        "session_id": "s-1",
        "transcript_path": "/t",
        "cwd": repository.path,
        "hook_event_name": "SessionStart",
    });
    let mut command = sandbox.command(GIT_DOS, &repository.path);
    run_with_input(command.args(["hook", "agent"]), payload.to_string().as_bytes());
    repository.commit("fix: stop the crash in the parser");
    let before = files(&sandbox.path(""));
    let forms = Forms::recorded();
    let call = |host: Host, payload: &[u8], what: &str| {
        let mut command = sandbox.command(GIT_DOS, &repository.path);
        command.args(["hook", "agent", "--host", host.name()]);
        if matches!(host, Host::Gemini | Host::Qwen) {
            command.env("GEMINI_PROJECT_DIR", &repository.path);
        }
        if host == Host::Qwen {
            command.env("QWEN_PROJECT_DIR", &repository.path);
        }
        let ran = run_with_input(&mut command, payload);
        let shown = || String::from_utf8_lossy(payload).chars().take(2000).collect::<String>();
        assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{host:?} {what}: {}", shown());
        assert!(forms.allow(&ran.stdout), "{host:?} {what}: {} to {}", ran.stdout, shown());
        !ran.stdout.is_empty()
    };
    let huge = [b"{\"hook_event_name\":\"Stop\",\"x\":\"".as_slice(), &vec![b'x'; 5 << 20], b"\"}"]
        .concat();
    let (hosts, others) = Host::ALL.split_at(Host::ALL.len() / 2);
    let spoken = std::thread::scope(|scope| {
        let run = |hosts: &'static [Host]| {
            let (call, huge, top) = (&call, &huge, &repository.path);
            scope.spawn(move || {
                let mut spoken = 0;
                for host in hosts {
                    let all = payloads(*host, top);
                    for number in 0..OUTSIDE {
                        // Other payloads than the library was given.
                        let payload = made(*host, &all, INSIDE + number);
                        spoken += usize::from(call(*host, &payload, &number.to_string()));
                    }
                    call(*host, huge, "more than is read");
                    call(*host, b"", "nothing");
                }
                spoken
            })
        };
        [run(hosts), run(others)].map(|run| run.join().unwrap()).into_iter().sum::<usize>()
    });
    assert!(spoken > 10, "{spoken} were told something");
    assert!(files(&sandbox.path("")) == before, "nothing was made, changed or removed");
}
