//! What did a worker say since its user last spoke? Read from the file in which its agent keeps the conversation.
//!
//! The file is the agent's, of any length and with anything in it: only its end is read, and a line that is not
//! understood is passed over.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use gix::bstr::ByteSlice as _;
use gix::error::{Result, ResultExt as _, bail, message};
use serde_json::Value;

/// Bytes that are read at most, from the end of the file.
const TAIL: u64 = 1024 * 1024;

/// Bytes that are read first: most prompts are nearer.
const FIRST: u64 = 128 * 1024;

/// Whose words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The session's own; lines of helpers inside it are passed over.
    Session,
    /// Whoever speaks in the file, which is a helper's own.
    Anyone,
}

/// Returns what `speaker` said since the last prompt in the file at `path`; empty when it said nothing, and when
/// the agent keeps no such file.
///
/// A conversation of which the last prompt lies before the end that is read is read from there on.
pub fn read(path: &Path, speaker: Speaker) -> Result<String> {
    let context = || message!("Could not read the transcript {}", path.display());
    let metadata = match fs_err::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(String::new()),
        metadata => metadata.or_raise(context)?,
    };
    if !metadata.is_file() {
        bail!(message!("The transcript {} is not a regular file", path.display()));
    }
    let mut file = fs_err::File::open(path).or_raise(context)?;
    let (length, mut wanted) = (metadata.len(), FIRST);
    loop {
        let skipped = length.saturating_sub(wanted);
        file.seek(SeekFrom::Start(skipped)).or_raise(context)?;
        let mut bytes = Vec::new();
        file.by_ref().take(wanted).read_to_end(&mut bytes).or_raise(context)?;
        let mut lines: Vec<&[u8]> = bytes.split_str("\n").collect();
        if skipped > 0 {
            // What is left of a line that began before.
            lines.remove(0);
        }
        let found = last_words(&lines, speaker);
        if found.reaches_prompt || skipped == 0 || wanted >= TAIL {
            return Ok(found.text);
        }
        wanted = (wanted * 4).min(TAIL);
    }
}

/// What a worker said.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// A paragraph for each time that it spoke.
    pub text: String,
    /// Whether the last prompt was met, so that nothing earlier counts.
    pub reaches_prompt: bool,
}

/// Returns what `speaker` said in `lines` since the last prompt in them.
pub fn last_words(lines: &[&[u8]], speaker: Speaker) -> Words {
    let (mut words, mut reaches_prompt) = (Vec::new(), false);
    for line in lines.iter().rev() {
        match utterance(line, speaker) {
            Some(Utterance::Prompt) => {
                reaches_prompt = true;
                break;
            }
            Some(Utterance::Words(text)) => words.push(text),
            None => {}
        }
    }
    words.reverse();
    Words { text: words.join("\n\n"), reaches_prompt }
}

/// One line of a conversation, as far as it matters.
enum Utterance {
    /// The user spoke.
    Prompt,
    /// The worker did.
    Words(String),
}

/// Reads a line; `None` for what is neither a prompt nor words.
///
/// Claude Code and those after it write `{"type", "message": {"role", "content"}}`, Codex
/// `{"type": "response_item", "payload": {"type": "message", "role", "content"}}`, others one object with `role`.
fn utterance(line: &[u8], speaker: Speaker) -> Option<Utterance> {
    if is_of_tools_alone(line) {
        return None;
    }
    let record: Value = serde_json::from_slice(line.trim_ascii()).ok()?;
    let is_true = |name: &str| record.get(name) == Some(&Value::Bool(true));
    if speaker == Speaker::Session && is_true("isSidechain") {
        return None;
    }
    let mut inner = ["message", "payload"].into_iter().filter_map(|name| record.get(name));
    let body = inner.find(|inner| inner.is_object()).unwrap_or(&record);
    let role = body.get("role").or_else(|| record.get("role"))?.as_str()?;
    let content = body.get("content")?;
    match role {
        "assistant" => {
            let text = text(content);
            (!text.is_empty()).then_some(Utterance::Words(text))
        }
        // Hooks and commands speak with the user's voice, and results of tools come back in it.
        "user" if is_true("isMeta") || has_tool_result(content) => None,
        "user" => (!text(content).is_empty()).then_some(Utterance::Prompt),
        _ => None,
    }
}

/// Tells from its bytes whether `line` only has what a tool was given or brought, which is most of a conversation.
///
/// Inside a text the quotation marks would be escaped. A line that is spelled otherwise is read all the same.
fn is_of_tools_alone(line: &[u8]) -> bool {
    let has = |part: &str| line.contains_str(part);
    let is_of_tools = has(r#""type":"tool_result""#) || has(r#""type":"tool_use""#);
    is_of_tools && !has(r#""type":"text""#)
}

/// Returns the texts of a message's content, a paragraph each.
fn text(content: &Value) -> String {
    if let Value::String(text) = content {
        return text.clone();
    }
    let parts = content.as_array().into_iter().flatten();
    let texts = parts.filter_map(|part| {
        let kind = part.get("type")?.as_str()?;
        let is_text = matches!(kind, "text" | "input_text" | "output_text");
        part.get("text")?.as_str().filter(|text| is_text && !text.is_empty())
    });
    texts.collect::<Vec<_>>().join("\n\n")
}

fn has_tool_result(content: &Value) -> bool {
    let mut parts = content.as_array().into_iter().flatten();
    parts.any(|part| part.get("type").and_then(Value::as_str) == Some("tool_result"))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::{FIRST, Speaker, TAIL, last_words, read};

    fn words(lines: &[&str]) -> String {
        let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
        last_words(&lines, Speaker::Session).text
    }

    const PROMPT: &str = r#"{"type":"user","message":{"role":"user","content":"DOS-CLAIM: A A1"}}"#;
    const ONE: &str = r#"{"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"one"}]}}"#;
    const TWO: &str = r#"{"type":"assistant","message":{"role":"assistant","content":"two"}}"#;

    #[test]
    fn all_words_since_the_prompt_count_and_nobody_elses() {
        let tool = r#"{"type":"assistant","message":{"role":"assistant","content":[{"type":"tool_use","name":"x"}]}}"#;
        let result = r#"{"type":"user","message":{"role":"user","content":[{"type":"tool_result","content":"DOS-CLAIM: A A1"}]}}"#;
        let hook = r#"{"type":"user","isMeta":true,"message":{"role":"user","content":"go on"}}"#;
        let helper = r#"{"isSidechain":true,"message":{"role":"assistant","content":"helper"}}"#;
        for (lines, want) in [
            (vec![], ""),
            (vec![PROMPT], ""),
            (vec![ONE, PROMPT], ""),
            (vec![ONE, PROMPT, TWO], "two"),
            (vec![PROMPT, ONE, tool, result, TWO], "one\n\ntwo"),
            (vec![PROMPT, ONE, hook, TWO], "one\n\ntwo"),
            (vec![PROMPT, ONE, helper], "one"),
            (vec![ONE, TWO], "one\n\ntwo"),
            (vec!["{broken", ONE, "", "[1]", "null", "\u{0}"], "one"),
        ] {
            assert_eq!(words(&lines), want, "{lines:?}");
        }
        let lines = [helper.as_bytes()];
        assert_eq!(last_words(&lines, Speaker::Anyone).text, "helper", "in a helper's own file");
    }

    #[test]
    fn what_tools_are_given_and_bring_is_no_prompt_and_hides_no_words() {
        let quoted = r#"{"type":"user","message":{"role":"user","content":"see {\"type\":\"tool_result\"}"}}"#;
        let both = r#"{"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"both"},{"type":"tool_use","name":"x"}]}}"#;
        let spaced = r#"{"message": {"role": "user", "content": [{"type": "tool_result", "content": "x"}]}}"#;
        assert_eq!(words(&[ONE, quoted, TWO]), "two", "a prompt that speaks of one");
        assert_eq!(words(&[PROMPT, both, TWO]), "both\n\ntwo", "words beside a call");
        assert_eq!(words(&[PROMPT, ONE, spaced, TWO]), "one\n\ntwo", "however it is spelled");
    }

    #[test]
    fn other_agents_write_otherwise() {
        let codex = r#"{"timestamp":"t","type":"response_item","payload":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"x"}]}}"#;
        let asked = r#"{"timestamp":"t","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"y"}]}}"#;
        let cursor = r#"{"role":"assistant","message":{"content":[{"type":"text","text":"z"}]}}"#;
        assert_eq!(words(&[codex, asked, codex]), "x", "Codex");
        assert_eq!(words(&[cursor]), "z", "role outside, content inside");
        assert_eq!(words(&[r#"{"role":"assistant","content":"flat"}"#]), "flat", "one object");
    }

    #[test]
    fn only_the_end_of_a_long_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("transcript.jsonl");
        let long = "x".repeat(usize::try_from(TAIL).unwrap());
        let mut text =
            format!("{TWO}\n{{\"message\":{{\"role\":\"assistant\",\"content\":\"{long}\"}}}}\n");
        writeln!(text, "{ONE}").unwrap();
        fs_err::write(&path, text).unwrap();
        assert_eq!(read(&path, Speaker::Session).unwrap(), "one", "nor half a line");
    }

    #[test]
    fn a_prompt_before_the_end_that_is_read_first_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("transcript.jsonl");
        let result = format!(
            r#"{{"message":{{"role":"user","content":[{{"type":"tool_result","content":"{}"}}]}}}}"#,
            "x".repeat(usize::try_from(FIRST).unwrap())
        );
        fs_err::write(&path, format!("{TWO}\n{PROMPT}\n{ONE}\n{result}\n{TWO}\n")).unwrap();
        assert_eq!(read(&path, Speaker::Session).unwrap(), "one\n\ntwo", "and nothing before it");
    }

    #[test]
    fn what_is_no_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(&folder.path().join("gone"), Speaker::Session).unwrap(), "", "no file");
        let read = |path: &std::path::Path| read(path, Speaker::Session).unwrap_err().to_string();
        assert!(read(folder.path()).contains("not a regular file"));
        #[cfg(unix)]
        {
            let endless = folder.path().join("endless");
            std::os::unix::fs::symlink("/dev/zero", &endless).unwrap();
            assert!(read(&endless).contains("not a regular file"), "nor one that never ends");
        }
    }
}
