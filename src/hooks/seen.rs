//! Did we answer this very call a moment ago? An agent that finds our entry in two files calls twice.

use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

/// How long two calls with the same mark are the same call.
const WINDOW: Duration = Duration::from_secs(5);

/// The most bytes of marks that are kept, some thousand calls within the window.
const LIMIT_BYTES: u64 = 256 * 1024;

/// Takes the call that `mark` stands for; `false` when another process took it in the last five seconds.
///
/// The marks of those seconds are the lines `<milliseconds since 1970> <mark>` of one small file, which is
/// read and written under a lock: of two calls at the same instant exactly one wins.
pub fn take(state_folder: &Path, mark: &str, now: Duration) -> std::io::Result<bool> {
    let folder = state_folder.join("seen");
    fs_err::create_dir_all(&folder)?;
    let mut file = fs_err::OpenOptions::new()
        .create(true)
        .read(true)
        .write(true)
        .truncate(false)
        .open(folder.join("recent"))?;
    file.file().lock()?;
    let mut text = String::new();
    // A file that we did not write is begun anew.
    let read = (&mut file).take(LIMIT_BYTES).read_to_string(&mut text);
    let recent = if read.is_ok() { recent(&text, now) } else { Vec::new() };
    let taken = recent.iter().any(|(_, other)| *other == mark);
    if !taken {
        let all = recent.into_iter().chain([(now.as_millis(), mark)]);
        let lines = all.map(|(time, mark)| format!("{time} {mark}\n")).collect::<Vec<_>>().concat();
        file.rewind()?;
        file.write_all(lines.as_bytes())?;
        file.set_len(u64::try_from(lines.len()).unwrap_or(LIMIT_BYTES))?;
    }
    Ok(!taken)
}

/// Returns the marks of `text` that are nearer than the window: a rival may have looked at the clock after us.
fn recent(text: &str, now: Duration) -> Vec<(u128, &str)> {
    let parsed = text.lines().filter_map(|line| {
        let (time, mark) = line.split_once(' ')?;
        Some((time.parse::<u128>().ok()?, mark))
    });
    parsed.filter(|(time, _)| now.as_millis().abs_diff(*time) < WINDOW.as_millis()).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::take;

    #[test]
    fn a_call_is_taken_once_within_the_window() {
        let folder = tempfile::tempdir().unwrap();
        for (milliseconds, mark, want) in [
            (10_000, "a", true),
            (10_000, "a", false),
            (10_001, "b", true),
            (14_999, "a", false),
            (15_000, "a", true),
            (15_001, "b", true),
            (14_990, "b", false),
            (3, "b", true),
        ] {
            let now = Duration::from_millis(milliseconds);
            let got = take(folder.path(), mark, now).unwrap();
            assert_eq!(got, want, "{mark} at {milliseconds}");
        }
        fs_err::write(folder.path().join("seen/recent"), b"\xff\xfe").unwrap();
        let now = Duration::from_secs(100);
        assert!(take(folder.path(), "a", now).unwrap(), "a damaged file holds no marks");
        assert!(!take(folder.path(), "a", now).unwrap(), "and is mended");
    }

    #[test]
    fn of_calls_at_the_same_instant_one_wins() {
        let folder = tempfile::tempdir().unwrap();
        let now = Duration::from_secs(10);
        let won = std::thread::scope(|scope| {
            let callers: Vec<_> =
                (0..8).map(|_| scope.spawn(|| take(folder.path(), "a", now).unwrap())).collect();
            callers.into_iter().map(|caller| caller.join().unwrap()).filter(|won| *won).count()
        });
        assert_eq!(won, 1, "exactly one");
    }
}
