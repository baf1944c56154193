//! How is a worker started? As its command says, without a shell, in a group of its own, with its lineage.

use std::path::Path;
use std::process::Child;
use std::process::Stdio;

#[expect(clippy::disallowed_types, reason = "the one place that starts a worker")]
use std::process::Command;

use gix::error::{OptionExt as _, Result, ResultExt as _, message};

use crate::env;
use crate::output::shown;
use crate::policy::supervise::PLACEHOLDER;
use crate::run_id::Lineage;

/// The command of a worker, word by word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<String>);

impl Template {
    /// Makes the command of `words`; `None` without a program, or when no word names the lane.
    pub fn new(words: Vec<String>) -> Option<Self> {
        let names_lane = words.iter().any(|word| word.contains(PLACEHOLDER));
        let has_program = words.first().is_some_and(|program| !program.is_empty());
        (names_lane && has_program).then_some(Self(words))
    }

    /// Reads the words of `text`, quoted as for a POSIX shell; nothing else of a shell has a meaning.
    pub fn parse(text: &str) -> Option<Self> {
        shlex::split(text).and_then(Self::new)
    }

    /// Returns the words for a worker of `lane`.
    pub fn words(&self, lane: &str) -> Vec<String> {
        self.0.iter().map(|word| word.replace(PLACEHOLDER, lane)).collect()
    }
}

/// Starts a worker of the run of `lineage` in `folder`; what it prints goes to the file `log`.
#[expect(clippy::disallowed_types, reason = "the one place that starts a worker")]
pub(super) fn start(
    words: &[String],
    lineage: &Lineage,
    (folder, log): (&Path, &Path),
) -> Result<Child> {
    let context = || {
        let program = words.first().map(String::as_bytes).unwrap_or_default();
        message!("Could not start {}", shown(program))
    };
    let (program, rest) = words.split_first().ok_or_raise(context)?;
    fs_err::create_dir_all(log.parent().unwrap_or(folder)).or_raise(context)?;
    let output =
        fs_err::OpenOptions::new().create(true).append(true).open(log).or_raise(context)?;
    let errors = output.try_clone().or_raise(context)?;
    let mut command = Command::new(program);
    command.args(rest).current_dir(folder).stdin(Stdio::null());
    command.stdout(output.into_file()).stderr(errors.into_file());
    for (name, value) in lineage.variables() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    // Nobody is to take the worker for the session or the hook that the fleet was started from.
    for name in env::GIT_LOCAL_VARIABLES.into_iter().chain(env::HOLDER_VARIABLES) {
        command.env_remove(name);
    }
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().or_raise(context)
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[test]
    fn a_lane_is_a_part_of_a_word_and_never_more() {
        let hostile = "a b';$(touch x)`y`\"";
        let template = Template::parse("run '--lane={lane}' -- \"x {lane}\" \\{lane}").unwrap();
        let words = template.words(hostile);
        let want = ["run", &format!("--lane={hostile}"), "--", &format!("x {hostile}"), hostile];
        assert_eq!(words, want, "five words, whatever the lane is called");
        for text in ["", "run", "run 'it", "'' {lane}"] {
            assert_eq!(Template::parse(text), None, "{text:?} is no command of a worker");
        }
        let own = Template::new(vec!["run {lane};".to_owned()]).unwrap();
        assert_eq!(own.words("x"), ["run x;"], "words of the command line are not split");
    }
}
