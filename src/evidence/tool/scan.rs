//! Where in a text do times, durations, process ids, temporary names and terminal codes stand?

use std::borrow::Cow;

use super::volatile::MARK;

/// A text that is read from left to right, once.
#[derive(Debug)]
pub(super) struct Scan<'text> {
    text: &'text str,
    /// Everything before is in `out`.
    copied: usize,
    out: String,
}

/// The units of a duration that may follow a number at once.
const UNITS: [&str; 19] = [
    "milliseconds",
    "millisecond",
    "seconds",
    "second",
    "minutes",
    "minute",
    "hours",
    "hour",
    "msecs",
    "secs",
    "mins",
    "msec",
    "sec",
    "min",
    "ms",
    "us",
    "\u{b5}s",
    "ns",
    "s",
];

/// Units that only follow a number without a space, where they mean nothing else.
const SHORT_UNITS: [&str; 2] = ["m", "h"];

/// Words before the number of a process.
const PROCESS: [&str; 4] = ["process", "ppid", "pid", "tid"];

/// Folders of temporary files.
const TEMPORARY: [&str; 6] =
    ["/private/var/folders/", "/var/folders/", "/private/tmp/", "/var/tmp/", "/dev/shm/", "/tmp/"];

impl<'text> Scan<'text> {
    /// Returns `text` with a mark in place of everything that is volatile.
    pub(super) fn of(text: &'text str) -> Cow<'text, str> {
        let mut scan = Scan { text, copied: 0, out: String::new() };
        let bytes = text.as_bytes();
        let mut at = 0;
        let mut before = b' ';
        while let Some(byte) = bytes.get(at).copied() {
            let rest = || text.get(at..).unwrap_or_default();
            // In the middle of a word or a number nothing begins.
            let is_start = !is_word(before) && before != b'.';
            let step = match byte {
                0x1b => scan.leave_out(at, escape_code(rest()), ""),
                b'0'..=b'9' if is_start && before != b':' => {
                    scan.leave_out(at, moment(rest()), MARK)
                }
                b'p' | b'P' | b't' | b'T' if is_start => scan.process(at, rest()),
                b'/' if is_start && before != b'/' && before != b'-' => scan.temporary(at, rest()),
                _ => 0,
            };
            at += step.max(1);
            before = bytes.get(at - 1).copied().unwrap_or_default();
        }
        if scan.copied == 0 {
            return Cow::Borrowed(text);
        }
        scan.out.push_str(text.get(scan.copied..).unwrap_or_default());
        Cow::Owned(scan.out)
    }

    /// Puts `mark` in place of the `length` bytes at `at`, unless there are none, and returns how many.
    fn leave_out(&mut self, at: usize, length: usize, mark: &str) -> usize {
        if length > 0 {
            self.out.push_str(self.text.get(self.copied..at).unwrap_or_default());
            self.out.push_str(mark);
            self.copied = at + length;
        }
        length
    }

    /// Leaves out the number behind a word for a process at `at`.
    fn process(&mut self, at: usize, rest: &str) -> usize {
        let is_word = |word: &&&str| {
            rest.get(..word.len()).is_some_and(|text| text.eq_ignore_ascii_case(word))
        };
        let Some(word) = PROCESS.iter().find(is_word) else { return 0 };
        let behind = rest.get(word.len()..).unwrap_or_default();
        let number = behind.trim_start_matches([' ', '=', ':', '#', '(', '[', '"', '\'']);
        let between = behind.len() - number.len();
        let digits = count(number, |byte| byte.is_ascii_digit());
        if digits == 0 || !(1..=4).contains(&between) {
            return 0;
        }
        let lead = word.len() + between;
        lead + self.leave_out(at + lead, digits, MARK)
    }

    /// Leaves out the parts of a path in a folder of temporary files that nobody chose.
    fn temporary(&mut self, at: usize, rest: &str) -> usize {
        let Some(root) = TEMPORARY.iter().find(|root| rest.starts_with(**root)) else { return 0 };
        let mut length = root.len();
        // macOS gives each user a folder of two made-up names and a letter.
        let mut made_up = if root.ends_with("folders/") { 2 } else { 0 };
        while let Some(rest) = rest.get(length..) {
            let part = count(rest, |byte| is_word(byte) || matches!(byte, b'.' | b'-' | b'+'));
            let name = rest.get(..part).unwrap_or_default();
            if made_up == 0 && name == "T" {
                length += 1;
            } else if made_up > 0 || is_made_up(name) {
                length += self.leave_out(at + length, part, MARK);
                made_up = i32::max(made_up - 1, 0);
            } else {
                break;
            }
            if part == 0 || !rest.get(part..).is_some_and(|rest| rest.starts_with('/')) {
                break;
            }
            length += 1;
        }
        length
    }
}

/// Tells whether a program made up the name of a temporary file, as mktemp(1) and its kin do.
fn is_made_up(name: &str) -> bool {
    let name = name.trim_start_matches('.');
    let has = |is: fn(u8) -> bool| name.bytes().any(is);
    let letters_and_digits =
        has(|byte| byte.is_ascii_digit()) && has(|byte| byte.is_ascii_alphabetic());
    name.len() > 3 && (name.starts_with("tmp") || (name.len() >= 6 && letters_and_digits))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Returns how many of the first bytes of `text` are of a kind.
fn count(text: &str, is: impl Fn(u8) -> bool) -> usize {
    text.bytes().position(|byte| !is(byte)).unwrap_or(text.len())
}

/// Returns the length of the terminal code that `text` begins with: one of `ESC [`, `ESC ]`, or two bytes.
fn escape_code(text: &str) -> usize {
    let body = text.get(2..).unwrap_or_default();
    match text.as_bytes().get(1) {
        Some(b'[') => {
            let length = count(body, |byte| (0x20..=0x3f).contains(&byte));
            2 + length
                + usize::from(body.as_bytes().get(length).is_some_and(u8::is_ascii_alphabetic))
        }
        Some(b']') => match body.find(['\u{7}', '\u{1b}']) {
            Some(end) if body.as_bytes().get(end) == Some(&7) => 2 + end + 1,
            Some(end) if body.get(end..).is_some_and(|end| end.starts_with("\u{1b}\\")) => {
                2 + end + 2
            }
            _ => 1,
        },
        Some(byte) if byte.is_ascii_graphic() => 2,
        _ => 1,
    }
}

/// Returns the length of the time, the duration or the address that `text` begins with a digit of; 0 for none.
fn moment(text: &str) -> usize {
    let readings =
        [date(text), clock(text), address(text), seconds_since_1970(text), duration(text)];
    let length = readings.into_iter().max().unwrap_or_default();
    let is_whole = text.as_bytes().get(length).is_none_or(|byte| !is_word(*byte));
    if is_whole { length } else { 0 }
}

/// Returns the length of what `text` begins with of the form `pattern`: `0` is a digit, the rest itself.
fn form(text: &str, pattern: &str) -> usize {
    let fits =
        |(byte, want): (u8, u8)| if want == b'0' { byte.is_ascii_digit() } else { byte == want };
    let is_long = text.len() >= pattern.len();
    if is_long && text.bytes().zip(pattern.bytes()).all(fits) { pattern.len() } else { 0 }
}

/// Returns the length of a fraction, with its point.
fn fraction(text: &str) -> usize {
    let point = usize::from(text.starts_with(['.', ',']));
    let digits = count(text.get(point..).unwrap_or_default(), |byte| byte.is_ascii_digit());
    if point == 1 && digits > 0 { 1 + digits } else { 0 }
}

/// Returns the length of a date with or without a time, as ISO 8601 has it.
fn date(text: &str) -> usize {
    let short = form(text, "00000000T000000");
    if short > 0 {
        return short + usize::from(text.get(short..).is_some_and(|rest| rest.starts_with('Z')));
    }
    let day = form(text, "0000-00-00").max(form(text, "0000/00/00"));
    if day == 0 {
        return 0;
    }
    let behind = text.get(day + 1..).unwrap_or_default();
    let has_time = text.get(day..).is_some_and(|rest| rest.starts_with(['T', ' ']));
    let time = if has_time { clock(behind).max(form(behind, "00:00")) } else { 0 };
    if time == 0 {
        return day;
    }
    let length = day + 1 + time;
    let zone = text.get(length..).unwrap_or_default();
    let zone_length = [" +0000", "+00:00", "+0000", "Z"].into_iter();
    let zone = zone.replacen('-', "+", 1);
    length + zone_length.map(|pattern| form(&zone, pattern)).max().unwrap_or_default()
}

/// Returns the length of hours, minutes and seconds.
fn clock(text: &str) -> usize {
    let length = form(text, "00:00:00").max(form(text, "0:00:00"));
    if length == 0 { 0 } else { length + fraction(text.get(length..).unwrap_or_default()) }
}

/// Returns the length of an address in memory.
fn address(text: &str) -> usize {
    let digits =
        text.strip_prefix("0x").map(|digits| count(digits, |byte| byte.is_ascii_hexdigit()));
    digits.filter(|digits| (7..=16).contains(digits)).map_or(0, |digits| 2 + digits)
}

/// Returns the length of a number of seconds, or of parts of them, since 1970, from 2017 to 2033.
fn seconds_since_1970(text: &str) -> usize {
    let digits = count(text, |byte| byte.is_ascii_digit());
    let is_near = matches!(text.as_bytes(), [b'1', b'5'..=b'9', ..]);
    if !is_near || !matches!(digits, 10 | 13 | 16 | 19) {
        return 0;
    }
    digits + fraction(text.get(digits..).unwrap_or_default())
}

/// Returns the length of a duration such as `1.5s`, `2 minutes` or `1h 3m 20s`.
fn duration(text: &str) -> usize {
    let mut length = 0;
    loop {
        let rest = text.get(length..).unwrap_or_default();
        // Parts of a duration may be a space apart.
        let gap = usize::from(length > 0 && rest.starts_with(' '));
        let part = amount(rest.get(gap..).unwrap_or_default());
        if part == 0 {
            return length;
        }
        length += gap + part;
    }
}

/// Returns the length of a number with a unit of time.
fn amount(text: &str) -> usize {
    let digits = count(text, |byte| byte.is_ascii_digit());
    let number = digits + fraction(text.get(digits..).unwrap_or_default());
    if digits == 0 {
        return 0;
    }
    let rest = text.get(number..).unwrap_or_default();
    let gap = usize::from(rest.starts_with(' '));
    let unit_at = rest.get(gap..).unwrap_or_default();
    let short = SHORT_UNITS.iter().filter(|_| gap == 0);
    let ends = |unit: &&&str| {
        let behind = unit_at.strip_prefix(**unit).map(|rest| rest.bytes().next());
        // `3m20s` goes on with a digit.
        behind.is_some_and(|next| next.is_none_or(|byte| !is_word(byte) || byte.is_ascii_digit()))
    };
    UNITS.iter().chain(short).find(ends).map_or(0, |unit| number + gap + unit.len())
}

#[cfg(test)]
mod tests {
    use super::Scan;

    #[test]
    fn what_is_volatile_is_left_out() {
        for (text, want) in [
            ("took 1.52s, 3 ms, 12 seconds", "took ~, ~, ~"),
            ("real\t0m0.003s\nup 1h 3m 20s.", "real\t~\nup ~."),
            ("[12 s elapsed] 40\u{b5}s", "[~ elapsed] ~"),
            ("at 2026-11-21T15:16:18.123Z or 2026-11-21 15:16:18 +0100", "at ~ or ~"),
            ("2026-11-21, 20261121T100000Z", "~, ~"),
            ("Sat Nov 21 15:16:18 UTC", "Sat Nov 21 ~ UTC"),
            ("0:00:12 1732200000 1732200000123 1732200000.5", "~ ~ ~ ~"),
            ("pid 4711, PID: 4711, process #7, tid=12", "pid ~, PID: ~, process #~, tid=~"),
            ("at 0x7ffe3a10bc40", "at ~"),
            ("\u{1b}[31;1mred\u{1b}[0m \u{1b}]0;title\u{7}x\u{1b}(B", "red xB"),
            ("/tmp/tmp.Xy12ab/out.log", "/tmp/~/out.log"),
            ("\"/var/folders/zz/abc_1/T/tmp8k2/x\"", "\"/var/folders/~/~/T/~/x\""),
            ("/tmp/a1b2c3d4", "/tmp/~"),
        ] {
            assert_eq!(Scan::of(text), want, "{text:?}");
        }
    }

    #[test]
    fn what_means_something_stays() {
        for text in [
            "",
            "12 passed; 3 failed",
            "src/main.rs:12:34",
            "main.c:10:20:30",
            "v1.2.3",
            "line 42",
            "5 m of cable",
            "/home/tmp/tmpx1",
            "/tmp/wt/stream/src",
            "/tmp/build",
            "0x1f",
            "30 apples",
            "3 sheep",
            "a1s",
            "10 secure",
            "abcdef1234567890",
            "the process ended",
            "port 8080",
            "\u{1f680} 7",
            "100%",
            "12345678901",
            "4711",
        ] {
            assert_eq!(Scan::of(text), text, "{text:?}");
        }
    }
}
