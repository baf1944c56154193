//! Which phases does a sentence say to be done?
//!
//! Only a plain statement counts: a question, a denial, a hope or a quotation is none, and a sentence that holds one
//! of their words is passed over as a whole.

/// Words that say so.
const DONE: [&str; 6] = ["shipped", "landed", "completed", "finished", "done", "merged"];

/// Words by which a sentence denies, hopes, orders or restricts.
const HEDGES: [&str; 55] = [
    "after",
    "almost",
    "aren",
    "before",
    "being",
    "can",
    "cannot",
    "could",
    "couldn",
    "didn",
    "doesn",
    "don",
    "except",
    "expect",
    "going",
    "hasn",
    "haven",
    "hope",
    "if",
    "incomplete",
    "isn",
    "left",
    "ll",
    "may",
    "might",
    "must",
    "nearly",
    "need",
    "needs",
    "never",
    "next",
    "no",
    "none",
    "not",
    "once",
    "partially",
    "partly",
    "plan",
    "remaining",
    "remains",
    "shall",
    "should",
    "todo",
    "unless",
    "until",
    "unfinished",
    "want",
    "wasn",
    "weren",
    "when",
    "whether",
    "will",
    "without",
    "won",
    "would",
];

/// What looks like a plan with a phase and is a name of something else.
const STRANGERS: [&str; 34] = [
    "AES", "AMD", "ARM", "BASE", "BLAKE", "CRC", "CVE", "ECMA", "ES", "FIPS", "GH", "HTTP", "IEEE",
    "IP", "ISO", "LATIN", "LZ", "MD", "MP", "OAUTH", "PEP", "PR", "PY", "RFC", "RSA", "SHA", "SSE",
    "TLS", "UCS", "USB", "UTF", "UUID", "WEB", "WIN",
];

/// Returns plan and phase of what `line` says to be done, in order; a phase may come twice.
pub(super) fn phases(line: &str) -> Vec<(&str, &str)> {
    if line.trim_start().starts_with('>') {
        return Vec::new();
    }
    sentences(line).into_iter().filter(|sentence| is_statement(sentence)).flat_map(named).collect()
}

/// Cuts `line` behind the marks that end a sentence or begin another thought.
fn sentences(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(at) = end(rest) {
        let (sentence, more) = rest.split_at(at);
        found.push(sentence);
        rest = more;
    }
    found.push(rest);
    found
}

/// Returns the length of the first sentence of `text`, if more follows.
fn end(text: &str) -> Option<usize> {
    let marks = text.char_indices().filter(|(_, mark)| matches!(mark, '.' | '!' | '?' | ';'));
    let mut ends = marks.map(|(at, mark)| at + mark.len_utf8());
    ends.find(|end| text.get(*end..).is_some_and(|more| more.starts_with([' ', '\t'])))
}

fn is_statement(sentence: &str) -> bool {
    let is_quoting = sentence.contains(['"', '\u{201c}', '\u{201e}', '\u{ab}']);
    let is_question = sentence.trim_end().ends_with('?');
    let words: Vec<String> = sentence
        .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .map(str::to_lowercase)
        .collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let to_be = words.windows(2).any(|pair| pair == ["to", "be"]);
    has(&DONE) && !has(&HEDGES) && !to_be && !is_quoting && !is_question
}

/// Returns plan and phase of every token of `sentence` that is capitals and then digits.
fn named(sentence: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_part =
        |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | '/' | '#');
    sentence
        .split(move |letter: char| !is_part(letter))
        .filter_map(|word| phase(word.trim_end_matches('.')))
}

/// Splits `AUTH2` into the plan and the phase; `None` for what is no phase.
fn phase(word: &str) -> Option<(&str, &str)> {
    let plan = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let is_plan = plan.len() >= 2
        && plan.starts_with(|letter: char| letter.is_ascii_uppercase())
        && plan.ends_with(|letter: char| letter.is_ascii_uppercase())
        && plan.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
    (is_plan && plan.len() < word.len() && !STRANGERS.contains(&plan)).then_some((plan, word))
}

#[cfg(test)]
mod tests {
    use super::{HEDGES, STRANGERS, phases};

    fn told(line: &str) -> String {
        let phases = phases(line).into_iter();
        let words: Vec<String> = phases.map(|(plan, phase)| format!("{plan}/{phase}")).collect();
        words.join(" ")
    }

    #[test]
    fn plain_statements_claim() {
        for (line, want) in [
            ("AUTH2 shipped.", "AUTH/AUTH2"),
            ("AUTH2 is DONE", "AUTH/AUTH2"),
            ("Completed AUTH1, AUTH2 and DB3.", "AUTH/AUTH1 AUTH/AUTH2 DB/DB3"),
            ("`AUTH2` done", "AUTH/AUTH2"),
            ("- [AUTH2] merged", "AUTH/AUTH2"),
            ("AUTH_X2 done", "AUTH_X/AUTH_X2"),
            ("AUTH2 landed; AUTH3 did not", "AUTH/AUTH2"),
            ("AUTH2 landed. What of AUTH3?", "AUTH/AUTH2"),
            ("Is AUTH3 next? AUTH2 is done.", "AUTH/AUTH2"),
        ] {
            assert_eq!(told(line), want, "{line}");
        }
    }

    #[test]
    fn denials_hopes_questions_and_quotations_do_not() {
        for line in [
            "I am not done with AUTH2",
            "AUTH2 isn't finished",
            "AUTH2 isn\u{2019}t finished",
            "AUTH2 is done, AUTH3 is not",
            "AUTH2 will be done tomorrow",
            "AUTH2 is to be done",
            "Once AUTH2 is done we go on",
            "Is AUTH2 done?",
            "> AUTH2 is done, said the user",
            "The ticket says \"AUTH2 is done\"",
            "We abandoned AUTH2",
            "AUTH2 is in progress",
            "finished. AUTH2 follows",
            "Almost done: AUTH2",
        ] {
            assert_eq!(told(line), "", "{line}");
        }
    }

    #[test]
    fn what_only_looks_like_a_phase_is_none() {
        for word in [
            "UTF8",
            "SHA256",
            "HTTP2",
            "PR123",
            "A1",
            "Auth2",
            "auth2",
            "AUTH",
            "_AB2",
            "AB_2",
            "AUTH2b",
            "AUTH-2",
            "AUTH2.1",
            "docs/AUTH2",
            "2AUTH2",
            "#AUTH2",
            "\u{c4}\u{d6}2",
        ] {
            assert_eq!(told(&format!("{word} is done")), "", "{word}");
        }
    }

    #[test]
    fn the_lists_are_sorted_and_hold_nothing_twice() {
        assert!(STRANGERS.windows(2).all(|pair| pair[0] < pair[1]), "strangers");
        let mut sorted = HEDGES;
        sorted.sort_unstable();
        assert!(sorted.windows(2).all(|pair| pair[0] != pair[1]), "hedges");
    }
}
