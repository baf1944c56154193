//! Is a revert the inverse of the commit that it names?

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::error::{Result, ResultExt as _, message};

use super::changes::{Comparer, Difference, Renames};
use super::text::line_changes;
use crate::verdict::audit::paths::Classes;
use crate::verdict::audit::{Entry, Reverted};

/// Files of the named commit whose lines are compared.
const FILES: usize = 20;

/// Returns the id that a message says it reverts: after "This reverts commit", else in a `revert <id>` subject.
fn named_id(message: &[u8]) -> Option<&str> {
    let hex = |text: &'_ [u8]| -> Option<usize> {
        let length = text.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        (7..=64).contains(&length).then_some(length)
    };
    let after = |mark: &str| {
        let at = message.to_ascii_lowercase().find(mark)? + mark.len();
        let rest = message.get(at..)?;
        let length = hex(rest)?;
        rest.get(..length)?.to_str().ok()
    };
    after("this reverts commit ").or_else(|| after("reverts commit ")).or_else(|| {
        let subject = message.lines().next()?;
        let mut words = subject.split(|byte| !byte.is_ascii_alphanumeric());
        words.find(|word| word.to_ascii_lowercase().starts_with(b"revert"))?;
        let id = words
            .find(|word| hex(word) == Some(word.len()) && word.iter().any(u8::is_ascii_digit))?;
        id.to_str().ok()
    })
}

/// Compares the changes of a revert with those of the commit that `message` names.
pub fn compare(
    repository: &gix::Repository,
    message: &[u8],
    changes: &[Difference],
    comparer: &mut Comparer,
    classes: &Classes,
) -> Result<Reverted> {
    let Some(name) = named_id(message) else { return Ok(Reverted::NotNamed) };
    let Ok(commit) = repository.rev_parse_single(name).map(gix::Id::detach) else {
        return Ok(Reverted::NotFound(name.to_owned()));
    };
    let Ok(commit) = repository.find_commit(commit) else {
        return Ok(Reverted::NotFound(name.to_owned()));
    };
    let context = || message!("Could not read the reverted commit {}", commit.id);
    let before = match commit.parent_ids().next() {
        Some(parent) => match repository.find_commit(parent) {
            Ok(parent) => Some(parent.tree_id().or_raise(context)?.detach()),
            // At a shallow boundary there is nothing to compare with.
            Err(_) => return Ok(Reverted::NotFound(name.to_owned())),
        },
        None => None,
    };
    let after = commit.tree_id().or_raise(context)?.detach();
    let original =
        comparer.trees(repository, (before, after), Renames::Equal, classes).or_raise(context)?;
    let (mut shared, mut lines, mut undone) = (0, 0, 0);
    for difference in &original {
        let Some(own) = changes.iter().find(|own| touches_same(own, difference)) else { continue };
        shared += 1;
        if shared <= FILES
            && difference.change.entry == Entry::Blob
            && own.change.entry == Entry::Blob
        {
            let (of_file, back) = lines_undone(repository, difference, own)?;
            lines += of_file;
            undone += back;
        }
    }
    Ok(Reverted::Compared {
        id: commit.id.to_string(),
        paths: original.len(),
        shared,
        lines,
        undone,
    })
}

/// Tells whether two changes are of one path, under its old or its new name.
fn touches_same(one: &Difference, other: &Difference) -> bool {
    let names = |difference: &Difference| {
        [Some(difference.change.path.clone()), difference.change.previous_path.clone()]
    };
    let (one, other) = (names(one), names(other));
    one.iter().flatten().any(|name| other.iter().flatten().any(|known| known == name))
}

/// Counts the lines that `original` changed and those of them that `own` changes back.
fn lines_undone(
    repository: &gix::Repository,
    original: &Difference,
    own: &Difference,
) -> Result<(usize, usize)> {
    let text = |id: Option<ObjectId>| -> Result<Vec<u8>> {
        let Some(id) = id else { return Ok(Vec::new()) };
        let object =
            repository.find_object(id).or_raise(|| message!("Could not read blob {id}"))?;
        Ok(object.detach().data)
    };
    let (old, new) = (text(original.before)?, text(original.after)?);
    let (own_old, own_new) = (text(own.before)?, text(own.after)?);
    let [removed, added] = line_changes(&old, &new);
    let [own_removed, own_added] = line_changes(&own_old, &own_new);
    let count = |done: &[&[u8]], back: &[&[u8]]| {
        let known: std::collections::HashSet<_> =
            back.iter().map(|line| line.trim_ascii()).collect();
        done.iter().filter(|line| known.contains(line.trim_ascii())).count()
    };
    Ok((removed.len() + added.len(), count(&removed, &own_added) + count(&added, &own_removed)))
}

#[cfg(test)]
mod tests {
    use super::named_id;

    #[test]
    fn the_reverted_commit_is_named_in_several_ways() {
        for (message, id) in [
            (
                "Revert \"x\"\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.\n",
                Some("0123456789abcdef0123456789abcdef01234567"),
            ),
            ("revert 0123abc", Some("0123abc")),
            ("revert: commit 0123abc, it broke", Some("0123abc")),
            ("revert the deadbeef", None),
            ("Revert \"add feature\"", None),
            ("undo it", None),
        ] {
            assert_eq!(named_id(message.as_bytes()), id, "{message}");
        }
    }
}
