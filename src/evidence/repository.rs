//! Which repository are we in, and may we read it?

use std::path::{Path, PathBuf};

use gix::error::{Result, ResultExt as _, message};

use crate::output::HINT;

/// Whether variables such as `GIT_DIR` choose the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// They do: git sets them for its hooks, and a user for a verb.
    Honoured,
    /// They do not: the caller is an agent's hook, whose folder alone says where it works.
    Ignored,
}

/// Bytes of decoded pack entries kept per thread while walking history.
const PACK_CACHE_BYTES: usize = 32 * 1024 * 1024;

/// Opens the repository that contains `directory`, refusing one that belongs to somebody else as git does.
///
/// Replacements of objects (`refs/replace/`) are not followed.
///
/// Errors when there is none, when it is not trusted, or when its configuration cannot be read.
pub fn open(directory: &Path, environment: Environment) -> Result<gix::Repository> {
    // What was committed is what a push sends, so nothing may stand in for it here.
    let overrides = ["core.useReplaceRefs=false"];
    let options =
        || gix::open::Options::default().bail_if_untrusted(true).config_overrides(overrides);
    let trust = gix::sec::trust::Mapping { full: options(), reduced: options() };
    let upwards = gix::discover::upwards::Options::default();
    // From inside a git folder, a relative path does not lead to it.
    let start = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
    let found = match environment {
        Environment::Honoured => {
            gix::ThreadSafeRepository::discover_with_environment_overrides_opts(
                start, upwards, trust,
            )
        }
        Environment::Ignored => gix::ThreadSafeRepository::discover_opts(start, upwards, trust),
    };
    let mut repository: gix::Repository = found
        .or_raise(|| {
            message!("Could not open a git repository at {}", directory.display())
                .with(HINT, "run it inside a repository, or as: git -C FOLDER dos …")
        })?
        .into();
    // `GIT_NAMESPACE` is for servers: it moves what a fetch or a push sees, and no other command of git looks at it.
    repository.clear_namespace();
    use_pack_cache(&mut repository);
    Ok(repository)
}

/// Gives `repository` a cache of decoded pack entries that is shared by nobody.
///
/// Walks over trees resolve long delta chains again and again without it.
pub fn use_pack_cache(repository: &mut gix::Repository) {
    repository.objects.set_pack_cache(|| {
        Box::new(gix::odb::pack::cache::lru::MemoryCappedHashmap::new(PACK_CACHE_BYTES))
    });
}

/// Returns the folder that holds our journals and receipts: `<git common dir>/dos`, as an absolute path.
pub fn state_folder(repository: &gix::Repository) -> PathBuf {
    let common = repository.common_dir();
    std::path::absolute(common).unwrap_or_else(|_| common.to_owned()).join("dos")
}
