//! The manual page git-dos(1): every verb with its options, and what stands beside the command line.

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::output::Outcome;

/// A name and what it stands for.
type Entry = (&'static str, &'static str);

const OPTIONS: [Entry; 2] = [
    (
        "-h, --help",
        "Print help; after a verb, the help of that verb. Git itself answers git dos --help, with this page.",
    ),
    ("-V, --version", "Print the version."),
];

/// What `git config` and `dos.toml` say to us.
const SETTINGS: [Entry; 4] = [
    (
        "dos.mode",
        "How much the hooks may do: observe (write findings down), advise (say them), gate (also refuse a push that \
         carries an unwitnessed claim). The default is gate.",
    ),
    ("dos.audit", "Whether the git hooks audit at all. The default is true."),
    (
        "dos.policyRef",
        "A revision, such as origin/main, whose dos.toml binds instead of the worktree's, so that a branch cannot \
         loosen the rules it is judged by.",
    ),
    (
        "dos.toml",
        "The policy at the top of the worktree, reviewed with the code: [audit] adds words, paths and levels to \
         the rules of the audit, [breaker] says when failures of a class are to stop, \
         [churn] which archives become one commit, [lanes] which parts of the tree one worker at a time may hold, [severity] who is told of what.",
    ),
];

const ENVIRONMENT: [Entry; 4] = [
    (
        "DISPATCH_PUSH_MIN_SEVERITY",
        "The least severity that reaches the audience push, before dos.toml; the other audiences have theirs: COMMIT, TERMINAL, REPORT, ARTIFACT. With JOB_ in front, the same where the first is unset.",
    ),
    (
        "GIT_DOS_HOOKS",
        "With the value 0 every installed hook does nothing of ours; hooks of others still run.",
    ),
    (
        "GIT_DOS_OWNER",
        "The name by which the caller of lease holds lanes; a command that lease acquire --run starts has it.",
    ),
    ("NO_COLOR", "When set and not empty, nothing is coloured."),
];

const FILES: [Entry; 4] = [
    (
        "$GIT_COMMON_DIR/dos/",
        "Journals, the receipt of the installation and the log of the hooks; shared by all worktrees.",
    ),
    ("refs/dos/coalesced/<branch>", "The commits that a fold replaced, so that nothing is lost."),
    ("refs/dos/leases", "Who holds which lane: a commit with leases.json for each change."),
    (
        "refs/dos/leases-earlier",
        "The changes from before the history of the leases last began anew.",
    ),
];

/// Command lines, without `git dos`, and what they do.
pub(super) const EXAMPLES: &[Entry] = &[
    ("install --dry-run", "Show what an installation would change."),
    ("install --mode advise", "Install, with hooks that say what they find and refuse nothing."),
    ("audit", "Judge what a push would send."),
    ("audit HEAD --explain", "Judge the last commit, and say what decided."),
    ("audit v1.0..main --format json", "Judge a range, for a program."),
    ("audit --all --summary", "Count the claims of the whole history by kind, author and month."),
    (
        "archive --family dispatch --verdict BLOCKED --cause review -m waiting -- docs/dispatch",
        "Commit the record of one run of a dispatch loop, or fold it into the last one.",
    ),
    (
        "coalesce --dry-run",
        "Say whether the archive at HEAD would become one with its predecessor, and why.",
    ),
    ("lease acquire api --wait 10m", "Hold a lane, so that nobody else works there."),
    ("lease acquire api --run -- make test", "Hold a lane while a command runs."),
];

/// Renders the page for `command`, whose subcommands are the verbs.
pub(super) fn render(command: &Command) -> String {
    // The options that every verb has are described once.
    let mut whole = command.clone().disable_help_flag(true).disable_version_flag(true);
    whole.build();
    // An empty date would be left out, and what follows taken for it.
    let man = Man::new(whole.clone()).date(" ").manual("git-dos");
    let mut text = String::from(".\\\" The manual page of git-dos(1), made from its arguments.\n");
    text += &written(|bytes| {
        man.render_title(bytes)?;
        man.render_name_section(bytes)?;
        man.render_synopsis_section(bytes)?;
        man.render_description_section(bytes)
    });
    text += ".SH VERBS\n";
    for verb in whole.get_subcommands() {
        text += &verb_section(verb);
    }
    text + &sections_after_verbs()
}

/// Renders one verb, then the verbs below it.
fn verb_section(verb: &Command) -> String {
    let usage = verb.clone().render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage);
    let mut heading = Roff::new();
    heading.control("SS", [verb.get_bin_name().unwrap_or_else(|| verb.get_name())]);
    for line in usage.lines() {
        heading.text([bold(line.trim())]).control("br", []);
    }
    let man = Man::new(verb.clone());
    let mut text = written(|bytes| heading.to_writer(bytes));
    text += &without_heading(&written(|bytes| man.render_description_section(bytes)));
    text += &without_heading(&written(|bytes| man.render_options_section(bytes)));
    for inner in verb.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        text += &verb_section(inner);
    }
    text
}

/// Renders what stands beside the command line.
fn sections_after_verbs() -> String {
    let outcomes = Outcome::ALL.map(|outcome| (outcome.code().to_string(), outcome.meaning()));
    let outcomes = outcomes.iter().map(|(code, meaning)| (code.as_str(), *meaning));
    let examples = EXAMPLES.iter().map(|(words, what)| (format!("git dos {words}"), *what));
    let examples: Vec<_> = examples.collect();
    let mut roff = Roff::new();
    section(&mut roff, "OPTIONS", OPTIONS);
    section(&mut roff, "EXIT STATUS", outcomes);
    section(&mut roff, "CONFIGURATION", SETTINGS);
    section(&mut roff, "ENVIRONMENT", ENVIRONMENT);
    section(&mut roff, "FILES", FILES);
    section(&mut roff, "EXAMPLES", examples.iter().map(|(line, what)| (line.as_str(), *what)));
    roff.control("SH", ["SEE ALSO"]).text([roman("git(1), githooks(5), git-config(1)")]);
    written(|bytes| roff.to_writer(bytes))
}

/// Returns the text of a section that stands under the heading of its verb, as a paragraph of its own.
fn without_heading(section: &str) -> String {
    let Some((_, rest)) = section.split_once(".SH ") else { return String::new() };
    let body = rest.split_once('\n').map_or("", |(_, body)| body);
    format!(".PP\n{body}")
}

/// Adds a section that says of each name what it stands for.
fn section<'a>(
    roff: &mut Roff,
    heading: &str,
    entries: impl IntoIterator<Item = (&'a str, &'a str)>,
) {
    roff.control("SH", [heading]);
    for (name, meaning) in entries {
        roff.control("TP", []).text([bold(name)]).text([roman(meaning)]);
    }
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("writing to a Vec cannot fail");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::EXAMPLES;
    use crate::cli::Arguments;

    #[test]
    fn examples_are_command_lines() {
        for (words, _) in EXAMPLES {
            let parsed = Arguments::try_parse_from(["git-dos"].into_iter().chain(words.split(' ')));
            assert!(parsed.is_ok(), "git dos {words}: {parsed:?}");
        }
    }
}
