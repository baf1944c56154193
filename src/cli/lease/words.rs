//! What is done with leases, in words.

use std::fmt::Write as _;
use std::time::Duration;

use crate::leases::holder::words as holder;
use crate::leases::lease::Standing;
use crate::leases::operation::{Effect, Fate};
use crate::leases::{EARLIER, Holder, Lease};
use crate::ops::lease::acquire::{Refused, Report};
use crate::ops::lease::list::{Entry, Row};
use crate::ops::lease::shared::View;
use crate::ops::lease::{import, keep, list};
use crate::output::{pasteable, shown};
use crate::policy::span;
use crate::verdict::arbiter::{Cause, How};

/// How old what a remote said may be without a word about it.
const RECENT: Duration = Duration::from_secs(10);

fn named(lane: &str) -> String {
    shown(lane.as_bytes())
}

fn tree(lease: &Lease) -> String {
    let entries: Vec<String> = lease.tree.iter().map(|entry| shown(entry.as_bytes())).collect();
    entries.join(", ")
}

fn left(lease: &Lease, now: Duration) -> String {
    span::shown(lease.expiry().saturating_sub(now))
}

/// Says who holds a lane, and for how long.
fn held(lease: &Lease, now: Duration) -> String {
    format!("{} holds {} for another {}", holder(lease), named(&lease.lane), left(lease, now))
}

/// Says what came of asking for a lane.
pub(super) fn acquired(report: &Report, now: Duration) -> String {
    match report {
        Report::Given { lease, how } => {
            let another = if *how == How::Renewed { "another " } else { "" };
            let span = span::shown(Duration::from_secs(lease.ttl_s));
            let (lane, number) = (named(&lease.lane), lease.grant);
            format!("holding {lane} for {another}{span}: {} (number {number})\n", tree(lease))
        }
        Report::Refused(refused) => {
            let who: Vec<String> = refused.conflicts.iter().map(|lease| held(lease, now)).collect();
            format!("refused: {}\n", sentence(refused, &who.join("; ")))
        }
    }
}

fn sentence(refused: &Refused, who: &str) -> String {
    let lane = refused.lane.as_deref().map(named).unwrap_or_default();
    match &refused.cause {
        Cause::Held => who.to_owned(),
        Cause::Overlap => format!("{lane} has paths in common with others: {who}"),
        Cause::ExclusiveHeld => format!("a lane that is held alone is taken: {who}"),
        Cause::NotAlone => format!("{lane} is held alone, and others are at work: {who}"),
        Cause::NoneFree if who.is_empty() => "no lane is free".to_owned(),
        Cause::NoneFree => format!("no lane is free: {who}"),
        Cause::NothingToDo => "there is nothing to do in the lanes that are free".to_owned(),
        Cause::ClassFull => "as many lanes of the class are held as may be".to_owned(),
        Cause::NoTree => format!("{lane} has no paths"),
        Cause::Unknown { .. } => format!("no lane is called {lane}"),
    }
}

/// Says what somebody can do that was refused.
pub(super) fn hint(refused: &Refused, asker: &Holder, now: Duration) -> String {
    let name = name_of(asker);
    if let Some(free) = refused.free.first() {
        let others: Vec<String> = refused.free.iter().skip(1).map(|lane| named(lane)).collect();
        let others =
            if others.is_empty() { String::new() } else { format!("; also {}", others.join(", ")) };
        return format!("hint: free is: git dos lease acquire {}{name}{others}\n", pasteable(free));
    }
    let longest = refused.conflicts.iter().map(|lease| lease.expiry().saturating_sub(now)).max();
    let wait = longest.unwrap_or_default().min(Duration::from_secs(10 * 60));
    let lane = refused.lane.as_deref().map(|lane| format!(" {}", pasteable(lane)));
    let wait = span::shown(wait.max(Duration::from_secs(1))).replace(' ', "");
    format!(
        "hint: to wait: git dos lease acquire{}{name} --wait {wait}\n",
        lane.unwrap_or_default()
    )
}

/// Says how to get a lease of somebody else.
pub(super) fn hint_of_refusal(lease: &Lease, asker: &Holder) -> String {
    let (lane, grant, name) = (pasteable(&lease.lane), lease.grant, name_of(asker));
    format!("hint: if its holder is gone: git dos lease adopt {lane} --grant {grant}{name}\n")
}

/// Renders the option by which `asker` gave its name.
fn name_of(asker: &Holder) -> String {
    let name = asker.owner.as_ref().map(|owner| format!(" --owner {}", pasteable(owner.as_str())));
    name.unwrap_or_default()
}

/// Says what came of a request about leases that there are.
pub(super) fn kept(report: &keep::Report, verb: &str) -> String {
    let mut text = String::new();
    let now = crate::clock::now();
    for lease in &report.done {
        let (lane, number) = (named(&lease.lane), lease.grant);
        let told = match verb {
            "release" => format!("gave {lane} back (number {number})"),
            _ => format!("holding {lane} for {} (number {number})", left(lease, now)),
        };
        writeln!(text, "{told}").expect("writing to a String cannot fail");
    }
    for lease in &report.refused {
        writeln!(text, "refused: {}", held(lease, now)).expect("writing to a String cannot fail");
    }
    for lane in &report.missing {
        writeln!(text, "nobody holds {}", named(lane)).expect("writing to a String cannot fail");
    }
    if text.is_empty() { "nothing is held here\n".to_owned() } else { text }
}

/// Lists leases.
pub(super) fn list(report: &list::Report) -> String {
    let lines: String = report.rows.iter().map(row).collect();
    let lines = if lines.is_empty() { "no lane is held\n".to_owned() } else { lines };
    lines + &report.view.as_ref().and_then(as_of).unwrap_or_default()
}

/// Says how old the view of the remote is; nothing for one that was asked just now.
pub(in crate::cli) fn as_of(view: &View) -> Option<String> {
    (view.age >= RECENT).then(|| {
        let (remote, age) = (shown(view.remote.as_bytes()), span::shown(view.age));
        format!("as the remote {remote} had it {age} ago\n")
    })
}

/// Says where clones share the leases.
pub(super) fn remote(view: Option<&View>) -> String {
    let Some(view) = view else { return "the leases are those of this clone alone\n".to_owned() };
    let View { remote, reference, age } = view;
    let (remote, reference) = (shown(remote.as_bytes()), shown(reference.as_bytes()));
    format!("shared by the remote {remote} in {reference}, seen {} ago\n", span::shown(*age))
}

/// Renders one lease as a line.
pub(in crate::cli) fn row(row: &Row) -> String {
    let Row { lease, standing, is_own, left } = row;
    let state = match standing {
        Standing::Live => format!("for another {}", span::shown(*left)),
        Standing::Expired => "its time is over".to_owned(),
        Standing::Abandoned => "its process is gone".to_owned(),
    };
    let own = if *is_own { ", yours" } else { "" };
    let (lane, who, number) = (named(&lease.lane), holder(lease), lease.grant);
    let mode = lease.mode.name();
    format!("{lane}: {who}, {state}: {} ({mode}, number {number}{own})\n", tree(lease))
}

/// Lists changes of the set.
pub(super) fn log(entries: &[Entry]) -> String {
    let mut text = String::new();
    for entry in entries {
        let seconds = u64::try_from(entry.time).unwrap_or_default();
        let effects: Vec<String> = entry.told.effects.iter().map(effect).collect();
        let what = if effects.is_empty() {
            shown(entry.told.subject.as_bytes())
        } else {
            effects.join("; ")
        };
        let number = entry.told.generation.map(|number| number.to_string());
        let time = span::moment(Duration::from_secs(seconds));
        writeln!(text, "{time} {} {what}", number.as_deref().unwrap_or("?"))
            .expect("writing to a String cannot fail");
    }
    if text.is_empty() { "no lane was ever held\n".to_owned() } else { text }
}

fn effect(effect: &Effect) -> String {
    let lane = named(&effect.lane);
    let lease = Lease {
        owner: effect.owner.clone(),
        session: effect.session.clone(),
        run: effect.run.clone(),
        worktree: effect.worktree.clone(),
        ..Lease::default()
    };
    let (who, number) = (holder(&lease), effect.grant);
    match effect.fate {
        Fate::Given => format!("{who} was given {lane} ({number})"),
        Fate::Renewed => format!("{who} renewed {lane} ({number})"),
        Fate::Released => format!("{who} gave {lane} back ({number})"),
        Fate::Adopted => format!("{who} took {lane} over ({number})"),
        Fate::Reaped => format!("{lane} was taken from {who}, who gave no sign of life ({number})"),
        Fate::Imported => format!("{lane} of {who} was imported ({number})"),
        Fate::Expired => format!("the time of {lane} of {who} was over ({number})"),
        Fate::Abandoned => format!("the process of {lane} of {who} was gone ({number})"),
        Fate::Parted => format!("{lane} of {who} does not count here any more ({number})"),
        Fate::Unknown => format!("something became of {lane} of {who} ({number})"),
    }
}

/// Says what came of a new beginning.
pub(super) fn compacted(left: u64) -> String {
    if left == 0 {
        return "nothing to compact\n".to_owned();
    }
    let changes = if left == 1 { "change is" } else { "changes are" };
    format!("the history begins anew; {left} earlier {changes} kept on {EARLIER}\n")
}

/// Says what came of an import.
pub(super) fn imported(report: &import::Report) -> String {
    let mut text = String::new();
    let now = crate::clock::now();
    for lease in &report.taken {
        writeln!(text, "imported: {}", held(lease, now)).expect("writing to a String cannot fail");
    }
    for (lease, other) in &report.refused {
        let (lane, why) = (named(&lease.lane), held(other, now));
        writeln!(text, "refused: {lane} of {}, since {why}", holder(lease))
            .expect("writing to a String cannot fail");
    }
    let import::Report { known, ended, .. } = report;
    writeln!(text, "{known} here already, {ended} ended").expect("writing to a String cannot fail");
    text
}
