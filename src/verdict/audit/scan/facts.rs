//! What is asked of the changed lines, and what they answer.

use std::ops::Range;

use crate::verdict::audit::Change;
use crate::verdict::audit::versions::Sightings;

/// What a claim wants to know of the changed lines.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one question of its own")]
pub struct Questions {
    /// Do only comments change?
    pub comments: bool,
    /// Does only white space change?
    pub whitespace: bool,
    /// Is a line of a test added or removed outside test files?
    pub test_lines: bool,
    /// How many tests, skips and assertions come and go?
    pub assertions: bool,
    /// Is any line added, or removed?
    pub any_line: bool,
    /// Which of these words appear? The first to appear settles it.
    pub link: Vec<String>,
    /// Which version do the added lines have?
    pub version: Option<String>,
    /// Which of these texts, in lower case, appear?
    pub names: Vec<String>,
    /// How many of these words do added lines have?
    pub repeated: Vec<String>,
    /// Do added lines hold source text although the file is prose?
    pub code_in_prose: bool,
}

impl Questions {
    /// Tells whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        !(self.comments
            || self.whitespace
            || self.test_lines
            || self.assertions
            || self.any_line
            || self.code_in_prose)
            && self.link.is_empty()
            && self.version.is_none()
            && self.names.is_empty()
            && self.repeated.is_empty()
    }
}

/// The answers of a scan. What was not asked, or not reached before all was answered, stays at its default.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Lines added and removed in the files that were read.
    pub lines: (usize, usize),
    /// Changed lines that are comments.
    pub comments: usize,
    /// The first changed line that is not a comment: its file, and the line made short.
    pub code: Option<(String, String)>,
    /// A file whose change is more than white space.
    pub beyond_whitespace: Option<String>,
    /// A changed line outside test files that belongs to a test.
    pub test_line: Option<String>,
    /// Tests defined, tests skipped and lines that assert, added in test files.
    pub tests_added: Tests,
    /// The same, removed.
    pub tests_removed: Tests,
    /// Whether a changed line is neither prose nor part of a test; known when assertions are asked for.
    pub beyond_tests: bool,
    /// The first word of the claim that a changed line or its surroundings have.
    pub link: Option<String>,
    /// What added lines say of the version.
    pub version: Option<Sightings>,
    /// The names that were found, in the order they were asked.
    pub names: Vec<String>,
    /// The words of the claim that added lines have.
    pub repeated: Vec<String>,
    /// An added line that takes something away when it runs.
    pub remover: Option<String>,
    /// Prose files whose changed lines are mostly source text.
    pub code_in_prose: bool,
    /// Files that were judged by their entry alone: binary, submodule, or too large.
    pub unread: Vec<String>,
}

/// Counts of a test file's lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tests {
    /// Lines that define a test.
    pub definitions: usize,
    /// Lines that keep one from running, wherever it is run.
    pub skips: usize,
    /// Lines that assert something, or call something that may.
    pub assertions: usize,
    /// Those of them that beyond doubt assert something.
    pub strong_assertions: usize,
    /// Other lines that are not blank.
    pub others: usize,
}

/// Both sides of one changed file.
#[derive(Debug)]
pub struct FileText<'a> {
    /// The change that the text belongs to.
    pub change: &'a Change,
    /// The whole text before, and after.
    pub texts: [&'a [u8]; 2],
    /// The byte at which the lines below begin, in both texts.
    pub window_start: usize,
    /// The lines of each side from there on, without their ends, up to where both texts are equal again.
    pub lines: [Vec<&'a [u8]>; 2],
    /// The changed runs of lines, as ranges of the lines of each side.
    pub hunks: Vec<[Range<usize>; 2]>,
}
