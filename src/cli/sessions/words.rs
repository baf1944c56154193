//! What is said of sessions: one line each, or all that is known of one.

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use crate::cli::liveness::{length, word};
use crate::ops::sessions::{Commits, Report, Session};
use crate::output::{said, sentence, shown};
use crate::policy::span::moment;
use crate::verdict::stream::State;

/// The fewest characters of an id that are shown.
const ID: usize = 8;

/// The most characters of a model's name that are shown in a list.
const MODEL: usize = 24;

/// The columns of the list.
const COLUMNS: usize = 6;

/// Lists all sessions.
pub(super) fn list(report: &Report) -> String {
    if report.sessions.is_empty() {
        return match report.earlier {
            0 => "no session of an agent is written down here\n".to_owned(),
            _ => "no session began since then\n".to_owned(),
        };
    }
    let ids: Vec<&str> = report.sessions.iter().map(|session| &*session.start.session).collect();
    let rows: Vec<[String; COLUMNS]> =
        report.sessions.iter().map(|session| row(session, report, &ids)).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let mut text = String::new();
    for (row, session) in rows.iter().zip(&report.sessions) {
        for (column, cell) in row.iter().enumerate() {
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', width(column) - cell.chars().count() + 2));
        }
        text.push_str(&outcome(session));
        text.push('\n');
    }
    text
}

/// Returns the cells of a session's line.
fn row(session: &Session, report: &Report, ids: &[&str]) -> [String; COLUMNS] {
    let start = &session.start;
    let model = start.model.as_deref().map_or_else(|| "-".to_owned(), |model| cut(model, MODEL));
    [
        shown(start.host.as_bytes()),
        short(&start.session, ids),
        model,
        ago(start.time, report.now),
        place(session, report),
        alive(session),
    ]
}

/// Says what came of a session.
fn outcome(session: &Session) -> String {
    let mut parts = vec![commits(session)];
    let told = &session.told;
    let findings: usize = told.iter().map(|told| told.findings.len()).sum();
    let claims: usize = told.iter().map(|told| told.claims.len()).sum();
    let calls: usize = session.tools.values().sum();
    parts.push(counted(findings, "finding told", "findings told"));
    if claims > 0 {
        parts.push(counted(claims, "claim told", "claims told"));
    }
    parts.push(counted(calls, "tool call", "tool calls"));
    parts.extend(session.stream.map(State::name).map(str::to_owned));
    if !session.damage.is_empty() {
        parts.push(format!("{} damaged", session.damage.len()));
    }
    parts.join(", ")
}

/// Says all that is known of one session.
pub(super) fn whole(session: &Session, report: &Report) -> String {
    let start = &session.start;
    let text =
        |text: Option<&str>| text.map_or_else(|| "-".to_owned(), |text| shown(text.as_bytes()));
    let mut lines = vec![
        ("session", shown(start.session.as_bytes())),
        ("agent", shown(start.host.as_bytes())),
        ("model", text(start.model.as_deref())),
        ("began", format!("{} ({})", at(start.time), ago(start.time, report.now))),
        ("source", text(start.source.as_deref())),
        ("worktree", place(session, report)),
        ("branch", text(start.branch.as_deref())),
        ("head", start.head.map_or_else(|| "-".to_owned(), |id| id.to_string())),
        ("run", format!("{} {}", text(start.run.as_deref()), alive(session))),
        ("commits", commits(session)),
    ];
    for told in &session.told {
        let when = at(told.time);
        let agent = told.agent.as_deref();
        let whom = agent.map_or_else(String::new, |agent| format!(" to {}", cut(agent, MODEL)));
        for finding in &told.findings {
            let (id, rule) = (finding.commit.to_hex_with_len(10), shown(finding.rule.as_bytes()));
            let subject = sentence::subject(finding.subject.as_bytes());
            lines.push(("told", format!("{when}{whom}: {id} \"{subject}\" ({rule})")));
        }
        for claim in &told.claims {
            let (plan, phase) = (shown(claim.plan.as_bytes()), shown(claim.phase.as_bytes()));
            lines.push(("told", format!("{when}{whom}: claim {plan} {phase}")));
        }
    }
    lines.push(("tool calls", calls(session)));
    let damage = session.damage.iter().map(|reason| ("damaged", shown(reason.as_bytes())));
    lines.extend(damage);
    lines.iter().fold(String::new(), |mut text, (name, value)| {
        writeln!(text, "{name:<10}  {value}").expect("writing to a String cannot fail");
        text
    })
}

/// Says how often a session used which tools, the most used first.
fn calls(session: &Session) -> String {
    let mut tools: Vec<(&String, &usize)> = session.tools.iter().collect();
    tools.sort_by(|one, other| other.1.cmp(one.1).then(one.0.cmp(other.0)));
    let each = tools.iter().map(|(tool, count)| format!("{} {count}", cut(tool, 60)));
    let each: Vec<String> = each.collect();
    let all: usize = session.tools.values().sum();
    let Some(state) = session.stream else { return all.to_string() };
    let each = if each.is_empty() { String::new() } else { format!(": {}", each.join(", ")) };
    format!("{all}, {}{each}", state.name())
}

/// Says whether a session's run is moving.
fn alive(session: &Session) -> String {
    let Some(row) = &session.run else { return "-".to_owned() };
    let is_over = row.answer.as_ref().is_ok_and(|answer| answer.ended.is_some());
    format!("{}{}", word(row), if is_over { ", ended" } else { "" })
}

fn commits(session: &Session) -> String {
    match &session.commits {
        Commits::Counted(count) => counted(*count, "commit", "commits"),
        Commits::Gone => "commits gone".to_owned(),
        Commits::Unknown(error) => {
            let first = error.iter_errors().next().map(said).unwrap_or_default();
            format!("commits unknown ({})", shown(first.as_bytes()))
        }
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Returns where a session began, seen from where we are.
fn place(session: &Session, report: &Report) -> String {
    let Some(worktree) = session.start.worktree.as_deref() else { return "-".to_owned() };
    let path = match report.top.as_deref() {
        Some(top) => relative(Path::new(worktree), Path::new(top)),
        None => PathBuf::from(worktree),
    };
    shown(path.to_string_lossy().as_bytes())
}

/// Returns `path` as it is reached from `top`; paths that share no folder stay as they are.
fn relative(path: &Path, top: &Path) -> PathBuf {
    let pairs = path.components().zip(top.components());
    let shared = pairs.take_while(|(one, other)| one == other).count();
    if shared <= 1 {
        return path.to_owned();
    }
    let up = top.components().skip(shared).map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(path.components().skip(shared)).collect();
    if relative.as_os_str().is_empty() { PathBuf::from(".") } else { relative }
}

/// Returns as much of `id` as tells it from the others of `ids`.
fn short(id: &str, ids: &[&str]) -> String {
    let shared = |other: &&str| {
        id.chars().zip(other.chars()).take_while(|(one, other)| one == other).count()
    };
    let others = ids.iter().filter(|other| **other != id);
    let needed = others.map(shared).max().map_or(0, |shared| shared + 1);
    let text: String = id.chars().take(needed.max(ID)).collect();
    shown(text.as_bytes())
}

/// Shows a name from outside, cut where it is longer than `most` characters.
fn cut(text: &str, most: usize) -> String {
    let cut: String = text.chars().take(most).collect();
    let rest = if cut.len() < text.len() { "\u{2026}" } else { "" };
    shown(cut.as_bytes()) + rest
}

/// Returns a time in seconds since 1970-01-01T00:00:00Z as a date and a time in UTC.
fn at(time: u64) -> String {
    moment(Duration::from_secs(time))
}

/// Says how long ago that is.
fn ago(time: u64, now: Duration) -> String {
    match now.checked_sub(Duration::from_secs(time)) {
        Some(age) => format!("{} ago", length(age)),
        None => "in the future".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{relative, short};

    #[test]
    fn worktrees_are_named_as_they_are_reached() {
        for (path, want) in [
            ("/home/ada/app", "."),
            ("/home/ada/app/.worktrees/x", ".worktrees/x"),
            ("/home/ada/app-x", "../app-x"),
            ("/home/bob", "../../bob"),
            ("/srv/app", "/srv/app"),
        ] {
            assert_eq!(relative(Path::new(path), Path::new("/home/ada/app")), Path::new(want));
        }
    }

    #[test]
    fn as_much_of_an_id_is_shown_as_tells_it_apart() {
        let ids = ["7b0c1f5e-aaaa-1", "7b0c1f5e-aaaa-2", "9", "x\u{1b}[2J-long-enough"];
        for (id, want) in
            ids.into_iter().zip(["7b0c1f5e-aaaa-1", "7b0c1f5e-aaaa-2", "9", "x\\u{1b}[2J-lo"])
        {
            assert_eq!(short(id, &ids), want);
        }
        assert_eq!(short(ids[0], &ids[..1]), "7b0c1f5e", "alone");
    }
}
