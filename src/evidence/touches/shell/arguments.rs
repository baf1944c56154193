//! Which words of a command are options, values of options, and what is worked on?

use super::word::Word;

/// The arguments of a program, taken apart.
pub(super) struct Arguments<'a> {
    /// Its options, without their values.
    pub(super) options: Vec<&'a str>,
    /// Values of options.
    values: Vec<(&'a str, &'a str)>,
    /// What is no option.
    pub(super) operands: Vec<&'a str>,
    /// Whether all of them are known.
    pub(super) is_whole: bool,
}

impl<'a> Arguments<'a> {
    /// Takes `arguments` apart; `valued` are the options with a value behind them.
    pub(super) fn of(arguments: &'a [Word], valued: &[&str]) -> Self {
        let mut found =
            Self { options: Vec::new(), values: Vec::new(), operands: Vec::new(), is_whole: true };
        let mut rest = arguments.iter();
        let mut only_operands = false;
        while let Some(word) = rest.next() {
            let Some(text) = word.text() else {
                found.is_whole = false;
                continue;
            };
            if only_operands || text == "-" || !text.starts_with('-') {
                found.operands.push(text);
            } else if text == "--" {
                only_operands = true;
            } else if let Some((option, value)) =
                text.split_once('=').filter(|_| text.starts_with("--"))
            {
                found.options.push(option);
                found.values.push((option, value));
            } else {
                found.options.push(text);
                if valued.contains(&text) {
                    match rest.next().map(Word::text) {
                        Some(Some(value)) => found.values.push((text, value)),
                        Some(None) => found.is_whole = false,
                        None => {}
                    }
                }
            }
        }
        found
    }

    /// Tells whether the option with the letter `short` or the name `long` is given.
    pub(super) fn has(&self, short: char, long: &str) -> bool {
        self.options.iter().any(|option| {
            let letters = option.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
            *option == long || letters.is_some_and(|letters| letters.contains(short))
        })
    }

    /// Returns the value of the first of `options` that has one.
    pub(super) fn value(&self, options: &[&str]) -> Option<&'a str> {
        self.values.iter().find(|(option, _)| options.contains(option)).map(|(_, value)| *value)
    }
}
