//! Where does each phase of a document begin and end?

use std::collections::{BTreeMap, BTreeSet};

use super::claim::{Claim, Said};
use super::files::{File, Files, Manner, listed};
use super::id::{self, Head};
use super::line::{Check, Item, Line, Lines};
use super::{Phase, Place, Policy};

/// A phase whose end has not been seen.
#[derive(Debug)]
struct Draft {
    id: String,
    title: String,
    line: usize,
    place: Place,
    indent: usize,
    said: Said,
    named: Files,
    listed: Files,
}

/// What is known of the table that the lines are in.
#[derive(Debug, Clone)]
struct Table {
    kind: String,
    column: usize,
    state: Option<usize>,
}

#[derive(Debug)]
struct Reader<'a> {
    policy: &'a Policy,
    /// The policy's phrases in one case.
    soaks: Vec<String>,
    drafts: Vec<Draft>,
    /// The phases that the line is in, the innermost last.
    open: Vec<usize>,
    table: Option<Table>,
    /// Whether items list files, because a label said so.
    lists_files: bool,
    was_blank: bool,
    loose: Files,
}

/// Titles are cut at this many characters.
const TITLE: usize = 200;

/// Returns the phases in `text`, whose first line has the number `before` + 1, and the files it lists outside.
pub(super) fn read(text: &str, before: usize, policy: &Policy) -> (Vec<Phase>, Vec<File>) {
    let mut lines = Lines::default();
    let mut reader = Reader {
        policy,
        soaks: policy.soaks.iter().map(|soak| id::folded(soak)).collect(),
        drafts: Vec::new(),
        open: Vec::new(),
        table: None,
        lists_files: false,
        was_blank: true,
        loose: Files::default(),
    };
    for (index, line) in text.lines().enumerate() {
        reader.add(lines.next(line), before + index + 1);
    }
    let loose = reader.loose.into_files();
    (finish(reader.drafts), loose)
}

impl Reader<'_> {
    fn add(&mut self, line: Line<'_>, number: usize) {
        if !matches!(line, Line::Row(_)) {
            self.table = None;
        }
        match line {
            Line::Heading(level, text) => self.heading(level, text, number),
            Line::Item(item) => self.item(item, number),
            Line::Row(row) => self.row(row, number),
            Line::Text(indent, text) => {
                if indent == 0 && self.was_blank {
                    self.close_items(0);
                }
                self.lists_files = false;
                self.text(text);
            }
            Line::Code(text) => self.files(text, Manner::Prose),
            Line::Blank => {}
        }
        self.was_blank = line == Line::Blank;
    }

    fn heading(&mut self, level: usize, text: &str, number: usize) {
        self.close_items(0);
        let drafts = &self.drafts;
        self.open.retain(|&at| {
            matches!(drafts.get(at).map(|draft| draft.place), Some(Place::Heading(own)) if own < level)
        });
        self.lists_files = listed(&format!("{text}:")).is_some();
        match id::read(text).filter(|_| (2..=4).contains(&level)) {
            Some(head) => self.begin(head, Place::Heading(level), 0, Check::Absent, number),
            None => self.files(text, Manner::Prose),
        }
    }

    fn item(&mut self, item: Item<'_>, number: usize) {
        self.close_items(item.indent);
        let is_bold = item.text.starts_with("**") || item.text.starts_with("__");
        let head = id::read(item.text).filter(|head| {
            // The steps of a phase are counted in each phase anew.
            let is_own = !head.id.contains(char::is_whitespace) || self.open.is_empty();
            (is_bold || item.check != Check::Absent) && is_own
        });
        for &at in &self.open {
            if let Some(draft) = self.drafts.get_mut(at) {
                draft.said.count(item.check);
            }
        }
        match head {
            Some(head) => self.begin(head, Place::Item, item.indent, item.check, number),
            None if self.lists_files => self.files(item.text, Manner::List),
            None => self.text(item.text),
        }
    }

    fn begin(&mut self, head: Head<'_>, place: Place, indent: usize, check: Check, number: usize) {
        let title = head.rest.trim_start_matches(|next: char| {
            next.is_whitespace()
                || matches!(next, ':' | '*' | '_' | '-' | '\u{2014}' | '\u{2013}' | '.' | ')')
        });
        self.open.push(self.drafts.len());
        self.drafts.push(Draft {
            id: head.id.to_owned(),
            title: title.trim_end_matches(['*', '_', ' ']).chars().take(TITLE).collect(),
            line: number,
            place,
            indent,
            said: Said::begin(head.rest, check),
            named: Files::default(),
            listed: Files::default(),
        });
        self.text(head.rest);
    }

    /// Ends the items that are indented as far as `indent` or farther.
    fn close_items(&mut self, indent: usize) {
        let drafts = &self.drafts;
        self.open.retain(|&at| {
            drafts.get(at).is_some_and(|draft| draft.place != Place::Item || draft.indent < indent)
        });
    }

    /// Adds words to the phases that they are in, and what they claim to the innermost.
    fn text(&mut self, text: &str) {
        if let Some(draft) = self.open.last().and_then(|&at| self.drafts.get_mut(at)) {
            draft.said.add(text, &self.soaks);
        }
        match listed(text) {
            Some(rest) => {
                self.lists_files = true;
                self.files(rest, Manner::List);
            }
            None => self.files(text, Manner::Prose),
        }
    }

    fn files(&mut self, text: &str, manner: Manner) {
        for &at in &self.open {
            if let Some(draft) = self.drafts.get_mut(at) {
                let files = match manner {
                    Manner::List => &mut draft.listed,
                    Manner::Prose => &mut draft.named,
                };
                files.add(text, manner, self.policy);
            }
        }
        if self.open.is_empty() && manner == Manner::List {
            self.loose.add(text, manner, self.policy);
        }
    }

    fn row(&mut self, row: &str, number: usize) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let Some(table) = self.table.clone() else {
            self.table = Some(header(&cells));
            return;
        };
        let cell = cells.get(table.column).copied().unwrap_or_default();
        let state = table.state.and_then(|column| cells.get(column).copied());
        if let (Some((id, title)), Some(state)) = (phase_of(&table, cell), state) {
            let mut named = Files::default();
            named.add(row, Manner::Prose, self.policy);
            self.drafts.push(Draft {
                id,
                title: title.chars().take(TITLE).collect(),
                line: number,
                place: Place::Row,
                indent: 0,
                said: Said::begin_with_state(state),
                named,
                listed: Files::default(),
            });
        }
        self.text(row);
    }
}

/// Reads the first row of a table: which column holds phases, and which their states.
fn header(cells: &[&str]) -> Table {
    let names: Vec<String> =
        cells.iter().map(|cell| id::folded(id::skip_marks(cell).trim_matches('*'))).collect();
    let kinds = ["phase", "milestone", "stage", "step", "task", "wave", "sprint", "id"];
    let states = ["status", "state", "progress", "done", "completion", "done?", "shipped"];
    // Where phases are no row's own, the rows are of something else: requirements, for one.
    let column = names.iter().take(2).position(|name| kinds.contains(&name.as_str()));
    let column =
        column.filter(|column| *column == 0 || cells.first().is_some_and(|cell| *cell == "#"));
    let state = names.iter().position(|name| states.contains(&name.as_str()));
    let kind = column.and_then(|column| names.get(column)).cloned().unwrap_or_default();
    Table { kind, column: column.unwrap_or(0), state: state.filter(|_| column.is_some()) }
}

/// Returns id and title of the phase in a cell; a lone number is one of the kind that the column is of.
fn phase_of(table: &Table, cell: &str) -> Option<(String, String)> {
    if let Some(head) = id::read(cell) {
        let title = head.rest.trim_start_matches([' ', ':', '-', '\u{2014}', '*']);
        return Some((head.id.to_owned(), title.to_owned()));
    }
    let cell = id::skip_marks(cell);
    let end = cell.find(|next: char| !next.is_numeric() && next != '.').unwrap_or(cell.len());
    let (number, title) = cell.split_at_checked(end)?;
    let number = number.trim_end_matches('.');
    let is_number =
        !number.is_empty() && number.len() < 8 && !title.starts_with(char::is_alphanumeric);
    let kind = if table.kind == "phase" { "Phase" } else { table.kind.as_str() };
    (is_number && table.kind != "id").then(|| (format!("{kind} {number}"), title.trim().to_owned()))
}

/// Returns the phases; a row of a table only lends its state where the phase has a section of its own.
fn finish(drafts: Vec<Draft>) -> Vec<Phase> {
    let rows = drafts.iter().filter(|draft| draft.place == Place::Row);
    let states: BTreeMap<String, Claim> =
        rows.map(|draft| (id::canonical(&draft.id), draft.said.claim())).collect();
    let sections = drafts.iter().filter(|draft| draft.place != Place::Row);
    let sections: BTreeSet<String> = sections.map(|draft| id::canonical(&draft.id)).collect();
    let phases = drafts.into_iter().filter_map(|draft| {
        let name = id::canonical(&draft.id);
        if draft.place == Place::Row && sections.contains(&name) {
            return None;
        }
        let own = Some(draft.said.claim()).filter(|claim| *claim != Claim::Unsaid);
        let claim = own.or_else(|| states.get(&name).copied()).unwrap_or(Claim::Unsaid);
        let files = if draft.listed.is_empty() { draft.named } else { draft.listed };
        let Draft { id, title, line, place, .. } = draft;
        Some(Phase { id, title, line, place, claim, files: files.into_files() })
    });
    phases.collect()
}
