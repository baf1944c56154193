//! Do the commits that a push is about to send do what they say? The answer of `pre-push`.

use std::time::Duration;

use git_dos_git_hooks::{Call, ObjectName, pre_push};
use gix::error::{Result, ResultExt as _, message};

use super::git::Reply;
use super::log::{self, Log};
use super::mode::{self, Mode};
use super::post_rewrite::object_id;
use super::pre_commit;
use crate::clock;
use crate::ops::audit::Row;
use crate::ops::push::{self, Offer, References, Report};
use crate::output::{sentence, shown};
use crate::verdict::audit::Answer;

/// How the logs call this hook.
const HOOK: &str = "git pre-push";

/// How long the commits of a push are judged at most.
const DEADLINE: Duration = Duration::from_secs(2);

/// The most lines before the one that says what to do.
const LINES: usize = 10;

/// The most commits that are named one by one: more are no day's work but a history that moves house.
const COMMITS: usize = 2_000;

/// Judges the push that `input` describes, and refuses it if the mode is to.
pub(super) fn run(
    repository: &gix::Repository,
    call: &Call,
    input: &[u8],
    log: &Log,
) -> Result<Reply> {
    let offer = offer(call, input)?;
    let mut reply = Reply::default();
    let is_sound = !mode::audits(repository) || judge(repository, &offer, log, &mut reply);
    // What kept us from judging, a broken policy for example, is said once.
    if is_sound && !reply.refuses {
        hold(repository, &offer, log, &mut reply);
    }
    if !reply.refuses {
        pre_commit::ask_remote(repository, log);
        pre_commit::guard_push(repository, &offer, clock::instant() + DEADLINE, log, &mut reply);
    }
    if !reply.refuses
        && let Err(error) = push::remember(repository, &offer)
    {
        log.record_error(HOOK, &error);
    }
    Ok(reply)
}

/// Reads what is to be pushed, and where.
fn offer(call: &Call, input: &[u8]) -> Result<Offer> {
    let updates =
        pre_push::parse(input).or_raise(|| message("Could not read what is to be pushed"))?;
    let remote_name = call.arguments.first().map(|name| name.to_string_lossy().into_owned());
    let ids = |names: Vec<&ObjectName>| names.into_iter().map(object_id).collect::<Result<_>>();
    let is_branch = |update: &pre_push::Update| {
        update.local.is_some() && update.remote_ref.starts_with(b"refs/heads/")
    };
    let references =
        if updates.iter().all(is_branch) { References::Branches } else { References::Others };
    let sent = updates.iter().filter(|update| update.local.is_some());
    Ok(Offer {
        local: ids(sent.clone().filter_map(|update| update.local.as_ref()).collect())?,
        remote: ids(sent.filter_map(|update| update.remote.as_ref()).collect())?,
        remote_name: remote_name.unwrap_or_default(),
        references,
    })
}

/// Holds back a push of archives in which nothing happened, where the policy wants that.
fn hold(repository: &gix::Repository, offer: &Offer, log: &Log, reply: &mut Reply) {
    let commits = match push::idle(repository, offer) {
        Ok(commits) if commits.is_empty() => return,
        Ok(commits) => commits,
        Err(error) => return log.record_error(HOOK, &error),
    };
    log.record_held(HOOK, &commits);
    let mode = Mode::or_advise(repository, log, HOOK);
    if mode == Mode::Observe {
        return;
    }
    let what = if commits.len() == 1 {
        "its only commit is an archive"
    } else {
        "all its commits are archives"
    };
    reply.say(&format!("{what} of a run in which nothing happened"));
    if mode == Mode::Gate {
        reply.refuses = true;
        reply.say("push refused: it goes with the next one that has news, as [severity] hold_noop_pushes asks; or git push --no-verify");
    } else {
        reply.say("the push goes on; dos.mode = gate would hold it back, as [severity] hold_noop_pushes asks");
    }
}

/// Has the commits judged, puts the result into words, and tells whether they could be judged.
fn judge(repository: &gix::Repository, offer: &Offer, log: &Log, reply: &mut Reply) -> bool {
    let mode = Mode::or_advise(repository, log, HOOK);
    match push::audit(repository, offer, clock::instant() + DEADLINE) {
        Ok(report) => {
            log.record_findings(HOOK, &report.rows);
            if mode > Mode::Observe {
                *reply = answer(&report, mode);
            }
            true
        }
        Err(error) => {
            // We have failed, not the commits.
            log.record_error(HOOK, &error);
            if mode > Mode::Observe {
                let causes = shown(log::causes(&error).as_bytes());
                reply.say(&format!("this push could not be audited: {causes}"));
            }
            false
        }
    }
}

/// Puts `report` into words, and decides.
fn answer(report: &Report, mode: Mode) -> Reply {
    let totals = &report.totals;
    let mut reply = Reply::default();
    let (judged, commits, seconds) = (totals.all(), report.commits, DEADLINE.as_secs());
    if commits > COMMITS {
        summarise(report, &mut reply);
    } else {
        name_commits(&report.rows, LINES - usize::from(judged < commits), &mut reply);
        reply.refuses = mode == Mode::Gate && totals.unwitnessed > 0;
    }
    if judged < commits {
        reply.say(&format!("audited {judged} of {commits} commits, as many as {seconds} s allow"));
    }
    if reply.refuses {
        let advice = sentence::advice();
        reply.say(&format!("push refused: {advice}; or git push --no-verify"));
    } else if totals.unwitnessed + totals.warned > 0 {
        reply.say("the push goes on; git dos audit --explain shows how a commit is judged");
    }
    reply
}

/// Gives the counts alone.
fn summarise(report: &Report, reply: &mut Reply) {
    let totals = &report.totals;
    if totals.unwitnessed + totals.warned + totals.unknown > 0 {
        reply.say(&format!(
            "of {} commits, {} claim what they do not do, {} are doubtful, {} could not be audited",
            report.commits, totals.unwitnessed, totals.warned, totals.unknown
        ));
    }
}

/// Gives one of `lines` lines to each commit with a finding, those that refuse the push first.
fn name_commits(rows: &[Row], lines: usize, reply: &mut Reply) {
    let mut rows: Vec<&Row> = rows.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(weight(row)));
    let room = if rows.len() > lines { lines - 1 } else { lines };
    for row in rows.iter().take(room) {
        reply.say(&sentence_about(row));
    }
    if rows.len() > room {
        reply.say(&format!("and {} more commits", rows.len() - room));
    }
}

/// Orders rows: a refuted claim outweighs a doubtful one, and both outweigh ignorance.
fn weight(row: &Row) -> u8 {
    match row.verdict.as_ref().map(|verdict| verdict.answer) {
        Ok(Answer::Unwitnessed) => 2,
        Ok(Answer::Warn) => 1,
        Ok(Answer::Ok | Answer::Abstain) | Err(_) => 0,
    }
}

/// Says on one line what is wrong with a commit.
fn sentence_about(row: &Row) -> String {
    let id = row.commit_id.to_hex_with_len(10);
    match &row.verdict {
        Ok(verdict) => {
            let word = if verdict.answer == Answer::Warn { "doubtful: " } else { "" };
            let reason = verdict.findings.first().map(sentence::of_finding).unwrap_or_default();
            format!("{id} \"{}\": {word}{reason}", sentence::subject(&row.subject))
        }
        Err(error) => {
            format!("{id} could not be audited: {}", shown(log::causes(error).as_bytes()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{COMMITS, answer};
    use crate::hooks::mode::Mode;
    use crate::ops::audit::Totals;
    use crate::ops::push::Report;

    fn report(commits: usize, witnessed: usize, warned: usize, unwitnessed: usize) -> Report {
        let totals = Totals { witnessed, warned, unwitnessed, ..Totals::default() };
        Report { commits, totals, rows: Vec::new() }
    }

    #[test]
    fn counts_decide_what_is_said_and_refused() {
        for (report, mode, refuses, said) in [
            (report(0, 0, 0, 0), Mode::Gate, false, [].as_slice()),
            (report(5, 5, 0, 0), Mode::Gate, false, &[]),
            (report(5, 2, 0, 0), Mode::Gate, false, &["audited 2 of 5 commits"]),
            (report(5, 4, 1, 0), Mode::Gate, false, &["the push goes on"]),
            (report(5, 4, 0, 1), Mode::Gate, true, &["push refused"]),
            (report(5, 1, 0, 1), Mode::Gate, true, &["audited 2 of 5", "push refused"]),
            (report(5, 4, 0, 1), Mode::Advise, false, &["the push goes on"]),
            (report(COMMITS, COMMITS - 1, 0, 1), Mode::Gate, true, &["push refused"]),
            (
                report(COMMITS + 1, COMMITS, 0, 1),
                Mode::Gate,
                false,
                &["of 2001 ", "the push goes on"],
            ),
            (report(COMMITS + 1, COMMITS + 1, 0, 0), Mode::Gate, false, &[]),
        ] {
            let reply = answer(&report, mode);
            assert_eq!(reply.refuses, refuses, "{report:?} in {mode:?}");
            assert_eq!(reply.text.lines().count(), said.len(), "{report:?}: {}", reply.text);
            for (line, part) in reply.text.lines().zip(said) {
                assert!(line.contains(part), "{report:?} says {line:?}, not {part:?}");
            }
        }
    }
}
