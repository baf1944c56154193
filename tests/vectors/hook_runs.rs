//! Vectors of whole calls: what does the installed program print at a stop and after a tool, and what does it
//! leave behind?
//!
//! The recorded program took its settings as arguments; ours has them in `dos.toml`. A reset by hand is a new
//! prompt to us.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::support::{GIT_DOS, Repository, Sandbox, run_with_input};

/// Answers a line.
pub(crate) fn answer(question: &Value) -> Value {
    let calls = question["calls"].as_array().unwrap();
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("work");
    repository.commit("docs: begin");
    repository.mark_installed();
    let mut run = Run { repository, turn: 0, held: BTreeSet::new(), known: BTreeSet::new() };
    let table = question["dos_toml"].as_str();
    let results: Vec<Value> = calls
        .iter()
        .map(|call| match call["verb"].as_str().unwrap() {
            "marker" => run.call(call, table),
            "posttool" => run.tool(call, table),
            other => panic!("no such verb: {other}"),
        })
        .collect();
    let names = run.held.iter().map(|name| format!("markers/{name}.jsonl"));
    let streams = run.known.iter().filter(|name| run.has_stream(name));
    let streams = streams.map(|name| format!("streams/{name}.jsonl"));
    json!({ "files": names.chain(streams).collect::<Vec<_>>(), "results": results })
}

struct Run<'sandbox> {
    repository: Repository<'sandbox>,
    turn: usize,
    /// The sessions that were held.
    held: BTreeSet<String>,
    /// The sessions that were begun.
    known: BTreeSet<String>,
}

impl Run<'_> {
    fn call(&mut self, call: &Value, table: Option<&str>) -> Value {
        let words: Vec<&str> =
            call["args"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        let has = |word: &str| words.contains(&word);
        let value = |name: &str| words.iter().skip_while(|word| **word != name).nth(1).copied();
        self.repository.write("dos.toml", settings(has("--loop"), value("--max-markers"), table));
        let payload = self.payload(call["stdin"].as_str().unwrap(), value("--session-id"));
        if has("--reset") {
            self.turn += 1;
            return json!({ "exit": 0, "prints": "silent" });
        }
        let stdout = self.hook(&payload, &call["env"]);
        let session = payload["session_id"].as_str().unwrap_or_default().to_owned();
        let blocks = stdout.contains("\"decision\":\"block\"");
        if blocks {
            self.held.insert(session.clone());
        }
        let prints = if has("--json") && self.known.contains(&session) {
            let most = value("--max-markers").map_or(4, |word| word.parse().unwrap());
            json!({
                "allow_marker": blocks,
                "markers_emitted": self.tally(),
                "max_markers": most,
            })
        } else {
            json!(if blocks { "block" } else { "silent" })
        };
        json!({ "exit": 0, "prints": prints })
    }

    /// Tells of a tool that was used, as Claude Code does; the recorded program was told the agent's name beside.
    fn tool(&mut self, call: &Value, table: Option<&str>) -> Value {
        self.repository.write("dos.toml", table.unwrap_or_default());
        let given = call["stdin"].as_str().unwrap();
        let words: Vec<&str> =
            call["args"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        let named = words.iter().skip_while(|word| **word != "--session-id").nth(1);
        let own = |rest: &str| rest.split('"').nth(1).map(str::to_owned);
        let session = named
            .map(|name| (*name).to_owned())
            .or_else(|| given.split_once("\"session_id\":").and_then(|(_, rest)| own(rest)));
        self.known.extend(session);
        // As text: half a surrogate pair is no text in a value.
        let payload = match given.strip_prefix('{') {
            Some(rest) if rest.ends_with('}') => {
                let session =
                    named.map_or(String::new(), |name| format!(",\"session_id\":\"{name}\""));
                let rest = rest.trim_end_matches('}');
                let comma = if rest.is_empty() { "" } else { "," };
                let top = self.repository.path.display();
                let rest = format!("{rest}{}", "}".repeat(given.len() - 1 - rest.len() - 1));
                format!(
                    "{{{rest}{comma}\"hook_event_name\":\"PostToolUse\",\"permission_mode\":\"default\",\
                     \"transcript_path\":\"/nowhere\",\"cwd\":\"{top}\"{session}}}"
                )
            }
            Some(_) | None => given.to_owned(),
        };
        let stdout = self.run_text(&payload, &call["env"]);
        let prints = match stdout.as_str() {
            "" => "silent",
            text if text.contains("\"additionalContext\"") => "context",
            _ => "other",
        };
        json!({ "exit": 0, "prints": prints })
    }

    /// Tells whether uses of tools were written down for a session.
    fn has_stream(&self, session: &str) -> bool {
        let name = git_dos::journal::sessions::file_name(session);
        self.repository.state("streams").join(name).exists()
    }

    /// Makes a stop of Claude Code's out of what the recorded program was given.
    fn payload(&self, input: &str, session: Option<&str>) -> Value {
        let given = serde_json::from_str(input).unwrap_or(Value::Null);
        let mut payload = match (given, session) {
            (Value::Null, Some(_)) => json!({}),
            (given, _) => given,
        };
        if let Some(fields) = payload.as_object_mut() {
            fields.insert("hook_event_name".to_owned(), "Stop".into());
            fields.insert("permission_mode".to_owned(), "default".into());
            fields.insert("cwd".to_owned(), json!(self.repository.path));
            fields.insert("prompt_id".to_owned(), json!(format!("t-{}", self.turn)));
            fields.extend(session.map(|session| ("session_id".to_owned(), session.into())));
        }
        payload
    }

    fn hook(&mut self, payload: &Value, environment: &Value) -> String {
        if let Some(session) = payload["session_id"].as_str().map(str::to_owned)
            && self.known.insert(session)
        {
            let mut start = payload.clone();
            start["hook_event_name"] = "SessionStart".into();
            self.run(&start, environment);
        }
        self.run(payload, environment)
    }

    fn run(&self, payload: &Value, environment: &Value) -> String {
        self.run_text(&payload.to_string(), environment)
    }

    fn run_text(&self, payload: &str, environment: &Value) -> String {
        fs_err::remove_dir_all(self.repository.state("seen")).ok();
        let mut command = self.repository.sandbox.command(GIT_DOS, Path::new("/"));
        command.args(["hook", "agent"]);
        for (name, value) in environment.as_object().unwrap() {
            command.env(name, value.as_str().unwrap());
        }
        let ran = run_with_input(&mut command, payload.as_bytes());
        assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{payload}");
        ran.stdout
    }

    /// Counts what the only session was held by its file.
    fn tally(&self) -> u64 {
        let folder = fs_err::read_dir(self.repository.state("markers")).unwrap();
        let files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
        let [file] = &files[..] else { panic!("one session: {files:?}") };
        git_dos::journal::markers::tally(&fs_err::read(file).unwrap(), 1).held
    }
}

/// Writes the recorded program's settings and arguments as our `dos.toml`; an argument goes before a setting.
fn settings(holds: bool, most: Option<&str>, table: Option<&str>) -> String {
    let mut text = table.unwrap_or_default().to_owned();
    if let Some(most) = most {
        let others: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with("max_streak") && *line != "[marker]")
            .collect();
        text = format!("[marker]\nmax_streak = {most}\n{}\n", others.join("\n"));
    }
    if holds {
        text.push_str("[wait]\nhold = true\n");
    }
    text
}
