//! How does a file differ from what it was, for a person or for `git apply`?

use std::fmt::{Result, Write};
use std::path::Path;

use gix_imara_diff::{
    Algorithm, Diff, InternedInput, Interner, Token, UnifiedDiffConfig, UnifiedDiffPrinter,
};

/// Returns the change of the file at `path` from `before` to `after` as a unified diff; `None` is no file.
///
/// Bytes that are not UTF-8 are shown as replacement characters. Empty when nothing differs.
pub(crate) fn unified(path: &Path, before: Option<&[u8]>, after: Option<&[u8]>) -> String {
    let name = |contents: Option<&[u8]>| {
        contents.map_or("/dev/null".to_owned(), |_| path.display().to_string())
    };
    let text = |contents: Option<&[u8]>| {
        String::from_utf8_lossy(contents.unwrap_or_default()).into_owned()
    };
    let (old, new) = (text(before), text(after));
    let lines = InternedInput::new(old.as_str(), new.as_str());
    let mut diff = Diff::compute(Algorithm::Myers, &lines);
    diff.postprocess_lines(&lines);
    if diff.hunks().next().is_none() {
        return String::new();
    }
    let printer = Printer(&lines.interner);
    let hunks = diff.unified_diff(&printer, UnifiedDiffConfig::default(), &lines);
    format!("--- {}\n+++ {}\n{hunks}", name(before), name(after))
}

/// Prints hunks as `git apply` and `patch` read them.
struct Printer<'a>(&'a Interner<&'a str>);

impl Printer<'_> {
    fn line(&self, mut text: impl Write, sign: char, token: Token) -> Result {
        // Every token of a diff is one of its interner's.
        let line = self.0[token];
        write!(text, "{sign}{line}")?;
        if line.ends_with('\n') {
            Ok(())
        } else {
            text.write_str("\n\\ No newline at end of file\n")
        }
    }
}

impl UnifiedDiffPrinter for Printer<'_> {
    fn display_header(
        &self,
        mut text: impl Write,
        start_before: u32,
        start_after: u32,
        len_before: u32,
        len_after: u32,
    ) -> Result {
        // A side without lines starts before its first.
        let first = |start: u32, length: u32| start + u32::from(length > 0);
        let (before, after) = (first(start_before, len_before), first(start_after, len_after));
        writeln!(text, "@@ -{before},{len_before} +{after},{len_after} @@")
    }

    fn display_context_token(&self, text: impl Write, token: Token) -> Result {
        self.line(text, ' ', token)
    }

    fn display_hunk(&self, mut text: impl Write, before: &[Token], after: &[Token]) -> Result {
        for (sign, tokens) in [('-', before), ('+', after)] {
            for token in tokens {
                self.line(&mut text, sign, *token)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::unified;

    #[test]
    fn a_diff_is_as_git_writes_it() {
        let path = Path::new("a");
        for (before, after, want) in [
            (None, Some("one\ntwo\n"), "--- /dev/null\n+++ a\n@@ -0,0 +1,2 @@\n+one\n+two\n"),
            (Some("one\n"), None, "--- a\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-one\n"),
            (
                Some("one\ntwo"),
                Some("one\ntwo\n"),
                "--- a\n+++ a\n@@ -1,2 +1,2 @@\n one\n-two\n\\ No newline at end of file\n+two\n",
            ),
            (
                Some("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"),
                Some("1\n2\n3\n4\n5\n6\n7\n8\nnine\n10\n"),
                "--- a\n+++ a\n@@ -6,5 +6,5 @@\n 6\n 7\n 8\n-9\n+nine\n 10\n",
            ),
            (Some("same\n"), Some("same\n"), ""),
        ] {
            let got = unified(path, before.map(str::as_bytes), after.map(str::as_bytes));
            assert_eq!(got, want, "{before:?} -> {after:?}");
        }
    }
}
