//! Does git see the agents' settings of one worktree? It should not.

use std::path::PathBuf;

use git_dos_installer::builder::Builder;
use git_dos_installer::change::Manner;
use git_dos_installer::look;
use git_dos_installer::receipt::Kind;
use git_dos_installer::wanted::{Edit, Touch};
use gix::error::{Result, ResultExt as _, message};

use super::git_hooks::roots;
use super::{Part, Run};
use crate::ops::wiring::config::Previous;
use crate::ops::wiring::{copied, exclude};

/// Plans our lines in `info/exclude` for the `hidden` settings, unless git ignores them already, and takes out
/// the lines of those that are `shown` from now on.
pub(super) fn plan(
    run: &Run<'_>,
    hidden: &[&str],
    shown: &[PathBuf],
    builder: &mut Builder<'_>,
) -> Result<Option<Part>> {
    let file = run.place.exclude();
    let text = look::read(&file).or_raise(|| message("Could not read what git ignores"))?;
    let there = exclude::lines_in(text.as_deref().unwrap_or_default());
    let mut lines = there.clone();
    lines.retain(|line| !shown.iter().any(|shown| exclude_line(run, shown).as_ref() == Some(line)));
    for path in hidden {
        let line = exclude::line(path);
        if !lines.contains(&line) && !is_ignored(run, path)? {
            lines.push(line);
        }
    }
    if lines.is_empty() && there.is_empty() {
        return Ok(None);
    }
    let edited = builder.edit(&Edit {
        kind: Kind::ExcludeLine,
        path: &file,
        roots: &roots(&run.place.common, run.place.home.as_ref()),
        manner: Manner::Plain,
        with: &|bytes| Ok(exclude::with(bytes, &lines)),
        without: &|bytes| Ok(exclude::without(bytes)),
        previous: Previous::new(),
    });
    Ok(match edited {
        // Only a change is of interest when nothing was asked for here.
        Ok(Touch::AsWanted) if hidden.is_empty() => None,
        Ok(touch) => {
            let mut part = Part::new("exclude", file, touch.into());
            part.note = Some("so that git ignores those settings".to_owned());
            Some(part)
        }
        Err(error) => Some(Part::refused("exclude", Some(file), &error)),
    })
}

fn exclude_line(run: &Run<'_>, file: &std::path::Path) -> Option<String> {
    file.strip_prefix(run.top).ok()?.to_str().map(exclude::line)
}

fn is_ignored(run: &Run<'_>, path: &str) -> Result<bool> {
    let context = || message("Could not read what git ignores");
    let index = run.repository.index_or_empty().or_raise(context)?;
    let source = gix::worktree::stack::state::ignore::Source::WorktreeThenIdMappingIfNotSkipped;
    let mut stack = run.repository.excludes(&index, None, source).or_raise(context)?;
    let mode = Some(gix::index::entry::Mode::FILE);
    Ok(stack.at_entry(path, mode).or_raise(context)?.is_excluded())
}

/// Tells whether git tracks the file at `path`, from the top of the worktree.
pub(super) fn is_tracked(run: &Run<'_>, path: &str) -> Result<bool> {
    let index =
        run.repository.index_or_empty().or_raise(|| message("Could not read what git tracks"))?;
    Ok(index.entry_by_path(path.into()).is_some())
}

/// Says that other worktrees of the repository do not see the `hidden` settings of this one.
pub(super) fn other_worktrees(run: &Run<'_>, hidden: &[&str]) -> Option<String> {
    let claude = hidden.iter().find(|path| path.starts_with(".claude/"));
    let linked = run.repository.worktrees().map_or(0, |worktrees| worktrees.len());
    let makes_own = look::exists(&run.top.join(copied::MADE)).unwrap_or(false);
    let is_copied = |path: &&&str| copied::is_copied(run.top, path).unwrap_or(false);
    let included = claude.filter(|_| makes_own).filter(|path| !is_copied(path));
    if linked == 0 && included.is_none() {
        return None;
    }
    let whose = if claude.is_some() { "Claude Code settings" } else { "agents' settings" };
    let mut note = format!(
        "other worktrees have {whose} of their own: run git dos install there, \
         or once with --scope user"
    );
    if let Some(path) = included {
        let words =
            ["; those that Claude Code makes get these after: echo ", path, " >> ", copied::LIST];
        note.push_str(&words.concat());
    }
    Some(note)
}
