//! `git dos top` in a real terminal: what is on the screen, which keys do what, and the terminal afterwards.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::support::{GIT_DOS, Ran, Repository, Sandbox, run, search_path, succeed};

/// How long a screen may take to show what it is to show.
const DEADLINE: Duration = Duration::from_secs(60);

/// A shell in a terminal of its own.
struct Terminal<'sandbox> {
    sandbox: &'sandbox Sandbox,
}

impl<'sandbox> Terminal<'sandbox> {
    /// Opens a terminal of 80 columns and 24 rows with a shell in `folder`, or says that there can be none.
    fn open(sandbox: &'sandbox Sandbox, folder: &Path, locale: &str) -> Option<Self> {
        let has_tmux = std::env::split_paths(&search_path()).any(|path| path.join("tmux").exists());
        if !has_tmux {
            eprintln!("skipped: there is no tmux here");
            return None;
        }
        let terminal = Self { sandbox };
        let programs = Path::new(GIT_DOS).parent().unwrap();
        let mut path = programs.as_os_str().to_owned();
        path.push(":");
        path.push(search_path());
        let mut command = terminal.tmux();
        command.current_dir(folder).env("PATH", path).env("LC_ALL", locale).env("PS1", "$ ");
        let session = ["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "sh", "-i"];
        succeed(command.args(session));
        terminal.wait("the prompt", |screen| screen.trim_end().ends_with('$'));
        Some(terminal)
    }

    fn tmux(&self) -> Command {
        let mut command = self.sandbox.command("tmux", &self.sandbox.path(""));
        command.env("TMUX_TMPDIR", self.sandbox.path("")).args(["-u", "-L", "top"]);
        command
    }

    fn say(&self, words: &[&str]) -> String {
        succeed(self.tmux().args(words)).stdout
    }

    /// Presses keys, named as tmux names them.
    fn press(&self, keys: &[&str]) {
        self.say(&[&["send-keys"], keys].concat());
    }

    /// Types a line for the shell.
    fn enter(&self, line: &str) {
        self.press(&["-l", line]);
        self.press(&["Enter"]);
    }

    fn resize(&self, columns: &str, rows: &str) {
        self.say(&["resize-window", "-x", columns, "-y", rows]);
    }

    fn screen(&self) -> String {
        self.say(&["capture-pane", "-p"])
    }

    /// Waits until the screen is as `is_there` wants it, and returns it.
    fn wait(&self, what: &str, is_there: impl Fn(&str) -> bool) -> String {
        let begin = git_dos::clock::instant();
        loop {
            let screen = self.screen();
            if is_there(&screen) {
                return screen;
            }
            assert!(begin.elapsed() < DEADLINE, "waited for {what}; there is:\n{screen}");
        }
    }

    fn wait_for(&self, text: &str) -> String {
        self.wait_for_all(&[text])
    }

    /// Waits until all of `texts` are on the screen: a picture may be caught half drawn.
    fn wait_for_all(&self, texts: &[&str]) -> String {
        let what = texts.join("\n");
        self.wait(&what, |screen| texts.iter().all(|text| screen.contains(text)))
    }

    /// Tells whether the other screen is shown, and whether the cursor is.
    fn flags(&self) -> String {
        self.say(&["display-message", "-p", "#{alternate_on} #{cursor_flag}"])
    }

    /// Writes the terminal's settings down, and returns them.
    fn settings(&self, name: &str) -> String {
        // What is typed is on the screen too, and must not be taken for the answer.
        self.enter(&format!("stty -a > ../{name}; echo {name} $((6 * 7))"));
        self.wait_for(&format!("{name} 42"));
        fs_err::read_to_string(self.sandbox.path(name)).unwrap()
    }

    /// Waits until the shell says how the last program ended, and returns the screen.
    fn ended(&self, code: &str) -> String {
        let screen = self.wait_for(&format!("ended with {code}."));
        assert_eq!(self.flags(), "0 1", "the usual screen with its cursor:\n{screen}");
        screen
    }
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        run(self.tmux().arg("kill-server"));
    }
}

/// What starts the program and then says how it ended.
const TOP: &str = "git dos top; echo ended with $?.";

fn dos(repository: &Repository<'_>, words: &[&str]) -> Ran {
    succeed(repository.command(GIT_DOS).args(words))
}

fn work(sandbox: &Sandbox) -> Repository<'_> {
    let repository = sandbox.repository("work");
    let lanes = "[lanes.trees]\napi = [\"src/api/**\"]\nweb = [\"src/web/**\"]\n";
    repository.write("dos.toml", lanes);
    repository.commit("chore: declare lanes");
    repository
}

#[test]
fn the_page_lives_follows_keys_and_sizes_and_leaves_the_terminal_as_it_was() {
    let sandbox = Sandbox::new();
    let repository = work(&sandbox);
    let id = dos(&repository, &["run", "start", "--lane", "api"]).stdout;
    dos(&repository, &["lease", "acquire", "api", "--owner", "ada"]);
    let Some(terminal) = Terminal::open(&sandbox, &repository.path, "C") else { return };
    let settings = terminal.settings("before");

    terminal.enter(TOP);
    let screen = terminal.wait_for_all(&[
        "lanes: 1 held",
        " runs: 1 ADVANCING",
        "   api ada ",
        ">proposed stops: none",
        "q quit",
    ]);
    assert_eq!(terminal.flags(), "1 0", "a screen of its own, without a cursor");
    assert!(screen.is_ascii(), "as LC_ALL=C wants it:\n{screen}");

    dos(&repository, &["halt", &id, "--reason", "it goes round in circles"]);
    dos(&repository, &["lease", "acquire", "web", "--owner", "bob"]);
    terminal.wait_for_all(&[
        "lane web is taken: held by bob",
        "when it is seen to: git dos halt ack ",
        &format!("a stop is proposed of {id}, lane api"),
    ]);

    terminal.resize("200", "50");
    let screen = terminal.wait_for(&format!("ADVANCING {id} api"));
    assert!(screen.lines().count() > 24, "{screen}");
    terminal.press(&["Tab", "j"]);
    terminal.wait_for("branch refs/heads/main");
    terminal.press(&["?"]);
    terminal.wait_for("show or hide these lines");
    terminal.press(&["Escape"]);
    terminal.wait_for("branch refs/heads/main");
    terminal.press(&["p"]);
    terminal.wait_for("PAUSED");
    dos(&repository, &["halt", "ack", &id]);
    terminal.press(&["r"]);
    terminal.wait_for("is not proposed any more");
    terminal.press(&["p"]);
    terminal.wait_for("every 2s");

    terminal.resize("40", "10");
    terminal.wait("what fits", |screen| screen.contains("above, ") && screen.contains("\n>"));
    terminal.resize("20", "5");
    terminal.wait_for("too small");
    terminal.resize("80", "24");
    terminal.wait_for_all(&["j/k move", "lanes: 2 held"]);
    terminal.press(&["q"]);
    let screen = terminal.ended("0");
    assert!(!screen.contains("lanes: 2 held"), "nothing of it is left:\n{screen}");
    assert_eq!(terminal.settings("after"), settings, "the terminal is as it was");
}

#[test]
fn every_way_out_gives_the_terminal_back() {
    let sandbox = Sandbox::new();
    let repository = work(&sandbox);
    let Some(terminal) = Terminal::open(&sandbox, &repository.path, "C.UTF-8") else { return };
    let settings = terminal.settings("before");
    let is_as_it_was = |way: &str| {
        terminal.enter("clear");
        assert_eq!(terminal.settings(way), settings, "after {way}");
        terminal.enter("clear");
        terminal.wait("an empty screen", |screen| screen.trim() == "$");
    };
    // The shell's own process tells the one to be signalled from those of other tests.
    let start = "git-dos top & echo $! > ../process; fg; echo ended with $?.";
    for signal in ["TERM", "HUP", "INT"] {
        terminal.enter(start);
        terminal.wait_for("proposed stops: none");
        let process = fs_err::read_to_string(sandbox.path("process")).unwrap();
        let kill = ["-s", signal, process.trim()];
        succeed(sandbox.command("kill", &sandbox.path("")).args(kill));
        terminal.ended("0");
        is_as_it_was(signal);
    }
    for key in ["Escape", "C-c"] {
        terminal.enter(TOP);
        terminal.wait_for("proposed stops: none");
        terminal.press(&[key]);
        terminal.ended("0");
        is_as_it_was(key);
    }
    terminal.enter(&format!("GIT_DOS_PANIC_AT=top {TOP}"));
    let screen = terminal.ended("101");
    assert!(screen.contains("a test wants to see"), "what happened can be read:\n{screen}");
    is_as_it_was("panic");
}

#[test]
fn ctrl_z_leads_to_the_shell_and_fg_back() {
    let sandbox = Sandbox::new();
    let repository = work(&sandbox);
    let Some(terminal) = Terminal::open(&sandbox, &repository.path, "C") else { return };
    let settings = terminal.settings("before");
    let files = || {
        let list = "find . -exec ls -ld {} + && find . -type f -exec cksum {} +";
        succeed(repository.command("sh").args(["-c", list])).stdout
    };
    let before = files();
    terminal.enter(TOP);
    terminal.wait_for("proposed stops: none");
    terminal.press(&["C-z"]);
    terminal.wait_for("Stopped");
    assert_eq!(terminal.flags(), "0 1");
    assert_eq!(terminal.settings("stopped"), settings);
    terminal.enter("fg; echo went on and ended with $?.");
    terminal.wait_for("proposed stops: none");
    assert_eq!(terminal.flags(), "1 0");
    terminal.press(&["j"]);
    terminal.wait_for(">runs: ");
    terminal.press(&["q"]);
    terminal.ended("0");
    assert_eq!(terminal.settings("after"), settings);
    assert_eq!(files(), before, "nothing is written to the repository");
}

#[test]
fn a_repository_that_takes_long_to_read_freezes_no_key() {
    let sandbox = Sandbox::new();
    let repository = work(&sandbox);
    // Whoever reads it waits until somebody writes, and nobody does.
    fs_err::create_dir_all(repository.path.join(".git/refs/dos")).unwrap();
    succeed(repository.command("mkfifo").arg(".git/refs/dos/leases"));
    let Some(terminal) = Terminal::open(&sandbox, &repository.path, "C") else { return };
    terminal.enter(TOP);
    terminal.wait_for_all(&["looking for ", "runs: not known yet"]);
    terminal.press(&["?"]);
    terminal.wait_for("show or hide these lines");
    terminal.press(&["q"]);
    terminal.ended("0");
}

#[test]
fn what_was_known_stays_beside_the_error_and_goes_on_when_it_is_over() {
    let sandbox = Sandbox::new();
    let repository = work(&sandbox);
    dos(&repository, &["lease", "acquire", "api", "--owner", "ada"]);
    let leases = repository.git(["rev-parse", "refs/dos/leases"]);
    let Some(terminal) = Terminal::open(&sandbox, &repository.path, "C.UTF-8") else { return };
    terminal.enter(TOP);
    terminal.wait_for("lanes: 1 held");
    let blob = repository.git(["hash-object", "-w", "dos.toml"]);
    repository.git(["update-ref", "refs/dos/leases", blob.trim()]);
    terminal.wait_for_all(&["lanes: could not be found out; ", "error: ", "   api ada "]);
    repository.git(["update-ref", "refs/dos/leases", leases.trim()]);
    terminal.wait_for("lanes: known again");
    terminal.wait_for(" lanes: 1 held");
}

#[test]
fn without_a_terminal_it_says_what_to_do_and_once_needs_none() {
    let sandbox = Sandbox::new();
    let repository = work(&sandbox);
    dos(&repository, &["lease", "acquire", "api", "--owner", "ada"]);
    let ran = run(repository.command(GIT_DOS).arg("top"));
    assert_eq!((ran.code, &*ran.stdout), (Some(2), ""));
    assert!(ran.stderr.contains("error: ") && ran.stderr.contains("git dos status"), "{ran:?}");
    let ran = run(repository.command(GIT_DOS).args(["top", "--once"]));
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{ran:?}");
    assert!(ran.stdout.contains("lanes: 1 held\n  api: ada in "), "{ran:?}");
    assert!(!ran.stdout.contains('\u{1b}'), "{ran:?}");
    let nowhere = run(sandbox.command(GIT_DOS, &sandbox.path("")).args(["top", "--once"]));
    assert_eq!((nowhere.code, &*nowhere.stdout), (Some(2), ""), "{nowhere:?}");

    let blob = repository.git(["hash-object", "-w", "dos.toml"]);
    repository.git(["update-ref", "refs/dos/leases", blob.trim()]);
    let ran = run(repository.command(GIT_DOS).args(["top", "--once"]));
    assert_eq!(ran.code, Some(2), "not all could be found out: {ran:?}");
    assert!(ran.stdout.contains("lanes: could not be found out\n  error: "), "{ran:?}");

    let Some(terminal) = Terminal::open(&sandbox, &repository.path, "C") else { return };
    terminal.enter(&format!("TERM=dumb {TOP}"));
    let screen = terminal.ended("2");
    assert!(screen.contains("TERM=dumb") && screen.contains("git dos status"), "{screen}");
}

#[test]
fn a_terminal_that_is_gone_ends_it_without_a_panic() {
    let sandbox = Sandbox::new();
    let repository = work(&sandbox);
    let Some(terminal) = Terminal::open(&sandbox, &repository.path, "C") else { return };
    // Who notes how it ended outlives the terminal.
    terminal.enter("(trap '' HUP; git-dos top; echo $? >../code.new; mv ../code.new ../code)");
    terminal.wait_for("proposed stops: none");
    drop(terminal);
    let (code, begin) = (sandbox.path("code"), git_dos::clock::instant());
    while !code.exists() {
        assert!(begin.elapsed() < DEADLINE, "it still runs");
        std::thread::park_timeout(Duration::from_millis(10));
    }
    let code = fs_err::read_to_string(code).unwrap();
    assert!(matches!(code.trim(), "0" | "2"), "by the signal, or by the error: {code}");
}
