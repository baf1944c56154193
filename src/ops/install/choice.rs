//! Which agents' files are to have our hooks?

use git_dos_agent_hooks::Host;
use git_dos_installer::builder::Builder;

use super::agents::Planned;
use super::{Agents, Outcome, Part, Run};
use crate::ops::wiring::agents::{carrier, is_detected};
use crate::ops::wiring::place::Scope;

/// Where an agent is served that has no settings for one person in one worktree.
const ELSEWHERE: &str =
    "git dos install --scope shared serves everybody here, --scope user you everywhere";

/// Returns the agents whose files are to have our hooks, each once.
pub(super) fn wanted(run: &Run<'_>, builder: &Builder<'_>, planned: &mut Planned) -> Vec<Host> {
    let scope = run.request.scope;
    let (asked, named) = match &run.request.agents {
        Agents::None => return Vec::new(),
        // Most people who have VS Code have it for other things than its agent.
        Agents::Detected => {
            let all = Host::ALL.into_iter().filter(|host| *host != Host::VsCode);
            let is_there = |host: &Host| is_detected(*host) || is_wired(builder, *host, scope);
            (all.filter(is_there).collect(), false)
        }
        Agents::These(hosts) => (hosts.clone(), true),
    };
    let mut wanted: Vec<Host> = Vec::new();
    let mut homeless = Vec::new();
    for host in asked {
        let carrier = carrier(host, scope);
        if scope.settings(carrier, run.top).is_none() {
            homeless.push(host);
        } else if !wanted.contains(&carrier) {
            wanted.push(carrier);
        }
    }
    if named {
        planned.parts.extend(homeless.into_iter().map(refused));
    } else if !homeless.is_empty() {
        let titles: Vec<_> = homeless.iter().map(|host| host.title()).collect();
        let titles = titles.join(", ");
        planned
            .notes
            .push(format!("no settings for one person in one worktree: {titles}; {ELSEWHERE}"));
    }
    wanted
}

/// Tells whether an earlier run wired `host` at `scope`.
pub(super) fn is_wired(builder: &Builder<'_>, host: Host, scope: Scope) -> bool {
    let name = format!("{}:{}", host.name(), scope.name());
    builder.found().is_some_and(|found| found.agents.contains(&name))
}

/// Says that `host` has no file at the scope that is asked for.
fn refused(host: Host) -> Part {
    let why = format!("{} has no settings for one person in one worktree", host.title());
    let outcome = Outcome::Refused { why, remedy: Some(ELSEWHERE.to_owned()) };
    Part { name: host.name().to_owned(), file: None, outcome, note: None }
}
