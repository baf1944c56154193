//! The answer for services that annotate code: SARIF, and GitHub's workflow commands.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Writer, is_finding, text};
use crate::evidence::range::Chosen;
use crate::ops::audit::{Row, Totals};
use crate::output::{self, sentence, shown};
use crate::verdict::audit::{Finding, Level, Rule};

/// Writes SARIF 2.1.0: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.
#[derive(Default)]
pub(super) struct Sarif {
    started: bool,
}

impl Writer for Sarif {
    fn begin(&mut self, _chosen: &Chosen) -> String {
        let rules: Vec<Value> = Rule::ALL.iter().map(|rule| json!({ "id": rule.name() })).collect();
        let driver = json!({
            "name": "git-dos",
            "version": env!("CARGO_PKG_VERSION"),
            "informationUri": env!("CARGO_PKG_REPOSITORY"),
            "rules": rules,
        });
        format!(
            "{{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\
             \"runs\":[{{\"tool\":{{\"driver\":{driver}}},\"results\":["
        )
    }

    fn row(&mut self, row: &Row) -> String {
        let findings = match &row.verdict {
            Ok(verdict) => verdict.findings.iter().map(|finding| result(row, finding)).collect(),
            Err(error) => vec![json!({
                "level": "error",
                "message": { "text": message(row, &shown(text::causes(error).as_bytes())) },
            })],
        };
        let mut text = String::new();
        for finding in findings {
            text.push_str(if self.started { ",\n" } else { "\n" });
            self.started = true;
            text.push_str(&output::json(&finding));
        }
        text
    }

    fn end(&mut self, _totals: &Totals) -> String {
        "\n]}]}\n".into()
    }
}

fn result(row: &Row, finding: &Finding) -> Value {
    let locations: Vec<Value> = finding
        .files
        .iter()
        .take(1)
        .map(|file| json!({ "physicalLocation": { "artifactLocation": { "uri": percent_encoded(file) } } }))
        .collect();
    json!({
        "ruleId": finding.rule.name(),
        "level": if finding.level == Level::Gate { "error" } else { "warning" },
        "message": { "text": message(row, &sentence::of_finding(finding)) },
        "locations": locations,
        "partialFingerprints": { "commit": row.commit_id.to_string() },
    })
}

fn message(row: &Row, reason: &str) -> String {
    format!("{} \"{}\": {reason}", row.commit_id.to_hex_with_len(10), shown(&row.subject))
}

/// Returns `path` as a relative URI reference.
fn percent_encoded(path: &str) -> String {
    let mut encoded = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
    encoded
}

/// Writes one `::error` or `::warning` a finding:
/// <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.
pub(super) struct Github;

impl Writer for Github {
    fn begin(&mut self, _chosen: &Chosen) -> String {
        String::new()
    }

    fn row(&mut self, row: &Row) -> String {
        if !is_finding(row) {
            return String::new();
        }
        match &row.verdict {
            Err(error) => command("error", "", row, &shown(text::causes(error).as_bytes())),
            Ok(verdict) => verdict
                .findings
                .iter()
                .map(|finding| {
                    let level = if finding.level == Level::Gate { "error" } else { "warning" };
                    let file = finding.files.first().map(String::as_str).unwrap_or_default();
                    command(level, file, row, &sentence::of_finding(finding))
                })
                .collect(),
        }
    }

    fn end(&mut self, _totals: &Totals) -> String {
        String::new()
    }
}

fn command(level: &str, file: &str, row: &Row, reason: &str) -> String {
    let place = if file.is_empty() {
        String::new()
    } else {
        format!("file={},", property(&shown(file.as_bytes())))
    };
    format!("::{level} {place}title=git-dos::{}\n", data(&message(row, reason)))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{percent_encoded, property};

    #[test]
    fn hostile_paths_stay_data() {
        assert_eq!(percent_encoded("a b/\u{e9}\".rs"), "a%20b/%C3%A9%22.rs");
        assert_eq!(property("a,b:c\n::error"), "a%2Cb%3Ac%0A%3A%3Aerror");
    }
}
