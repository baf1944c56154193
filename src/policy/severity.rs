//! What does `[severity]` of `dos.toml` ask for? Who is told of which events, and whether idle pushes wait.

use serde::Deserialize;

use super::known::{Known, Named};
use crate::verdict::severity::Severity;
use crate::verdict::sink::Sink;

/// The table `[severity]`; every key is optional.
///
/// The five audiences have the least severity that reaches them, `"NOOP"`, `"NOTICE"`, `"BLOCKED-NEW"` or
/// `"SHIPPED"`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Section {
    /// Messages that interrupt somebody; default `"BLOCKED-NEW"`.
    pub push: Option<Known<Severity>>,
    /// Commits; default `"NOOP"`.
    pub commit: Option<Known<Severity>>,
    /// The terminal; default `"NOTICE"`.
    pub terminal: Option<Known<Severity>>,
    /// The report of a loop; default `"NOTICE"`.
    pub report: Option<Known<Severity>>,
    /// Files that a loop leaves behind; default `"NOTICE"`.
    pub artifact: Option<Known<Severity>>,
    /// Whether `pre-push` holds back a push of archives in which nothing happened; default false.
    pub hold_noop_pushes: bool,
}

impl Section {
    /// Returns the least severity that reaches `sink`, where the file sets it.
    pub fn threshold(&self, sink: Sink) -> Option<Severity> {
        let set = match sink {
            Sink::Push => self.push,
            Sink::Commit => self.commit,
            Sink::Terminal => self.terminal,
            Sink::Report => self.report,
            Sink::Artifact => self.artifact,
        };
        set.map(|Known(severity)| severity)
    }
}

impl Named for Severity {
    fn named(name: &str) -> Option<Self> {
        Self::named(name)
    }

    fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::Section;
    use crate::policy;
    use crate::verdict::severity::Severity;
    use crate::verdict::sink::Sink;

    #[test]
    fn each_audience_has_its_key() {
        assert_eq!(policy::parse("", "dos.toml").unwrap().severity, Section::default(), "no file");
        for sink in Sink::ALL {
            let text = format!("[severity]\n{} = \"shipped\"\n", sink.name());
            let section = policy::parse(&text, "dos.toml").unwrap().severity;
            for other in Sink::ALL {
                let want = (other == sink).then_some(Severity::Shipped);
                assert_eq!(section.threshold(other), want, "{sink:?} set, {other:?} asked");
            }
        }
    }

    #[test]
    fn errors_name_the_line_and_the_key() {
        for (text, line, part) in [
            ("[severity]\npush = \"loud\"\n", 2, "NOOP, NOTICE, BLOCKED-NEW, SHIPPED"),
            ("[severity]\n\npusch = \"NOTICE\"\n", 3, "unknown field `pusch`"),
            ("[severity]\nhold_noop_pushes = \"yes\"\n", 2, "boolean"),
        ] {
            let error = policy::parse(text, "dos.toml").unwrap_err().to_string();
            assert!(error.starts_with(&format!("dos.toml:{line}: ")), "{text:?}: {error}");
            assert!(error.contains(part), "{text:?}: {error}");
        }
    }
}
