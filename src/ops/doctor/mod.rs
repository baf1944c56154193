//! Does the wiring work? Every installed command is run in a throw-away repository, and its traces are looked for.

mod agents;
mod git_hooks;
mod ground;
mod path;
mod payloads;
mod records;
mod trial;
mod wiring;

use std::path::PathBuf;
use std::time::Duration;

use gix::error::Result;

use crate::ops::status;
use crate::ops::wiring::place::Place;
use crate::output::pasteable;
use ground::Ground;
use trial::{Call, Ran, Search, Sign};

/// How much something that was found weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It is good to know, and nothing need be done.
    Note,
    /// Something does not work.
    Problem,
    /// It could not be found out whether something works.
    Unknown,
}

impl Weight {
    /// Returns the word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Problem => "problem",
            Self::Unknown => "unknown",
        }
    }
}

/// Something that is not as it should be, or that is good to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it weighs.
    pub weight: Weight,
    /// One word in capitals.
    pub verdict: &'static str,
    /// What it is about: a caller and its event, or a record.
    pub about: String,
    /// The file that decides.
    pub file: Option<PathBuf>,
    /// What to know, and the command that mends it.
    pub sentence: String,
}

/// A command that was run and answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Who calls: `git` or an agent.
    pub caller: &'static str,
    /// At which event.
    pub event: String,
    /// How long it took: the median of a few runs.
    pub time: Duration,
}

/// One part of the examination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name, one word.
    pub name: &'static str,
    /// What was looked at, in a few words.
    pub summary: String,
    /// The commands that were run and answered.
    pub answered: Vec<Answered>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// All parts of an examination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The parts.
    pub parts: Vec<Part>,
}

impl Report {
    /// Returns the weight of the heaviest finding.
    pub fn weight(&self) -> Option<Weight> {
        let findings = self.parts.iter().flat_map(|part| &part.findings);
        findings.map(|finding| finding.weight).max()
    }
}

/// Examines the installation in `repository`; a command that takes longer than `limit` is slow.
///
/// Nothing is written into the repository: the commands run in another one.
pub fn look(repository: &gix::Repository, place: &Place, limit: Duration) -> Result<Report> {
    let status = status::look(repository, place)?;
    let plugin = agents::Plugin::find(&status);
    let trying = Trying { place, limit, ground: Ground::make()? };
    let parts = vec![
        wiring::part(&status, plugin.as_ref()),
        path::part(place),
        git_hooks::part(&trying, &status),
        agents::part(&trying, &status, plugin.as_ref()),
        records::part(place),
    ];
    Ok(Report { parts })
}

/// What the trials share.
struct Trying<'t> {
    place: &'t Place,
    limit: Duration,
    ground: Ground,
}

/// One installed command.
struct Installed<'i> {
    caller: &'static str,
    event: &'i str,
    file: &'i std::path::Path,
    sign: Sign,
}

impl Trying<'_> {
    /// Runs `call`, which `installed` makes, adds what comes of it to `part`, and tells whether all is well.
    fn run(&self, part: &mut Part, installed: &Installed<'_>, call: &Call) -> bool {
        let (caller, event) = (installed.caller, installed.event.to_owned());
        let ran = match trial::measure(&self.ground, installed.sign, call) {
            Ok(ran) => ran,
            Err(error) => {
                let sentence = format!("the trial itself failed: {error}");
                part.findings.push(installed.found(Weight::Unknown, "UNTRIED", sentence));
                return false;
            }
        };
        let (verdict, sentence) = match ran {
            Ran::Answered(time) => {
                part.answered.push(Answered { caller, event, time });
                if time <= self.limit {
                    return true;
                }
                let (took, most) = (time.as_millis(), self.limit.as_millis());
                let sentence = format!(
                    "it took {took} ms, more than {most}; when the machine is less busy: git dos doctor"
                );
                ("SLOW", sentence)
            }
            Ran::Unheard => {
                let sentence = "it ends well, and git-dos never hears of it; git dos install names this program, \
                                and command -v git-dos the one in PATH";
                ("UNHEARD", sentence.to_owned())
            }
            Ran::Failed(how, said) => {
                let first = said.lines().next().unwrap_or("nothing");
                let sentence =
                    format!("it ends with {how} and says: {first}; git dos install writes it anew");
                ("FAILING", sentence)
            }
            Ran::Late => ("LATE", "it does not end; git dos install writes it anew".to_owned()),
        };
        installed.add(part, verdict, sentence);
        false
    }

    /// Tells whether programs with a window would find git-dos by `call`, and adds it to `part` if not.
    ///
    /// A git hook names this program, so that it has to be found. A command that others share looks in `PATH`
    /// alone: it does what it should wherever a shell has started the agent, which `call` has shown already.
    fn run_graphical(&self, part: &mut Part, installed: &Installed<'_>, call: &Call) {
        match trial::run(&self.ground, installed.sign, call, Search::Graphical) {
            Ok(Ran::Answered(_)) => {}
            Ok(_) if installed.caller == "git" => {
                let sentence =
                    format!("{} do not find git-dos; {}", started_elsewhere(), self.link());
                part.findings.push(installed.found(Weight::Problem, "UNREACHABLE", sentence));
            }
            Ok(_) => {
                let sentence = format!(
                    "it works where a shell starts the agent; {} find no git-dos and go on without a word: {}",
                    started_elsewhere(),
                    self.link()
                );
                let callers = part.findings.iter_mut();
                let mut same = callers.filter(|finding| finding.sentence == sentence);
                if let Some(same) = same.next() {
                    if !same.about.split(", ").any(|caller| caller == installed.caller) {
                        same.about = format!("{}, {}", same.about, installed.caller);
                        same.file = None;
                    }
                } else {
                    let found = installed.found(Weight::Note, "UNREACHABLE", sentence);
                    part.findings.push(Finding { about: installed.caller.to_owned(), ..found });
                }
            }
            Err(error) => {
                let sentence = format!("the trial itself failed: {error}");
                part.findings.push(installed.found(Weight::Unknown, "UNTRIED", sentence));
            }
        }
    }

    /// Returns the command that puts git-dos where every program finds it.
    fn link(&self) -> String {
        link(self.place)
    }
}

/// Names the programs that know only the folders of the system.
fn started_elsewhere() -> String {
    format!(
        "programs that are not started from a shell search {} alone, and",
        trial::GRAPHICAL_PATH
    )
}

/// Returns the command that puts git-dos where every program finds it.
fn link(place: &Place) -> String {
    let program = pasteable(&place.program.to_string_lossy());
    if cfg!(target_os = "macos") {
        // Nobody may write to the folders that programs with a window search there.
        format!(
            "sudo launchctl config user path /usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin && \
             sudo ln -s {program} /usr/local/bin/git-dos"
        )
    } else {
        format!("sudo ln -s {program} /usr/local/bin/git-dos")
    }
}

impl Installed<'_> {
    /// Adds a problem to `part`; the same one of the same caller at several events is one.
    fn add(&self, part: &mut Part, verdict: &'static str, sentence: String) {
        let found = self.found(Weight::Problem, verdict, sentence);
        let caller = format!("{} ", self.caller);
        match part.findings.last_mut().filter(|last| last.about.starts_with(&caller)) {
            Some(last)
                if (last.verdict, &last.file, &last.sentence)
                    == (verdict, &found.file, &found.sentence) =>
            {
                last.about = format!("{}, {}", last.about, self.event);
            }
            Some(_) | None => part.findings.push(found),
        }
    }

    fn found(&self, weight: Weight, verdict: &'static str, sentence: String) -> Finding {
        let about = format!("{} {}", self.caller, self.event);
        Finding { weight, verdict, about, file: Some(self.file.to_owned()), sentence }
    }
}

/// Says how long the slowest of `answered` took.
fn at_most(answered: &[Answered]) -> String {
    let most = answered.iter().map(|answered| answered.time).max().unwrap_or_default();
    format!("{} ms at most", most.as_millis().max(1))
}
