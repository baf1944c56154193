use super::{Entry, Form, Handler, Refusal};
use crate::json::{Fault, Value, parse};
use crate::splice;

fn entry(event: &str, program: &str) -> Entry {
    let handler = Value::object([
        ("type", Value::string("command")),
        ("command", Value::string(format!("{program} hook agent"))),
        ("timeout", Value::Integer(20)),
    ]);
    Entry { event: event.to_owned(), matcher: None, handler }
}

fn wanted() -> Vec<Entry> {
    vec![entry("SessionStart", "/usr/bin/git-dos"), entry("Stop", "/usr/bin/git-dos")]
}

fn merge(bytes: &[u8], entries: &[Entry], is_own: super::IsOwn<'_>) -> Result<Vec<u8>, Refusal> {
    super::merge(bytes, Form::Groups, entries, is_own)
}

fn remove(bytes: &[u8], is_own: super::IsOwn<'_>) -> Result<Vec<u8>, Refusal> {
    super::remove(bytes, Form::Groups, is_own)
}

fn find(bytes: &[u8], is_own: super::IsOwn<'_>) -> Result<Vec<super::Spot>, Refusal> {
    super::find(bytes, Form::Groups, is_own)
}

fn holds(bytes: &[u8], entry: &Entry, is_own: super::IsOwn<'_>) -> Result<bool, Refusal> {
    super::holds(bytes, Form::Groups, entry, is_own)
}

fn is_own(handler: &Handler<'_>) -> bool {
    handler.command.ends_with("git-dos hook agent")
}

fn merged(text: &str) -> String {
    String::from_utf8(merge(text.as_bytes(), &wanted(), &is_own).unwrap()).unwrap()
}

fn refusal(text: &[u8]) -> Refusal {
    merge(text, &wanted(), &is_own).unwrap_err()
}

#[test]
fn hooks_that_are_not_known_again_are_refused_and_not_put_in_for_ever() {
    let stranger = [entry("Stop", "/usr/bin/renamed")];
    assert_eq!(merge(b"{}", &stranger, &is_own), Err(Refusal::NotProven));
}

const GROUP: &str = r#"{
        "hooks": [
          {
            "type": "command",
            "command": "/usr/bin/git-dos hook agent",
            "timeout": 20
          }
        ]
      }"#;

#[test]
fn an_absent_an_empty_and_a_bare_file_become_the_same() {
    let fresh = format!(
        "{{\n  \"hooks\": {{\n    \"SessionStart\": [\n      {GROUP}\n    ],\n    \"Stop\": [\n      {GROUP}\n    ]\n  }}\n}}"
    );
    assert_eq!(merged(""), format!("{fresh}\n"), "a new file ends with a line feed");
    assert_eq!(merged(" \n"), format!("{fresh}\n"), "white space only is an empty file");
    assert_eq!(merged("{}"), fresh, "no final line feed stays none");
    assert_eq!(merged("{}\n"), format!("{fresh}\n"), "and one stays one");
}

#[test]
fn only_lines_are_added_whatever_the_indentation() {
    for unit in ["\t", "    ", "  ", "   "] {
        for line_end in ["\n", "\r\n"] {
            for end in ["", line_end] {
                let lines = [
                    "{",
                    "\u{1}\"model\": \"x\",",
                    "\u{1}\"env\": {",
                    "\u{1}\u{1}\"A\": \"1\"",
                    "\u{1}}",
                    "}",
                ];
                let text = lines.join(line_end).replace('\u{1}', unit) + end;
                let new = merged(&text);
                // The comma behind the last member is the one byte added to a line of theirs.
                let mut rest = new.lines().map(|line| line.trim_end_matches(','));
                for line in text.lines().map(|line| line.trim_end_matches(',')) {
                    assert!(rest.any(|new| new == line), "{line:?} is still there in {new}");
                }
                assert!(
                    new.contains(&format!("{line_end}{unit}{unit}\"Stop\": [{line_end}")),
                    "{new}"
                );
                assert_eq!(
                    new.ends_with('\n'),
                    text.ends_with('\n'),
                    "the end of the file is its own"
                );
                assert!(
                    line_end == "\n" || !new.replace("\r\n", "").contains('\n'),
                    "one line end"
                );
            }
        }
    }
}

#[test]
fn a_file_on_one_line_stays_on_one_line() {
    let text = r#"{"model":"x","hooks":{"Stop":[]}}"#;
    let new = merged(text);
    assert!(!new.contains('\n'), "{new}");
    assert!(new.starts_with(r#"{"model":"x","hooks":{"Stop":[{"hooks": [{"type""#), "{new}");
}

#[test]
fn hooks_of_others_keep_their_bytes_and_their_order_and_ours_come_last() {
    let text = r#"{
  "zeta": 1.0, "alpha": 12345678901234567890, "name": "\u00eb é \/",
  "hooks": {
    "Stop": [ { "matcher": "*", "hooks": [ {"type":"command","command":"other"} ] } ],
    "Odd": []
  }
}"#;
    let new = merged(text);
    for part in
        [r#""zeta": 1.0, "alpha": 12345678901234567890, "name": "\u00eb é \/","#, r#""Odd": []"#]
    {
        assert!(new.contains(part), "{part} in {new}");
    }
    let spots = find(new.as_bytes(), &is_own).unwrap();
    let places: Vec<_> = spots.iter().map(|spot| (spot.event.as_str(), spot.group)).collect();
    assert_eq!(places, [("Stop", 1), ("SessionStart", 0)], "behind what was there");
    assert_eq!(remove(new.as_bytes(), &is_own).unwrap(), text.as_bytes(), "and out again");
}

#[test]
fn an_older_spelling_is_replaced_at_its_place_and_repeats_go() {
    let text = r#"{"hooks": {"Stop": [
  {"hooks": [{"type": "command", "command": "first"}]},
  {"hooks": [{"type": "command", "command": "/old/git-dos hook agent", "timeout": 1}]},
  {"hooks": [{"type": "command", "command": "third"}, {"type": "command", "command": "/a/git-dos hook agent"}]},
  {"hooks": [{"type": "command", "command": "/b/git-dos hook agent"}]}
], "PreToolUse": [{"hooks": [{"type": "command", "command": "git-dos hook agent"}]}]}}"#;
    let new = merged(text);
    let spots = find(new.as_bytes(), &is_own).unwrap();
    let places: Vec<_> = spots.iter().map(|spot| (spot.event.as_str(), spot.group)).collect();
    assert_eq!(places, [("Stop", 1), ("SessionStart", 0)], "the first of them stays: {new}");
    assert!(!new.contains("/old/") && !new.contains("PreToolUse"), "old ones are gone: {new}");
    assert!(new.contains(r#"{"hooks": [{"type": "command", "command": "third"}]}"#), "{new}");
    assert!(holds(new.as_bytes(), &wanted()[1], &is_own).unwrap(), "and it is the wanted one");
    assert_eq!(merged(&new), new, "a second time changes nothing");
}

#[test]
fn a_group_shared_with_others_keeps_its_matcher() {
    let text = r#"{"hooks": {"Stop": [{"matcher": "a", "hooks": [
  {"type": "command", "command": "git-dos hook agent"}, {"type": "command", "command": "other"}]}]}}"#;
    let new = merged(text);
    assert!(
        new.contains(r#""matcher": "a", "hooks": ["#) && new.contains("/usr/bin/git-dos"),
        "{new}"
    );
    let without = remove(new.as_bytes(), &is_own).unwrap();
    let without = String::from_utf8(without).unwrap();
    assert!(
        without.contains(
            r#"[
  {"type": "command", "command": "other"}]"#
        ),
        "{without}"
    );
}

type Expected = fn(&Refusal) -> bool;

#[test]
fn a_text_that_is_not_plain_json_is_refused() {
    let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    let rows: [(&[u8], Expected); 14] = [
        (b"{ // note\n}", |r| matches!(r, Refusal::Json(Fault::Comment(_)))),
        (b"{ /* note */ }", |r| matches!(r, Refusal::Json(Fault::Comment(_)))),
        (b"{\"a\": 1,}", |r| matches!(r, Refusal::Json(Fault::TrailingComma(_)))),
        (b"\xef\xbb\xbf{}", |r| matches!(r, Refusal::Json(Fault::ByteOrderMark))),
        (b"\xff\xfe{\0}\0", |r| matches!(r, Refusal::Json(Fault::NotUtf8))),
        (&utf16, |r| matches!(r, Refusal::Json(Fault::Syntax(_)))),
        (b"{\"a\": 01}", |r| matches!(r, Refusal::Json(Fault::Syntax(_)))),
        (b"{\"a\": \"\\ud800\"}", |r| matches!(r, Refusal::Json(Fault::Syntax(_)))),
        (b"{} {}", |r| matches!(r, Refusal::Json(Fault::Syntax(_)))),
        (b"{\"a\": \"line\nbreak\"}", |r| matches!(r, Refusal::Json(Fault::Syntax(_)))),
        (b"{", |r| matches!(r, Refusal::Json(Fault::Syntax(_)))),
        (deep.as_bytes(), |r| matches!(r, Refusal::Json(Fault::TooLarge))),
        (b"{\"hooks\": {}, \"hooks\": {}}", |r| matches!(r, Refusal::Repeated(_))),
        (b"{\"hooks\": {\"A\": [], \"\\u0041\": []}}", |r| matches!(r, Refusal::Repeated(_))),
    ];
    for (text, expected) in rows {
        let got = refusal(text);
        assert!(expected(&got), "{}: {got:?}", String::from_utf8_lossy(text));
    }
    let huge = vec![b' '; 4 * 1024 * 1024 + 1];
    assert_eq!(refusal(&huge), Refusal::Json(Fault::TooLarge), "4 MiB are the limit");
}

#[test]
fn a_part_of_another_shape_is_refused() {
    for text in [
        "[1]",
        r#"{"hooks": []}"#,
        r#"{"hooks": {"Stop": {}}}"#,
        r#"{"hooks": {"Other": {"hooks": []}}}"#,
        r#"{"hooks": {"Stop": [{"type": "command", "command": "flat"}]}}"#,
        r#"{"hooks": {"Stop": ["text"]}}"#,
        r#"{"hooks": {"Stop": [{"hooks": {}}]}}"#,
    ] {
        assert!(matches!(refusal(text.as_bytes()), Refusal::Shape { .. }), "{text}");
    }
}

/// A small generator of pseudo-random numbers (xorshift), so that failures can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len())]
    }

    /// Space as people leave it between tokens; `line` is the line break with indentation.
    fn space(&mut self, line: &str) -> String {
        match self.below(4) {
            0 => String::new(),
            1 => " ".to_owned(),
            _ => line.to_owned(),
        }
    }

    fn scalar(&mut self) -> &'static str {
        self.pick(&[
            "1.0",
            "12345678901234567890",
            "-0",
            "1e5",
            "0.1e-7",
            "true",
            "false",
            "null",
            "\"\"",
            r#""\u00eb\ud83d\ude00""#,
            r#""é \/ \\ \" \n""#,
            "\"plain\"",
            "[]",
            "{}",
            "{ }",
            "[1, 2]",
        ])
    }

    fn handler(&mut self) -> String {
        match self.below(4) {
            0 => {
                r#"{"type":"command","command":"/old path/git-dos hook agent","timeout":5}"#.into()
            }
            1 => r#"{ "command": "git-dos hook agent", "type": "command" }"#.into(),
            2 => r#"{"type": "prompt", "prompt": "git-dos hook agent"}"#.into(),
            _ => r#"{"type":"command","command":"other","n":1.0}"#.into(),
        }
    }

    fn list(&mut self, brackets: [&str; 2], items: &[String], line: &str, outer: &str) -> String {
        let mut text = brackets[0].to_owned();
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            text += &self.space(line);
            text += item;
        }
        text + &self.space(outer) + brackets[1]
    }

    /// A settings file: some members, and hooks of ours and of others in between.
    fn settings(&mut self, own: bool) -> String {
        let unit = self.pick(&["  ", "    ", "\t", ""]).to_owned();
        let line_end = self.pick(&["\n", "\r\n"]).to_owned();
        let line = |depth: usize| format!("{line_end}{}", unit.repeat(depth));
        let mut members = Vec::new();
        for number in 0..self.below(4) {
            members.push(format!("\"key{number}\":{}{}", self.space(" "), self.scalar()));
        }
        if self.below(3) > 0 {
            let mut events = Vec::new();
            for event in ["Stop", "SessionStart", "Other"] {
                if self.below(2) == 0 {
                    continue;
                }
                let mut groups = Vec::new();
                for _ in 0..self.below(3) {
                    let mut handlers: Vec<_> = (0..self.below(3)).map(|_| self.handler()).collect();
                    if !own {
                        handlers.retain(|handler| {
                            !handler.contains("\"command\":\"/old") && !handler.contains("{ ")
                        });
                    }
                    let handlers = self.list(["[", "]"], &handlers, &line(5), &line(4));
                    let matcher = self.pick(&["", r#""matcher": "*","#]);
                    groups.push(format!("{{{matcher}\"hooks\":{handlers}}}"));
                }
                let groups = self.list(["[", "]"], &groups, &line(3), &line(2));
                events.push(format!("\"{event}\": {groups}"));
            }
            let events = self.list(["{", "}"], &events, &line(2), &line(1));
            let at = self.below(members.len() + 1);
            members.insert(at, format!("\"hooks\":{events}"));
        }
        self.list(["{", "}"], &members, &line(1), &line(0)) + self.pick(&["", "\n", "\r\n"])
    }
}

#[test]
fn generated_files_come_back_byte_for_byte() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for round in 0..3000 {
        let text = random.settings(false);
        let new = merge(text.as_bytes(), &wanted(), &is_own)
            .unwrap_or_else(|refusal| panic!("round {round}: {refusal}: {text}"));
        let splices = splice::between(text.as_bytes(), &new);
        assert_eq!(splice::revert(&splices, &new).as_deref(), Some(text.as_bytes()), "{text}");
        let again = merge(&new, &wanted(), &is_own).unwrap();
        assert_eq!(again, new, "a second time changes nothing: {text}");
        let bare = remove(&new, &is_own).unwrap();
        assert!(find(&bare, &is_own).unwrap().is_empty(), "none of ours is left: {text}");
        if text.contains("\"Stop\": [{") && text.contains("\"SessionStart\": [{") {
            assert_eq!(
                String::from_utf8(bare).unwrap(),
                text,
                "what was only added can be cut out"
            );
        }
    }
}

#[test]
fn generated_files_with_old_hooks_of_ours_are_repaired() {
    let mut random = Random(42);
    for round in 0..3000 {
        let text = random.settings(true);
        let new = merge(text.as_bytes(), &wanted(), &is_own)
            .unwrap_or_else(|refusal| panic!("round {round}: {refusal}: {text}"));
        let mut events: Vec<_> =
            find(&new, &is_own).unwrap().into_iter().map(|spot| spot.event).collect();
        events.sort();
        assert_eq!(events, ["SessionStart", "Stop"], "each once, no other: {text}");
        for entry in wanted() {
            let own_group = holds(&new, &entry, &is_own).unwrap();
            assert!(own_group, "as wanted: {text}\n{}", String::from_utf8_lossy(&new));
        }
        assert_eq!(merge(&new, &wanted(), &is_own).unwrap(), new, "and stays so");
        remove(&new, &is_own).unwrap();
    }
}

#[test]
fn the_parser_agrees_with_another_one() {
    let mut random = Random(7);
    let breakers = ["", "}", "]", ",", "\"", "\\", "0", "-", "\u{7f}", "\n", "e", "true"];
    for _ in 0..4000 {
        let text = random.settings(true);
        let at = random.below(text.len() + 1);
        if !text.is_char_boundary(at) {
            continue;
        }
        let broken = format!("{}{}{}", &text[..at], random.pick(&breakers), &text[at..]);
        let theirs = serde_json::from_str::<serde_json::Value>(&broken);
        let ours = parse(broken.as_bytes());
        let out_of_range = theirs.as_ref().is_err_and(|error| error.to_string().contains("range"));
        assert!(out_of_range || theirs.is_ok() == ours.is_ok(), "{broken}: {theirs:?} {ours:?}");
    }
}

#[test]
fn handlers_without_groups_go_in_and_out() {
    let form = Form::Handlers { version: Some(1) };
    let entries = wanted();
    let put = |text: &str| {
        String::from_utf8(super::merge(text.as_bytes(), form, &entries, &is_own).unwrap()).unwrap()
    };
    let fresh = put("");
    assert!(
        fresh.starts_with(
            "{\n  \"version\": 1,\n  \"hooks\": {\n    \"SessionStart\": [\n      {\n"
        ),
        "{fresh}"
    );
    assert!(!put("{}").contains("version"), "a file of theirs gets no version");
    for text in [
        "{\n  \"version\": 1,\n  \"hooks\": {\n    \"Stop\": [\n      { \"command\": \"./x\" }\n    ]\n  }\n}\n",
        "{\"version\": 1, \"hooks\": {\"stop\": [{\"command\": \"a\"}, {\"prompt\": \"b\"}]}, \"z\": 1.0}",
        "{\"hooks\": {}}",
    ] {
        let with = put(text);
        assert_eq!(put(&with), with, "once");
        for entry in &entries {
            assert_eq!(super::holds(with.as_bytes(), form, entry, &is_own), Ok(true), "{with}");
        }
        let other = with.replace("/usr/bin/git-dos", "/old/git-dos");
        assert_eq!(put(&other), with, "another path is mended at its place");
        let without = super::remove(with.as_bytes(), form, &is_own).unwrap();
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        let theirs = squeezed(text).replace("{\"hooks\":{}}", "{}");
        assert_eq!(squeezed(str::from_utf8(&without).unwrap()), theirs, "and out");
    }
    let wrong = super::merge(b"{\"hooks\": {\"stop\": [1]}}", form, &entries, &is_own);
    assert!(matches!(wrong, Err(Refusal::Shape { .. })), "{wrong:?}");
}

#[test]
fn a_new_file_is_known_when_our_hooks_have_left_it() {
    for (text, want) in [
        ("{}", true),
        (" {\n}\n", true),
        ("{\n  \"version\": 1\n}\n", true),
        ("{\"version\": 1, \"mine\": 2}", false),
        ("{\"hooks\": {}}", false),
        ("[]", false),
        ("{", false),
        ("", false),
    ] {
        assert_eq!(super::is_fresh(text.as_bytes()), want, "{text}");
    }
}
