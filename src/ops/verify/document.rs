//! Which plan does a file hold?

use std::path::{Path, PathBuf};

use gix::bstr::{BString, ByteSlice as _};
use gix::error::{ErrorExt as _, Result, ResultExt as _, bail, message};

use crate::evidence::ship::target::Target;
use crate::evidence::ship::tree::{self, LARGEST};
use crate::output::HINT;
use crate::verdict::ship::plan::{self, Plan};

/// A plan and where it is.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it says.
    pub plan: Plan,
    /// Its path from the top of the worktree; `None` for a file outside, which no history has.
    pub path: Option<BString>,
}

/// Reads the plan in `file`; where the disk does not have it, as in a bare repository, the target's.
///
/// Errors when neither has it, when it is no text of at most 16 MiB, or when it has no phases.
pub(super) fn read(
    repository: &gix::Repository,
    target: &Target,
    file: &Path,
    policy: &plan::Policy,
) -> Result<Document> {
    let path = path_in_worktree(repository, file)?;
    let bytes = match on_disk(file)? {
        Some(bytes) => Some(bytes),
        None => in_target(repository, target, path.as_ref())?,
    };
    let name = file.display();
    let bytes = bytes.ok_or_else(|| {
        message!("Neither the disk nor {} has a file {name}", target.name)
            .with(HINT, "--plan takes the path of a plan, from the folder that you are in")
            .raise()
    })?;
    let text = bytes.to_str().map_err(|error| {
        let line = bytes.get(..error.valid_up_to()).unwrap_or_default().lines().count().max(1);
        message!("{name}:{line}: the plan is not UTF-8").raise()
    })?;
    let inside = path.as_ref().map_or_else(|| name.to_string(), ToString::to_string);
    let plan = plan::parse(&inside, text, policy);
    if plan.phases.is_empty() {
        let hint = "phases are headings such as '### Phase 2' or '## AUTH2', items such as '- **AUTH2** …' or \
                    '- [ ] AUTH2 …', or rows of a table with a column Phase";
        return Err(message!("{name} has no phases").with(HINT, hint).raise());
    }
    Ok(Document { plan, path })
}

fn on_disk(file: &Path) -> Result<Option<Vec<u8>>> {
    let context = || message!("Could not read the plan {}", file.display());
    let metadata = match fs_err::metadata(file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).or_raise(context)?,
    };
    if !metadata.is_file() {
        bail!("{} is not a regular file", file.display());
    }
    if metadata.len() > LARGEST {
        bail!("{} is larger than {} MiB", file.display(), LARGEST >> 20);
    }
    Ok(Some(fs_err::read(file).or_raise(context)?))
}

fn in_target(
    repository: &gix::Repository,
    target: &Target,
    path: Option<&BString>,
) -> Result<Option<Vec<u8>>> {
    let (Some(commit), Some(path)) = (target.commit, path) else { return Ok(None) };
    let context = || message!("Could not read commit {commit}");
    let id = repository.find_commit(commit).or_raise(context)?.tree_id().or_raise(context)?;
    tree::blob(repository, id.detach(), path.as_ref())
}

/// Returns the path of `file` from the top of the worktree; in a bare repository, as it is written.
fn path_in_worktree(repository: &gix::Repository, file: &Path) -> Result<Option<BString>> {
    let Some(top) = repository.workdir() else {
        return file.is_relative().then(|| slashes(file)).transpose();
    };
    let context = || message!("Could not tell where {} is", file.display());
    let top = fs_err::canonicalize(top).or_raise(context)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let name = file.file_name().unwrap_or_default();
    let whole = match fs_err::canonicalize(folder.unwrap_or_else(|| Path::new("."))) {
        Ok(folder) => folder.join(name),
        // The folder is not checked out.
        Err(_) => gix::path::normalize(file.into(), &top).map_or_else(PathBuf::new, Into::into),
    };
    let whole = if whole.is_absolute() { whole } else { top.join(whole) };
    whole.strip_prefix(&top).ok().map(slashes).transpose()
}

fn slashes(path: &Path) -> Result<BString> {
    let path = gix::path::into_bstr(path)
        .or_raise(|| message!("{} has no name that git knows", path.display()))?;
    Ok(gix::path::to_unix_separators_on_windows(path).into_owned())
}
