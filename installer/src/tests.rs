//! Whole installations on a real file system, stopped at every moment.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::apply::Moment;
use crate::builder::Builder;
use crate::change::Manner;
use crate::error::{Error, Reason, Result};
use crate::groups::{self, Entry, Handler};
use crate::json::Value;
use crate::lines;
use crate::plan::Plan;
use crate::receipt::{Artefact, Kind, Receipt, Store};
use crate::undo::{self, Fate, Surgeon};
use crate::wanted::{Edit, Facts, OwnFile, Standing, Touch};

const BLOCK: &str = "# git dos\n/.claude/settings.local.json\n";
const KEYS: &str = "[dos]\n\tmode = gate\n";

/// A repository-like folder, and what an installation does in it.
struct World {
    folder: tempfile::TempDir,
    /// The path in the command of our hook; another one makes another installation.
    program: &'static str,
}

fn is_own(handler: &Handler<'_>) -> bool {
    handler.command.ends_with("git-dos hook agent")
}

fn block(kind: Kind) -> &'static str {
    if kind == Kind::ConfigKey { KEYS } else { BLOCK }
}

struct Hand;

impl Surgeon for Hand {
    fn without_ours(
        &self,
        artefact: &Artefact,
        bytes: &[u8],
    ) -> std::result::Result<Vec<u8>, Reason> {
        if artefact.kind == Kind::JsonSpan {
            return groups::remove(bytes, groups::Form::Groups, &is_own).map_err(Reason::Settings);
        }
        Ok(lines::remove(bytes, block(artefact.kind)))
    }

    fn standing(&self, _: &Path, bytes: &[u8]) -> Standing {
        match bytes {
            b"shim by hand" => Standing::Edited,
            _ if bytes.starts_with(b"shim ") => Standing::Ours,
            _ => Standing::Foreign,
        }
    }
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs_err::create_dir_all(folder.path().join(".git")).unwrap();
        Self { folder, program: "/bin/git-dos" }
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    fn put(&self, relative: &str, text: &str) {
        fs_err::create_dir_all(self.path(relative).parent().unwrap()).unwrap();
        fs_err::write(self.path(relative), text).unwrap();
    }

    fn store(&self) -> Store {
        Store { file: self.path(".git/dos/install.json"), common: Some(self.path(".git")) }
    }

    fn shim(&self, event: &str) -> OwnFile {
        OwnFile {
            path: self.path(&format!(".git/hooks/{event}")),
            contents: format!("shim {}", self.program).into_bytes(),
            manner: Manner::Program,
        }
    }

    fn plan(&self) -> Result<Plan> {
        let store = self.store();
        fs_err::create_dir_all(self.path(".git/dos")).unwrap();
        let (mut builder, _) = Builder::new(&store);
        for event in ["pre-push", "post-commit"] {
            let shim = self.shim(event);
            let kept = self.path(&format!(".git/hooks/{event}.git-dos-prev"));
            let theirs = fs_err::read(&shim.path).is_ok_and(|bytes| !bytes.starts_with(b"shim"));
            if theirs {
                builder.chain(&shim, &kept)?;
            } else {
                builder.own_file(&shim, |bytes| Hand.standing(&shim.path, bytes))?;
            }
        }
        let root = self.folder.path();
        let settings = self.path(".claude/settings.local.json");
        let edits: [(Kind, PathBuf, Manner); 3] = [
            (Kind::JsonSpan, settings, Manner::Plain),
            (Kind::ExcludeLine, self.path(".git/info/exclude"), Manner::Plain),
            (Kind::ConfigKey, self.path(".git/config"), Manner::GitConfig),
        ];
        for (kind, path, manner) in &edits {
            builder.edit(&Edit {
                kind: *kind,
                path,
                roots: &[root],
                manner: *manner,
                with: &|bytes| self.with(*kind, bytes),
                without: &|bytes| Hand.without_ours(&Artefact::new(*kind, path.clone()), bytes),
                previous: BTreeMap::new(),
            })?;
        }
        Ok(builder.finish(Facts {
            version: "1".to_owned(),
            time: 7,
            program: PathBuf::from(self.program),
            events: vec!["pre-push".to_owned()],
            agents: Vec::new(),
            repositories: Vec::new(),
        }))
    }

    fn with(&self, kind: Kind, bytes: &[u8]) -> std::result::Result<Vec<u8>, Reason> {
        let handler = Value::object([
            ("type", Value::string("command")),
            ("command", Value::string(format!("{} hook agent", self.program))),
        ]);
        let entry = Entry { event: "Stop".to_owned(), matcher: None, handler };
        if kind == Kind::JsonSpan {
            return groups::merge(bytes, groups::Form::Groups, &[entry], &is_own)
                .map_err(Reason::Settings);
        }
        Ok(lines::append(bytes, block(kind)))
    }

    /// Installs, breaking off at moment number `stop`; `false` when that was never reached.
    fn install(&self, stop: usize) -> bool {
        carry_out(&self.plan().unwrap(), &self.store(), stop)
    }

    fn uninstall(&self, stop: usize) -> bool {
        let Some(receipt) = self.store().load().unwrap() else { return false };
        let (plan, _) = undo::plan(&self.store(), receipt, &Hand).unwrap();
        carry_out(&plan, &self.store(), stop)
    }

    /// Everything on the disk: kind, mode and contents by path.
    fn state(&self) -> BTreeMap<String, (u32, Vec<u8>)> {
        let mut state = BTreeMap::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs_err::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(self.folder.path()).unwrap().display().to_string();
                let metadata = fs_err::symlink_metadata(&path).unwrap();
                if metadata.is_dir() {
                    if name != ".git/dos" {
                        state.insert(name, (metadata.mode(), Vec::new()));
                    }
                    folders.push(path);
                } else if metadata.is_symlink() {
                    let target = fs_err::read_link(&path).unwrap();
                    let target = target.into_os_string().into_encoded_bytes();
                    state.insert(name, (metadata.mode(), target));
                } else {
                    state.insert(name, (metadata.mode(), fs_err::read(&path).unwrap()));
                }
            }
        }
        state
    }
}

fn carry_out(plan: &Plan, store: &Store, stop: usize) -> bool {
    let mut moment = 0;
    let done = plan.carry_out(store, &mut |_: Moment| {
        moment += 1;
        if moment > stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match done {
        Ok(()) => false,
        Err(Error::Stopped) => true,
        Err(error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
    }
}

const NEVER: usize = usize::MAX;

/// The states in which an installation may find a repository.
fn worlds() -> Vec<fn() -> World> {
    vec![World::new, || {
        let world = World::new();
        world.put(".git/config", "[core]\n\tbare = false");
        world.put(".git/info/exclude", "*.log");
        world.put(".claude/settings.local.json", "{\"hooks\": {}}");
        world.put(".git/hooks/pre-push", "theirs");
        let mode = std::fs::Permissions::from_mode(0o711);
        fs_err::set_permissions(world.path(".git/hooks/pre-push"), mode).unwrap();
        world.put("hooks/post-commit", "tracked");
        let link = world.path(".git/hooks/post-commit");
        std::os::unix::fs::symlink("../../hooks/post-commit", link).unwrap();
        world
    }]
}

#[test]
fn a_stop_at_any_moment_is_repaired_by_the_next_run() {
    let mut stops = 0;
    for make in worlds() {
        let whole = make();
        whole.install(NEVER);
        let mut wanted = whole.state();
        for stop in 0.. {
            let world = make();
            let before = world.state();
            if !world.install(stop) {
                break;
            }
            stops += 1;
            let name = world.folder.path().file_name();
            assert!(!world.install(NEVER), "the same again ends well ({stop}, {name:?})");
            let mut state = world.state();
            wanted.remove(".git/dos/install.json");
            state.remove(".git/dos/install.json");
            assert_eq!(state, wanted, "as if it had never been stopped at {stop}");
            world.uninstall(NEVER);
            assert_eq!(world.state(), before, "and out again ({stop})");
        }
    }
    assert!(stops > 30, "every act was stopped: {stops}");
}

#[test]
fn a_stop_at_any_moment_can_be_taken_back_at_any_moment() {
    for make in worlds() {
        for stop in 0.. {
            let world = make();
            let before = world.state();
            if !world.install(stop) {
                break;
            }
            let mut second = 0;
            while world.uninstall(second) {
                second += 1;
            }
            assert_eq!(world.state(), before, "stopped at {stop}");
        }
    }
}

#[test]
fn at_no_moment_is_there_no_hook_where_the_user_had_one() {
    let world = worlds()[1]();
    let slot = world.path(".git/hooks/pre-push");
    let plan = world.plan().unwrap();
    let mut watch = |_: Moment| {
        assert!(slot.exists(), "a push now would run a hook");
        ControlFlow::Continue(())
    };
    plan.carry_out(&world.store(), &mut watch).unwrap();
    let receipt = world.store().load().unwrap().unwrap();
    let (plan, _) = undo::plan(&world.store(), receipt, &Hand).unwrap();
    plan.carry_out(&world.store(), &mut watch).unwrap();
}

#[test]
fn an_upgrade_that_is_stopped_still_comes_out_byte_for_byte() {
    for make in worlds() {
        for stop in 0.. {
            let mut world = make();
            let before = world.state();
            world.install(NEVER);
            world.program = "/opt/git-dos";
            if !world.install(stop) {
                break;
            }
            if stop % 2 == 0 {
                world.install(NEVER);
            }
            world.uninstall(NEVER);
            assert_eq!(world.state(), before, "stopped at {stop}");
        }
    }
}

#[test]
fn a_second_run_writes_nothing() {
    for make in worlds() {
        let world = make();
        world.install(NEVER);
        let times = |world: &World| -> Vec<_> {
            let files = world.state().into_keys();
            files
                .map(|name| fs_err::symlink_metadata(world.path(&name)).unwrap())
                .map(|found| (found.ino(), found.mtime_nsec(), found.ctime_nsec()))
                .collect()
        };
        let before = times(&world);
        assert!(world.plan().unwrap().is_empty(), "nothing to do");
        world.install(0);
        assert_eq!(times(&world), before, "no file was touched");
    }
}

#[test]
fn modes_and_links_are_kept_and_a_private_file_stays_private() {
    let world = World::new();
    world.put("real/settings.json", "{}");
    fs_err::create_dir(world.path(".claude")).unwrap();
    let mode = std::fs::Permissions::from_mode(0o600);
    fs_err::set_permissions(world.path("real/settings.json"), mode).unwrap();
    let link = world.path(".claude/settings.local.json");
    std::os::unix::fs::symlink("../real/settings.json", &link).unwrap();
    let before = world.state();
    world.install(NEVER);
    assert!(fs_err::symlink_metadata(&link).unwrap().is_symlink(), "the link is still a link");
    let real = world.path("real/settings.json");
    assert!(fs_err::read_to_string(&real).unwrap().contains("git-dos"), "its target was edited");
    assert_eq!(fs_err::metadata(&real).unwrap().mode() & 0o777, 0o600, "and kept its mode");
    world.uninstall(NEVER);
    assert_eq!(world.state(), before, "all is as it was");
}

#[test]
fn the_owner_is_kept_where_the_system_allows_it() {
    let world = World::new();
    world.put(".claude/settings.local.json", "{}");
    let path = world.path(".claude/settings.local.json");
    if std::os::unix::fs::chown(&path, Some(12345), Some(54321)).is_err() {
        return; // Only the administrator can give files away.
    }
    world.install(NEVER);
    let found = fs_err::metadata(&path).unwrap();
    assert_eq!((found.uid(), found.gid()), (12345, 54321), "owner and group");
}

#[test]
fn links_to_nothing_and_out_of_the_repository_are_refused() {
    let outside = tempfile::tempdir().unwrap();
    fs_err::write(outside.path().join("settings.json"), "{}").unwrap();
    for target in [PathBuf::from("nowhere"), outside.path().join("settings.json")] {
        let world = World::new();
        fs_err::create_dir(world.path(".claude")).unwrap();
        std::os::unix::fs::symlink(&target, world.path(".claude/settings.local.json")).unwrap();
        let Err(Error::Refused { reason, .. }) = world.plan() else { panic!("{target:?}") };
        let expected = matches!(reason, Reason::DanglingLink | Reason::OutsideLink(_));
        assert!(expected, "{target:?}: {reason:?}");
    }
    let world = World::new();
    std::os::unix::fs::symlink(outside.path(), world.path(".claude")).unwrap();
    let refused = matches!(world.plan(), Err(Error::Refused { .. }));
    assert!(refused, "a linked folder leads out just as well");
}

#[test]
fn a_foreign_writer_in_between_wins() {
    let world = World::new();
    world.put(".claude/settings.local.json", "{}");
    let plan = world.plan().unwrap();
    let path = world.path(".claude/settings.local.json");
    let mut moments = 0;
    let result = plan.carry_out(&world.store(), &mut |moment| {
        if moment == Moment::Prepared {
            moments += 1;
            fs_err::write(&path, "{\"theirs\": 1}").unwrap();
        }
        ControlFlow::Continue(())
    });
    assert!(matches!(result, Err(Error::Changed(_))), "{result:?}");
    assert!(moments > 0, "the writer came between reading and renaming");
    assert_eq!(fs_err::read_to_string(&path).unwrap(), "{\"theirs\": 1}", "theirs stays");
    world.install(NEVER);
    let text = fs_err::read_to_string(&path).unwrap();
    assert!(text.contains("theirs") && text.contains("git-dos"), "the next run has both: {text}");
}

#[test]
fn a_file_edited_since_loses_our_part_only() {
    let world = World::new();
    world.put(".claude/settings.local.json", "{\"a\": 1}\n");
    world.install(NEVER);
    let path = world.path(".claude/settings.local.json");
    let text = fs_err::read_to_string(&path).unwrap().replace("\"a\": 1", "\"a\": 2.0");
    fs_err::write(&path, text).unwrap();
    world.put(".git/hooks/post-commit", "shim by hand");
    let receipt = world.store().load().unwrap().unwrap();
    let (plan, undone) = undo::plan(&world.store(), receipt, &Hand).unwrap();
    let fate = |end: &str| {
        undone.fates.iter().find(|(path, _)| path.ends_with(end)).map(|(_, fate)| fate.clone())
    };
    assert_eq!(fate("settings.local.json"), Some(Fate::OwnPartRemoved), "{undone:?}");
    assert_eq!(fate("post-commit"), Some(Fate::Left(Reason::Edited)), "{undone:?}");
    assert!(!carry_out(&plan, &world.store(), NEVER), "it ends well");
    assert_eq!(fs_err::read_to_string(&path).unwrap(), "{\"a\": 2.0}\n", "our part is gone");
    assert!(world.path(".git/hooks/post-commit").exists(), "an edited shim is left");
    let receipt: Receipt = world.store().load().unwrap().unwrap();
    assert_eq!(receipt.artefacts.len(), 1, "and remembered: {receipt:?}");
}

#[test]
fn a_config_that_git_holds_locked_is_left_alone() {
    let world = World::new();
    world.put(".git/config", "[core]\n");
    world.put(".git/config.lock", "");
    let plan = world.plan().unwrap();
    let result = plan.carry_out(&world.store(), &mut |_| ControlFlow::Continue(()));
    assert!(matches!(result, Err(Error::Busy(_))), "{result:?}");
    assert_eq!(fs_err::read_to_string(world.path(".git/config")).unwrap(), "[core]\n", "as it was");
    fs_err::remove_file(world.path(".git/config.lock")).unwrap();
    world.install(NEVER);
    assert!(!world.path(".git/config.lock").exists(), "our own lock goes");
}

#[test]
fn a_second_name_that_is_taken_is_refused() {
    let world = World::new();
    world.put(".git/hooks/pre-push", "theirs");
    world.put(".git/hooks/pre-push.git-dos-prev", "somebody's");
    let refused = matches!(world.plan(), Err(Error::Refused { reason: Reason::Foreign, .. }));
    assert!(refused, "nothing is written over");
}

#[test]
fn a_removed_entry_is_put_back_once() {
    let world = World::new();
    world.put(".claude/settings.local.json", "{\n  \"hooks\": {}\n}\n");
    world.install(NEVER);
    world.put(".claude/settings.local.json", "{\n  \"hooks\": {}\n}\n");
    world.install(NEVER);
    let path = world.path(".claude/settings.local.json");
    let text = fs_err::read_to_string(&path).unwrap();
    assert_eq!(text.matches("git-dos").count(), 1, "{text}");
    world.uninstall(NEVER);
    let text = fs_err::read_to_string(&path).unwrap();
    assert_eq!(text, "{\n  \"hooks\": {}\n}\n", "and out again");
}

#[test]
fn a_receipt_survives_strange_paths_and_moved_repositories() {
    use std::os::unix::ffi::OsStrExt as _;
    let store = Store { file: "/r/.git/dos/install.json".into(), common: Some("/r/.git".into()) };
    let odd = Path::new(std::ffi::OsStr::from_bytes(b"/elsewhere/\xff\"x"));
    for (path, stored) in [
        (Path::new("/r/.git/hooks/pre-push"), Path::new("hooks/pre-push")),
        (Path::new("/r/.claude/settings.local.json"), Path::new("../.claude/settings.local.json")),
        (odd, odd),
    ] {
        assert_eq!(store.relative(path), stored, "as it is written down");
        assert_eq!(store.absolute(stored), path, "and found again");
        let artefact = Artefact::new(Kind::OwnFile, stored.to_owned());
        let text = serde_json::to_string(&artefact).unwrap();
        assert_eq!(serde_json::from_str::<Artefact>(&text).unwrap(), artefact, "{text}");
    }
    let newer = r#"{"kind": "something-new", "path": "x", "colour": "blue"}"#;
    let artefact: Artefact = serde_json::from_str(newer).unwrap();
    assert_eq!(artefact.kind, Kind::Unknown, "a later version's receipt can be read");
}

#[test]
fn a_file_that_is_somebody_elses_is_not_replaced() {
    let world = World::new();
    let store = world.store();
    let file = OwnFile {
        path: world.path("man/git-dos.1"),
        contents: b"shim".to_vec(),
        manner: Manner::Plain,
    };
    world.put("man/git-dos.1", "theirs");
    let (mut builder, _) = Builder::new(&store);
    let refused = builder.own_file(&file, |_| Standing::Foreign);
    assert!(matches!(refused, Err(Error::Refused { reason: Reason::Foreign, .. })), "{refused:?}");
    let written = builder.own_file(&file, |_| Standing::Ours).unwrap();
    assert_eq!(written, Touch::Written, "unless it is known to be ours");
}

#[test]
fn a_folder_that_cannot_be_written_leaves_nothing_half_done() {
    let world = World::new();
    world.put(".claude/settings.local.json", "{}");
    let folder = world.path(".claude");
    fs_err::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    if fs_err::write(folder.join("probe"), "").is_ok() {
        return; // The administrator may write everywhere.
    }
    let before = world.state();
    let plan = world.plan().unwrap();
    let result = plan.carry_out(&world.store(), &mut |_| ControlFlow::Continue(()));
    assert!(matches!(result, Err(Error::Io { .. })), "{result:?}");
    let settings = fs_err::read(folder.join("settings.local.json")).unwrap();
    assert_eq!(settings, b"{}", "the settings are untouched");
    world.uninstall(NEVER);
    assert_eq!(world.state(), before, "and what was done before can be taken back");
    fs_err::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
}
