//! Which texts mark a line?

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

/// Texts that mark a line, each perhaps tied to the line's first visible character.
#[derive(Debug, Clone, Default)]
pub struct LineMarks {
    marks: Vec<Mark>,
    /// Finds all marks in one pass; built when first needed, since most audits need few of the lists.
    searcher: OnceLock<AhoCorasick>,
}

#[derive(Debug, Clone)]
struct Mark {
    text: String,
    anchored: bool,
}

impl LineMarks {
    /// Returns the marks of `text`, one a line; `^` in front ties a mark to the start.
    pub fn of(text: &str) -> Self {
        let mark = |line: &str| match line.strip_prefix('^') {
            Some(rest) => Mark { text: rest.to_owned(), anchored: true },
            None => Mark { text: line.to_owned(), anchored: false },
        };
        let marks = text.lines().filter(|line| !line.is_empty()).map(mark).collect();
        Self { marks, searcher: OnceLock::new() }
    }

    /// Returns the first mark that `line` has; one that begins with a letter does not fit inside a word.
    pub fn first_in(&self, line: &str) -> Option<&str> {
        let visible = line.trim_start();
        let searcher = self.searcher.get_or_init(|| {
            AhoCorasick::new(self.marks.iter().map(|mark| mark.text.as_str()))
                .expect("a few hundred short texts are far below the limit of states")
        });
        searcher
            .find_overlapping_iter(visible)
            .filter_map(|found| Some((found, self.marks.get(found.pattern().as_usize())?)))
            .find(|(found, mark)| {
                if mark.anchored {
                    return found.start() == 0;
                }
                let before = visible.get(..found.start()).and_then(|text| text.chars().next_back());
                let wordlike = mark.text.starts_with(|c: char| c.is_ascii_alphabetic());
                !wordlike || !before.is_some_and(char::is_alphanumeric)
            })
            .map(|(_, mark)| mark.text.as_str())
    }
}

/// The marks of lines, each list documented in `rules.toml`.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "each list is explained beside its marks, in rules.toml")]
pub struct Marks {
    pub definitions: LineMarks,
    pub assertions: LineMarks,
    pub strong_assertions: LineMarks,
    pub skips: LineMarks,
    pub in_source: LineMarks,
    pub removers: LineMarks,
}
