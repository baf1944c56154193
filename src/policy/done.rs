//! What does `[done]` of `dos.toml` ask for? Which words of a worker claim that a phase is done.

use serde::Deserialize;

use crate::verdict::done::claim::Prose;

/// The table `[done]`; every key is optional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Done {
    /// Whether claims are asked of git at all; default true.
    pub check: bool,
    /// Whether sentences such as `AUTH2 is done` claim something, and not only lines with `DOS-CLAIM:`; default false.
    pub prose: bool,
}

impl Default for Done {
    fn default() -> Self {
        Self { check: true, prose: false }
    }
}

impl Done {
    /// Returns whether sentences are read.
    pub fn sentences(&self) -> Prose {
        if self.prose { Prose::Read } else { Prose::Ignored }
    }
}

#[cfg(test)]
mod tests {
    use crate::policy;
    use crate::verdict::done::claim::Prose;

    #[test]
    fn keys_are_read_and_checked() {
        let done = policy::parse("", "dos.toml").unwrap().done;
        assert_eq!((done.check, done.sentences()), (true, Prose::default()), "no file");
        let done = policy::parse("[done]\nprose = true\ncheck = false\n", "dos.toml").unwrap().done;
        assert_eq!((done.check, done.sentences()), (false, Prose::Read), "as it is written");
        for (text, part) in [
            ("[done]\n\nprose = 1\n", "dos.toml:3: invalid type"),
            ("[done]\nstrict = true\n", "dos.toml:2: unknown field `strict`"),
        ] {
            let error = policy::parse(text, "dos.toml").unwrap_err().to_string();
            assert!(error.starts_with(part), "{text:?}: {error}");
        }
    }
}
