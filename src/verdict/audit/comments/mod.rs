//! Which lines of a source text hold nothing but comments?

mod syntax;

use syntax::Syntax;

/// What follows a comment's mark when the comment is an instruction to a program and so counts as code.
const DIRECTIVES: [&str; 25] = [
    "!",
    "go:",
    "+build",
    "nolint",
    "noqa",
    "nosec",
    "eslint",
    "@ts-",
    "istanbul",
    "prettier",
    "type:",
    "pylint",
    "mypy",
    "ruff",
    "rubocop",
    "frozen_string",
    "-*-",
    "syntax=",
    "swift-tools",
    "export ",
    "pragma",
    "c8 ",
    "@flow",
    "@jsx",
    "shellcheck",
];

/// Tells whether `line` can be no part of a comment, judged by itself; `false` means "perhaps".
pub(in crate::verdict::audit) fn is_plainly_code(extension: &str, line: &[u8]) -> bool {
    let Some(syntax) = syntax::of(extension) else { return true };
    let line = line.trim_ascii();
    let marked = syntax.line.iter().any(|mark| line.starts_with(mark.as_bytes()))
        || syntax.block.iter().any(|(open, _)| line.starts_with(open.trim_ascii().as_bytes()))
        || line.starts_with(b"*")
        || line.starts_with(b"\"")
        || line.starts_with(b"'");
    !marked && matches!(line.last(), Some(b';' | b'{' | b'}' | b')' | b'(' | b'[' | b']' | b'='))
}

/// Returns, for each line of `text`, whether it is blank or holds nothing but comments.
///
/// `None` when files with this ending have no known comments. Docstrings of Python count as comments.
pub(in crate::verdict::audit) fn comment_lines(extension: &str, text: &[u8]) -> Option<Vec<bool>> {
    let syntax = syntax::of(extension)?;
    let mut lexer = Lexer { syntax, text, at: 0, state: State::Code, after_colon: true };
    let mut lines = Vec::new();
    while lexer.at < text.len() {
        let start = lexer.at;
        let comment = lexer.line();
        let line = text.get(start..lexer.at).unwrap_or_default();
        lines.push(comment && (syntax.block.is_empty() || !declares_type(line)));
    }
    Some(lines)
}

/// Tags of documentation comments that declare types and so bind the programs that check them.
const TYPE_TAGS: [&str; 17] = [
    "param",
    "return",
    "returns",
    "var",
    "throws",
    "method",
    "property",
    "template",
    "extends",
    "implements",
    "mixin",
    "type",
    "typedef",
    "phpstan",
    "psalm",
    "internal",
    "deprecated",
];

/// Tells whether a comment's line begins with a tag such as `@param`.
fn declares_type(line: &[u8]) -> bool {
    let body = line.trim_ascii_start();
    let body = body.strip_prefix(b"/**").or_else(|| body.strip_prefix(b"*")).unwrap_or(body);
    body.trim_ascii_start()
        .strip_prefix(b"@")
        .is_some_and(|tag| TYPE_TAGS.iter().any(|known| tag.starts_with(known.as_bytes())))
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Code,
    Block(&'static str),
    Quoted(u8),
    Triple(u8, Role),
}

/// Whether a triple-quoted text is documentation or a value.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Docstring,
    Value,
}

struct Lexer<'a> {
    syntax: &'static Syntax,
    text: &'a [u8],
    at: usize,
    state: State,
    /// Whether a statement at this place would be the first of its block, as docstrings are.
    after_colon: bool,
}

impl Lexer<'_> {
    /// Reads one line and tells whether it has no code.
    fn line(&mut self) -> bool {
        let mut code = false;
        let mut last = 0;
        while let Some(&byte) = self.text.get(self.at) {
            if byte == b'\n' {
                self.at += 1;
                break;
            }
            if byte.is_ascii_whitespace() {
                self.at += 1;
                continue;
            }
            match self.state {
                State::Code => {
                    if self.line_comment() {
                        code |= self.directive();
                        self.skip_line();
                    } else if !self.open_block() {
                        let docstring = !code && self.open_triple();
                        if !docstring {
                            code = true;
                            last = byte;
                            self.open_quote(byte);
                        }
                    }
                }
                State::Block(end) => self.close_block(end),
                State::Quoted(quote) => {
                    code = true;
                    last = byte;
                    self.quoted(byte, quote);
                }
                State::Triple(quote, role) => {
                    code |= role == Role::Value;
                    self.triple(byte, quote);
                }
            }
        }
        if let State::Quoted(quote) = self.state
            && !self.syntax.long_quotes.contains(&quote)
        {
            self.state = State::Code;
        }
        if code {
            self.after_colon = last == b':';
        }
        !code
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn line_comment(&self) -> bool {
        let after_word = self.at.checked_sub(1).and_then(|before| self.text.get(before));
        // `$#` and `a#b` of shells are no comments.
        let glued = self.rest().starts_with(b"#")
            && after_word.is_some_and(|byte| !byte.is_ascii_whitespace() && *byte != b';');
        !glued && self.syntax.line.iter().any(|mark| self.rest().starts_with(mark.as_bytes()))
    }

    /// Tells whether the comment that starts here instructs a program.
    fn directive(&self) -> bool {
        let body = self.rest().trim_ascii_start();
        let body = body.strip_prefix(b"//").or_else(|| body.strip_prefix(b"#")).unwrap_or(body);
        let body = body.trim_ascii_start();
        DIRECTIVES.iter().any(|directive| body.starts_with(directive.as_bytes()))
            && !(body.starts_with(b"!") && self.syntax.line.contains(&"//"))
    }

    fn skip_line(&mut self) {
        let length = self.rest().iter().position(|byte| *byte == b'\n');
        self.at += length.unwrap_or(self.text.len() - self.at);
    }

    fn open_block(&mut self) -> bool {
        let line_start = self.at == 0 || self.text.get(self.at - 1) == Some(&b'\n');
        for (open, end) in self.syntax.block {
            let bare = open.trim_ascii_start();
            if self.rest().starts_with(bare.as_bytes()) && (bare.len() == open.len() || line_start)
            {
                self.state = State::Block(end.trim_ascii_start());
                self.at += bare.len();
                return true;
            }
        }
        false
    }

    fn close_block(&mut self, end: &'static str) {
        if self.rest().starts_with(end.as_bytes()) {
            self.state = State::Code;
            self.at += end.len();
        } else {
            self.at += 1;
        }
    }

    /// Opens a triple-quoted text; tells whether it is a docstring.
    fn open_triple(&mut self) -> bool {
        if !self.syntax.docstrings {
            return false;
        }
        let prefix = self.rest().iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let rest = self.rest().get(prefix..).unwrap_or_default();
        let Some(quote) = [b'"', b'\''].into_iter().find(|quote| rest.starts_with(&[*quote; 3]))
        else {
            return false;
        };
        let role = if self.after_colon && prefix <= 2 { Role::Docstring } else { Role::Value };
        self.state = State::Triple(quote, role);
        self.at += prefix + 3;
        self.after_colon = false;
        role == Role::Docstring
    }

    fn triple(&mut self, byte: u8, quote: u8) {
        if byte == b'\\' {
            self.escape();
        } else if self.rest().starts_with(&[quote; 3]) {
            self.state = State::Code;
            self.at += 3;
        } else {
            self.at += 1;
        }
    }

    fn open_quote(&mut self, byte: u8) {
        if self.state != State::Code {
            return;
        }
        if self.syntax.docstrings
            && self.rest().starts_with(&[byte; 3])
            && (byte == b'"' || byte == b'\'')
        {
            self.state = State::Triple(byte, Role::Value);
            self.at += 3;
            return;
        }
        let quotes = self.syntax.quotes.contains(&byte) || self.syntax.long_quotes.contains(&byte);
        // A lone apostrophe (a lifetime, a digit separator) opens nothing.
        let closes = byte != b'\'' || {
            let line = self.rest().get(1..).unwrap_or_default();
            line.iter().take_while(|byte| **byte != b'\n').any(|byte| *byte == b'\'')
        };
        let character = byte == b'\'' && self.syntax.long_quotes == b"\"";
        let short =
            !character || self.rest().get(2) == Some(&b'\'') || self.rest().get(1) == Some(&b'\\');
        if quotes && closes && short {
            self.state = State::Quoted(byte);
        }
        self.at += 1;
    }

    /// Skips a backslash and what it escapes; a line that ends in one still ends.
    fn escape(&mut self) {
        self.at += if self.text.get(self.at + 1) == Some(&b'\n') { 1 } else { 2 };
    }

    fn quoted(&mut self, byte: u8, quote: u8) {
        if byte == b'\\' {
            self.escape();
        } else {
            if byte == quote {
                self.state = State::Code;
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::comment_lines;

    fn shape(extension: &str, text: &str) -> String {
        let lines = comment_lines(extension, text.as_bytes()).unwrap();
        lines.into_iter().map(|comment| if comment { '#' } else { 'c' }).collect()
    }

    #[test]
    fn comments_are_told_from_code() {
        for (extension, text, want) in [
            (".rs", "// a\nfn a() {} // b\n\n/* x\n y\n*/\n", "#c####"),
            (".rs", "let a = \"// no\n// still text\";\n// yes\n", "cc#"),
            (".rs", "fn f<'a>(x: &'a str) {}\n// c\nlet q = '\"';\n// d\n", "c#c#"),
            (".rs", "/// doc\n#[derive(A)]\n", "#c"),
            (".c", "#include <a.h>\n/* a */ int x;\n * not a comment\n", "ccc"),
            (".go", "//go:build linux\n// plain\n`raw\n// text`\n", "c#cc"),
            (".js", "let u = 'http://x';\n// eslint-disable-next-line\n// note\n", "cc#"),
            (".py", "\"\"\"Module.\n\nMore.\n\"\"\"\nx = \"\"\"\n# value\n\"\"\"\n", "####ccc"),
            (".py", "def f():\n    '''Doc.'''\n    # c\n    return 1\n", "c##c"),
            (".py", "x = 1  # type: int\n# noqa\n# note\n", "cc#"),
            (".py", "def f():\n    \"\"\"Doc\\\n    more.\"\"\"\n    for a in b:\n", "c##c"),
            (".sh", "#!/bin/sh\n# note\necho a#b $#\n", "c#c"),
            (".sh", "echo \"it's\n# inside\"\n# after\n", "cc#"),
            (".rb", "=begin\ntext\n=end\nx = 1\n", "###c"),
            (".lua", "-- a\nx = 1\n", "#c"),
            (".php", "/**\n * Text.\n *\n * @return int\n */\n", "###c#"),
            (".html", "<!-- a\nb -->\n<p>\n", "##c"),
            (".sql", "/* a */\nSELECT 1; -- b\n", "#c"),
        ] {
            assert_eq!(shape(extension, text), want, "{extension}: {text:?}");
        }
    }

    #[test]
    fn hostile_input_ends() {
        for text in [
            "\"",
            "'",
            "/*",
            "\"\"\"",
            "\\",
            "`\\",
            "x = '\\\n",
            "\"\"\"a\\\nb\"\"\"\n",
            "`a\\\nb`\n",
            "\u{0}\u{ff}",
        ] {
            for extension in [".rs", ".py", ".js", ".sh", ".lua", ".html"] {
                let lines = comment_lines(extension, text.as_bytes()).unwrap();
                assert_eq!(lines.len(), text.lines().count(), "{extension} {text:?}");
            }
        }
    }
}
