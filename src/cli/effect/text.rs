//! How is it said whether a change of state happened?

use std::fmt::Write as _;

use crate::evidence::state::json::written;
use crate::ops::effect::{Account, Claim, Looked, Report};
use crate::output::shown;
use crate::verdict::effect::change::{Change, Delta, Expectation};
use crate::verdict::effect::value::Value;
use crate::verdict::effect::{Answer, Stance};

/// Characters of a value or a key in a sentence.
const WIDTH: usize = 72;

/// Keys that are named of each kind of change.
const KEYS: usize = 3;

/// Renders the answer: one line, then two for each witness, then what to do next.
pub(super) fn render(report: &Report) -> String {
    let mut text = format!("{} {}\n", report.verdict.answer.name(), sentence(report));
    for account in &report.accounts {
        writeln!(text, "  {}: {}", witness(account), became(account))
            .expect("writing to a String cannot fail");
        writeln!(text, "    {}", delta(&account.seen.delta))
            .expect("writing to a String cannot fail");
        if let Some(key) = &account.seen.repeated {
            writeln!(text, "    the key {} is there more than once; the last one counts", cut(key))
                .expect("writing to a String cannot fail");
        }
    }
    if let Some(hint) = hint(report) {
        writeln!(text, "hint: {hint}").expect("writing to a String cannot fail");
    }
    text
}

/// Says the answer in words.
pub(super) fn sentence(report: &Report) -> String {
    let claim = said(&report.claim);
    match report.verdict.answer {
        Answer::Confirmed => claim,
        Answer::Refuted => format!("the claim that {claim}"),
        Answer::Conflict => format!("accountable witnesses disagree on whether {claim}"),
        Answer::Unwitnessed => format!("no accountable witness says whether {claim}"),
        Answer::NoClaim => "the key is blank, so nothing is claimed".to_owned(),
    }
}

/// Says the claim as a part of a sentence.
fn said(claim: &Claim) -> String {
    let pointer = claim.pointer.as_ref().map_or("", |pointer| pointer.text());
    let key = match pointer {
        "" => cut(&claim.key),
        pointer => cut(&format!("{}#{pointer}", claim.key)),
    };
    let Some(value) = claim.value.as_deref().map(cut) else {
        return match claim.expectation {
            Expectation::Present => format!("{key} is there"),
            Expectation::Absent => format!("{key} is not there"),
            Expectation::Changed
            | Expectation::Inserted
            | Expectation::Updated
            | Expectation::Deleted => format!("{key} was {}", claim.expectation.name()),
        };
    };
    match claim.expectation {
        Expectation::Present => format!("{key} is {value}"),
        Expectation::Absent => format!("{key} is not {value}"),
        Expectation::Deleted => format!("{key} was {value} and is deleted"),
        Expectation::Changed | Expectation::Inserted | Expectation::Updated => {
            format!("{key} was {} to {value}", claim.expectation.name())
        }
    }
}

/// Names a witness and what it is worth.
fn witness(account: &Account) -> String {
    let source = cut(&account.readback.source);
    let what = match &account.looked {
        Looked::Files => format!("files {source}, which their author may have made up"),
        Looked::Revisions(..) => format!("commits {source}"),
        Looked::Probe(taken) => format!("snapshot {source} of {}, and now", time(taken.time)),
    };
    format!("{what} ({})", account.readback.tier.name())
}

/// Writes a time in UTC.
pub(super) fn time(seconds: u64) -> String {
    let time = gix::date::Time::new(i64::try_from(seconds).unwrap_or(i64::MAX), 0);
    let format = gix::date::time::CustomFormat::new("%Y-%m-%dT%H:%M:%SZ");
    time.format(format).unwrap_or_else(|_| seconds.to_string())
}

/// Says what became of the key.
fn became(account: &Account) -> String {
    let sides = &account.seen.sides;
    let value = |side: &Option<Value>| side.as_ref().map_or_else(String::new, brief);
    let (before, after) = (value(&sides.before), value(&sides.after));
    match sides.change() {
        Change::Inserted => format!("new, {after}"),
        Change::Updated => format!("{before} became {after}"),
        Change::Deleted => format!("gone, was {before}"),
        Change::Unchanged => format!("unchanged, {after}"),
        Change::Missing => "neither before nor after".to_owned(),
    }
}

/// Returns a value, cut after as many characters as a line has room for.
fn brief(value: &Value) -> String {
    cut(&written(value))
}

fn cut(text: &str) -> String {
    let text = shown(text.as_bytes());
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}\u{2026}", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Says what differs, with the first keys.
fn delta(delta: &Delta) -> String {
    let part = |keys: &[String], what: &str| {
        let named: Vec<_> = keys.iter().take(KEYS).map(|key| cut(key)).collect();
        match (named.is_empty(), keys.len() > KEYS) {
            (true, _) => format!("0 {what}"),
            (false, true) => format!("{} {what} ({}, \u{2026})", keys.len(), named.join(", ")),
            (false, false) => format!("{} {what} ({})", keys.len(), named.join(", ")),
        }
    };
    let parts = [
        part(&delta.inserted, "inserted"),
        part(&delta.updated, "updated"),
        part(&delta.deleted, "deleted"),
    ];
    format!("in all: {}", parts.join(", "))
}

/// Says what to do next.
fn hint(report: &Report) -> Option<String> {
    let claim = &report.claim;
    match report.verdict.answer {
        Answer::Unwitnessed => Some(
            "let git-dos take the state before: git dos effect snapshot NAME --json FILE; ask after the change: git dos effect KEY --probe NAME"
                .to_owned(),
        ),
        Answer::Refuted => {
            let text = claim.value.as_deref()?;
            let is_spelled_so = |account: &Account| {
                let is_text = matches!(&account.seen.sides.after, Some(Value::Text(after)) if after == text);
                account.readback.stance == Stance::Refutes && is_text
            };
            let claimed = crate::ops::effect::claimed(text);
            let is_other = !matches!(claimed, Value::Text(_));
            (is_other && report.accounts.iter().any(is_spelled_so)).then(|| {
                format!("the state has a text; claim it as one: --value '\"{}\"'", cut(text))
            })
        }
        Answer::NoClaim => Some("name the key: git dos effect KEY …".to_owned()),
        Answer::Confirmed | Answer::Conflict => None,
    }
}
