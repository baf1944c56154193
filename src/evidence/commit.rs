//! What does one commit say and change?

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::error::{Result, ResultExt as _, message};

use super::changes::{Comparer, Difference, Renames};
use super::{reverted, text};
use crate::verdict::audit::claim::{Action, Claim};
use crate::verdict::audit::scan::{Facts, Scan};
use crate::verdict::audit::{self, Change, Evidence, Policy, Reverted, Verdict};

/// A commit's own words and place.
#[derive(Debug, Clone)]
pub struct Header {
    /// The subject: the lines up to the first blank one, joined by blanks, as `git log --format=%s` has it.
    pub subject: BString,
    /// The author's name.
    pub author: BString,
    /// The committer's time, in seconds since 1970-01-01T00:00:00Z.
    pub time: i64,
    /// How many parents the commit has.
    pub parents: usize,
}

/// Reads commits and has their claims judged, one after another.
#[derive(Debug, Default)]
pub struct Auditor {
    comparer: Comparer,
    reader: text::Reader,
}

impl Auditor {
    /// Judges the commit `id` of `repository` against its first parent, a root against the empty tree.
    ///
    /// The header is returned even when the verdict cannot be found out.
    pub fn commit(
        &mut self,
        repository: &gix::Repository,
        id: ObjectId,
        policy: &Policy,
    ) -> Result<(Header, Result<Verdict>)> {
        let unreadable = || message!("Could not read commit {id}");
        let commit = repository.find_commit(id).or_raise(unreadable)?;
        let decoded = commit.decode().or_raise(unreadable)?;
        let author = decoded.author().or_raise(unreadable)?;
        let header = Header {
            subject: subject(decoded.message.as_bstr()),
            author: author.name.to_owned(),
            time: commit.time().or_raise(unreadable)?.seconds,
            parents: decoded.parents.len(),
        };
        let verdict = self.verdict(repository, &decoded, &header, policy);
        Ok((header, verdict))
    }

    fn verdict(
        &mut self,
        repository: &gix::Repository,
        commit: &gix::objs::CommitRef<'_>,
        header: &Header,
        policy: &Policy,
    ) -> Result<Verdict> {
        let claim = Claim::parse(&header.subject.to_str_lossy(), policy);
        let before = match commit.parents().next() {
            Some(parent) => Some(first_parent_tree(repository, parent)?),
            None => None,
        };
        let renames = match claim.action {
            Some(Action::Rename | Action::Move) => Renames::Similar,
            _ => Renames::Equal,
        };
        let trees = (before, commit.tree());
        let differences = self.comparer.trees(repository, trees, renames, &policy.classes)?;
        self.judge(repository, (&claim, commit.message), header.parents, &differences, policy)
    }

    /// Judges `message` against what the index would change in the tree `before`.
    pub fn index(
        &mut self,
        repository: &gix::Repository,
        before: Option<ObjectId>,
        message: &BStr,
        policy: &Policy,
    ) -> Result<Verdict> {
        let index = repository
            .index_or_empty()
            .or_raise(|| gix::error::message("Could not read the index"))?;
        let claim = Claim::parse(&subject(message).to_str_lossy(), policy);
        let differences = self.comparer.index(repository, before, &index, &policy.classes)?;
        self.judge(repository, (&claim, message), 1, &differences, policy)
    }

    fn judge(
        &mut self,
        repository: &gix::Repository,
        (claim, message): (&Claim, &BStr),
        parents: usize,
        differences: &[Difference],
        policy: &Policy,
    ) -> Result<Verdict> {
        let reverted = if audit::is_revert(claim) {
            let classes = &policy.classes;
            reverted::compare(repository, message, differences, &mut self.comparer, classes)?
        } else {
            Reverted::NotNamed
        };
        let changes: Vec<Change> =
            differences.iter().map(|difference| difference.change.clone()).collect();
        let questions = audit::questions(claim, parents, &changes, policy);
        let facts = if questions.is_empty() {
            Facts::default()
        } else {
            let mut scan = Scan::new(&questions, policy);
            for difference in in_reading_order(differences) {
                self.reader.scan(repository, difference, policy.blob_limit, &mut scan)?;
                if scan.is_settled() {
                    break;
                }
            }
            scan.finish()
        };
        let evidence =
            Evidence { claim, parents, changes: &changes, facts: &facts, reverted: &reverted };
        Ok(audit::judge(&evidence, policy))
    }
}

/// Returns source text before everything else: it settles most questions at the first file.
fn in_reading_order(differences: &[Difference]) -> impl Iterator<Item = &Difference> {
    use crate::verdict::audit::paths::Class;
    let is_code = |difference: &&Difference| difference.change.class == Class::Code;
    differences.iter().filter(is_code).chain(differences.iter().filter(move |d| !is_code(d)))
}

fn first_parent_tree(repository: &gix::Repository, parent: ObjectId) -> Result<ObjectId> {
    let context = || message!("Could not read the parent {parent}");
    let commit = repository.find_commit(parent).or_raise(context)?;
    Ok(commit.tree_id().or_raise(context)?.detach())
}

/// Returns the first paragraph of `message` on one line.
pub fn subject(message: &BStr) -> BString {
    let mut subject = BString::default();
    for line in message.lines().map(<[u8]>::trim_ascii).skip_while(|line| line.is_empty()) {
        if line.is_empty() {
            break;
        }
        if !subject.is_empty() {
            subject.push(b' ');
        }
        subject.extend_from_slice(line);
    }
    subject
}

#[cfg(test)]
mod tests {
    use super::subject;

    #[test]
    fn a_subject_is_the_first_paragraph() {
        for (message, want) in [
            ("one\n\ntwo\n", "one"),
            ("\n\none\ntwo  \n\nthree", "one two"),
            ("", ""),
            ("one\r\n\r\nbody", "one"),
        ] {
            assert_eq!(subject(message.into()), want, "{message:?}");
        }
    }
}
