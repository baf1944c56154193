//! What does `[tool_stream]` of `dos.toml` ask for? How often tool calls may repeat, and what is volatile.

use serde::Deserialize;

use crate::evidence::tool::volatile::Pattern;
use crate::verdict::stream::{Limits, Policy, folded};

/// The table `[tool_stream]`; every key is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Section")]
pub struct ToolStream {
    /// What calls are judged by.
    pub policy: Policy,
    /// What is left out of results besides what always is, from `volatile`.
    pub volatile: Vec<Pattern>,
}

/// The keys of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    /// Rounds that are a repeat; default 3.
    repeat_n: Option<u32>,
    /// Rounds that are a stall; default 5, or two more than `repeat_n` where that is more.
    stall_n: Option<u32>,
    /// The same for rounds that ask for a task in the background; default 5.
    poll_repeat_n: Option<u32>,
    /// The same for rounds that ask for a task in the background; default 8, or three more than `poll_repeat_n`.
    poll_stall_n: Option<u32>,
    /// Tools whose calls never count, in any case; a name or a list of them.
    ignore_tools: Option<Names>,
    /// Regular expressions for what changes in results without meaning anything.
    #[serde(default)]
    volatile: Vec<Regex>,
}

/// One name, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "ignore_tools is the name of a tool or a list of names")]
enum Names {
    One(String),
    Some(Vec<String>),
}

/// A regular expression that was found to be one.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Regex(Pattern);

impl TryFrom<String> for Regex {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Pattern::new(&text).map(Self)
    }
}

impl TryFrom<Section> for ToolStream {
    type Error = String;

    fn try_from(section: Section) -> Result<Self, String> {
        let default = Policy::default();
        let names = match section.ignore_tools {
            None => Vec::new(),
            Some(Names::One(name)) => vec![name],
            Some(Names::Some(names)) => names,
        };
        let ignored = names.iter().map(|name| folded(name)).collect();
        let limits = limits("", section.repeat_n, section.stall_n, default.limits)?;
        let polls =
            self::limits("poll_", section.poll_repeat_n, section.poll_stall_n, default.polls)?;
        let volatile = section.volatile.into_iter().map(|Regex(pattern)| pattern).collect();
        Ok(Self { policy: Policy { limits, polls, ignored }, volatile })
    }
}

/// Returns the limits of the keys that begin with `prefix`; a stall that is not set keeps its distance.
fn limits(
    prefix: &str,
    repeat: Option<u32>,
    stall: Option<u32>,
    default: Limits,
) -> Result<Limits, String> {
    let repeat = repeat.unwrap_or(default.repeat());
    let distance = default.stall() - default.repeat();
    let stall = stall.unwrap_or(default.stall().max(repeat.saturating_add(distance)));
    Limits::new(repeat, stall).ok_or_else(|| {
        if repeat < 2 {
            format!("{prefix}repeat_n = {repeat} is less than 2: a single call repeats nothing")
        } else {
            format!("{prefix}stall_n = {stall} is less than {prefix}repeat_n = {repeat}")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::ToolStream;
    use crate::policy;
    use crate::verdict::stream::Policy;

    fn parse(text: &str) -> Result<ToolStream, String> {
        let policy = policy::parse(&format!("[tool_stream]\n{text}\n"), "dos.toml");
        policy.map(|policy| policy.tool_stream).map_err(|error| error.to_string())
    }

    #[test]
    fn limits_that_are_not_set_follow_those_that_are() {
        assert_eq!(policy::parse("", "dos.toml").unwrap().tool_stream, ToolStream::default());
        for (text, want) in [
            ("", (3, 5, 5, 8)),
            ("repeat_n = 6", (6, 8, 5, 8)),
            ("repeat_n = 2", (2, 5, 5, 8)),
            ("stall_n = 3", (3, 3, 5, 8)),
            ("poll_repeat_n = 10", (3, 5, 10, 13)),
            ("poll_repeat_n = 2\npoll_stall_n = 2", (3, 5, 2, 2)),
        ] {
            let Policy { limits, polls, .. } = parse(text).unwrap().policy;
            let got = (limits.repeat(), limits.stall(), polls.repeat(), polls.stall());
            assert_eq!(got, want, "{text}");
        }
    }

    #[test]
    fn tools_are_named_one_by_one_or_in_a_list() {
        for (text, want) in [
            ("ignore_tools = \"TodoWrite\"", &["todowrite"][..]),
            ("ignore_tools = [\"Poll\", \"x\"]", &["poll", "x"]),
            ("ignore_tools = []", &[]),
        ] {
            assert_eq!(parse(text).unwrap().policy.ignored, want, "{text}");
        }
        assert_eq!(parse("volatile = [\"req-[0-9]+\"]").unwrap().volatile.len(), 1);
    }

    #[test]
    fn errors_name_the_line_and_the_key() {
        for (text, line, part) in [
            ("repeat_n = 1", 1, "repeat_n = 1 is less than 2"),
            ("repeat_n = 3\nstall_n = 2", 1, "stall_n = 2 is less than repeat_n = 3"),
            ("poll_repeat_n = 0", 1, "poll_repeat_n = 0"),
            ("repeat_n = \"3\"", 2, "invalid type"),
            ("repeat_n = -1", 2, "u32"),
            ("\nrepeats = 3", 3, "unknown field `repeats`"),
            ("ignore_tools = [1]", 2, "the name of a tool or a list of names"),
            ("volatile = [\"(\"]", 2, "\"(\" is no regular expression"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.starts_with(&format!("dos.toml:{line}: ")), "{text:?}: {error}");
            assert!(error.contains(part), "{text:?}: {error}");
        }
    }
}
