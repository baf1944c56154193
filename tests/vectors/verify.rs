//! Recorded answers about ships: the repositories are built as recorded, and the real program is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{GIT_DOS, Ran, Sandbox, run, run_with_input, succeed};

/// The id of a commit of a recorded repository, by its number.
type Ids = BTreeMap<String, Vec<String>>;

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    verdict: String,
    /// `None` where the record does not name one, or names one that is not in the repository.
    commit: Option<String>,
    code: Option<i32>,
}

fn lines(folder: &Path, name: &str) -> Vec<Value> {
    let text = fs_err::read_to_string(folder.join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn index(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

/// Returns the bytes of a text, or of `{"b64": …}`.
fn bytes(value: &Value) -> Vec<u8> {
    value.as_str().map_or_else(|| decoded(value["b64"].as_str().unwrap()), Into::into)
}

fn decoded(base64: &str) -> Vec<u8> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut out, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for digit in base64.trim_end_matches('=').chars() {
        held = (held << 6) | u32::try_from(DIGITS.find(digit).unwrap()).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from((held >> bits) & 0xff).unwrap());
        }
    }
    out
}

fn message(commit: &Value) -> Vec<u8> {
    if let Some(base64) = commit["message_b64"].as_str() {
        return decoded(base64);
    }
    if let Some(message) = commit["message"].as_str() {
        return message.into();
    }
    let mut message = format!("{}\n", text(&commit["subject"]));
    if let Some(body) = commit["body"].as_str() {
        let end = if body.ends_with('\n') { "" } else { "\n" };
        write!(message, "\n{body}{end}").unwrap();
    }
    message.into_bytes()
}

/// Returns the input of `git fast-import`, and the number of the mark of each recorded commit.
fn stream(commits: &[Value]) -> (Vec<u8>, Vec<usize>) {
    let (mut out, mut marks, mut mark) = (Vec::new(), Vec::new(), 0);
    for commit in commits {
        for round in 0..commit["repeat"].as_u64().unwrap_or(1) {
            let minutes = commit["time"].as_u64().unwrap_or(u64::try_from(mark).unwrap());
            mark += 1;
            let person =
                format!("vec <vec@example.invalid> {} +0000", 1_700_000_000 + 60 * minutes);
            let message = message(commit);
            let length = message.len();
            let head = format!(
                "commit refs/build/tip\nmark :{mark}\nauthor {person}\ncommitter {person}\ndata {length}\n"
            );
            out.extend(head.into_bytes());
            out.extend(message);
            out.push(b'\n');
            let parents: Vec<usize> = match commit["parents"].as_array().filter(|_| round == 0) {
                Some(parents) => parents.iter().map(|parent| marks[index(parent)]).collect(),
                None => (mark > 1).then(|| mark - 1).into_iter().collect(),
            };
            for (number, parent) in parents.iter().enumerate() {
                let word = if number == 0 { "from" } else { "merge" };
                out.extend(format!("{word} :{parent}\n").into_bytes());
            }
            for (path, content) in commit["files"].as_object().unwrap() {
                if content.is_null() {
                    out.extend(format!("D {path}\n").into_bytes());
                } else {
                    let content = bytes(content);
                    let head = format!("M 100644 inline {path}\ndata {}\n", content.len());
                    out.extend(head.into_bytes());
                    out.extend(content);
                    out.push(b'\n');
                }
            }
        }
        marks.push(mark);
    }
    (out, marks)
}

/// Builds every repository once; returns the ids that its commits came out with.
fn build(sandbox: &Sandbox, recorded: &[Value]) -> Ids {
    let mut ids = Ids::new();
    for repository in recorded {
        let name = text(&repository["repo"]);
        let commits = repository["commits"].as_array().unwrap();
        if commits.is_empty() {
            derive(sandbox, repository, &mut ids);
            continue;
        }
        let path = sandbox.path(&name);
        let made = sandbox.repository(&name);
        let (stream, marks) = stream(commits);
        let exported = sandbox.path("marks");
        let mut import = made.command("git");
        import.args(["fast-import", "--quiet", "--force"]);
        import.arg(format!("--export-marks={}", exported.display()));
        let ran = run_with_input(&mut import, &stream);
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.stderr);
        let exported = fs_err::read_to_string(exported).unwrap();
        let exported: BTreeMap<&str, &str> =
            exported.lines().filter_map(|line| line.split_once(' ')).collect();
        let id = |mark: &usize| exported[format!(":{mark}").as_str()].to_owned();
        let found: Vec<String> = marks.iter().map(id).collect();
        let wanted: Vec<String> = commits.iter().map(|commit| text(&commit["sha"])).collect();
        assert_eq!(found, wanted, "{name} comes out as recorded");
        settle(&made, repository, &found);
        ids.insert(name, found);
        assert!(path.exists());
    }
    ids
}

/// Sets references, `HEAD` and settings as recorded.
fn settle(made: &crate::support::Repository<'_>, recorded: &Value, ids: &[String]) {
    made.git(["update-ref", "-d", "refs/build/tip"]);
    match recorded["refs"].as_object() {
        None => {
            made.git(["update-ref", "refs/heads/main", ids.last().unwrap()]);
        }
        Some(references) => {
            for (name, commit) in references {
                made.git(["update-ref", name, &ids[index(commit)]]);
            }
        }
    }
    let head = recorded["head"].as_str().unwrap_or("refs/heads/main");
    if let Some(commit) = head.strip_prefix("detached:") {
        let commit: usize = commit.parse().unwrap();
        made.git(["update-ref", "--no-deref", "HEAD", &ids[commit]]);
    } else {
        made.git(["symbolic-ref", "HEAD", head]);
    }
    for (key, value) in recorded["config"].as_object().into_iter().flatten() {
        made.git(["config", key, value.as_str().unwrap()]);
    }
}

/// Makes a repository out of another one, or something that is none.
fn derive(sandbox: &Sandbox, recorded: &Value, ids: &mut Ids) {
    let name = text(&recorded["repo"]);
    let path = sandbox.path(&name);
    let of = text(&recorded["of"]);
    let source = sandbox.path(&of);
    let git =
        |words: &[&str]| succeed(sandbox.command("git", &sandbox.path("")).args(words)).stdout;
    let (source, target) = (source.to_str().unwrap(), path.to_str().unwrap());
    match recorded["kind"].as_str().unwrap() {
        "plain-dir" => fs_err::create_dir(&path).unwrap(),
        "missing" => {}
        "unborn" => {
            sandbox.repository(&name);
        }
        "shallow" => {
            let depth = format!("--depth={}", recorded["depth"]);
            git(&["clone", "-q", "--no-checkout", &depth, &format!("file://{source}"), target]);
        }
        "bare" => {
            git(&["clone", "-q", "--bare", source, target]);
        }
        "subdir" => {
            fs_err::create_dir_all(Path::new(source).join(text(&recorded["path"]))).unwrap();
        }
        "worktree" => {
            let branch = text(&recorded["branch"]);
            git(&["-C", source, "worktree", "add", "-q", "--no-checkout", target, &branch]);
        }
        "corrupt" => {
            git(&["clone", "-q", "--no-hardlinks", "--no-checkout", source, target]);
            let tip = git(&["-C", target, "rev-parse", "HEAD"]);
            let (folder, file) = tip.split_at(2);
            fs_err::remove_file(path.join(".git/objects").join(folder).join(file)).unwrap();
        }
        other => panic!("{name} is of an unknown kind: {other}"),
    }
    let commits = ids.get(&of).cloned().unwrap_or_default();
    ids.insert(name, commits);
}

/// The folders of a recorded repository: where it is asked, and the top, where its policy is.
fn folders(sandbox: &Sandbox, repository: &Value) -> (PathBuf, PathBuf) {
    let name = text(&repository["repo"]);
    if repository["kind"] == "subdir" {
        let top = sandbox.path(text(&repository["of"]));
        return (top.join(text(&repository["path"])), top);
    }
    (sandbox.path(&name), sandbox.path(&name))
}

/// Asks one recorded question. Options get our names; those that ask for nothing of ours are left out.
fn ask(sandbox: &Sandbox, case: &Value, repository: &Value) -> Ran {
    let (folder, top) = folders(sandbox, repository);
    let mut written = BTreeSet::new();
    let mut write = |path: PathBuf, content: &[u8]| {
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(&path, content).unwrap();
        written.insert(path);
    };
    let toml = text(&case["toml"]);
    if !toml.is_empty() {
        write(top.join("dos.toml"), toml.as_bytes());
    }
    for (path, content) in case["worktree"].as_object().into_iter().flatten() {
        write(folder.join(path), &bytes(content));
    }
    let mut command = sandbox.command(GIT_DOS, &sandbox.path(""));
    command.args(["verify", "--format", "json", "--repository"]).arg(&folder);
    let flags: Vec<&str> =
        case["flags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for flag in flags {
        match flag {
            "--no-ci" | "--explain" => {}
            "--job" => write(
                top.join("dos.toml"),
                b"[stamp]\nsubject_dirs = [\"docs\", \"go\", \"agents\", \"job_search\", \"scripts\"]\n",
            ),
            "--output" => {
                command.arg("--format");
            }
            other => {
                command.arg(other);
            }
        }
    }
    for (name, value) in case["env"].as_object().into_iter().flatten() {
        command.env(name, expanded(sandbox, &text(value), &folder));
    }
    let without = (case["id"] == "fp-019").then_some("docs/vllm-plan.md");
    if let Some(document) = case["plan_doc"].as_str().or(without) {
        command.arg("--plan").arg(folder.join(document));
    }
    command.arg("--").args([text(&case["plan"]), text(&case["phase"])]);
    let ran = run(&mut command);
    for path in written {
        fs_err::remove_file(path).unwrap();
    }
    ran
}

/// Puts folders in place of their tokens.
fn expanded(sandbox: &Sandbox, text: &str, folder: &Path) -> String {
    let text = text.replace("{WS}", folder.to_str().unwrap());
    let text = text.replace("{BIN}", Path::new(GIT_DOS).parent().unwrap().to_str().unwrap());
    match text.split_once("{R:") {
        Some((before, rest)) => {
            let (name, after) = rest.split_once('}').unwrap();
            format!("{before}{}{after}", sandbox.path(name).display())
        }
        None => text,
    }
}

fn answered(ran: &Ran) -> Answer {
    let value: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    let shipped = value["verdict"] == "SHIPPED";
    Answer {
        verdict: text(&value["verdict"]),
        commit: value["commit"].as_str().filter(|_| shipped).map(str::to_owned),
        code: ran.code,
    }
}

/// Returns the answer that is wanted: of our decision, else of `diverges`, else the recorded one.
fn wanted(case: &Value, decision: Option<&Value>, ids: &[String]) -> Answer {
    let commit = |expect: &Value| {
        expect["commit_index"].as_u64().map(|_| ids[index(&expect["commit_index"])].clone())
    };
    if let Some(decision) = decision {
        return answer(&text(&decision["expect"]["verdict"]), commit(&decision["expect"]));
    }
    if let Some(why) = case["diverges"].as_str() {
        return answer(why.split(':').next().unwrap(), None);
    }
    Answer {
        code: Some(i32::try_from(case["expect"]["exit"].as_i64().unwrap()).unwrap()),
        ..answer(&text(&case["expect"]["verdict"]), commit(&case["expect"]))
    }
}

fn answer(verdict: &str, commit: Option<String>) -> Answer {
    let (verdict, code) = match verdict {
        "SHIPPED" => ("SHIPPED", 0),
        "NOT_SHIPPED" => ("NOT_SHIPPED", 1),
        "UNKNOWN" | "AMBIGUOUS" => ("UNKNOWN", 2),
        _ => ("", 2),
    };
    Answer { verdict: verdict.to_owned(), commit, code: Some(code) }
}

#[test]
fn every_recorded_ship_is_answered() {
    let folder = super::tests::folder();
    let recorded = lines(&folder, "verify_repos.jsonl");
    let sandbox = Sandbox::new();
    let ids = build(&sandbox, &recorded);
    let decisions = super::tests::decisions();
    let mut counts = [0_usize; 3];
    let mut failures = Vec::new();
    for case in lines(&folder, "verify.jsonl") {
        let (id, name) = (text(&case["id"]), text(&case["repo"]));
        let repository = recorded.iter().find(|one| one["repo"] == name.as_str()).unwrap();
        let decision = decisions.get(&id);
        let want = wanted(&case, decision, &ids[&name]);
        let ran = ask(&sandbox, &case, repository);
        let mut got = answered(&ran);
        if want.commit.is_none() {
            got.commit = None;
        }
        if got != want {
            let question = format!("{:?} {:?}", text(&case["plan"]), text(&case["phase"]));
            failures.push(format!(
                "{id} {question}: got {got:?}, want {want:?}\n  {}{}",
                ran.stdout, ran.stderr
            ));
        } else if decision.is_some() {
            counts[2] += 1;
        } else if case.get("diverges").is_some() {
            counts[1] += 1;
        } else {
            counts[0] += 1;
        }
    }
    println!(
        "verify.jsonl: {} passed, {} diverged as intended, {} by our decisions, {} failed",
        counts[0],
        counts[1],
        counts[2],
        failures.len()
    );
    assert!(failures.is_empty(), "answers differ:\n{}", failures.join("\n"));
}
