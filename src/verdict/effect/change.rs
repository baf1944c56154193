//! What became of a key between two states, and is that what was claimed?

use super::Stance;
use super::value::Value;

/// What became of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Inserted,
    /// It has another value.
    Updated,
    /// It is gone.
    Deleted,
    /// It has the value that it had.
    Unchanged,
    /// It was not there, and is not.
    Missing,
}

impl Change {
    /// Returns the change's name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inserted => "inserted",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
            Self::Unchanged => "unchanged",
            Self::Missing => "missing",
        }
    }
}

/// The value of one key in both states.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sides {
    /// Its value before; `None` when it was not there.
    pub before: Option<Value>,
    /// Its value after; `None` when it is not there.
    pub after: Option<Value>,
}

impl Sides {
    /// Returns what became of the key.
    pub fn change(&self) -> Change {
        match (&self.before, &self.after) {
            (None, None) => Change::Missing,
            (None, Some(_)) => Change::Inserted,
            (Some(_), None) => Change::Deleted,
            (Some(before), Some(after)) if before == after => Change::Unchanged,
            (Some(_), Some(_)) => Change::Updated,
        }
    }
}

/// The keys that differ between two states, each list in the order of the keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delta {
    /// The keys that are new.
    pub inserted: Vec<String>,
    /// The keys with another value.
    pub updated: Vec<String>,
    /// The keys that are gone.
    pub deleted: Vec<String>,
}

impl Delta {
    /// Adds what became of `key`, which must follow the keys before it.
    pub fn add(&mut self, key: &str, change: Change) {
        match change {
            Change::Inserted => self.inserted.push(key.to_owned()),
            Change::Updated => self.updated.push(key.to_owned()),
            Change::Deleted => self.deleted.push(key.to_owned()),
            Change::Unchanged | Change::Missing => {}
        }
    }
}

/// What is claimed of a key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Expectation {
    /// It is new or has another value.
    #[default]
    Changed,
    /// It is new.
    Inserted,
    /// It was there and has another value.
    Updated,
    /// It is gone.
    Deleted,
    /// It is there after, changed or not.
    Present,
    /// It is not there after, whether it was or not.
    Absent,
}

impl Expectation {
    /// Returns the expectation's name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Inserted => "inserted",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
            Self::Present => "present",
            Self::Absent => "absent",
        }
    }
}

/// Tells whether what is on both `sides` is what was expected.
///
/// With a `value`, it is the value that the key must have after; before, when it is expected to be deleted; and
/// must not have, when it is expected to be absent.
#[must_use]
pub fn judge(sides: &Sides, expectation: Expectation, value: Option<&Value>) -> Stance {
    let change = sides.change();
    let has = |side: &Option<Value>| value.is_none_or(|value| side.as_ref() == Some(value));
    let holds = match expectation {
        Expectation::Changed => {
            matches!(change, Change::Inserted | Change::Updated) && has(&sides.after)
        }
        Expectation::Inserted => change == Change::Inserted && has(&sides.after),
        Expectation::Updated => change == Change::Updated && has(&sides.after),
        Expectation::Deleted => change == Change::Deleted && has(&sides.before),
        Expectation::Present => sides.after.is_some() && has(&sides.after),
        Expectation::Absent => sides.after.is_none() || !has(&sides.after),
    };
    if holds { Stance::Attests } else { Stance::Refutes }
}

#[cfg(test)]
mod tests {
    use super::{Change, Delta, Expectation, Sides, judge};
    use crate::verdict::effect::Stance;
    use crate::verdict::effect::value::Value;

    const ALL: [Expectation; 6] = [
        Expectation::Changed,
        Expectation::Inserted,
        Expectation::Updated,
        Expectation::Deleted,
        Expectation::Present,
        Expectation::Absent,
    ];

    /// One letter stands for a value, and `-` for none.
    fn side(letter: char) -> Option<Value> {
        (letter != '-').then(|| Value::Text(letter.to_string()))
    }

    #[test]
    fn each_claim_holds_for_the_changes_it_names() {
        let mut rows = 0;
        // Before, after, the claimed value, and whether each claim of `ALL` holds.
        for (before, after, value, want) in [
            ('-', '-', '-', "nnnnny"),
            ('-', 'a', '-', "yynnyn"),
            ('-', 'a', 'a', "yynnyn"),
            ('-', 'a', 'b', "nnnnny"),
            ('a', '-', '-', "nnnyny"),
            ('a', '-', 'a', "nnnyny"),
            ('a', '-', 'b', "nnnnny"),
            ('a', 'a', '-', "nnnnyn"),
            ('a', 'a', 'a', "nnnnyn"),
            ('a', 'a', 'b', "nnnnny"),
            ('a', 'b', '-', "ynynyn"),
            ('a', 'b', 'a', "nnnnny"),
            ('a', 'b', 'b', "ynynyn"),
            ('a', 'b', 'c', "nnnnny"),
            ('-', '-', 'a', "nnnnny"),
        ] {
            let sides = Sides { before: side(before), after: side(after) };
            for (expectation, want) in ALL.into_iter().zip(want.chars()) {
                let want = if want == 'y' { Stance::Attests } else { Stance::Refutes };
                let got = judge(&sides, expectation, side(value).as_ref());
                assert_eq!(got, want, "{before}{after} {} {value}", expectation.name());
                rows += 1;
            }
        }
        assert_eq!(rows, 90, "every claim on every kind of change");
    }

    #[test]
    fn a_delta_lists_what_differs() {
        let mut delta = Delta::default();
        for (key, before, after, want) in [
            ("a", '-', 'x', Change::Inserted),
            ("b", 'x', 'y', Change::Updated),
            ("c", 'x', '-', Change::Deleted),
            ("d", 'x', 'x', Change::Unchanged),
            ("e", '-', '-', Change::Missing),
        ] {
            let change = Sides { before: side(before), after: side(after) }.change();
            assert_eq!(change, want, "{key}");
            delta.add(key, change);
        }
        let one = |key: &str| vec![key.to_owned()];
        let want = Delta { inserted: one("a"), updated: one("b"), deleted: one("c") };
        assert_eq!(delta, want);
    }
}
