//! Does the message that is about to be committed fit what is about to be committed? The answer of
//! `commit-msg`, which is installed on request.

use git_dos_git_hooks::{Call, commit_msg};
use gix::bstr::ByteSlice as _;
use gix::error::{Result, ResultExt as _, message};

use super::git::Reply;
use super::log::Log;
use super::mode::{self, Mode};
use crate::ops::audit;
use crate::output::sentence;
use crate::policy;
use crate::verdict::audit::{Answer, Verdict};

/// Judges the message in the file that `call` names against the index, and refuses it if the mode is to.
pub(super) fn run(repository: &gix::Repository, call: &Call, log: &Log) -> Result<Reply> {
    // A merge claims nothing of its own, and what a rebase or a revert replays was said before.
    if !mode::audits(repository) || repository.state().is_some() {
        return Ok(Reply::default());
    }
    let unread = || message("Could not read the commit message");
    let file = call.argument(0, "message file").or_raise(unread)?;
    let text = fs_err::read(file).or_raise(unread)?;
    let text = audit::tidied(repository, &text);
    if text.is_empty() || commit_msg::is_autosquash(&text) {
        return Ok(Reply::default());
    }
    let verdict = judge(repository, &text)?;
    let mode = Mode::or_advise(repository, log, "git commit-msg");
    Ok(answer(&text, &verdict, mode))
}

/// Judges `text` as the message of a new commit, and, if that refutes it, of an amended one.
///
/// Git does not say which of the two it makes; the milder verdict counts, as a push is judged again.
fn judge(repository: &gix::Repository, text: &[u8]) -> Result<Verdict> {
    let policy = policy::load(repository)?.audit_rules();
    let judge = |amends| audit::index_with_message(repository, text.as_bstr(), amends, &policy);
    let verdict = judge(false)?;
    if matches!(verdict.answer, Answer::Ok | Answer::Abstain) {
        return Ok(verdict);
    }
    let amended = judge(true)?;
    Ok(if amended.answer < verdict.answer { amended } else { verdict })
}

/// Puts `verdict` into words, and decides.
fn answer(text: &[u8], verdict: &Verdict, mode: Mode) -> Reply {
    let mut reply = Reply::default();
    let Some(finding) = verdict.findings.first().filter(|_| mode > Mode::Observe) else {
        return reply;
    };
    let word = if verdict.answer == Answer::Warn { "doubtful: " } else { "" };
    let subject = sentence::subject(text.lines().next().unwrap_or_default());
    reply.say(&format!("\"{subject}\": {word}{}", sentence::of_finding(finding)));
    if mode == Mode::Gate && verdict.answer == Answer::Unwitnessed {
        reply.refuses = true;
        reply.say("commit refused: say in the subject what the commit does, or add what it says; or git commit --no-verify");
    }
    reply
}
