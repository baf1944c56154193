//! One temporary folder for all that a test touches: a home, repositories, and the programs' environment.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The program under test.
pub const GIT_DOS: &str = env!("CARGO_BIN_EXE_git-dos");

/// The settings of the user whose home is in the sandbox.
const GIT_CONFIG: &str = "\
[user]
\tname = Ada Tester
\temail = ada@example.org
[init]
\tdefaultBranch = main
[commit]
\tgpgSign = false
[maintenance]
\tauto = false
[gc]
\tauto = 0
[core]
\teditor = true
[protocol \"file\"]
\tallow = always
";

/// A home folder and everything else that a test makes; removed when dropped.
pub struct Sandbox {
    folder: tempfile::TempDir,
    /// A folder with a git that runs no hooks from its configuration.
    older_git: OnceLock<PathBuf>,
}

impl Sandbox {
    /// Makes an empty sandbox whose user can commit.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("git-dos-").tempdir().unwrap();
        let sandbox = Self { folder, older_git: OnceLock::new() };
        fs_err::create_dir(sandbox.path("home")).unwrap();
        fs_err::write(sandbox.path("home/.gitconfig"), GIT_CONFIG).unwrap();
        sandbox
    }

    /// Returns the path of `name` inside the sandbox.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Prepares `program` to run in `folder` with nothing of the developer's environment but `PATH`.
    pub fn command(&self, program: impl AsRef<OsStr>, folder: &Path) -> Command {
        let mut command = at_home(program, &self.path("home"));
        command.current_dir(folder);
        command
    }

    /// Returns a search path whose git is the usual one and says that it is older than 2.54, which is the
    /// first that runs hooks from its configuration.
    pub fn path_with_older_git(&self) -> OsString {
        let folder = self.older_git.get_or_init(|| {
            let folder = self.path("older git");
            let script = "#!/bin/sh\n[ \"$1\" = --version ] && exec echo git version 2.47.3\n\
                          PATH=${PATH#*:} exec git \"$@\"\n";
            write_program(&folder.join("git"), script);
            folder
        });
        let mut path = folder.clone().into_os_string();
        path.push(":");
        path.push(search_path());
        path
    }

    /// Makes a repository called `name`, without a commit.
    pub fn repository(&self, name: impl AsRef<Path>) -> Repository<'_> {
        let repository = Repository { sandbox: self, path: self.path(name) };
        fs_err::create_dir_all(&repository.path).unwrap();
        repository.git(["init", "--quiet"]);
        repository
    }

    /// Makes a bare repository called `name` and returns its path.
    pub fn bare(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        let folder = self.path("");
        let init = ["init", "--quiet", "--bare"].map(OsString::from);
        succeed(self.command("git", &folder).args(init).arg(&path));
        path
    }
}

/// Prepares `program` to run with `home` and nothing of the developer's environment but `PATH`.
pub fn at_home(program: impl AsRef<OsStr>, home: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", search_path())
        .env("HOME", home)
        .env("GIT_CONFIG_GLOBAL", home.join(".gitconfig"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    command
}

/// Returns `PATH` without the folders that hold a git-dos of the developer's.
#[expect(clippy::disallowed_methods, reason = "tests pass the search path on")]
pub fn search_path() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let strangers = std::env::split_paths(&path).filter(|folder| !folder.join("git-dos").exists());
    std::env::join_paths(strangers).unwrap()
}

/// A repository with a worktree.
pub struct Repository<'sandbox> {
    pub sandbox: &'sandbox Sandbox,
    pub path: PathBuf,
}

impl Repository<'_> {
    /// Prepares `program` to run at the top of the worktree.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        self.sandbox.command(program, &self.path)
    }

    /// Runs git, which must succeed, and returns its standard output without the last line feed.
    pub fn git<const N: usize>(&self, arguments: [&str; N]) -> String {
        succeed(self.command("git").args(arguments)).stdout
    }

    /// Runs git and returns whatever comes of it.
    pub fn try_git<const N: usize>(&self, arguments: [&str; N]) -> Ran {
        run(self.command("git").args(arguments))
    }

    /// Writes a file of the worktree, with its folders.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path.join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    /// Commits everything in the worktree, even if nothing changed, and returns the commit's id.
    pub fn commit(&self, message: &str) -> String {
        self.git(["add", "--all"]);
        self.git(["commit", "--quiet", "--allow-empty", "--message", message]);
        self.head()
    }

    /// Makes `count` commits on `main` in one go, each of which claims a repair and changes nothing.
    pub fn forge(&self, count: usize) {
        let mut stream = String::new();
        for number in 0..count {
            let message = format!("fix: stop crash number {number}");
            write!(
                stream,
                "commit refs/heads/main\ncommitter Ada <ada@example.org> {} +0000\ndata {}\n{message}\n",
                1_700_000_000 + number,
                message.len()
            )
            .unwrap();
        }
        let mut import = self.command("git");
        import.args(["fast-import", "--quiet", "--force"]);
        let ran = run_with_input(&mut import, stream.as_bytes());
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }

    /// Returns the id of `HEAD`.
    pub fn head(&self) -> String {
        self.git(["rev-parse", "HEAD"])
    }

    /// Puts an executable hook in place.
    pub fn hook(&self, name: &str, text: &str) {
        write_program(&self.path.join(".git/hooks").join(name), text);
    }

    /// Leaves what tells our hooks that git-dos is installed here: a receipt, of nothing.
    pub fn mark_installed(&self) {
        fs_err::create_dir_all(self.state("")).unwrap();
        fs_err::write(self.state("install.json"), "{}").unwrap();
    }

    /// Returns the path of `name` in the folder that holds git-dos's state.
    pub fn state(&self, name: &str) -> PathBuf {
        self.path.join(".git/dos").join(name)
    }

    /// Returns the lines of a state file as JSON; none when there is no such file.
    pub fn journal(&self, name: &str) -> Vec<serde_json::Value> {
        let text = fs_err::read_to_string(self.state(name)).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Writes an executable file.
pub fn write_program(path: &Path, text: &str) {
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    // Another thread's child would inherit a file that this process holds open, and Linux executes no
    // file that is open for writing: so a child writes it.
    let mut writer = std::process::Command::new("sh")
        .args(["-c", "cat > \"$1\" && chmod 755 \"$1\"", "sh"])
        .arg(path)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut writer.stdin.take().unwrap(), text.as_bytes()).unwrap();
    assert!(writer.wait().unwrap().success(), "the script was written");
}

/// What came of a program.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; `None` after a signal.
    pub code: Option<i32>,
    /// Standard output without the last line feed.
    pub stdout: String,
    /// Standard error without the last line feed.
    pub stderr: String,
}

/// Runs `command` to its end.
pub fn run(command: &mut Command) -> Ran {
    ran(&command.output().unwrap())
}

/// Runs `command` with `input` on its standard input.
pub fn run_with_input(command: &mut Command, input: &[u8]) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program may end without reading its input.
    child.stdin.take().unwrap().write_all(input).ok();
    ran(&child.wait_with_output().unwrap())
}

/// Runs `command`, which must succeed.
pub fn succeed(command: &mut Command) -> Ran {
    let ran = run(command);
    assert_eq!(ran.code, Some(0), "{command:?} failed: {}", ran.stderr);
    ran
}

fn ran(output: &Output) -> Ran {
    let text = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        text.strip_suffix('\n').unwrap_or(&text).to_owned()
    };
    Ran { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}
