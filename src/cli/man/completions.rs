//! How does a shell complete `git dos …`?
//!
//! clap knows how to complete `git-dos …`; git's own completions find that through the name of a function
//! (bash), of a file (zsh) or of the program (fish).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clap::Command;
use clap_complete::Shell as Dialect;

/// The shells that are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Shell {
    /// For bash-completion
    Bash,
    /// For a folder in `fpath`
    Zsh,
    /// For fish
    Fish,
}

impl Shell {
    /// Every shell.
    pub(super) const ALL: [Self; 3] = [Self::Bash, Self::Zsh, Self::Fish];

    /// Returns the name of the shell's program.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
        }
    }
}

/// The program whose arguments are completed.
const PROGRAM: &str = "git-dos";

/// What bash's functions call the program: with a hyphen in its name, clap's do not find their own verbs.
const BASH_NAME: &str = "gitdos";

/// Renders the completions of `command` for `shell`.
pub(super) fn render(shell: Shell, command: &Command) -> String {
    let dialect = match shell {
        Shell::Bash => Dialect::Bash,
        Shell::Zsh => Dialect::Zsh,
        Shell::Fish => Dialect::Fish,
    };
    let name = if shell == Shell::Bash { BASH_NAME } else { PROGRAM };
    let mut bytes = Vec::new();
    clap_complete::generate(dialect, &mut command.clone(), name, &mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match shell {
        Shell::Bash => {
            let (own, program) = (format!(" {BASH_NAME}\n"), format!(" {PROGRAM}\n"));
            text.replace(&own, &program) + &bash_bridge(command)
        }
        // zsh's `_git` describes a foreign command by the second line of its file.
        Shell::Zsh => {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            text.replacen('\n', &format!("\n#description {about}\n"), 1)
        }
        Shell::Fish => text,
    }
}

/// Renders the function that git's completion for bash calls after `git dos`.
///
/// It hands the words on to clap's function, leaves options out until a dash is typed, and completes revisions
/// as git does where a verb takes one.
fn bash_bridge(command: &Command) -> String {
    let mut verbs = Vec::new();
    let mut options = BTreeSet::new();
    for verb in command.get_subcommands() {
        if verb.get_positionals().any(|argument| argument.get_id() == "revision") {
            verbs.push(verb.get_name());
        }
        let with_value = verb.get_opts().filter(|option| option.get_action().takes_values());
        options.extend(with_value.filter_map(|option| option.get_long()));
    }
    let mut text = String::from(BASH_BRIDGE_START);
    if !verbs.is_empty() {
        let taken = options.iter().map(|name| format!("--{name}")).collect::<Vec<_>>().join("|");
        write!(
            text,
            "    case \"$prev\" in {taken}) return ;; esac\n    \
            case \"${{COMP_WORDS[1]}}\" in {}) __git_complete_revlist ;; esac\n",
            verbs.join("|")
        )
        .expect("writing to a String cannot fail");
    }
    text + "}\n"
}

const BASH_BRIDGE_START: &str = r#"
# For `git dos`: git's completion sets cur, prev, words, cword and __git_cmd_idx.
_git_dos() {
    local verb=${__git_cmd_idx:-1} reply
    local -a COMP_WORDS=(git-dos "${words[@]:verb+1}")
    local COMP_CWORD=$((cword - verb))
    _gitdos git-dos "$cur" "$prev"
    [[ $cur == -* ]] && return
    local -a replies=("${COMPREPLY[@]}")
    COMPREPLY=()
    for reply in "${replies[@]}"; do
        [[ $reply == -* ]] || COMPREPLY+=("$reply")
    done
    ((${#COMPREPLY[@]} || COMP_CWORD < 2)) && return
"#;
