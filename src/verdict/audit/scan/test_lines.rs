//! What does a changed line say about tests?

use super::super::paths::{Class, extension};
use super::{FileText, Scan, shortened};

impl FileText<'_> {
    /// Returns the line of a side, counted from the window's start, from which on a Rust file holds its tests.
    pub(super) fn tests_from(&self, side: usize) -> Option<usize> {
        if extension(&self.change.path) != ".rs" {
            return None;
        }
        let text = self.texts.get(side)?;
        let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).enumerate();
        let (first, _) = lines.by_ref().find(|(_, line)| *line == b"#[cfg(test)]")?;
        let opens = lines.map(|(_, line)| line).find(|line| !line.starts_with(b"#["))?;
        if !opens.starts_with(b"mod ") && !opens.starts_with(b"pub mod ") {
            return None;
        }
        let above = text.get(..self.window_start).unwrap_or_default();
        Some(first.saturating_sub(above.split(|byte| *byte == b'\n').count() - 1))
    }
}

impl Scan<'_> {
    /// Reads what one changed line, of a test or not, says about tests.
    pub(super) fn test_line(&mut self, class: Class, in_tests: bool, added: bool, line: &str) {
        let marks = &self.policy.marks;
        if self.questions.test_lines
            && self.facts.test_line.is_none()
            && !matches!(class, Class::Doc | Class::Changelog | Class::Test)
            && (in_tests
                || marks.definitions.first_in(line).is_some()
                || (marks.in_source.first_in(line).is_some() && !line.contains("debug_assert")))
        {
            self.facts.test_line = Some(shortened(line));
        }
        if !self.questions.assertions {
            return;
        }
        if !in_tests {
            self.facts.beyond_tests |= !matches!(class, Class::Doc | Class::Changelog);
            return;
        }
        let tests = if added { &mut self.facts.tests_added } else { &mut self.facts.tests_removed };
        let strong = usize::from(marks.strong_assertions.first_in(line).is_some());
        if is_import(line) {
            return;
        }
        if let Some(mark) = marks.skips.first_in(line) {
            if is_conditional_skip(line, mark) {
                tests.others += 1;
            } else {
                tests.skips += 1;
                tests.definitions += usize::from(defines_what_it_skips(mark));
            }
        } else if marks.definitions.first_in(line).is_some() {
            tests.definitions += 1;
            // A test may stand on one line.
            tests.assertions += strong;
            tests.strong_assertions += strong;
        } else if marks.assertions.first_in(line).is_some() {
            tests.assertions += 1;
            tests.strong_assertions += strong;
        } else {
            tests.others += 1;
        }
    }
}

/// Tells whether the skip on `line` is one that lets the test run elsewhere: it asks, or stands inside an `if`.
fn is_conditional_skip(line: &str, mark: &str) -> bool {
    const ASKING: [&str; 6] = ["skipif", "skip_if", "skipunless", "skip_unless", "assum", "runif"];
    let lower = line.to_ascii_lowercase();
    let calls = ["t.Skip", "b.Skip", "pytest.skip(", "GTEST_SKIP"].contains(&mark);
    let deep = line.starts_with("\t\t") || line.starts_with("        ");
    ASKING.iter().any(|word| lower.contains(word)) || (calls && deep)
}

/// Tells whether a mark such as `it.skip` stands where the test that it skips is defined.
fn defines_what_it_skips(mark: &str) -> bool {
    ["it.", "test.", "describe.", "xit", "xtest", "xdescribe", "test_expect_failure"]
        .iter()
        .any(|word| mark.starts_with(word))
}

/// Tells whether `line` only names what the lines below use.
fn is_import(line: &str) -> bool {
    let line = line.trim_start();
    ["import ", "from ", "use ", "#include", "using "].iter().any(|word| line.starts_with(word))
}
