//! Which commit does a message say it takes back?

/// A commit as the message of its revert names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// By the first digits of its id, in lower case.
    Id(String),
    /// By its subject.
    Subject(String),
    /// By the id that its subject begins with, such as `AUTH-12`, in lower case: what was done under it may be
    /// more than one commit.
    Label(String),
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
/// `revert: …`, `Back out "…"` or `Reapply "…"` names, with anything in front of the verb that ends in a blank;
/// also the ids behind that verb, and the one that the subject itself begins with.
#[must_use]
pub fn named(subject: &str, body: &str) -> Vec<Named> {
    let mut found: Vec<Named> = reverted_ids(body).map(Named::Id).collect();
    let Some((at, verb)) = verb_in(subject) else { return found };
    found.extend(of_subject(subject, at, verb));
    if verb != "reapply" {
        let behind = subject.get(at..).unwrap_or_default();
        let labels = leading_label(subject).into_iter().chain(labels(behind));
        found.extend(labels.map(|label| Named::Label(label.to_ascii_lowercase())));
    }
    found
}

/// Tells whether a subject begins with a label and says behind it that work is taken back: `AUTH-12: Revert …`.
#[must_use]
pub fn takes_back(subject: &str) -> bool {
    let Some(label) = leading_label(subject) else { return false };
    let behind = subject.trim_start_matches('[').get(label.len()..).unwrap_or_default();
    let mut rest = behind.trim_start_matches([']', ':', ';', ' ', '-']);
    while let Some((_, behind)) = rest.strip_prefix('[').and_then(|tag| tag.split_once(']')) {
        rest = behind.trim_start_matches([':', ' ']);
    }
    verb_in(rest).is_some_and(|(at, verb)| at == 0 && verb != "reapply")
}

/// Returns the id that a subject begins with.
fn leading_label(subject: &str) -> Option<&str> {
    let subject = subject.trim_start_matches('[');
    labels(subject).next().filter(|label| subject.starts_with(label))
}

/// Returns the words of `text` that are ids: letters and a number, with a hyphen or not.
fn labels(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|next: char| !next.is_alphanumeric() && !matches!(next, '-' | '_'));
    words.filter(|word| {
        let letters = word.chars().take_while(|next| next.is_alphabetic()).count();
        let digits = word.trim_start_matches(char::is_alphabetic).trim_start_matches('-');
        letters > 1 && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Tells whether the commit with this `id`, in full hexadecimal, and `subject` is the one that is `named`.
#[must_use]
pub fn is(named: &Named, id: &str, subject: &str) -> bool {
    match named {
        Named::Id(prefix) => id.starts_with(prefix.as_str()),
        Named::Label(label) => {
            leading_label(subject).is_some_and(|own| own.eq_ignore_ascii_case(label))
        }
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

/// Returns the first verb in `subject` that takes a commit back, and where it stands.
fn verb_in(subject: &str) -> Option<(usize, &'static str)> {
    let lower = subject.to_ascii_lowercase();
    VERBS
        .iter()
        .filter_map(|verb| Some((first_word(&lower, verb)?, *verb)))
        .min_by_key(|(at, verb)| (*at, usize::MAX - verb.len()))
}

fn of_subject(subject: &str, at: usize, verb: &str) -> Option<Named> {
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
    use super::{Named, is, may_name, named, takes_back};

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn a_revert_names_what_it_takes_back() {
        let id = |id: &str| vec![Named::Id(id.to_owned())];
        let subject = |text: &str| vec![Named::Subject(text.to_owned())];
        let label = |text: &str| Named::Label(text.to_owned());
        for (line, body, want) in [
            ("Revert \"auth: login\"", "", subject("auth: login")),
            (
                "Revert \"AUTH: AUTH1 login\"",
                "",
                vec![subject("AUTH: AUTH1 login").remove(0), label("auth1")],
            ),
            ("Revert \"say \"hi\"\" (#12)", "", subject("say \"hi\"")),
            ("fix: Revert \"x\"", "", subject("x")),
            ("Revert \"Revert \"x\"\"", "", subject("Revert \"x\"")),
            ("Reapply \"x\"", "", subject("Revert \"x\"")),
            ("revert: auth: x", "", subject("auth: x")),
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
            (
                "AB-2: revert AB-1 for v2",
                "",
                vec![subject("AB-1 for v2").remove(0), label("ab-2"), label("ab-1")],
            ),
            ("[AB-2] Undo it", "", vec![subject("it").remove(0), label("ab-2")]),
        ] {
            assert_eq!(named(line, body), want, "{line:?} {body:?}");
            let message = format!("{line}\n\n{body}");
            assert!(want.is_empty() || may_name(message.as_bytes()), "{line:?} passes");
        }
        assert!(!may_name(b"feat: add a login\n\nwith words\n"), "nothing in it is a revert");
        assert!(may_name(b"REVERT") && may_name(b"undo"), "at the end, in capitals");
    }

    #[test]
    fn a_subject_may_take_back_what_was_done_under_its_own_id() {
        for (subject, want) in [
            ("KAFKA-3729: Revert adding a serde", true),
            ("KAFKA-3704; Revert \"Remove a size\"", true),
            ("ARROW-5579: [Java]  Revert first attempt", true),
            ("[AB-1] undo it", true),
            ("AB-1 - back out", true),
            ("AB-1: keep what is reverted", false),
            ("AB-1: Reapply \"x\"", false),
            ("Revert \"AB-1: x\"", false),
            ("revert: AB-1", false),
            ("", false),
        ] {
            assert_eq!(takes_back(subject), want, "{subject:?}");
        }
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
            (Named::Label("ab-1".into()), "AB-1: x", true),
            (Named::Label("ab-1".into()), "[AB-1] x", true),
            (Named::Label("ab-1".into()), "AB-12: x", false),
            (Named::Label("ab-1".into()), "fix: AB-1 x", false),
        ] {
            assert_eq!(is(&name, ID, subject), want, "{name:?} and {subject:?}");
        }
    }
}
