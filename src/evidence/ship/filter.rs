//! Which commits may matter, as their raw bytes tell?

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

use gix::ObjectId;
use gix::error::{ErrorExt as _, Result, ResultExt as _, message};

use crate::output::HINT;

/// Tells whether the raw bytes of a commit may matter. Never wrong when it says no.
pub type Filter<'a> = dyn Fn(&[u8]) -> bool + Sync + 'a;

/// Commits from which on a second thread pays.
const ALONE: usize = 1024;

/// Commits that a thread takes at a time.
const CHUNK: usize = 512;

/// Threads that read at most; more do not help, since they wait for the same memory.
const THREADS: usize = 4;

/// Returns the numbers of the commits that pass, and why not all could be read.
pub(super) fn passing(
    repository: &gix::Repository,
    filter: &Filter<'_>,
    commits: &[(u32, ObjectId)],
) -> (Vec<u32>, Option<gix::Error>) {
    if commits.len() < ALONE {
        filtered(repository, filter, commits)
    } else {
        filtered_by_threads(repository, filter, commits)
    }
}

/// Returns the numbers of the commits that pass, up to the first that cannot be read.
fn filtered(
    repository: &gix::Repository,
    filter: &Filter<'_>,
    commits: &[(u32, ObjectId)],
) -> (Vec<u32>, Option<gix::Error>) {
    let (mut passing, mut buffer) = (Vec::new(), Vec::new());
    for (index, id) in commits {
        match read(repository, *id, &mut buffer) {
            Ok(data) if filter(data) => passing.push(*index),
            Ok(_) => {}
            Err(error) => return (passing, Some(error)),
        }
    }
    (passing, None)
}

/// Does the same in several threads. After a failure, commits behind it may be among those that pass.
fn filtered_by_threads(
    repository: &gix::Repository,
    filter: &Filter<'_>,
    commits: &[(u32, ObjectId)],
) -> (Vec<u32>, Option<gix::Error>) {
    let shared = repository.clone().into_sync();
    let next = AtomicUsize::new(0);
    let work = || {
        let repository = shared.to_thread_local();
        let (mut passing, mut failure) = (Vec::new(), None);
        while failure.is_none() {
            let chunk = next.fetch_add(1, Ordering::Relaxed);
            let Some(commits) = commits.chunks(CHUNK).nth(chunk) else { break };
            let (found, failed) = filtered(&repository, filter, commits);
            passing.extend(found);
            failure = failed;
        }
        (passing, failure)
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get).min(THREADS);
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let (mut passing, mut failure) = work();
        for other in others {
            match other.join() {
                Ok((found, failed)) => {
                    passing.extend(found);
                    failure = failure.or(failed);
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        (passing, failure)
    })
}

/// Reads the bytes of the commit `id`.
pub(super) fn read<'b>(
    repository: &gix::Repository,
    id: ObjectId,
    buffer: &'b mut Vec<u8>,
) -> Result<&'b [u8]> {
    use gix::objs::Find as _;
    let context = || {
        message!("Could not read commit {id}")
            .with(HINT, "git fsck names what is missing or broken")
    };
    let object = repository.objects.try_find(&id, buffer).or_raise(context)?;
    match object {
        Some(object) if object.kind == gix::object::Kind::Commit => Ok(object.data),
        Some(_) | None => Err(context().raise()),
    }
}
