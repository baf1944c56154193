//! What stands around a claim in its subject: `fixup!`, emoji, tags, issue numbers.

/// Strips what surrounds the claim: `fixup!`, emoji, `[tag]`, `(#12)`, `fixes #12`.
pub(super) fn without_decoration(subject: &str) -> String {
    let mut text = subject.trim();
    while let Some(rest) =
        ["fixup! ", "squash! ", "amend! "].iter().find_map(|prefix| text.strip_prefix(prefix))
    {
        text = rest.trim_start();
    }
    text = without_emoji(text);
    if let Some((_, rest)) = text
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .filter(|(tag, rest)| (1..=30).contains(&tag.chars().count()) && !rest.trim().is_empty())
    {
        text = rest.trim_start_matches(':').trim_start();
    }
    text = without_emoji(text);
    while let Some(rest) = without_issue_tail(text) {
        text = rest;
    }
    text.to_owned()
}

/// Strips `:shortcode:` and symbol characters in front.
fn without_emoji(text: &str) -> &str {
    let mut text = text;
    loop {
        let shortcode = text.strip_prefix(':').and_then(|rest| {
            let (name, rest) = rest.split_once(':')?;
            let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            (!name.is_empty() && name.chars().all(word)).then_some(rest)
        });
        let symbol = || {
            let first = text.chars().next()?;
            let ordinary = first.is_alphanumeric() || "_[(`\"'/.#@~*<{-".contains(first);
            (!ordinary).then(|| text.get(first.len_utf8()..)).flatten()
        };
        match shortcode.or_else(symbol) {
            Some(rest) => text = rest.trim_start(),
            None => return text,
        }
    }
}

/// Strips one trailing `(#12)`, `(GH-12)` or `, fixes #12`; `None` when there is none.
fn without_issue_tail(text: &str) -> Option<&str> {
    const KEYWORDS: [&str; 11] = [
        "fix", "fixes", "fixed", "close", "closes", "closed", "resolve", "resolves", "resolved",
        "ref", "refs",
    ];
    let text = text.trim_end();
    if let Some(at) = text.rfind('(').filter(|_| text.ends_with(')')) {
        let inside = text.get(at + 1..)?.to_ascii_lowercase();
        if ["#", "gh-", "gh#", "bd-"].iter().any(|prefix| inside.starts_with(prefix)) {
            return text.get(..at).map(str::trim_end).filter(|rest| !rest.is_empty());
        }
    }
    let (rest, number) = text.trim_end_matches('.').rsplit_once('#')?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let (before, keyword) = rest.trim_end().rsplit_once(char::is_whitespace)?;
    let keyword = keyword.to_ascii_lowercase();
    let before = before.trim_end().trim_end_matches(',').trim_end();
    (digits && !before.is_empty() && (KEYWORDS.contains(&keyword.as_str()) || keyword == "see"))
        .then_some(before)
}
