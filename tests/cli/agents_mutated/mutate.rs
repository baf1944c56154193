//! Payloads that no agent ever wrote, made from recorded ones: the same seed makes the same payload.

use std::fmt::Write as _;

/// A source of numbers that look random: `SplitMix64`.
pub struct Numbers(u64);

impl Numbers {
    /// Begins at `seed`.
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns a number below `limit`; 0 for no limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed >> 33).unwrap() % limit.max(1)
    }

    fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// Values of which no field was ever said to have them.
const VALUES: [&str; 24] = [
    "null",
    "true",
    "-1",
    "1e999",
    "-0.0",
    "123456789012345678901234567890",
    "\"\"",
    "\" \"",
    "\"..\"",
    "\"../../../../tmp/elsewhere\"",
    "\"/\"",
    "\"/dev/null\"",
    "\"/proc/self/root\"",
    "\"file:///tmp\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\u001b[2J\\u202e\"",
    "\"a\\nb\"",
    "\"\u{feff}\u{1f389}\"",
    "[]",
    "{}",
    "[null,{\"\":[]}]",
    "{\"session_id\":\"s\"}",
    "[[\"a\"],\"b\",7]",
];

/// Names that tell agents apart, and those of the fields that decide.
const NAMES: [&str; 16] = [
    "agent_action_name",
    "background_tasks",
    "conversationId",
    "cursor_version",
    "cwd",
    "error",
    "fullyIdle",
    "hook_event_name",
    "hookEventName",
    "opencode_event",
    "permission_mode",
    "sessionId",
    "session_id",
    "timestamp",
    "toolCall",
    "turn_id",
];

/// Changes `payload`, a JSON object, in one to three places.
pub fn mutated(payload: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = payload.to_vec();
    // What is no JSON any more is soon done with: half of them stay as they were written.
    let kinds = if numbers.below(2) == 0 { 6 } else { 0 };
    for _ in 0..=numbers.below(3) {
        bytes = match kinds + numbers.below(7) {
            0 => flipped(bytes, numbers),
            1 => {
                bytes.truncate(numbers.below(bytes.len() + 1));
                bytes
            }
            2 => inserted(bytes, numbers),
            3 => repeated(bytes, numbers),
            4 => {
                [bytes.as_slice(), numbers.pick(&[b"x".as_slice(), b"{}", b"\0", b"\n\n"])].concat()
            }
            5 => [numbers.pick(&[b"\xef\xbb\xbf".as_slice(), b"[", b"\xff", b" \n"]), &bytes]
                .concat(),
            _ => with_members_changed(bytes, numbers),
        };
    }
    bytes
}

fn flipped(mut bytes: Vec<u8>, numbers: &mut Numbers) -> Vec<u8> {
    for _ in 0..=numbers.below(8) {
        let at = numbers.below(bytes.len());
        let bit = numbers.below(8);
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << bit;
        }
    }
    bytes
}

fn inserted(mut bytes: Vec<u8>, numbers: &mut Numbers) -> Vec<u8> {
    let at = numbers.below(bytes.len() + 1);
    let junk =
        numbers.pick(&[b"\xff\xfe".as_slice(), b"\xc3", b"\"", b"\\", b"\0", b"{[", b"]}", b"1e"]);
    bytes.splice(at..at, junk.iter().copied());
    bytes
}

fn repeated(mut bytes: Vec<u8>, numbers: &mut Numbers) -> Vec<u8> {
    let from = numbers.below(bytes.len());
    let to = from + numbers.below(bytes.len() - from.min(bytes.len()));
    let part = bytes[from.min(to)..to.min(bytes.len())].to_vec();
    let at = numbers.below(bytes.len() + 1);
    bytes.splice(at..at, part);
    bytes
}

/// Takes the object apart and puts it together with other values, names and numbers of members.
fn with_members_changed(bytes: Vec<u8>, numbers: &mut Numbers) -> Vec<u8> {
    let Ok(serde_json::Value::Object(members)) = serde_json::from_slice(&bytes) else {
        return bytes;
    };
    let mut members: Vec<(String, String)> = members
        .into_iter()
        .map(|(name, value)| (serde_json::to_string(&name).unwrap(), value.to_string()))
        .collect();
    for _ in 0..=numbers.below(2) {
        let at = numbers.below(members.len());
        let value = value(numbers);
        match (numbers.below(5), members.get_mut(at)) {
            (0, Some(_)) => drop(members.remove(at)),
            (1, Some(member)) => member.0 = format!("\"{}\"", numbers.pick(&NAMES)),
            (2, Some(member)) => {
                let twice = (member.0.clone(), value);
                members.push(twice);
            }
            (3, Some(member)) => member.1 = value,
            _ => members.push((format!("\"{}\"", numbers.pick(&NAMES)), value)),
        }
    }
    let mut text = String::from("{");
    for (number, (name, value)) in members.iter().enumerate() {
        let comma = if number == 0 { "" } else { "," };
        write!(text, "{comma}{name}:{value}").unwrap();
    }
    text.push('}');
    text.into_bytes()
}

/// Returns a value, now and then one that is nested deeply or very long.
fn value(numbers: &mut Numbers) -> String {
    match numbers.below(60) {
        0 => {
            let depth = 1 << numbers.below(17);
            format!("{}{}", "[".repeat(depth), "]".repeat(depth))
        }
        1 => {
            let depth = 1 << numbers.below(12);
            format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth))
        }
        2 => format!("\"{}\"", "x\\n".repeat(1 << numbers.below(15))),
        3 => format!("[{}1]", "\"y\",".repeat(1 << numbers.below(12))),
        _ => VALUES[numbers.below(VALUES.len())].to_owned(),
    }
}
