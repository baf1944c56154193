//! Does a program that manages hooks call us, or a person's script?

use std::path::{Path, PathBuf};

use git_dos_git_hooks::Event;

/// What lefthook reads at the top of a worktree.
const LEFTHOOK_FILES: [&str; 5] =
    ["lefthook.yml", "lefthook.yaml", "lefthook.toml", ".lefthook.yml", ".lefthook.yaml"];

/// What managers read there that hand git's input to no hook, so that `audit` itself is called.
const AUDIT_FILES: [&str; 3] = [".pre-commit-config.yaml", "prek.toml", "hk.pkl"];

/// Finds a file of a manager's, or the hook itself, in which a person has it call us; `top` is the worktree's.
pub(super) fn calling_file(top: &Path, hook: &Path, event: Event) -> Option<PathBuf> {
    let call = format!("git-dos hook git {}", event.name());
    let of_folder_above = hook.ancestors().nth(2).map(|above| above.join(event.name()));
    let settings = LEFTHOOK_FILES.iter().chain(&AUDIT_FILES).map(|name| top.join(name));
    std::iter::once(hook.to_owned()).chain(of_folder_above).chain(settings).find(|file| {
        let text = fs_err::read_to_string(file).unwrap_or_default();
        let audits = event == Event::PrePush && AUDIT_FILES.iter().any(|name| file.ends_with(name));
        text.contains(&call) || (audits && text.contains("git-dos audit"))
    })
}

/// Tells whether git runs some hook for `event` from the configuration of `repository`.
pub(super) fn run_something(repository: &gix::Repository, event: Event) -> bool {
    let config = repository.config_snapshot();
    let hooks = config.plumbing().sections_by_name("hook").into_iter().flatten();
    let mut events = hooks.flat_map(|hook| hook.values("event"));
    events.any(|found| found == event.name())
}
