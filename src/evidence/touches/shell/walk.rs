//! What do the commands of a parsed script do, one after the other?

use std::path::{Path, PathBuf};

use brush_parser::ast::{
    AndOr, AndOrList, AssignmentValue, Command, CommandPrefixOrSuffixItem as Item, CompoundCommand,
    CompoundList, IoFileRedirectKind as Kind, IoFileRedirectTarget as Target, IoRedirect, Pipeline,
    RedirectList, SeparatorOperator, SimpleCommand, Word as Raw,
};

use super::super::{Follow, Trail, patch};
use super::{programs, script, word};
use crate::verdict::access::footprint::Deed;

/// The deepest script inside a script that is looked into.
const DEPTH: usize = 4;

/// A shell in the middle of a script.
pub(super) struct Walk<'trail, 'place> {
    /// What was found so far.
    pub(super) trail: &'trail mut Trail<'place>,
    /// The folder that the shell is in; `None` when only the shell will know.
    pub(super) folder: Option<PathBuf>,
    /// How many scripts this one is inside of.
    pub(super) depth: usize,
    /// The document that the present command is given.
    pub(super) document: Option<String>,
}

impl Walk<'_, '_> {
    /// Writes down that something is done that cannot be told beforehand.
    pub(super) fn give_up(&mut self) {
        self.trail.footprint.is_whole = false;
    }

    /// Returns the absolute path of `path`; `None` when it begins in a folder that is not known.
    pub(super) fn absolute(&mut self, path: &str) -> Option<PathBuf> {
        if Path::new(path).is_absolute() {
            return Some(PathBuf::from(path));
        }
        let found = self.folder.as_ref().map(|folder| folder.join(path));
        if found.is_none() {
            self.give_up();
        }
        found
    }

    /// Adds what `deed` does to `path`.
    pub(super) fn touch(&mut self, path: &str, deed: Deed, follow: Follow) {
        if let Some(path) = self.absolute(path).filter(|_| !path.is_empty()) {
            self.trail.add(&path, deed, follow);
        }
    }

    /// Adds what a patch does that is given as an argument, or as a document.
    pub(super) fn patch(&mut self, arguments: &[word::Word]) {
        let argument = arguments.first().and_then(word::Word::text).map(str::to_owned);
        match (argument.or_else(|| self.document.clone()), &self.folder) {
            (Some(text), Some(folder)) => patch::add(&text, folder, self.trail),
            _ => self.give_up(),
        }
    }

    /// Walks the text of a script that runs in a shell of its own.
    pub(super) fn inner_script(&mut self, text: &str) {
        if self.depth >= DEPTH {
            return self.give_up();
        }
        self.apart(|walk| {
            walk.depth += 1;
            script(text, walk);
            walk.depth -= 1;
        });
    }

    /// Walks what happens in a shell of its own: its folder is its own too.
    fn apart(&mut self, inner: impl FnOnce(&mut Self)) {
        let folder = self.folder.clone();
        inner(self);
        self.folder = folder;
    }

    /// Walks what may or may not happen: a folder that it changes is not known afterwards.
    fn perhaps(&mut self, inner: impl FnOnce(&mut Self)) {
        let folder = self.folder.clone();
        inner(self);
        if self.folder != folder {
            self.folder = None;
        }
    }

    pub(super) fn list(&mut self, list: &CompoundList) {
        for item in &list.0 {
            match item.1 {
                SeparatorOperator::Async => self.apart(|walk| walk.and_or(&item.0)),
                SeparatorOperator::Sequence => self.and_or(&item.0),
            }
        }
    }

    fn and_or(&mut self, list: &AndOrList) {
        self.pipeline(&list.first);
        for next in &list.additional {
            match next {
                AndOr::And(pipeline) => self.pipeline(pipeline),
                // What comes after `||` runs where the first one failed.
                AndOr::Or(pipeline) => self.perhaps(|walk| walk.pipeline(pipeline)),
            }
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        match pipeline.seq.as_slice() {
            [command] => self.command(command),
            commands => {
                for command in commands {
                    self.apart(|walk| walk.command(command));
                }
            }
        }
    }

    fn command(&mut self, command: &Command) {
        match command {
            Command::Simple(simple) => self.simple(simple),
            Command::Compound(compound, redirects) => {
                self.redirects(redirects.as_ref());
                self.compound(compound);
            }
            // It writes nothing by itself; whoever calls it is not understood.
            Command::Function(_) => {}
            Command::ExtendedTest(_, redirects) => self.redirects(redirects.as_ref()),
        }
    }

    fn compound(&mut self, command: &CompoundCommand) {
        match command {
            CompoundCommand::Arithmetic(_) => {}
            CompoundCommand::BraceGroup(group) => self.list(&group.list),
            CompoundCommand::Subshell(shell) => self.apart(|walk| walk.list(&shell.list)),
            CompoundCommand::Coprocess(process) => self.apart(|walk| walk.command(&process.body)),
            CompoundCommand::ForClause(block) => self.perhaps(|walk| walk.list(&block.body.list)),
            CompoundCommand::ArithmeticForClause(block) => {
                self.perhaps(|walk| walk.list(&block.body.list));
            }
            CompoundCommand::WhileClause(block) | CompoundCommand::UntilClause(block) => {
                self.perhaps(|walk| {
                    walk.list(&block.0);
                    walk.list(&block.1.list);
                });
            }
            CompoundCommand::CaseClause(block) => {
                for case in block.cases.iter().filter_map(|case| case.cmd.as_ref()) {
                    self.perhaps(|walk| walk.list(case));
                }
            }
            CompoundCommand::IfClause(block) => {
                self.list(&block.condition);
                self.perhaps(|walk| walk.list(&block.then));
                for branch in block.elses.iter().flatten() {
                    self.perhaps(|walk| {
                        branch.condition.iter().for_each(|condition| walk.list(condition));
                        walk.list(&branch.body);
                    });
                }
            }
        }
    }

    fn simple(&mut self, command: &SimpleCommand) {
        let prefix = command.prefix.iter().flat_map(|prefix| &prefix.0);
        let suffix = command.suffix.iter().flat_map(|suffix| &suffix.0);
        let mut words = Vec::new();
        self.document = None;
        for item in prefix {
            // What is set before the name of a program is no argument of it.
            self.item(item, &mut Vec::new());
        }
        if let Some(raw) = &command.word_or_name {
            self.word(raw, &mut words);
        }
        for item in suffix {
            self.item(item, &mut words);
        }
        if !words.is_empty() {
            programs::run(&words, self);
        }
    }

    /// Adds the words of `item`, and what it does itself.
    fn item(&mut self, item: &Item, words: &mut Vec<word::Word>) {
        match item {
            Item::Word(raw) => self.word(raw, words),
            Item::AssignmentWord(assignment, raw) => {
                if let AssignmentValue::Array(members) = &assignment.value {
                    for (_, value) in members {
                        self.word(value, &mut Vec::new());
                    }
                }
                self.word(raw, words);
            }
            Item::IoRedirect(redirect) => self.redirect(redirect),
            Item::ProcessSubstitution(_, shell) => {
                self.apart(|walk| walk.list(&shell.list));
                words.push(word::Word::Unknown);
            }
        }
    }

    /// Adds what the shell makes of one word, and what the commands inside it do.
    fn word(&mut self, raw: &Raw, words: &mut Vec<word::Word>) {
        let expanded = word::expand(&raw.value, self.folder.as_deref(), self.trail.place);
        for command in &expanded.commands {
            self.inner_script(command);
        }
        words.extend(expanded.words);
    }

    fn redirects(&mut self, redirects: Option<&RedirectList>) {
        redirects.iter().flat_map(|list| &list.0).for_each(|redirect| self.redirect(redirect));
    }

    fn redirect(&mut self, redirect: &IoRedirect) {
        match redirect {
            IoRedirect::File(_, kind, target) => {
                let deed = match kind {
                    Kind::Read | Kind::DuplicateInput => Deed::Read,
                    Kind::Write | Kind::Append | Kind::ReadAndWrite | Kind::Clobber => {
                        Deed::Written
                    }
                    Kind::DuplicateOutput => Deed::Written,
                };
                match target {
                    Target::Filename(raw) => self.target(raw, deed),
                    Target::Duplicate(raw) => {
                        // `2>&1` and `>&-` open no file.
                        let is_number = raw
                            .value
                            .trim_end_matches('-')
                            .bytes()
                            .all(|byte| byte.is_ascii_digit());
                        if !is_number {
                            self.target(raw, deed);
                        }
                    }
                    Target::Fd(_) => {}
                    Target::ProcessSubstitution(_, shell) => {
                        self.apart(|walk| walk.list(&shell.list));
                    }
                }
            }
            IoRedirect::OutputAndError(raw, _) => self.target(raw, Deed::Written),
            IoRedirect::HereDocument(_, document) => {
                self.document = Some(document.doc.value.clone());
                if document.requires_expansion {
                    self.commands_in(&document.doc.value);
                }
            }
            IoRedirect::HereString(_, raw) => self.word(raw, &mut Vec::new()),
        }
    }

    /// Walks the commands inside the text of a document.
    fn commands_in(&mut self, text: &str) {
        for command in word::commands_in_document(text) {
            self.inner_script(&command);
        }
    }

    /// Adds what a redirection does to the file that `raw` names.
    fn target(&mut self, raw: &Raw, deed: Deed) {
        let mut words = Vec::new();
        self.word(raw, &mut words);
        match words.as_slice() {
            [word::Word::Known(path)] => self.touch(path, deed, Follow::Links),
            _ => self.give_up(),
        }
    }
}
