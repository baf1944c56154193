//! What is a plan called?

use super::id::{folded, leading};

/// What stands in front of a plan: its names and its class.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Front {
    /// `id:` of the frontmatter.
    pub id: Option<String>,
    /// `classification:` of the frontmatter.
    pub classification: Option<String>,
    /// The first heading of level one.
    pub title: Option<String>,
    /// The file's path without its extension.
    pub path: String,
    /// The number of lines that the frontmatter takes.
    pub(super) lines: usize,
}

/// Reads what stands in front of the plan in `text`, and returns the rest.
pub(super) fn read<'a>(path: &str, text: &'a str) -> (Front, &'a str) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (block, body) = split(text);
    let value = |name: &str| {
        let mut lines = block.lines().filter_map(|line| line.split_once(':'));
        let (_, value) = lines.find(|(key, _)| *key == name)?;
        let value = value.trim().trim_matches(['"', '\'']).to_owned();
        (!value.is_empty()).then_some(value)
    };
    let title = body.lines().find_map(|line| line.strip_prefix("# "));
    let front = Front {
        id: value("id"),
        classification: value("classification"),
        title: title.map(|title| title.trim().to_owned()),
        path: without_extension(path).to_owned(),
        lines: if block.is_empty() { 0 } else { block.lines().count() + 2 },
    };
    (front, body)
}

/// Splits off the lines between a first and a second line of three hyphens.
fn split(text: &str) -> (&str, &str) {
    let opened = text.strip_prefix("---").and_then(|rest| rest.split_once('\n'));
    let Some((_, rest)) = opened.filter(|(first, _)| first.trim().is_empty()) else {
        return ("", text);
    };
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "---" {
            let block = rest.get(..end).unwrap_or_default();
            return (block, rest.get(end + line.len()..).unwrap_or_default());
        }
        end += line.len();
    }
    ("", text)
}

fn without_extension(path: &str) -> &str {
    path.rsplit_once('.')
        .map_or(path, |(stem, extension)| if extension.contains('/') { path } else { stem })
}

impl Front {
    /// Returns the plan's own id: of the frontmatter, else at the start of the title, else the file's name.
    #[must_use]
    pub fn name(&self) -> &str {
        let title = self.title.as_deref().and_then(leading);
        self.id.as_deref().or(title).unwrap_or_else(|| self.names_of_file().1)
    }

    /// Tells whether the plan is called `plan`: by its id when it has one, else by its title or its file.
    #[must_use]
    pub fn is_called(&self, plan: &str) -> bool {
        let plan = folded(plan);
        let is = |name: &str| folded(name) == plan;
        if let Some(id) = &self.id {
            return is(id);
        }
        let (whole, short) = self.names_of_file();
        let title = self.title.as_deref();
        let file = without_suffix(&self.path);
        [whole, short, file, &self.path].into_iter().any(is)
            || title.is_some_and(is)
            || title.and_then(leading).is_some_and(is)
            || [short, file].into_iter().filter_map(number).any(is)
    }

    /// Returns the file's name, and that without `-plan`.
    fn names_of_file(&self) -> (&str, &str) {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        (name, without_suffix(name))
    }
}

fn without_suffix(name: &str) -> &str {
    let suffixes = ["-plan", "_plan", ".plan", " plan"];
    let cut = |suffix: &&str| {
        let at = name.len().checked_sub(suffix.len())?;
        let (stem, end) = name.split_at_checked(at)?;
        (!stem.is_empty() && end.eq_ignore_ascii_case(suffix)).then_some(stem)
    };
    suffixes.iter().find_map(cut).unwrap_or(name)
}

/// Returns the number that a plan's name begins with: `docs/286` of `docs/286_wheels`.
fn number(name: &str) -> Option<&str> {
    crate::verdict::ship::stamp::number_head(name)
}
