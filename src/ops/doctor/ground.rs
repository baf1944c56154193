//! Where can a hook run for real and touch nobody's records? In a repository of its own, which goes away again.

use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::bstr::BString;
use gix::error::{Result, ResultExt as _, message};
use gix::objs::tree::{Entry, EntryKind};

use crate::clock;
use crate::leases::{self, Lease, State};

/// What the hooks are to do here, whatever the user's own settings are.
const CONFIG: &str = "[dos]\n\tmode = gate\n\taudit = true\n\tstream = true\n";

/// A repository for one person and a few seconds, with git-dos installed in it.
pub(super) struct Ground {
    folder: tempfile::TempDir,
    /// The top of its worktree.
    pub(super) top: PathBuf,
    /// A commit that claims a repair and changes nothing.
    pub(super) claim: ObjectId,
    /// The commit of `HEAD`: an archive by a stranger that repeats the one before it.
    pub(super) head: ObjectId,
}

impl Ground {
    /// Makes the repository in the system's folder for such things.
    pub(super) fn make() -> Result<Self> {
        let context = || message("Could not make a repository to try the hooks in");
        let made = tempfile::Builder::new().prefix("git-dos-doctor-").tempdir();
        let folder = made.or_raise(context)?;
        let real = fs_err::canonicalize(folder.path()).or_raise(context)?;
        let top = real.join("work");
        let repository = gix::init(&top).or_raise(context)?;
        let git = top.join(".git");
        let written = fs_err::read_to_string(git.join("config")).or_raise(context)?;
        fs_err::write(git.join("config"), written + CONFIG).or_raise(context)?;
        let tree = repository.write_object(gix::objs::Tree::empty()).or_raise(context)?.detach();
        let commit = |subject: &str, parent: Option<ObjectId>| {
            let commit = commit(tree, subject, parent);
            let id = repository.write_object(&commit).or_raise(context);
            id.map(gix::Id::detach)
        };
        let mut head = commit("docs: begin", None)?;
        let claim = commit("fix: stop the crash", Some(head))?;
        for minute in 1..=3 {
            let subject = format!(
                "docs/dispatch: archive 20260101T000{minute}00Z — verdict=BLOCKED, a trial [cause:trial]"
            );
            head = commit(&subject, Some(head))?;
        }
        fs_err::create_dir_all(git.join("refs/heads")).or_raise(context)?;
        fs_err::write(git.join("refs/heads/main"), format!("{head}\n")).or_raise(context)?;
        fs_err::write(git.join("HEAD"), "ref: refs/heads/main\n").or_raise(context)?;
        let ground = Self { folder, top, claim, head };
        ground.clean().or_raise(context)?;
        Ok(ground)
    }

    /// Returns the path of `name` beside the repository.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Lets it be as if no hook had run yet.
    pub(super) fn clean(&self) -> std::io::Result<()> {
        let state = self.state();
        if state.is_dir() {
            fs_err::remove_dir_all(&state)?;
        }
        fs_err::create_dir_all(&state)?;
        fs_err::write(state.join("install.json"), "{}")
    }

    /// Lets somebody else hold a lane that the next commit would reach into.
    pub(super) fn hold_lane(&self) -> Result<()> {
        let context = || message("Could not hold a lane to try a hook with");
        let repository = gix::open(&self.top).or_raise(context)?;
        let lease = Lease {
            lane: "trial".to_owned(),
            tree: vec!["trial/**".to_owned()],
            owner: Some("git-dos-doctor".to_owned()),
            worktree: Some("/nowhere".to_owned()),
            acquired_ms: u64::try_from(clock::now().as_millis()).or_raise(context)?,
            ttl_s: 600,
            ..Lease::default()
        };
        let state = State { generation: 1, begins: 1, leases: vec![lease], ..State::default() };
        let state = serde_json::to_vec(&state).or_raise(context)?;
        let entry = |name: &str, mode: EntryKind, oid: ObjectId| {
            let entries = vec![Entry { mode: mode.into(), filename: name.into(), oid }];
            let id = repository.write_object(gix::objs::Tree { entries }).or_raise(context);
            id.map(gix::Id::detach)
        };
        let blob =
            |bytes: &[u8]| repository.write_blob(bytes).or_raise(context).map(gix::Id::detach);
        let leases = entry(leases::FILE_NAME, EntryKind::Blob, blob(&state)?)?;
        let held = repository.write_object(commit(leases, "a lane", None)).or_raise(context)?;
        let file = self.top.join(".git").join(leases::REFERENCE);
        fs_err::create_dir_all(file.parent().unwrap_or(&self.top)).or_raise(context)?;
        fs_err::write(&file, format!("{held}\n")).or_raise(context)?;
        let inside = entry("file", EntryKind::Blob, blob(b"")?)?;
        let staged = entry("trial", EntryKind::Tree, inside)?;
        let mut index = repository.index_from_tree(&staged).or_raise(context)?;
        index.write(gix::index::write::Options::default()).or_raise(context)
    }

    /// Gives the lane back.
    pub(super) fn leave_lane(&self) -> std::io::Result<()> {
        let git = self.top.join(".git");
        fs_err::remove_file(git.join(leases::REFERENCE))?;
        fs_err::remove_file(git.join("index"))
    }

    /// Tells whether a hook has left `name` in the folder of our state.
    pub(super) fn has(&self, name: impl AsRef<Path>) -> bool {
        self.state().join(name).exists()
    }

    fn state(&self) -> PathBuf {
        self.top.join(".git/dos")
    }
}

fn commit(tree: ObjectId, subject: &str, parent: Option<ObjectId>) -> gix::objs::Commit {
    let person = gix::actor::Signature {
        name: "git-dos doctor".into(),
        email: "doctor@git-dos.invalid".into(),
        time: gix::date::Time { seconds: 1_767_225_600, offset: 0 },
    };
    gix::objs::Commit {
        tree,
        parents: parent.into_iter().collect(),
        author: person.clone(),
        committer: person,
        encoding: None,
        message: BString::from(format!("{subject}\n")),
        extra_headers: Vec::new(),
    }
}
