//! How do languages write comments and strings?

/// How a language writes comments and strings.
pub(super) struct Syntax {
    pub(super) line: &'static [&'static str],
    pub(super) block: &'static [(&'static str, &'static str)],
    pub(super) quotes: &'static [u8],
    /// Strings of these quotes go on over line ends.
    pub(super) long_quotes: &'static [u8],
    pub(super) docstrings: bool,
}

const C_LIKE: Syntax = Syntax {
    line: &["//"],
    block: &[("/*", "*/")],
    quotes: b"\"'",
    long_quotes: b"`",
    docstrings: false,
};
const RUST: Syntax = Syntax {
    line: &["//"],
    block: &[("/*", "*/")],
    quotes: b"'",
    long_quotes: b"\"",
    docstrings: false,
};
const PHP: Syntax = Syntax { line: &["//", "#"], ..C_LIKE };
const HASH: Syntax =
    Syntax { line: &["#"], block: &[], quotes: b"", long_quotes: b"\"'", docstrings: false };
const RUBY: Syntax = Syntax { block: &[("\n=begin", "\n=end")], ..HASH };
const PYTHON: Syntax =
    Syntax { line: &["#"], block: &[], quotes: b"\"'", long_quotes: b"", docstrings: true };
const DASH: Syntax = Syntax {
    line: &["--"],
    block: &[("/*", "*/"), ("--[[", "]]"), ("{-", "-}")],
    quotes: b"\"'",
    long_quotes: b"",
    docstrings: false,
};
const LISP: Syntax = Syntax {
    line: &[";"],
    block: &[("#|", "|#")],
    quotes: b"",
    long_quotes: b"\"",
    docstrings: false,
};
const MARKUP: Syntax = Syntax {
    line: &[],
    block: &[("<!--", "-->")],
    quotes: b"",
    long_quotes: b"",
    docstrings: false,
};
const MIXED: Syntax = Syntax {
    line: &["//"],
    block: &[("<!--", "-->"), ("/*", "*/")],
    quotes: b"\"'",
    long_quotes: b"`",
    docstrings: false,
};
const STYLE: Syntax = Syntax {
    line: &[],
    block: &[("/*", "*/")],
    quotes: b"\"'",
    long_quotes: b"",
    docstrings: false,
};
const STYLE_LINES: Syntax = Syntax { line: &["//"], ..STYLE };

/// Returns the syntax of files with the ending `extension`, in lower case with its dot.
pub(super) fn of(extension: &str) -> Option<&'static Syntax> {
    Some(match extension {
        ".rs" => &RUST,
        ".py" | ".pyi" => &PYTHON,
        ".rb" => &RUBY,
        ".php" => &PHP,
        ".sh" | ".bash" | ".zsh" | ".yml" | ".yaml" | ".toml" | ".pl" | ".pm" | ".r" | ".tcl"
        | ".mk" | ".cmake" | ".ex" | ".exs" | ".jl" | ".nix" | ".ps1" | ".conf" | ".cfg" | ".t" => {
            &HASH
        }
        ".lua" | ".sql" | ".hs" | ".elm" => &DASH,
        ".el" | ".clj" | ".cljs" | ".scm" => &LISP,
        ".html" | ".xml" => &MARKUP,
        ".vue" | ".svelte" | ".astro" => &MIXED,
        ".css" => &STYLE,
        ".scss" | ".less" | ".sass" => &STYLE_LINES,
        ".js" | ".jsx" | ".ts" | ".tsx" | ".mjs" | ".cjs" | ".mts" | ".cts" | ".go" | ".java"
        | ".kt" | ".kts" | ".scala" | ".c" | ".h" | ".cc" | ".cpp" | ".cxx" | ".hpp" | ".hh"
        | ".cs" | ".swift" | ".m" | ".mm" | ".dart" | ".zig" | ".v" | ".proto" | ".gradle"
        | ".groovy" | ".sol" | ".cu" | ".glsl" | ".wgsl" => &C_LIKE,
        _ => return None,
    })
}
