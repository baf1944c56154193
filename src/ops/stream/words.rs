//! What is an agent told whose tools bring it nothing new? What it did, how often, and what to do instead.

use crate::output::shown;
use crate::verdict::stream::{Likeness, Nature, State, Verdict};

/// The most characters of a name from outside that are shown.
const NAME: usize = 60;

/// Puts `verdict` into words for a model; `task` is what the newest call asked for.
pub(super) fn of(verdict: &Verdict, task: Option<&str>) -> String {
    let stall = match verdict.state {
        State::Stalled => {
            " If none of this helps, stop and say what keeps you, instead of calling it again."
        }
        State::Repeating | State::Advancing => "",
    };
    format!("git-dos: {} {}{stall}", what(verdict), advice(verdict, task))
}

/// Says what happened, and how often.
fn what(verdict: &Verdict) -> String {
    let rounds = verdict.rounds;
    let names: Vec<String> = verdict.tools.iter().map(|tool| format!("`{}`", name(tool))).collect();
    let alike = match verdict.likeness {
        Likeness::Same => "",
        Likeness::Alike => " but for times, process ids and the like",
    };
    let names = names.join(", ");
    if verdict.tools.len() > 1 {
        let calls = verdict.tools.len();
        return format!(
            "the same {calls} calls ({names}) were made {rounds} times in a row, each with the same input, \
             and what came of them was the same each time{alike}."
        );
    }
    match verdict.nature {
        Nature::Failures => format!(
            "{names} failed {rounds} times in a row with the same input and the same error{alike}."
        ),
        Nature::Polls => format!(
            "{names} was asked {rounds} times in a row, and the answer was the same each time{alike}."
        ),
        Nature::Writes => format!(
            "{names} made the same change {rounds} times in a row, and said the same each time{alike}."
        ),
        Nature::Reads | Nature::Changes | Nature::Others => format!(
            "{names} was called {rounds} times in a row with the same input, and the result was the same \
             each time{alike}."
        ),
    }
}

/// Says what to do instead.
fn advice(verdict: &Verdict, task: Option<&str>) -> String {
    match verdict.nature {
        Nature::Polls => {
            let task = task
                .map_or_else(|| "the task".to_owned(), |task| format!("the task `{}`", name(task)));
            format!(
                "Asking does not make it faster: do something else, or end your turn and wait to be told that \
                 {task} is done."
            )
        }
        Nature::Failures => {
            "Trying it once more unchanged will fail as well: read the error, and change the input \
                             or what it depends on."
                .to_owned()
        }
        Nature::Writes => {
            "The change is made already: look at the file if you doubt it, and go on.".to_owned()
        }
        Nature::Changes => {
            "What one of them changes seems to be undone before the next round: find out by what, \
                            or change something else."
                .to_owned()
        }
        Nature::Reads => {
            "Nothing changed in between: use the result that you have, or look elsewhere."
                .to_owned()
        }
        Nature::Others => {
            "The next call will bring nothing new either: use the result that you have, or change \
                           something first."
                .to_owned()
        }
    }
}

/// Shows a name from outside, cut where no name is that long.
fn name(text: &str) -> String {
    let cut: String = text.chars().take(NAME).collect();
    // A backquote would end the quotation.
    shown(cut.as_bytes()).replace('`', "'")
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::verdict::stream::{Likeness, Nature, State, Verdict};

    fn verdict(tools: &str, nature: Nature) -> Verdict {
        Verdict {
            state: State::Repeating,
            rounds: 3,
            tools: tools.split_whitespace().map(str::to_owned).collect(),
            nature,
            likeness: Likeness::Same,
            speaks: true,
        }
    }

    #[test]
    fn the_tool_the_count_and_what_to_do_are_named() {
        for (tools, nature, task, parts) in [
            (
                "Read",
                Nature::Reads,
                None,
                ["`Read` was called 3 times", "use the result that you have"],
            ),
            ("Bash", Nature::Others, None, ["`Bash` was called 3 times", "change something first"]),
            ("Bash", Nature::Failures, None, ["`Bash` failed 3 times", "read the error"]),
            ("Write", Nature::Writes, None, ["the same change 3 times", "made already"]),
            ("BashOutput", Nature::Polls, Some("b1"), ["asked 3 times", "the task `b1` is done"]),
            (
                "Edit Bash",
                Nature::Changes,
                None,
                ["2 calls (`Edit`, `Bash`) were made 3", "undone"],
            ),
            ("Read Grep", Nature::Reads, None, ["2 calls (`Read`, `Grep`)", "look elsewhere"]),
        ] {
            let text = of(&verdict(tools, nature), task);
            for part in parts {
                assert!(text.contains(part), "{part:?} in {text:?}");
            }
            assert!(!text.contains("stop and say"), "not yet: {text}");
        }
        let stalled = Verdict {
            state: State::Stalled,
            likeness: Likeness::Alike,
            ..verdict("Bash", Nature::Others)
        };
        let text = of(&stalled, None);
        assert!(text.contains("but for times") && text.contains("stop and say"), "{text}");
    }

    #[test]
    fn names_from_outside_are_harmless() {
        let mut hostile = verdict("x", Nature::Others);
        hostile.tools = vec![format!("a`\u{1b}[2J\u{202e}\n{}", "y".repeat(500))];
        let text = of(&hostile, None);
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\n']), "{text:?}");
        assert!(text.len() < 500 && text.contains("`a'"), "{text:?}");
    }
}
