//! What is said of a run on one line: the word, the run, and why.

use std::time::Duration;

use super::word;
use crate::evidence::progress::{Depth, Passed};
use crate::ops::liveness::{Answer, Row};
use crate::output::{said, shown};
use crate::verdict::liveness::{Fault, Moment, Process, Progress as Moves, Stall, Verdict};

/// Renders one run as a line.
pub(in crate::cli) fn line(row: &Row, depth: Depth) -> String {
    let mut parts = vec![word(row).to_owned()];
    parts.extend(row.run.as_ref().map(ToString::to_string));
    parts.push(match &row.answer {
        Ok(answer) => why(answer, depth),
        Err(error) => {
            let first = error.iter_errors().next().map(said).unwrap_or_default();
            shown(first.as_bytes())
        }
    });
    parts.join(" ") + "\n"
}

/// Says why, as a list of what was seen, and where and for whom it works.
fn why(answer: &Answer, depth: Depth) -> String {
    let mut reasons = seen(answer, depth);
    let record = answer.record.as_ref();
    let named = |name: &str, text: Option<&String>| {
        text.map(|text| format!("{name} {}", shown(text.as_bytes())))
    };
    reasons.extend(named("lane", record.and_then(|record| record.lane.as_ref())));
    reasons.extend(named("session", record.and_then(|record| record.session.as_ref())));
    reasons.extend(answer.over_budget.map(|over| format!("over its budget by {}", length(over))));
    reasons.extend(answer.ended.map(|end| format!("ended {} ago", length(end))));
    reasons.join(", ")
}

/// Lists what was seen of a run: first what it brought about.
pub(in crate::cli) fn seen(answer: &Answer, depth: Depth) -> Vec<String> {
    let mut reasons = vec![patches(answer, depth)];
    let grounds = match answer.verdict {
        Verdict::Advancing(Moves::Patches | Moves::LeaseEvents) => None,
        Verdict::Advancing(Moves::Young) => {
            Some(format!("started {}", moment(answer.evidence.started)))
        }
        Verdict::Spinning => Some(format!("alive {}", beat(answer))),
        Verdict::Stalled(Stall::ProcessGone) => Some("its process is gone".to_owned()),
        Verdict::Stalled(Stall::NoBeat) => Some("no sign of life".to_owned()),
        Verdict::Stalled(Stall::StaleBeat) => Some(format!("last sign of life {}", beat(answer))),
        Verdict::BadClock(Fault::StartAhead) => Some(format!(
            "it starts {}, so its age decides nothing",
            moment(answer.evidence.started)
        )),
        Verdict::BadClock(Fault::BeatAhead) => {
            Some(format!("its last sign of life is {}, and decides nothing", beat(answer)))
        }
    };
    reasons.extend(grounds);
    if answer.evidence.process == Process::Up {
        reasons.push("its process runs".to_owned());
    }
    reasons
}

/// Says what the run brought about, or what it did instead.
fn patches(answer: &Answer, depth: Depth) -> String {
    let progress = &answer.progress;
    let start = answer.start.map_or_else(|| "the beginning".to_owned(), |id| short(&id));
    let Some((newest, time)) = progress.newest else {
        let passed = passed(&progress.passed);
        let instead = if passed.is_empty() { passed } else { format!(" ({passed})") };
        return format!("no new patch since {start}{instead}");
    };
    let ago = u64::try_from(time).ok().map(Duration::from_secs);
    let ago = ago.map_or_else(String::new, |time| match answer.now.checked_sub(time) {
        Some(age) => format!("{} ago", length(age)),
        None => "dated in the future".to_owned(),
    });
    match (depth, progress.patches) {
        (Depth::First, _) => format!("a new patch since {start}: {}, {ago}", short(&newest)),
        (Depth::All, 1) => format!("1 new patch since {start}: {}, {ago}", short(&newest)),
        (Depth::All, count) => {
            format!("{count} new patches since {start}, the last {}, {ago}", short(&newest))
        }
    }
}

/// Lists the commits that are no progress, by reason.
fn passed(passed: &Passed) -> String {
    let counts = [
        (passed.others, "by others"),
        (passed.merges, "merged"),
        (passed.empty, "empty"),
        (passed.archives, "archives"),
        (passed.known, "known before"),
        (passed.before, "dated before the start"),
        (passed.after, "dated after the end"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    counts.map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

fn beat(answer: &Answer) -> String {
    answer.evidence.beat.map_or_else(|| "never".to_owned(), moment)
}

fn moment(moment: Moment) -> String {
    match moment {
        Moment::Ago(age) => format!("{} ago", length(age)),
        Moment::Ahead(ahead) => format!("{} in the future", length(ahead)),
    }
}

/// Returns the first digits of an id.
fn short(id: &gix::ObjectId) -> String {
    id.to_hex_with_len(8).to_string()
}

/// Renders a length of time to its first one or two units.
pub(in crate::cli) fn length(time: Duration) -> String {
    let seconds = time.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (2.., ..) => format!("{days} days"),
        (_, 1.., _) => match minutes % 60 {
            0 => format!("{hours} h"),
            rest => format!("{hours} h {rest} min"),
        },
        (_, _, 1..) => format!("{minutes} min"),
        _ => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::length;

    #[test]
    fn lengths_have_the_unit_that_fits() {
        for (seconds, want) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3599, "59 min"),
            (3600, "1 h"),
            (5400, "1 h 30 min"),
            (86_400, "24 h"),
            (2 * 86_400, "2 days"),
        ] {
            assert_eq!(length(Duration::from_secs(seconds)), want, "{seconds} seconds");
        }
    }
}
