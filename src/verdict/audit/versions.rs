//! Which version does a claim name, and does a line have it?

/// Returns the version that a description says something is bumped to: after "to", its Chinese, or "@".
pub(super) fn target(description: &str) -> Option<String> {
    let lower = description.to_lowercase();
    let after_to = lower.match_indices("to ").filter(|(at, _)| {
        lower
            .get(..*at)
            .is_some_and(|before| before.is_empty() || before.ends_with(char::is_whitespace))
    });
    let after_at = lower.match_indices(['@', '\u{5230}', '\u{81f3}']);
    let version = |(at, mark): (usize, &str)| leading_version(lower.get(at + mark.len()..)?);
    let (mut after_to, mut after_at) = (after_to, after_at);
    after_to.find_map(version).or_else(|| after_at.find_map(version))
}

/// Returns the version at the start of `text`, behind "version", `^`, `v` and the like.
fn leading_version(text: &str) -> Option<String> {
    let text = text.trim_start();
    let text = text.strip_prefix("version").map_or(text, str::trim_start);
    let text = text.trim_start_matches(['`', '>', '=', '^', '~', ' ']).trim_start_matches('v');
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || ".+-_*".contains(c)))
        .unwrap_or(text.len());
    let version = text.get(..end)?.trim_end_matches(['.', '-', '_', '+']);
    let version = version.trim_end_matches(".x").trim_end_matches(".*");
    is_version(version).then(|| version.to_owned())
}

/// Tells whether `text` is dotted numbers, perhaps with a pre-release behind them.
fn is_version(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    let mut parts = numbers.split('.').peekable();
    if !parts.next().is_some_and(digits) {
        return false;
    }
    let suffix_known = |suffix: &str| {
        const PRE_RELEASES: [&str; 12] = [
            "alpha", "beta", "rc", "dev", "pre", "snapshot", "post", "final", "ga", "release", "a",
            "b",
        ];
        let word = suffix.trim_start_matches(|c: char| c.is_ascii_digit());
        word.is_empty()
            || PRE_RELEASES.iter().any(|known| word.starts_with(known))
            || word.starts_with('m')
    };
    parts.all(|part| {
        digits(part)
            || (part.starts_with(|c: char| c.is_ascii_digit()) && suffix_known(part))
            || suffix_known(part)
    }) && text
        .split_once(['-', '+'])
        .is_none_or(|(_, suffix)| suffix_known(suffix) || digits(suffix))
}

/// Returns the parts of a version that say something: `1.02.0-rc1` is 1, 2, rc, 1.
fn significant(version: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut digit = None;
    for character in version.chars() {
        let is_digit = character.is_ascii_digit();
        if !character.is_ascii_alphanumeric() {
            digit = None;
            continue;
        }
        match parts.last_mut().filter(|_| digit == Some(is_digit)) {
            Some(part) => part.push(character),
            None => parts.push(character.to_string()),
        }
        digit = Some(is_digit);
    }
    for part in &mut parts {
        if part.bytes().all(|byte| byte.is_ascii_digit()) {
            *part = part.trim_start_matches('0').to_owned();
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// What the lines of a change say about versions, gathered line by line.
#[derive(Debug, Clone)]
pub struct Sightings {
    wanted: String,
    wanted_parts: Vec<String>,
    /// Whether an added line has the wanted version.
    pub found: bool,
    /// Versions that added lines have instead, at most a few, in order of appearance.
    pub others: Vec<String>,
    /// Whether an added line pins something by a commit id.
    pub pinned: bool,
    pins: [Vec<String>; 2],
}

/// Other versions kept for the answer.
const OTHERS: usize = 5;

impl Sightings {
    /// Starts looking for the version `wanted`.
    pub fn of(wanted: String) -> Self {
        Self {
            wanted_parts: significant(&wanted),
            wanted,
            found: false,
            others: Vec::new(),
            pinned: false,
            pins: [Vec::new(), Vec::new()],
        }
    }

    /// Takes in one added line.
    pub fn added(&mut self, line: &str) {
        let line = line.to_lowercase();
        self.found |= line.contains(&self.wanted);
        for Written { text: version, quoted, tag } in versions(&line) {
            let same = significant(version) == self.wanted_parts
                || (quoted && self.wanted.starts_with(&format!("{version}.")));
            self.found |= same;
            if !same
                && (version.contains('.') || tag)
                && self.others.len() < OTHERS
                && !self.others.iter().any(|known| known == version)
            {
                self.others.push(version.to_owned());
            }
        }
        if let Some(pin) = pin(&line) {
            self.pinned = true;
            self.pins[0].extend(pin.version);
        }
    }

    /// Takes in one removed line.
    pub fn removed(&mut self, line: &str) {
        if let Some(pin) = pin(&line.to_lowercase()) {
            self.pins[1].extend(pin.version);
        }
    }

    /// Tells whether pins by commit id stand in for the version: their comments name none, or did not change.
    pub fn pins_excuse(&self) -> bool {
        let [added, removed] = &self.pins;
        self.pinned && (added.is_empty() || added == removed)
    }
}

/// A version in a line.
struct Written<'a> {
    text: &'a str,
    /// Whether it stands before a closing quote.
    quoted: bool,
    /// Whether it is a tag behind an `@`, as in `uses: actions/checkout@v4`.
    tag: bool,
}

/// Returns the versions in `line`, in lower case.
fn versions(line: &str) -> Vec<Written<'_>> {
    let mut found = Vec::new();
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(offset) =
        bytes.get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_digit))
    {
        let start = at + offset;
        let end = version_end(bytes, start);
        if starts_version(bytes, start) {
            let quoted = matches!(bytes.get(end), Some(b'"' | b'\''));
            let before = line.get(..start).unwrap_or_default();
            let ends = bytes.get(end).is_none_or(u8::is_ascii_whitespace);
            let tag = ends && before.strip_suffix('v').unwrap_or(before).ends_with('@');
            found.extend(line.get(start..end).map(|text| Written { text, quoted, tag }));
        }
        at = end.max(start + 1);
    }
    found
}

/// Tells whether a version may begin at `start`: not inside a word or number, a `v` in front aside.
fn starts_version(bytes: &[u8], start: usize) -> bool {
    let before =
        |distance: usize| start.checked_sub(distance).and_then(|at| bytes.get(at)).copied();
    let open =
        |byte: Option<u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric() && byte != b'.');
    open(before(1)) || (before(1) == Some(b'v') && open(before(2)))
}

/// Returns where the version that begins at `start` ends: numbers, then perhaps a pre-release.
fn version_end(bytes: &[u8], start: usize) -> usize {
    const PRE_RELEASES: [&[u8]; 9] =
        [b"alpha", b"beta", b"rc", b"dev", b"pre", b"snapshot", b"post", b"a", b"b"];
    let digits = |from: usize| {
        from + bytes
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let mut end = digits(start);
    while matches!(bytes.get(end), Some(b'.' | b'_' | b'-')) && digits(end + 1) > end + 1 {
        end = digits(end + 1);
    }
    let rest = bytes.get(end..).unwrap_or_default();
    let joined = rest
        .strip_prefix(b"-")
        .or_else(|| rest.strip_prefix(b"."))
        .or_else(|| rest.strip_prefix(b"+"));
    let suffix = joined.unwrap_or(rest);
    let known = PRE_RELEASES.iter().any(|word| {
        suffix
            .strip_prefix(*word)
            .is_some_and(|after| !after.first().is_some_and(u8::is_ascii_alphabetic))
    });
    if known {
        let tail = suffix
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte))
            .count();
        end += rest.len() - suffix.len() + tail;
    }
    end
}

/// A dependency pinned by a commit id.
struct Pin {
    /// The version that the comment behind it names.
    version: Option<String>,
}

/// Returns the version in the comment behind a pin `@<40 hex digits>`, if the line has such a pin.
fn pin(line: &str) -> Option<Pin> {
    let (_, after) = line.split_once('@')?;
    let id = after.get(..40)?;
    if !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let comment = after.get(40..).and_then(|rest| rest.split_once('#')).map(|(_, comment)| comment);
    Some(Pin { version: comment.and_then(leading_version) })
}

#[cfg(test)]
mod tests {
    use super::{Sightings, target};

    #[test]
    fn the_target_is_what_follows_to_or_at() {
        for (description, version) in [
            ("bump serde from 1.0.1 to 1.0.2", Some("1.0.2")),
            ("bump serde to v2", Some("2")),
            ("update to version 3.1.0-rc.1", Some("3.1.0-rc.1")),
            ("bump x@^4.5", Some("4.5")),
            ("bump x to 1.x", Some("1")),
            ("bump x to `1.2.3`.", Some("1.2.3")),
            ("bump x to latest", None),
            ("bump to a newer one", None),
            ("bump photo 2", None),
        ] {
            assert_eq!(target(description).as_deref(), version, "{description}");
        }
    }

    #[test]
    fn a_version_is_found_in_its_spellings() {
        for (wanted, line, found) in [
            ("1.2.3", "serde = \"1.2.3\"", true),
            ("1.2.3", "serde = \"1.2\"", true),
            ("1.2.3", "serde = \"1.3\"", false),
            ("1.2.0", "serde-v1.2.tgz", true),
            ("2.0.0", "serde v2", true),
            ("3.1.0-rc.1", "x==3.1.0rc1", true),
            ("6.0.1", "nanoid: 3.3.18", false),
            ("1.2", "x 11.2.5", true),
        ] {
            let mut sightings = Sightings::of(wanted.to_owned());
            sightings.added(line);
            assert_eq!(sightings.found, found, "{wanted} in {line}");
        }
    }

    #[test]
    fn pins_by_commit_excuse_a_missing_version() {
        let old = "uses: a/b@0123456789012345678901234567890123456789 # v1.2.3";
        let new = "uses: a/b@9876543210987654321098765432109876543210 # v1.2.3";
        let mut sightings = Sightings::of("2.0.0".to_owned());
        sightings.removed(old);
        sightings.added(new);
        assert!(sightings.pins_excuse(), "the comment was not kept up to date");
        sightings.added("uses: a/b@9876543210987654321098765432109876543210 # v1.9.0");
        assert!(!sightings.pins_excuse(), "the comment names another version");
    }
}
