//! What does a commit's subject claim?

use super::decoration::without_decoration;
use super::policy::Policy;
use super::words::{base_forms, subwords};

/// What the verb of a subject says happened to the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Something new is there.
    Add,
    /// Something is gone.
    Remove,
    /// Something has another name.
    Rename,
    /// Something stands elsewhere.
    Move,
    /// An earlier commit is taken back.
    Revert,
    /// A version is another one.
    Bump,
    /// Anything else that a verb can say.
    Change,
}

/// The kind of change that a type in front of the subject claims (`fix:`, `docs:`, `parser: …`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A change of behaviour.
    Code,
    /// A change of prose.
    Doc,
    /// A change of tests.
    Test,
    /// A change of the build service's configuration.
    Ci,
    /// Other versions of dependencies.
    Dependency,
    /// A release.
    Release,
    /// The inverse of an earlier commit.
    Revert,
    /// The joining of two histories.
    Merge,
    /// A type that says nothing about the files, such as `chore`.
    Any,
}

/// A subject, taken apart.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The subject without `fixup!`, leading emoji and tags, and trailing issue numbers.
    pub text: String,
    /// `text` in lower case without outer dots and blanks.
    pub lower: String,
    /// The type in front of the colon, in lower case.
    pub type_name: Option<String>,
    /// What that type claims.
    pub kind: Option<Kind>,
    /// The scope: `parser` in `fix(parser): …` and in `parser: …`.
    pub scope: String,
    /// What follows type and scope.
    pub description: String,
    /// The texts between backticks in the description.
    pub spans: Vec<String>,
    /// The words of the description outside backticks, in lower case.
    pub words: Vec<String>,
    /// The first word, without its ending when that makes it a known verb.
    pub verb: String,
    /// What that verb says happened.
    pub action: Option<Action>,
    /// The words and the words inside them, those of spans and of a scope that names prose included.
    pub vocabulary: Vec<String>,
    /// Whether the description seems to be in another language than English.
    pub foreign: bool,
}

impl Claim {
    /// Takes `subject` apart.
    pub fn parse(subject: &str, policy: &Policy) -> Self {
        let text = without_decoration(subject);
        let head = Head::of(&text, policy);
        let (spans, bare) = split_spans(&head.description);
        let mut words = plain_words(&bare);
        let mut foreign_verbs = policy.translate(&head.description);
        let unknown = words.first().is_none_or(|word| policy.action_of(word).is_none());
        let foreign = has_foreign_letter(&head.description)
            || (unknown
                && foreign_verbs.first().is_some_and(|verb| policy.action_of(verb).is_some()));
        if foreign || words.first().is_some_and(|word| policy.action_of(word).is_none()) {
            words.splice(0..0, foreign_verbs.drain(..));
        }
        let verb = words.first().map_or_else(String::new, |word| {
            let forms = base_forms(word);
            let known = forms.iter().find(|form| policy.action_of(form).is_some());
            known.unwrap_or(word).clone()
        });
        let action = policy.action_of(&verb);
        let vocabulary = vocabulary(&words, &spans, &head.scope, policy);
        Self {
            lower: text.to_lowercase().trim_matches([' ', '.', '!']).to_owned(),
            kind: head.type_name.as_deref().and_then(|name| policy.kind_of(name)),
            type_name: head.type_name,
            scope: head.scope,
            description: head.description,
            text,
            spans,
            words,
            verb,
            action,
            vocabulary,
            foreign,
        }
    }

    /// Tells whether one of `words` is among the claim's vocabulary.
    pub fn has_any(&self, words: &[&str]) -> bool {
        self.vocabulary.iter().any(|word| words.contains(&word.as_str()))
    }
}

/// Type, scope and description of a subject.
struct Head {
    type_name: Option<String>,
    scope: String,
    description: String,
}

impl Head {
    fn of(text: &str, policy: &Policy) -> Self {
        Self::conventional(text, policy).or_else(|| Self::scoped(text, policy)).unwrap_or_else(
            || Self { type_name: None, scope: String::new(), description: text.to_owned() },
        )
    }

    /// Reads `type(scope)!: description` with a type that the policy knows.
    fn conventional(text: &str, policy: &Policy) -> Option<Self> {
        let (before, description) = text.split_once(':')?;
        let before = before.trim_end().trim_end_matches('!');
        let (name, scope) = match before.split_once('(') {
            Some((name, scope)) => (name.trim_end(), scope.strip_suffix(')')?),
            None => (before, ""),
        };
        let name = name.to_lowercase();
        policy.kind_of(&name)?;
        Some(Self {
            type_name: Some(name),
            scope: scope.to_owned(),
            description: description.trim().to_owned(),
        })
    }

    /// Reads `scope: description` with a scope of at most three words that is no sentence.
    fn scoped(text: &str, policy: &Policy) -> Option<Self> {
        let (scope, description) = text.split_once(": ")?;
        let first = scope.split_whitespace().next()?.to_lowercase();
        let sentence = ["add", "fix", "remove", "update"].contains(&first.as_str());
        if scope.len() > 59 || scope.split_whitespace().count() > 3 || sentence {
            return None;
        }
        Some(Self {
            type_name: type_of_scope(&scope.to_lowercase(), policy),
            scope: scope.to_owned(),
            description: description.trim().to_owned(),
        })
    }
}

/// Returns the type that a scope such as `ci/linux`, `docs/guide` or `t1234` implies.
fn type_of_scope(scope: &str, policy: &Policy) -> Option<String> {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| scope.starts_with(prefix));
    let after = |word: &str| scope.strip_prefix(word).and_then(|rest| rest.chars().next());
    let name = if scope == "ci" || starts(&["ci/", "ci("]) {
        "ci"
    } else if policy.kind_of(scope).is_some() {
        scope
    } else if ["docs", "doc", "readme", "changelog"]
        .iter()
        .any(|word| matches!(after(word), Some('/' | '.')))
    {
        "docs"
    } else if scope == "t"
        || ["tests", "test", "t"]
            .iter()
            .any(|word| after(word).is_some_and(|c| c == '/' || c == ' ' || c.is_ascii_digit()))
    {
        "test"
    } else {
        return None;
    };
    Some(name.to_owned())
}

/// Returns the texts between backticks, and the rest with blanks in their place.
fn split_spans(description: &str) -> (Vec<String>, String) {
    let mut spans = Vec::new();
    let mut bare = String::new();
    let mut rest = description;
    while let Some((before, after)) = rest.split_once('`') {
        let Some((span, after)) = after.split_once('`').filter(|(span, _)| !span.is_empty()) else {
            break;
        };
        bare.push_str(before);
        bare.push(' ');
        spans.push(span.to_owned());
        rest = after;
    }
    bare.push_str(rest);
    (spans, bare)
}

/// Returns the words of `text` in lower case: letters with `'`, `_`, `.` and `-` between them.
fn plain_words(text: &str) -> Vec<String> {
    let inner = |c: char| c.is_ascii_alphabetic() || "'_.-".contains(c);
    text.split(|c: char| !inner(c))
        .map(|word| word.trim_matches(|c: char| !c.is_ascii_alphabetic()).to_ascii_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Tells whether `text` has a letter that English words lack.
fn has_foreign_letter(text: &str) -> bool {
    text.chars().any(|c| !c.is_ascii() && c.is_alphabetic())
}

fn vocabulary(words: &[String], spans: &[String], scope: &str, policy: &Policy) -> Vec<String> {
    let mut known: Vec<String> = words.to_vec();
    known.extend(words.iter().flat_map(|word| word.split(['-', '_', '.']).map(str::to_owned)));
    known.extend(spans.iter().flat_map(|span| subwords(span)));
    let scope = subwords(scope);
    if scope.iter().any(|word| policy.words.prose_scopes.contains(word)) {
        known.extend(scope);
    }
    known.sort_unstable();
    known.dedup();
    known
}

#[cfg(test)]
mod tests {
    use super::{Action, Claim, Kind};
    use crate::policy::audit::built_in;

    fn claim(subject: &str) -> Claim {
        Claim::parse(subject, &built_in())
    }

    #[test]
    fn decoration_is_stripped() {
        for subject in [
            "fix parser race",
            "fixup! fix parser race",
            "fixup! fixup! fix parser race (#12)",
            "\u{1f41b} fix parser race",
            ":bug: fix parser race",
            "[backend] fix parser race (GH-3)",
            "fix parser race, fixes #7.",
            "\u{2728} :bug: [x]: fix parser race (#1) (#2)",
        ] {
            assert_eq!(claim(subject).text, "fix parser race", "{subject}");
        }
    }

    #[test]
    fn a_type_or_a_scope_says_the_kind() {
        for (subject, kind, scope, verb) in [
            ("fix(parser)!: stop the race", Some(Kind::Code), "parser", "stop"),
            ("docs: mention it", Some(Kind::Doc), "", "mention"),
            ("ci/linux: run faster", Some(Kind::Ci), "ci/linux", "run"),
            ("t1234: cover merges", Some(Kind::Test), "t1234", "cover"),
            ("parser: added recovery", None, "parser", "add"),
            ("Add: not a scope", None, "", "add"),
            ("chore: tidy", Some(Kind::Any), "", "tidy"),
        ] {
            let claim = claim(subject);
            assert_eq!(claim.kind, kind, "kind of {subject}");
            assert_eq!((claim.scope.as_str(), claim.verb.as_str()), (scope, verb), "{subject}");
        }
    }

    #[test]
    fn verbs_have_actions_in_several_languages() {
        for (subject, action) in [
            ("Adds retries", Action::Add),
            ("Removed the cache", Action::Remove),
            ("Renames a to b", Action::Rename),
            ("bumped x to 2.0", Action::Bump),
            ("Fixing it", Action::Change),
            ("\u{4fee}\u{590d}\u{89e3}\u{6790}\u{5668}", Action::Change),
            ("Corrige el analizador", Action::Change),
            ("\u{5220}\u{9664}\u{65e7}\u{7f13}\u{5b58}", Action::Remove),
        ] {
            assert_eq!(claim(subject).action, Some(action), "{subject}");
        }
    }
}
