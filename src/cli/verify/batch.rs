//! Which questions are on standard input?

use std::io::Read as _;

use gix::bstr::ByteSlice as _;
use gix::error::{ErrorExt as _, Result, ResultExt as _, bail, message};
use serde::Deserialize;

use crate::verdict::ship::Question;

/// One question as an object.
#[derive(Debug, Deserialize)]
struct Asked {
    plan: String,
    phase: String,
}

/// Reads the questions; lines without anything are passed over.
pub(super) fn read() -> Result<Vec<Question>> {
    let mut lines = Vec::new();
    std::io::stdin()
        .read_to_end(&mut lines)
        .or_raise(|| message("Could not read standard input"))?;
    let lines = lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            parse(line).or_raise(|| message!("Standard input, line {}", index + 1))
        })
        .collect()
}

fn parse(line: &[u8]) -> Result<Question> {
    let line = line.to_str().map_err(|_| message("it is not UTF-8").raise())?;
    if line.trim_start().starts_with('{') {
        let asked: Asked = serde_json::from_str(line)
            .map_err(|error| message!("it is no question: {error}").raise())?;
        return Ok(Question { plan: asked.plan, phase: asked.phase });
    }
    let Some((plan, phase)) = line.split_once('\t') else {
        bail!("it is neither PLAN TAB PHASE nor a JSON object");
    };
    Ok(Question { plan: plan.to_owned(), phase: phase.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_line_is_a_question_in_one_of_two_forms() {
        for (line, want) in [
            (&b"AUTH\tAUTH1"[..], Some(("AUTH", "AUTH1"))),
            (b"checkout flow\tPhase 2 ", Some(("checkout flow", "Phase 2 "))),
            (b" {\"plan\": \"a\\tb\", \"phase\": \"1\", \"more\": 2}", Some(("a\tb", "1"))),
            (b"AUTH AUTH1", None),
            (b"{\"plan\": 1}", None),
            (b"\xff\tx", None),
        ] {
            let got = parse(line).ok();
            let got = got.as_ref().map(|got| (got.plan.as_str(), got.phase.as_str()));
            assert_eq!(got, want, "{}", String::from_utf8_lossy(line));
        }
    }
}
