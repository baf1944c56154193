//! What is in a tree under a path?

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::error::{Result, ResultExt as _, bail, message};

/// A file that is read as a whole may have so many bytes.
pub const LARGEST: u64 = 16 << 20;

/// Returns the tree of `commit`.
pub(super) fn tree_of(repository: &gix::Repository, commit: ObjectId) -> Result<ObjectId> {
    let context = || message!("Could not read commit {commit}");
    let commit = repository.find_commit(commit).or_raise(context)?;
    Ok(commit.tree_id().or_raise(context)?.detach())
}

/// Returns the content of the file at `path` of `tree`; `None` when there is no such file.
pub fn blob(repository: &gix::Repository, tree: ObjectId, path: &BStr) -> Result<Option<Vec<u8>>> {
    let context = || message!("Could not look for {path} in tree {tree}");
    let tree = repository.find_tree(tree).or_raise(context)?;
    let Some(entry) = tree.lookup_entry(path.split_str("/")).or_raise(context)? else {
        return Ok(None);
    };
    if !entry.mode().is_blob() {
        return Ok(None);
    }
    let header = repository.find_header(entry.object_id()).or_raise(context)?;
    if header.size() > LARGEST {
        bail!("{path} is larger than {} MiB", LARGEST >> 20);
    }
    Ok(Some(entry.object().or_raise(context)?.detach().data))
}

/// Returns the path that `name` means in `tree`: itself, else one that differs from it by case alone.
pub(super) fn in_its_case(
    repository: &gix::Repository,
    tree: ObjectId,
    name: &str,
) -> Result<BString> {
    let context = || message!("Could not look for {name} in tree {tree}");
    let mut folder = repository.find_tree(tree).or_raise(context)?;
    let mut path = Vec::new();
    let mut parts = name.split('/').peekable();
    while let Some(part) = parts.next() {
        let mut entries = Vec::new();
        for entry in folder.iter() {
            let entry = entry.or_raise(context)?;
            if entry.filename().eq_ignore_ascii_case(part.as_bytes()) {
                entries.push((entry.filename().to_owned(), entry.oid().to_owned(), entry.mode()));
            }
        }
        let exact = entries.iter().position(|(name, ..)| name == part);
        let Some((found, id, mode)) = entries.into_iter().nth(exact.unwrap_or(0)) else { break };
        path.push(found);
        if parts.peek().is_none() {
            return Ok(gix::bstr::join("/", path).into());
        }
        if !mode.is_tree() {
            break;
        }
        folder = repository.find_tree(id).or_raise(context)?;
    }
    Ok(name.into())
}
