//! One shared remote and its clones: over a path, or over a connection that goes wrong as a test says.

mod chain;
mod chance;
mod fault;
pub mod forge;
mod packet;
mod proxy;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Repository, Sandbox, succeed, write_program};

pub use chain::Chain;
pub use chance::Chance;
pub use fault::{Fault, Moment, Plan, Service};
pub use proxy::Proxy;

/// The ref that holds the set of leases.
pub const REFERENCE: &str = "refs/dos/leases";

/// The branch that holds it where a remote takes no such ref.
pub const BRANCH: &str = "refs/heads/dos/leases";

/// How long an exchange may take where nothing is to go wrong.
pub const PATIENT: &str = "30s";

/// How long it may take where something does.
pub const BRISK: &str = "2s";

/// The lanes of the clones.
const LANES: &str = "\
[lanes]
concurrent = [\"api\", \"web\"]
exclusive = [\"release\"]
autopick = [\"web\"]
[lanes.trees]
api = [\"src/api/**\"]
web = [\"app/**\"]
";

/// A bare repository that clones share.
pub struct Remote<'sandbox> {
    /// What serves it over a connection.
    pub proxy: Proxy,
    /// The bare repository, as a worktree of nothing.
    pub bare: Repository<'sandbox>,
}

impl<'sandbox> Remote<'sandbox> {
    /// Makes a remote with one commit, which declares lanes and that leases are shared, where an exchange may take
    /// as long as `timeout`.
    pub fn new(sandbox: &'sandbox Sandbox, timeout: &str) -> Self {
        let path = sandbox.bare("remote.git");
        let bare = Repository { sandbox, path };
        bare.git(["config", "core.logAllRefUpdates", "always"]);
        let seed = sandbox.repository("seed");
        let shared = format!("[leases]\nremote = \"origin\"\ntimeout = \"{timeout}\"\n");
        seed.write("dos.toml", shared + LANES);
        seed.write("src/api/f.rs", "");
        seed.commit("docs: begin");
        seed.git(["push", "--quiet", bare.path.to_str().unwrap(), "main"]);
        let proxy = Proxy::new(sandbox.path("home"), sandbox.path(""));
        Self { proxy, bare }
    }

    /// Makes a clone called `name`, which reaches the remote over the connection.
    pub fn clone(&self, name: &str) -> Repository<'sandbox> {
        let clone = self.clone_by_path(name);
        clone.git(["remote", "set-url", "origin", &self.url()]);
        clone
    }

    /// Makes a clone called `name`, which reaches the remote by its path.
    pub fn clone_by_path(&self, name: &str) -> Repository<'sandbox> {
        let sandbox = self.bare.sandbox;
        let path = sandbox.path(name);
        let mut command = sandbox.command("git", Path::new("/"));
        succeed(command.args(["clone", "--quiet"]).arg(&self.bare.path).arg(&path));
        Repository { sandbox, path }
    }

    /// Returns the address of the remote over the connection.
    pub fn url(&self) -> String {
        self.proxy.url("remote.git")
    }

    /// Returns what a ref of the remote points at, if there is one.
    pub fn tip(&self, reference: &str) -> Option<String> {
        let ran = self.bare.try_git(["rev-parse", "--verify", "--quiet", reference]);
        (ran.code == Some(0)).then_some(ran.stdout)
    }

    /// Returns the set that the ref has now.
    pub fn state(&self) -> Value {
        let file = self.bare.git(["cat-file", "blob", &format!("{REFERENCE}:leases.json")]);
        serde_json::from_str(&file).unwrap()
    }

    /// Makes `state` the set, with git alone, after what the ref has now.
    pub fn put(&self, state: &Value) {
        let change = forge::change(&self.bare, state, &[], self.tip(REFERENCE).as_deref());
        self.bare.git(["update-ref", REFERENCE, &change]);
    }

    /// Returns all that `reference` of the remote ever said.
    pub fn chain(&self, reference: &str) -> Chain {
        Chain::read(&self.bare, reference)
    }

    /// Puts a hook of the server in place.
    pub fn hook(&self, name: &str, text: &str) {
        write_program(&self.hook_path(name), text);
    }

    /// Takes a hook of the server away.
    pub fn unhook(&self, name: &str) {
        fs_err::remove_file(self.hook_path(name)).unwrap();
    }

    fn hook_path(&self, name: &str) -> PathBuf {
        self.bare.path.join("hooks").join(name)
    }
}
