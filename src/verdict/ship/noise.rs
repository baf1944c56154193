//! Does a change to a file carry work, or only a version number?

/// Tells whether the file at `path` holds nothing but a version: `VERSION`, `version.txt`.
#[must_use]
pub fn is_version_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let stem = name.strip_suffix(".txt").or_else(|| name.strip_suffix(".md")).unwrap_or(&name);
    matches!(stem.trim_start_matches('.'), "version" | "release-version")
}

/// Tells whether the file at `path` is a change log or a fragment of one: `CHANGES.md`, `changelog.d/12.fix`.
#[must_use]
pub fn is_change_log(path: &str) -> bool {
    let lower = path.to_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let is_log = |word: &str| {
        matches!(
            word.replace(['-', '_'], "").as_str(),
            "changelog" | "changes" | "history" | "news" | "releasenotes" | "whatsnew"
        )
    };
    let stem = ["md", "rst", "txt", "adoc", "markdown"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending)?.strip_suffix('.'))
        .unwrap_or(name);
    let is_fragment = |folder: &str| {
        matches!(folder, "changelog.d" | ".changeset" | ".changes" | "changelogs" | "newsfragments")
    };
    is_log(stem) || folders.split('/').any(is_fragment)
}

/// Tells whether the file at `path` is a document that plans work: `docs/auth-plan.md`.
#[must_use]
pub fn is_plan(path: &str) -> bool {
    path.starts_with("docs/") && path.ends_with("-plan.md")
}

/// Returns the number that a plan's name begins with, which may stand for the plan: `306` of `docs/306_beta-plan.md`.
#[must_use]
pub fn plan_number(name: &str) -> Option<&str> {
    let name = name.rsplit('/').next().unwrap_or(name);
    let (number, _) = name.split_once('_')?;
    let ends_in_number = number.trim_end_matches(|c: char| c.is_ascii_lowercase());
    ends_in_number.ends_with(|c: char| c.is_ascii_digit()).then_some(number)
}

/// Tells whether a change swaps nothing but versions: each removed line is one of the added ones, versions aside,
/// and says that it holds a version. That is how a manifest of any language is cut for a release.
#[must_use]
pub fn is_version_cut(removed: &[&str], added: &[&str]) -> bool {
    let blanked = |lines: &[&str]| -> Option<Vec<String>> {
        let mut lines: Vec<String> = lines
            .iter()
            .filter(|line| !line.trim().is_empty())
            .map(|line| names_version(line).then(|| without_digits(line)))
            .collect::<Option<_>>()?;
        lines.sort_unstable();
        Some(lines)
    };
    match (blanked(removed), blanked(added)) {
        (Some(removed), Some(added)) => !added.is_empty() && removed == added,
        _ => false,
    }
}

/// Tells whether the first word of a line, or the one behind `#define`, ends in "version".
fn names_version(line: &str) -> bool {
    let line = line.trim().to_lowercase();
    let mut words = line.split(|c: char| !c.is_alphanumeric()).filter(|word| {
        !matches!(*word, "" | "define" | "const" | "let" | "pub" | "export" | "var")
    });
    // `project_version`, `CFBundleShortVersionString` and `"app-version"` are names too.
    words.by_ref().take(3).any(|word| word.contains("version"))
}

/// Returns `line` with every run of digits, dots and pre-release words in it left out.
fn without_digits(line: &str) -> String {
    let mut kept = String::new();
    let mut in_version = false;
    for character in line.trim().chars() {
        in_version = character.is_ascii_digit()
            || (in_version && (character.is_ascii_alphanumeric() || ".-+_".contains(character)));
        if !in_version {
            kept.push(character);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::{is_change_log, is_plan, is_version_cut, is_version_file, plan_number};

    #[test]
    fn a_version_file_is_known_by_its_name() {
        for (path, want) in [
            ("VERSION", true),
            ("pkg/version.txt", true),
            ("docs/Version", true),
            ("src/version.rs", false),
            ("src/auth/__init__.py", false),
            ("VERSIONING.md", false),
        ] {
            assert_eq!(is_version_file(path), want, "{path}");
        }
    }

    #[test]
    fn a_change_log_is_known_by_its_name() {
        for (path, want) in [
            ("CHANGELOG.md", true),
            ("crates/a/CHANGES.rst", true),
            ("docs/release-notes.md", true),
            (".changeset/odd-cats.md", true),
            ("src/history.rs", false),
            ("src/changes/mod.rs", false),
            ("news", true),
        ] {
            assert_eq!(is_change_log(path), want, "{path}");
        }
    }

    #[test]
    fn a_plan_and_its_number_are_known_by_its_name() {
        for (path, is, number) in [
            ("docs/306_beta-plan.md", true, Some("306")),
            ("docs/more/auth-plan.md", true, None),
            ("src/auth-plan.md", false, None),
            ("docs/auth.md", false, None),
            ("docs/12b_x", false, Some("12b")),
            ("docs/my_plan", false, None),
        ] {
            assert_eq!((is_plan(path), plan_number(path)), (is, number), "{path}");
        }
    }

    #[test]
    fn a_cut_changes_versions_and_nothing_else() {
        let cases: [(&[&str], &[&str], bool); 10] = [
            (&["version = \"1.0.0\""], &["version = \"1.1.0-rc.1\""], true),
            (&["  \"version\": \"1.0.0\","], &["  \"version\": \"2.0.0\","], true),
            (&["__version__ = '1'"], &["__version__ = '2'"], true),
            (&["  <version>1.0</version>"], &["  <version>1.1</version>"], true),
            (&["#define APP_VERSION \"1\""], &["#define APP_VERSION \"2\""], true),
            (&["version = \"1\"", ""], &["version = \"2\""], true),
            (&["timeout = 30"], &["timeout = 60"], false),
            (&["version = \"1\""], &["version = \"2\"", "login = true"], false),
            (&[], &["version = \"1\""], false),
            (&["version = \"1\""], &["version = current()"], false),
        ];
        for (removed, added, want) in cases {
            assert_eq!(is_version_cut(removed, added), want, "{removed:?} to {added:?}");
        }
    }
}
