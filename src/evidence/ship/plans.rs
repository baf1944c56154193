//! Which plans are there?

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::error::{Result, ResultExt as _, message};

use crate::verdict::ship::noise;

/// The folder that plans are in.
const FOLDER: &str = "docs";

/// Returns the paths of the plans in the tree of `commit` whose name begins with `number`, sorted.
pub fn numbered(
    repository: &gix::Repository,
    commit: ObjectId,
    number: &str,
) -> Result<Vec<String>> {
    let context = || message!("Could not look for plans in commit {commit}");
    let tree = repository.find_commit(commit).or_raise(context)?.tree().or_raise(context)?;
    let Some(entry) = tree.lookup_entry([FOLDER]).or_raise(context)? else { return Ok(Vec::new()) };
    if !entry.mode().is_tree() {
        return Ok(Vec::new());
    }
    let folder = repository.find_tree(entry.object_id()).or_raise(context)?;
    let files = folder.traverse().breadthfirst.files().or_raise(context)?;
    let mut paths: Vec<String> = files
        .iter()
        .filter_map(|file| Some(format!("{FOLDER}/{}", file.filepath.to_str().ok()?)))
        .filter(|path| noise::is_plan(path) && noise::plan_number(path) == Some(number))
        .collect();
    paths.sort_unstable();
    Ok(paths)
}
