//! What has a person to write so that a program that manages hooks runs ours?

use git_dos_git_hooks::Event;
use git_dos_git_hooks::owner::Manager;

/// The words for the programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ViaWord {
    /// <https://lefthook.dev>
    Lefthook,
    /// <https://typicode.github.io/husky>
    Husky,
    /// <https://pre-commit.com>
    PreCommit,
    /// <https://github.com/j178/prek>
    Prek,
    /// <https://hk.jdx.dev>
    Hk,
}

impl ViaWord {
    fn manager(self) -> Manager {
        match self {
            Self::Lefthook => Manager::Lefthook,
            Self::Husky => Manager::Husky,
            Self::PreCommit => Manager::PreCommit,
            Self::Prek => Manager::Prek,
            Self::Hk => Manager::Hk,
        }
    }

    /// Renders the recipes for `events`; what they have in common at the beginning is said once.
    pub(super) fn recipe(self, events: &[Event]) -> String {
        let manager = self.manager();
        let (served, others): (Vec<Event>, Vec<Event>) =
            events.iter().partition(|event| manager.serves(**event));
        let mut lines: Vec<String> = Vec::new();
        for event in &served {
            let recipe = manager.recipe(*event);
            let known = recipe.lines().zip(&lines).take_while(|(one, other)| one == other).count();
            lines.extend(recipe.lines().skip(known).map(str::to_owned));
        }
        if let Some(step) = self.step(&served) {
            lines.push(format!("then: {step}"));
        }
        if !others.is_empty() {
            let names: Vec<&str> = others.iter().map(|event| event.name()).collect();
            let names = names.join(",");
            lines.push(format!(
                "{} cannot serve {names}; git dos install --events {names} does",
                manager.name()
            ));
        }
        lines.join("\n") + "\n"
    }

    /// Returns what makes the program notice.
    fn step(self, events: &[Event]) -> Option<String> {
        let types = || events.iter().map(|event| format!(" --hook-type {}", event.name()));
        match self {
            _ if events.is_empty() => None,
            Self::Lefthook => Some("lefthook install".to_owned()),
            Self::Husky => None,
            Self::PreCommit => Some(format!("pre-commit install{}", types().collect::<String>())),
            Self::Prek => Some(format!("prek install{}", types().collect::<String>())),
            Self::Hk => Some("hk install".to_owned()),
        }
    }
}
