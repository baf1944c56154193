//! Which commit does a message say it takes back?

/// A commit as the message of its revert names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// By the first digits of its id, in lower case.
    Id(String),
    /// By its subject.
    Subject(String),
}

/// Digits from which on a word is taken for an abbreviated id.
const SHORTEST_ID: usize = 7;

/// Tells whether the raw bytes of a message can name a commit that it takes back. Never wrong when it says no.
#[must_use]
pub fn may_name(message: &[u8]) -> bool {
    // Every verb of `VERBS`, and "This reverts commit", has one of these in it.
    const MARKS: [&[u8]; 4] = [b"revert", b"reapply", b"back", b"undo"];
    // The last letters are rarer than the first ones.
    message.windows(4).enumerate().any(|(at, four)| {
        matches!(four.last(), Some(b'e' | b'E' | b'k' | b'K' | b'o' | b'O' | b'p' | b'P'))
            && MARKS.iter().any(|mark| {
                message.get(at..at + mark.len()).is_some_and(|word| word.eq_ignore_ascii_case(mark))
            })
    })
}

/// Returns the commits that a message says it takes back.
///
/// That is what follows "This reverts commit" in the body, and what a subject such as `Revert "…"`,
/// `revert: …`, `Back out "…"` or `Reapply "…"` names, with anything in front of the verb that ends in a blank.
#[must_use]
pub fn named(subject: &str, body: &str) -> Vec<Named> {
    let mut found: Vec<Named> = reverted_ids(body).map(Named::Id).collect();
    found.extend(of_subject(subject));
    found
}

/// Tells whether the commit with this `id`, in full hexadecimal, and `subject` is the one that is `named`.
#[must_use]
pub fn is(named: &Named, id: &str, subject: &str) -> bool {
    match named {
        Named::Id(prefix) => id.starts_with(prefix.as_str()),
        Named::Subject(text) => {
            let (text, subject) = (without_number(text), without_number(subject));
            // Forges cut long titles.
            let cut = text.strip_suffix('\u{2026}').or_else(|| text.strip_suffix("..."));
            text == subject
                || cut.is_some_and(|start| start.len() > 20 && subject.starts_with(start))
        }
    }
}

/// Returns `subject` without the numbers of pull requests that a squash appends.
fn without_number(subject: &str) -> &str {
    let mut subject = subject.trim();
    while let Some((rest, number)) = subject.strip_suffix(')').and_then(|s| s.rsplit_once("(#")) {
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
        subject = rest.trim_end();
    }
    subject
}

/// Returns the ids behind "reverts commit" in `body`.
fn reverted_ids(body: &str) -> impl Iterator<Item = String> {
    let lower = body.to_ascii_lowercase();
    let ends: Vec<usize> =
        lower.match_indices("reverts commit").map(|(at, mark)| at + mark.len()).collect();
    ends.into_iter().filter_map(move |at| {
        let rest = lower.get(at..)?.trim_start_matches(['s', ' ', '\n', '\r', ':', '`']);
        leading_id(rest)
    })
}

/// Returns the abbreviated id that `text` begins with.
fn leading_id(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(text.len());
    let word = text.get(..end)?;
    let is_alone = text.get(end..)?.chars().next().is_none_or(|next| !next.is_alphanumeric());
    ((SHORTEST_ID..=64).contains(&end) && is_alone).then(|| word.to_ascii_lowercase())
}

/// The verbs of subjects that take a commit back, in lower case, the longer before the shorter.
const VERBS: [&str; 9] = [
    "reverting",
    "reverted",
    "reverts",
    "revert",
    "reapply",
    "backed out",
    "back out",
    "backout",
    "undo",
];

fn of_subject(subject: &str) -> Option<Named> {
    let lower = subject.to_ascii_lowercase();
    let (at, verb) = VERBS
        .iter()
        .filter_map(|verb| Some((first_word(&lower, verb)?, *verb)))
        .min_by_key(|(at, verb)| (*at, usize::MAX - verb.len()))?;
    let rest = subject.get(at + verb.len()..)?;
    let quoted = rest.trim_start().strip_prefix(['"', '\u{201c}']);
    if let Some(quoted) = quoted {
        let end = quoted.rfind(['"', '\u{201d}']).unwrap_or(quoted.len());
        let inner = quoted.get(..end)?.to_owned();
        // What is applied again is the revert that is taken back.
        let again = verb == "reapply";
        return Some(Named::Subject(if again { format!("Revert \"{inner}\"") } else { inner }));
    }
    let rest = rest.trim_start_matches([':', ' ']);
    let rest = match rest.strip_prefix('(').and_then(|scope| scope.split_once("):")) {
        Some((_, rest)) => rest.trim_start(),
        None => rest,
    };
    let words = ["commit ", "changeset "];
    let id = words.iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
    let has_digit = |id: &String| id.bytes().any(|byte| byte.is_ascii_digit());
    match leading_id(&id.to_ascii_lowercase()).filter(has_digit) {
        Some(id) => Some(Named::Id(id)),
        None => (!rest.is_empty()).then(|| Named::Subject(rest.to_owned())),
    }
}

/// Returns where `word` stands in `text` at the start or behind a blank or punctuation, and ends as a word.
fn first_word(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let open = |c: char| !c.is_alphanumeric() && c != '"' && c != '_' && c != '-';
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        let end = |c: char| !c.is_alphanumeric() && c != '_' && c != '-';
        before.is_none_or(open) && after.is_none_or(end)
    })
}

#[cfg(test)]
mod tests {
    use super::{Named, is, may_name, named};

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn a_revert_names_what_it_takes_back() {
        let id = |id: &str| vec![Named::Id(id.to_owned())];
        let subject = |text: &str| vec![Named::Subject(text.to_owned())];
        for (line, body, want) in [
            ("Revert \"AUTH: AUTH1 login\"", "", subject("AUTH: AUTH1 login")),
            ("Revert \"say \"hi\"\" (#12)", "", subject("say \"hi\"")),
            ("fix: Revert \"x\"", "", subject("x")),
            ("Revert \"Revert \"x\"\"", "", subject("Revert \"x\"")),
            ("Reapply \"x\"", "", subject("Revert \"x\"")),
            ("revert: AUTH: AUTH5 x", "", subject("AUTH: AUTH5 x")),
            ("revert(api): feat: x", "", subject("feat: x")),
            ("Revert 0123456789ab", "", id("0123456789ab")),
            ("Backed out changeset 0123abcd", "", id("0123abcd")),
            ("undo commit 0123ABCD, it broke", "", id("0123abcd")),
            ("chore: x", "This reverts commit 0123456.\n", id("0123456")),
            ("chore: x", "This reverts commits\n0123456 and more", id("0123456")),
            ("chore: x", "This reverts commit of AUTH1.\n", vec![]),
            ("feat: keep a non-revertible change", "", vec![]),
            ("feat: say \"revert x\"", "", vec![]),
            ("feat: x", "", vec![]),
        ] {
            assert_eq!(named(line, body), want, "{line:?} {body:?}");
            let message = format!("{line}\n\n{body}");
            assert!(want.is_empty() || may_name(message.as_bytes()), "{line:?} passes");
        }
        assert!(!may_name(b"feat: add a login\n\nwith words\n"), "nothing in it is a revert");
        assert!(may_name(b"REVERT") && may_name(b"undo"), "at the end, in capitals");
    }

    #[test]
    fn a_name_fits_one_commit() {
        let by_subject = |text: &str| Named::Subject(text.to_owned());
        for (name, subject, want) in [
            (Named::Id("0123456".into()), "x", true),
            (Named::Id("1123456".into()), "x", false),
            (by_subject("feat: x"), "feat: x (#12)", true),
            (by_subject("feat: x (#12)"), "feat: x", true),
            (by_subject("feat: x (#a)"), "feat: x", false),
            (by_subject("feat: x"), "feat: xy", false),
            (
                by_subject("feat: a long title that was cu\u{2026}"),
                "feat: a long title that was cut",
                true,
            ),
            (by_subject("feat: x..."), "feat: xyz", false),
        ] {
            assert_eq!(is(&name, ID, subject), want, "{name:?} and {subject:?}");
        }
    }
}
