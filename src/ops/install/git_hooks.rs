//! Which files and keys have git call us for each of its hooks?

use std::path::{Path, PathBuf};

use git_dos_git_hooks::{Event, shim};
use git_dos_installer::builder::Builder;
use git_dos_installer::change::Manner;
use git_dos_installer::error::{Error, Reason};
use git_dos_installer::look;
use git_dos_installer::receipt::Kind;
use git_dos_installer::undo::Surgeon as _;
use git_dos_installer::wanted::{Edit, OwnFile, Standing, Touch};
use gix::error::{Result, ResultExt as _, message};

use super::way::{Slot, Way, Ways};
use super::{Mechanism, Outcome, Part, Run};
use crate::ops::wiring::config::{self, MODE, Previous, Wanted};
use crate::ops::wiring::moved;

/// What comes of the git hooks.
pub(super) struct Planned {
    pub(super) parts: Vec<Part>,
    /// The hooks that are asked for.
    pub(super) events: Vec<Event>,
}

/// Plans the hooks that are asked for, and the taking out of those that are not.
pub(super) fn plan(run: &Run<'_>, builder: &mut Builder<'_>) -> Result<Planned> {
    let text = fs_err::read(run.place.config())
        .or_raise(|| message("Could not read the repository's configuration"))?;
    let mut planner = Planner {
        run,
        ways: Ways::new(run, configured(&text))?,
        text,
        wanted: Wanted { hooks: Vec::new(), mode: run.request.mode },
        parts: Vec::new(),
    };
    let events = planner.events()?;
    for event in Event::ALL {
        let slot = planner.ways.slot(event)?;
        if events.contains(&event) {
            planner.put_in(event, &slot, builder)?;
        } else {
            planner.take_out(event, &slot, builder)?;
        }
    }
    planner.edit_config(builder);
    Ok(Planned { parts: planner.parts, events })
}

/// Lists the events for which the text of a configuration has a hook of ours.
fn configured(text: &[u8]) -> Vec<Event> {
    let has = |event: &Event| matches!(config::hook_in(text, *event), Ok(Some(_)));
    Event::ALL.into_iter().filter(has).collect()
}

struct Planner<'r> {
    run: &'r Run<'r>,
    ways: Ways<'r>,
    /// The repository's configuration.
    text: Vec<u8>,
    /// What of ours the configuration is to have.
    wanted: Wanted,
    parts: Vec<Part>,
}

impl Planner<'_> {
    /// Lists the hooks that are asked for: by name, or the usual ones, those that are there, and that of lanes where lanes are.
    fn events(&self) -> Result<Vec<Event>> {
        if self.run.request.git == Mechanism::None {
            return Ok(Vec::new());
        }
        if let Some(events) = &self.run.request.events {
            return Ok(Event::ALL.into_iter().filter(|event| events.contains(event)).collect());
        }
        let mut events = Vec::new();
        for event in Event::ALL {
            let there = self.ways.configured.contains(&event)
                || matches!(self.ways.slot(event)?, Slot::Ours);
            // A hook that was asked for stays; that of lanes goes with them.
            let stays = there && event != Event::PreCommit;
            if stays || self.run.lanes.call_for(event) {
                events.push(event);
            }
        }
        Ok(events)
    }

    fn put_in(&mut self, event: Event, slot: &Slot, builder: &mut Builder<'_>) -> Result<()> {
        let file = self.run.place.slot(event);
        let planned = match self.ways.of(event, slot)? {
            Way::File => self.put_in_file(event, slot, builder),
            Way::Chain => builder.chain(&self.shim(event), &self.run.place.kept(event)),
            Way::Config => {
                if matches!(slot, Slot::Ours) {
                    self.take_out_file(event, builder)?;
                }
                let command = shim::config_command(event.name(), &self.run.place.program);
                self.wanted.hooks.push((event, command));
                return Ok(());
            }
            Way::Moved(manager, path) => {
                let mut part = Part::new(event.name(), path, Outcome::AsWanted);
                part.note = Some(format!("{} runs it", manager.name()));
                self.parts.push(part);
                return Ok(());
            }
            Way::None { why, remedy } => {
                let outcome = Outcome::Refused { why, remedy };
                self.parts.push(Part::new(event.name(), file, outcome));
                return Ok(());
            }
        };
        self.parts.push(match planned {
            Ok(touch) => {
                let kept = builder.artefact(Kind::RenamedHook, &file).is_some();
                let mut part = Part::new(event.name(), file, touch.into());
                part.note = kept.then(|| {
                    let kept = self.run.place.kept(event);
                    format!("runs the hook that was there, now {}", self.run.place.shown(&kept))
                });
                part
            }
            Err(error) => with_remedy(Part::refused(event.name(), Some(file), &error), &error),
        });
        Ok(())
    }

    fn put_in_file(
        &self,
        event: Event,
        slot: &Slot,
        builder: &mut Builder<'_>,
    ) -> git_dos_installer::error::Result<Touch> {
        let (path, kept) = (self.run.place.slot(event), self.run.place.kept(event));
        let known = builder.artefact(Kind::RenamedHook, &path).is_some();
        if !known && let Some(hook) = look::read(&kept)? {
            // Beside a shim it is the user's, chained by a run whose receipt is lost; else it may be anybody's.
            if matches!(slot, Slot::Free) {
                return Err(Error::Refused { path: kept, reason: Reason::Foreign });
            }
            builder.record_chain(&path, &kept, &hook);
        }
        let force = self.run.request.force;
        builder.own_file(&self.shim(event), |bytes| {
            let standing = self.run.surgeon.standing(&path, bytes);
            if force && standing == Standing::Edited { Standing::Ours } else { standing }
        })
    }

    fn shim(&self, event: Event) -> OwnFile {
        OwnFile {
            path: self.run.place.slot(event),
            contents: shim::render(event.name(), &self.run.place.program).into_bytes(),
            manner: Manner::Program,
        }
    }

    fn take_out(&mut self, event: Event, slot: &Slot, builder: &mut Builder<'_>) -> Result<()> {
        if matches!(slot, Slot::Ours) {
            self.take_out_file(event, builder)?;
        }
        let context = || message!("Could not take out the hook {}", event.name());
        if let Some(moved) = moved::of(self.run.place, event).or_raise(context)? {
            builder.record_file(&moved.path);
            builder.take_out(&moved.path, &self.run.surgeon).or_raise(context)?;
            self.parts.push(Part::new(event.name(), moved.path, Outcome::TakenOut));
        }
        if matches!(slot, Slot::Ours) || self.ways.configured.contains(&event) {
            let file = self.run.place.slot(event);
            self.parts.push(Part::new(event.name(), file, Outcome::TakenOut));
        }
        Ok(())
    }

    /// Plans that our file for `event` goes, also one that no receipt speaks of.
    fn take_out_file(&self, event: Event, builder: &mut Builder<'_>) -> Result<()> {
        let context = || message!("Could not take out the hook {}", event.name());
        let (path, kept) = (self.run.place.slot(event), self.run.place.kept(event));
        if let Some(hook) = look::read(&kept).or_raise(context)? {
            builder.record_chain(&path, &kept, &hook);
        }
        builder.record_file(&path);
        builder.take_out(&path, &self.run.surgeon).or_raise(context)?;
        Ok(())
    }

    /// Plans the one edit of the configuration that all hooks and the mode need.
    fn edit_config(&mut self, builder: &mut Builder<'_>) {
        let path = self.run.place.config();
        let known = builder.artefact(Kind::ConfigKey, &path).map(|known| known.previous.clone());
        if known.is_none() && self.ways.configured.is_empty() && self.wanted == Wanted::default() {
            return;
        }
        let mut previous = known.unwrap_or_default();
        if self.wanted.mode.is_some() {
            let mode = config::mode(&self.text).ok().flatten();
            previous.entry(MODE.to_owned()).or_insert(mode);
        }
        let edited = builder.edit(&Edit {
            kind: Kind::ConfigKey,
            path: &path,
            roots: &roots(&self.run.place.common, self.run.place.home.as_ref()),
            manner: Manner::GitConfig,
            with: &|bytes| config::with(bytes, &self.wanted),
            without: &|bytes| config::without(bytes, &previous),
            previous: previous.clone(),
        });
        self.report_config(&path, &edited, &previous);
    }

    fn report_config(
        &mut self,
        path: &Path,
        edited: &git_dos_installer::error::Result<Touch>,
        previous: &Previous,
    ) {
        let hooks = self.wanted.hooks.iter().map(|(event, command)| {
            let there = config::hook_in(&self.text, *event).ok().flatten();
            (event.name(), there.as_ref() == Some(command))
        });
        let mode = self.wanted.mode.map(|mode| {
            let there = config::mode(&self.text).ok().flatten();
            (MODE, there.as_deref() == Some(mode.name()))
        });
        for (name, as_wanted) in hooks.chain(mode.filter(|_| !previous.is_empty())) {
            self.parts.push(match edited {
                Ok(_) if as_wanted => Part::new(name, path.to_owned(), Outcome::AsWanted),
                Ok(_) => Part::new(name, path.to_owned(), Outcome::Written),
                Err(error) => Part::refused(name, Some(path.to_owned()), error),
            });
        }
    }
}

/// Lists the folders that links from the repository's files may lead to.
pub(super) fn roots<'p>(inside: &'p Path, home: Option<&'p PathBuf>) -> Vec<&'p Path> {
    std::iter::once(inside).chain(home.map(PathBuf::as_path)).collect()
}

fn with_remedy(mut part: Part, error: &Error) -> Part {
    if let (Outcome::Refused { remedy, .. }, Error::Refused { path, reason }) =
        (&mut part.outcome, error)
    {
        let path = path.display();
        if *reason == Reason::Edited {
            *remedy = Some("to write over it: git dos install --force".to_owned());
        } else if *reason == Reason::Foreign {
            *remedy = Some(format!("rename or delete {path}, then: git dos install"));
        }
    }
    part
}
