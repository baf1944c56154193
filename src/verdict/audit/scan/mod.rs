//! What do the changed lines say, as far as the claim asks?
//!
//! Reading lines is the dear part of an audit, so a scan is told what is asked and says when all is answered.

mod facts;
mod link;
mod test_lines;

use std::ops::Range;

use aho_corasick::AhoCorasick;

use super::comments::{comment_lines, is_plainly_code};
use super::paths::{Class, extension};
use super::policy::Policy;
use super::versions::Sightings;
use super::words::{stem, subwords};
use super::{Change, ChangeKind};
pub use facts::{Facts, FileText, Questions, Tests};
pub use link::first_linked;
use link::{compact_into, needle};

/// Lines read around a hunk when looking for the claim's words.
const CONTEXT: usize = 3;

/// A scan in progress.
#[derive(Debug)]
pub struct Scan<'a> {
    questions: &'a Questions,
    policy: &'a Policy,
    /// Finds the claim's words in lines without joining characters.
    link: Option<AhoCorasick>,
    /// Finds the claim's names in lines of any case.
    names: Option<AhoCorasick>,
    compact: String,
    facts: Facts,
}

impl<'a> Scan<'a> {
    /// Starts a scan for the answers to `questions`.
    pub fn new(questions: &'a Questions, policy: &'a Policy) -> Self {
        let searcher = |texts: Vec<String>| {
            let mut builder = AhoCorasick::builder();
            let wanted =
                (!texts.is_empty()).then(|| builder.ascii_case_insensitive(true).build(texts));
            wanted.and_then(std::result::Result::ok)
        };
        let link = searcher(questions.link.iter().map(|word| needle(word)).collect());
        let names = searcher(questions.names.clone());
        let facts =
            Facts { version: questions.version.clone().map(Sightings::of), ..Facts::default() };
        Self { questions, policy, link, names, compact: String::new(), facts }
    }

    /// Tells whether further files can change no answer.
    pub fn is_settled(&self) -> bool {
        let (asked, facts) = (self.questions, &self.facts);
        (!asked.comments || facts.code.is_some())
            && (!asked.whitespace || facts.beyond_whitespace.is_some())
            && (!asked.test_lines || facts.test_line.is_some())
            && (!asked.any_line || (facts.lines.0 > 0 && facts.lines.1 > 0))
            && (asked.link.is_empty() || facts.link.is_some())
            && facts.version.as_ref().is_none_or(|version| version.found)
            && facts.names.len() == asked.names.len()
            && !asked.assertions
            && asked.repeated.is_empty()
            && !asked.code_in_prose
    }

    /// Records that the content of `change` cannot be read as text.
    pub fn unread(&mut self, change: &Change) {
        self.facts.unread.push(change.path.clone());
        self.facts.beyond_tests = true;
        self.facts.beyond_whitespace.get_or_insert_with(|| change.path.clone());
        self.facts.code.get_or_insert_with(|| (change.path.clone(), String::new()));
    }

    /// Reads one file.
    pub fn file(&mut self, file: &FileText<'_>) {
        if self.questions.comments && self.facts.code.is_none() {
            self.comments(file);
        }
        if self.questions.whitespace && self.facts.beyond_whitespace.is_none() {
            self.whitespace(file);
        }
        if self.questions.code_in_prose && file.change.class == Class::Doc {
            self.code_in_prose(file);
        }
        for hunk in &file.hunks {
            let [before, after] = hunk;
            self.facts.lines.0 += after.len();
            self.facts.lines.1 += before.len();
            self.changed_lines(file, hunk);
            let linking = self.link.is_some() && self.facts.link.is_none();
            if linking || self.facts.names.len() < self.questions.names.len() {
                self.surroundings(file, hunk);
            }
        }
    }

    /// Returns the answers.
    pub fn finish(self) -> Facts {
        self.facts
    }

    fn changed_lines(&mut self, file: &FileText<'_>, hunk: &[Range<usize>; 2]) {
        let asked = self.questions.test_lines || self.questions.assertions;
        for (side, range) in hunk.iter().enumerate() {
            let tests_from = if asked { file.tests_from(side) } else { None };
            let lines = file.lines.get(side).and_then(|lines| lines.get(range.clone()));
            for (at, line) in range.clone().zip(lines.unwrap_or_default()) {
                let in_tests =
                    file.change.class == Class::Test || tests_from.is_some_and(|first| first <= at);
                let line = String::from_utf8_lossy(line);
                if asked && !line.trim().is_empty() {
                    self.test_line(file.change.class, in_tests, side == 1, &line);
                }
                self.line(file.change.class, side == 1, &line);
            }
        }
    }

    fn line(&mut self, class: Class, added: bool, line: &str) {
        let marks = &self.policy.marks;
        if added && self.questions.any_line && self.facts.remover.is_none() {
            self.facts.remover = marks.removers.first_in(line).map(str::to_owned);
        }
        if let Some(version) = &mut self.facts.version {
            if added { version.added(line) } else { version.removed(line) }
        }
        self.find_names(class, line);
        if added && !self.questions.repeated.is_empty() {
            self.find_repeated(&line.to_lowercase());
        }
        self.find_link(line);
    }

    fn find_names(&mut self, class: Class, line: &str) {
        let whole_words = class == Class::Lock;
        let Some(searcher) = &self.names else { return };
        if self.facts.names.len() == self.questions.names.len() {
            return;
        }
        let in_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        for found in searcher.find_overlapping_iter(line) {
            // Lock files are full of names that have short words inside them.
            let before = found.start().checked_sub(1).and_then(|at| line.as_bytes().get(at));
            if whole_words && (in_word(before) || in_word(line.as_bytes().get(found.end()))) {
                continue;
            }
            let name = self.questions.names.get(found.pattern().as_usize());
            self.facts.names.extend(name.filter(|name| !self.facts.names.contains(name)).cloned());
        }
    }

    fn find_repeated(&mut self, lower: &str) {
        for word in &self.questions.repeated {
            if !self.facts.repeated.contains(word) && lower.contains(stem(word)) {
                self.facts.repeated.push(word.clone());
            }
        }
    }

    fn find_link(&mut self, line: &str) {
        let Some(searcher) = self.link.as_ref().filter(|_| self.facts.link.is_none()) else {
            return;
        };
        compact_into(&mut self.compact, line);
        let words = searcher
            .find_overlapping_iter(&self.compact)
            .filter_map(|found| self.questions.link.get(found.pattern().as_usize()));
        self.facts.link = words
            .into_iter()
            .find(|word| word.len() > 3 || subwords(line).contains(*word))
            .cloned();
    }

    /// Looks for the claim's words in the lines around a hunk and in the line that heads its block.
    fn surroundings(&mut self, file: &FileText<'_>, hunk: &[Range<usize>; 2]) {
        let side = usize::from(file.lines.get(1).is_some_and(|lines| !lines.is_empty()));
        let (Some(range), Some(lines)) = (hunk.get(side), file.lines.get(side)) else { return };
        let near = range.start.saturating_sub(CONTEXT)..(range.end + CONTEXT).min(lines.len());
        let heads_block = |line: &&[u8]| {
            line.first().is_some_and(|byte| byte.is_ascii_alphabetic() || b"_$#@".contains(byte))
        };
        let above = lines.get(..range.start).unwrap_or_default().iter().rev().copied();
        let text = file.texts.get(side).copied().unwrap_or_default();
        let earlier = text.get(..file.window_start).unwrap_or_default();
        let head = above.chain(earlier.rsplit(|byte| *byte == b'\n')).find(heads_block);
        for line in lines.get(near).unwrap_or_default().iter().copied().chain(head) {
            let line = String::from_utf8_lossy(line);
            self.find_link(&line);
            self.find_names(file.change.class, &line);
        }
    }

    /// Counts comment lines and finds the first changed line that is none.
    fn comments(&mut self, file: &FileText<'_>) {
        let change = file.change;
        if matches!(change.class, Class::Doc | Class::Changelog) {
            return;
        }
        let name = change.path.rsplit('/').next().unwrap_or(&change.path).to_ascii_lowercase();
        let ending = extension(&name);
        let changed = |side: usize| {
            let lines = file.lines.get(side).map(Vec::as_slice).unwrap_or_default();
            file.hunks
                .iter()
                .filter_map(move |hunk| hunk.get(side))
                .flat_map(move |range| range.clone().filter_map(|at| Some((at, *lines.get(at)?))))
                .filter(|(_, line)| !line.trim_ascii().is_empty())
        };
        let code =
            |line: &[u8]| Some((change.path.clone(), shortened(&String::from_utf8_lossy(line))));
        if change.kind != ChangeKind::Modified {
            self.facts.code = code(b"");
            return;
        }
        let plain =
            [1, 0].into_iter().flat_map(changed).find(|(_, line)| is_plainly_code(ending, line));
        if let Some((_, line)) = plain {
            self.facts.code = code(line);
            return;
        }
        for side in [1, 0] {
            let text = file.texts.get(side).copied().unwrap_or_default();
            let Some(comment) = comment_lines(ending, text) else { continue };
            let above = text.get(..file.window_start).unwrap_or_default();
            let first = above.split(|byte| *byte == b'\n').count() - 1;
            for (at, line) in changed(side) {
                if comment.get(first + at) == Some(&true) {
                    self.facts.comments += 1;
                } else {
                    self.facts.code = code(line);
                    return;
                }
            }
        }
    }

    fn whitespace(&mut self, file: &FileText<'_>) {
        let visible = |side: usize, range: &Range<usize>| {
            let lines = file.lines.get(side).and_then(|lines| lines.get(range.clone()));
            let mut bytes = Vec::new();
            for line in lines.unwrap_or_default() {
                extend_with_visible(&mut bytes, line);
            }
            bytes
        };
        let differs =
            file.hunks.iter().any(|[before, after]| visible(0, before) != visible(1, after));
        if differs || file.hunks.is_empty() {
            self.facts.beyond_whitespace = Some(file.change.path.clone());
        }
    }

    /// Finds out whether most changed lines of a prose file look like source text.
    fn code_in_prose(&mut self, file: &FileText<'_>) {
        let (mut code, mut all) = (0_usize, 0_usize);
        for (side, lines) in file.lines.iter().enumerate() {
            for range in file.hunks.iter().filter_map(|hunk| hunk.get(side)) {
                for line in lines.get(range.clone()).unwrap_or_default() {
                    let line = line.trim_ascii();
                    if !line.is_empty() {
                        all += 1;
                        let ends = matches!(line.last(), Some(b'{' | b'}' | b';'));
                        code += usize::from(ends || line.starts_with(b"<"));
                    }
                }
            }
        }
        self.facts.code_in_prose |= code * 2 > all;
    }
}

/// Appends what can be seen of `line`, and the white space between quotes, which a program can see.
fn extend_with_visible(bytes: &mut Vec<u8>, line: &[u8]) {
    let mut quote = None;
    for byte in line {
        match quote {
            None if matches!(byte, b'"' | b'\'' | b'`') => quote = Some(byte),
            Some(open) if open == byte => quote = None,
            _ => {}
        }
        if quote.is_some() || !byte.is_ascii_whitespace() {
            bytes.push(*byte);
        }
    }
}

/// Characters kept of a line that is shown as evidence.
const SHOWN: usize = 80;

/// Returns `line` without outer blanks, cut to what fits an answer.
fn shortened(line: &str) -> String {
    line.trim().chars().take(SHOWN).collect()
}
