//! Rust source as words: names, `::` and single characters. Comments, strings and lifetimes fall away.

/// Splits `source` into words.
pub(crate) fn split(source: &str) -> Vec<String> {
    let mut rest = source;
    let mut words = Vec::new();
    while let Some(first) = rest.chars().next() {
        let skipped = blank(rest).or_else(|| literal(rest));
        let length = if let Some(length) = skipped {
            length
        } else if is_name(first) {
            let length = rest.find(|next| !is_name(next)).unwrap_or(rest.len());
            words.push(rest[..length].to_owned());
            length
        } else if rest.starts_with("::") {
            words.push("::".to_owned());
            2
        } else {
            words.push(first.to_string());
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    words
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Returns the length of the white space or comment that `text` begins with.
fn blank(text: &str) -> Option<usize> {
    if text.starts_with(char::is_whitespace) {
        return Some(text.len() - text.trim_start().len());
    }
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    text.starts_with("/*").then(|| {
        let (mut at, mut depth) = (2, 1);
        while depth > 0 && at < text.len() {
            let (step, change) = match &text.as_bytes()[at..] {
                [b'/', b'*', ..] => (2, 1),
                [b'*', b'/', ..] => (2, -1),
                _ => (1, 0),
            };
            at += step;
            depth += change;
        }
        at
    })
}

/// Returns the length of the string, character or lifetime that `text` begins with.
fn literal(text: &str) -> Option<usize> {
    for prefix in ["br", "cr", "r"] {
        let hashes = text.strip_prefix(prefix).map(|rest| {
            let rest = rest.trim_start_matches('#');
            (text.len() - prefix.len() - rest.len(), rest.starts_with('"'))
        });
        if let Some((hashes, true)) = hashes {
            let start = prefix.len() + hashes + 1;
            let end = format!("\"{}", "#".repeat(hashes));
            return Some(text[start..].find(&end).map_or(text.len(), |at| start + at + end.len()));
        }
    }
    let start = text.strip_prefix(['b', 'c']).map_or(0, |_| 1);
    let quote = text[start..].chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let body = &text[start + 1..];
    if quote == '\'' && is_lifetime(body) {
        return Some(start + 1 + body.find(|next| !is_name(next)).unwrap_or(body.len()));
    }
    let mut escaped = false;
    let end = body.find(|next| {
        let ends = next == quote && !escaped;
        escaped = next == '\\' && !escaped;
        ends
    });
    Some(start + 1 + end.map_or(body.len(), |at| at + 1))
}

/// Tells whether what follows a single quote is a lifetime and no character.
fn is_lifetime(body: &str) -> bool {
    let mut characters = body.chars();
    characters.next().is_some_and(is_name) && characters.next() != Some('\'')
}
