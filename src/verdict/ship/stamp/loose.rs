//! Which forms are stamps when none needs to name its plan?
//!
//! These are the forms that dos-kernel reads, with its boundaries, so that its histories read as they did:
//! an id is made of `A-Z`, `a-z`, `0-9`, `.` and `-` alone, and a phase that stands in front of a colon
//! belongs to whatever plan is asked for.

use super::kind::{bookkeeping, release};
use super::names::{Names, numbered, spellings};
use super::text::{Text, is_blank, is_word};
use super::{Alias, Exclusion, Message, PlanName, Policy, Reading, Rung, Stamp};

/// Reads `message`.
pub(super) fn read(names: &Names, policy: &Policy, message: &Message<'_>) -> Reading {
    let subject = Text::new(message.subject);
    let reader = Loose { names, policy, subject: &subject };
    let is_kept = bookkeeping(&subject, policy).is_some();
    let guarded = [
        (Rung::Subject, reader.direct()),
        (Rung::EndParens, reader.parens()),
        (Rung::ReleaseLine, reader.release_line()),
        (Rung::SubPhase, reader.sub_phase(message)),
        (Rung::ReleaseBody, reader.release_body(message)),
    ];
    let guarded = guarded.into_iter().filter_map(|(rung, found)| Some((rung, found?)));
    let mut best = Reading::Nothing;
    for (rung, found) in guarded {
        let is_tested = matches!(rung, Rung::Subject | Rung::ReleaseLine | Rung::SubPhase);
        best = best.min(if is_kept {
            Reading::Excluded(Exclusion::Bookkeeping)
        } else if is_tested && goes_on(&subject, found.end, policy) {
            Reading::Excluded(Exclusion::Progress)
        } else {
            Reading::Stamp(Stamp { rung, plan: found.plan })
        });
    }
    if reader.slug() {
        best = best.min(Reading::Stamp(Stamp { rung: Rung::Slug, plan: PlanName::Whole }));
    }
    best
}

/// Tells whether the word behind a phase that ends at `end` is one that `progress_markers` names.
pub(super) fn goes_on(subject: &Text, end: usize, policy: &Policy) -> bool {
    let Some(from) = subject.blanks(end) else { return false };
    let to = subject.skip(from, |character| !is_blank(character));
    let markers = policy.progress_markers.iter().map(|marker| Text::new(marker));
    to > from && markers.into_iter().any(|marker| marker.chars() == subject.slice(from, to))
}

/// A phase that was found.
#[derive(Debug, Clone, Copy)]
struct Found {
    end: usize,
    plan: PlanName,
}

struct Loose<'a> {
    names: &'a Names,
    policy: &'a Policy,
    subject: &'a Text,
}

impl Loose<'_> {
    /// `PLAN: PHASE …`, `PLAN PHASE …`, `PLANPHASE: …`, `PHASE: …`, with a folder in front.
    fn direct(&self) -> Option<Found> {
        let phases: Vec<&Text> = self.names.phases.iter().map(|phase| &phase.text).collect();
        let heads = heads(self.subject, self.policy);
        let labelled = heads.iter().find_map(|&at| self.labelled(at, &self.names.plan, &phases));
        let glued = || {
            let may = self.policy.subject_dirs.is_empty();
            may.then(|| heads.iter().find_map(|&at| self.glued(at)))?
        };
        labelled.map(|end| Found { end, plan: PlanName::Whole }).or_else(glued)
    }

    /// Returns the end of a phase behind the plan at `at`.
    fn labelled(&self, at: usize, plan: &Text, phases: &[&Text]) -> Option<usize> {
        let end = self.subject.follows(at, plan)?;
        let colon = (self.subject.at(end) == Some(':')).then_some(end + 1);
        [Some(end), colon].into_iter().flatten().find_map(|from| {
            // A phase may begin with a blank itself.
            let blanks = from + 1..=self.subject.blanks(from)?;
            blanks.rev().find_map(|place| {
                let ends = phases.iter().filter_map(|phase| self.subject.follows(place, phase));
                ends.into_iter().find(|&end| is_free(self.subject, end))
            })
        })
    }

    /// Returns a phase with a colon behind it, with or without its plan in front.
    fn glued(&self, at: usize) -> Option<Found> {
        let behind = self.subject.follows(at, &self.names.plan);
        [Some(at), behind].into_iter().flatten().find_map(|place| {
            self.names.phases.iter().find_map(|phase| {
                let end = self.subject.follows(place, &phase.text)? + 1;
                let is_stamp = self.subject.before(end) == Some(':') && is_free(self.subject, end);
                let is_named = phase.names_plan || place > at;
                let plan = if is_named { PlanName::Whole } else { PlanName::Absent };
                is_stamp.then_some(Found { end, plan })
            })
        })
    }

    /// `… (PLAN PHASE)`, `… (refs PLAN: PHASE)`.
    fn parens(&self) -> Option<Found> {
        if !self.policy.trailer_stamp || release(self.subject, self.policy).is_some() {
            return None;
        }
        let plans = [
            Some((&self.names.plan, PlanName::Whole)),
            self.names.number.as_ref().map(|number| (number, PlanName::Number)),
        ];
        let opens =
            self.subject.chars().iter().enumerate().filter(|(_, character)| **character == '(');
        let opens: Vec<usize> =
            opens.map(|(place, _)| self.subject.skip(place + 1, is_blank)).collect();
        plans.into_iter().flatten().find_map(|(plan, name)| {
            let end = opens.iter().find_map(|&open| self.paren(open, plan))?;
            Some(Found { end, plan: name })
        })
    }

    /// Returns the end of the phase in the parenthesis whose words begin at `open`.
    fn paren(&self, open: usize, plan: &Text) -> Option<usize> {
        let word = self.subject.says(open, "refs");
        let behind = word.and_then(|end| self.subject.blanks(end));
        let phases: Vec<&Text> = self.names.phases.iter().map(|phase| &phase.text).collect();
        let starts = [Some(open), behind].into_iter().flatten();
        let mut starts = starts.flat_map(|at| {
            let declared = folders(self.subject, at, self.policy);
            std::iter::once(at).chain(declared)
        });
        starts.find_map(|at| {
            phases.iter().find_map(|phase| {
                let end = self.labelled(at, plan, &[phase])?;
                let close = self.subject.skip(end, is_blank);
                let rest = self.subject.skip(close + 1, is_blank);
                (self.subject.at(close) == Some(')') && rest == self.subject.len()).then_some(end)
            })
        })
    }

    /// `v1.2.3: … PHASE …`.
    fn release_line(&self) -> Option<Found> {
        let from = release(self.subject, self.policy)?;
        let end = self.mention(self.subject, from)?;
        Some(Found { end, plan: PlanName::Absent })
    }

    /// The same in the lines behind the first one. A capital `V` begins no such release.
    fn release_body(&self, message: &Message<'_>) -> Option<Found> {
        release(self.subject, self.policy)?;
        let is_capital = message.subject.trim_start().starts_with('V');
        let mut lines = message.body.lines().filter(|_| !is_capital);
        lines
            .any(|line| self.mention(&Text::new(line), 0).is_some())
            .then_some(Found { end: 0, plan: PlanName::Absent })
    }

    /// Returns the end of the first free-standing phase in `text`.
    fn mention(&self, text: &Text, from: usize) -> Option<usize> {
        let asked = self.names.phase.string(0, self.names.phase.len());
        let is_numbered = numbered(&asked, "phase").is_some();
        let plan = self.names.plan.chars();
        let forms: Vec<(&Text, Option<Text>)> = self
            .names
            .phases
            .iter()
            .map(|phase| {
                let number = numbered(&phase.text.string(0, phase.text.len()), "phase");
                let holds_plan =
                    phase.text.chars().windows(plan.len().max(1)).any(|part| part == plan);
                let needs_plan = is_numbered || !holds_plan;
                (&phase.text, number.filter(|_| needs_plan).map(|number| Text::new(&number)))
            })
            .filter(|(_, number)| !is_numbered || number.is_some())
            .collect();
        (from..text.len())
            .filter(|&at| text.before(at).is_none_or(|before| !is_id(before)))
            .find_map(|at| {
                forms.iter().find_map(|(phase, number)| match number {
                    Some(number) => self.beside_plan(text, at, number),
                    None => text.follows(at, phase).filter(|&end| is_free(text, end)),
                })
            })
    }

    /// Returns the end of `PLAN N` or `PLAN: Phase N` at `at`.
    fn beside_plan(&self, text: &Text, at: usize, number: &Text) -> Option<usize> {
        let end = text.follows(at, &self.names.plan)?;
        let near = text.follows(text.skip(end, is_blank), number);
        let far = || {
            let gap = text.skip(end, is_blank);
            let colon = if text.at(gap) == Some(':') { gap + 1 } else { end };
            let word = text.says(text.blanks(colon)?, "phase")?;
            text.follows(text.skip(word, is_blank), number)
        };
        let free = |end: &usize| is_free(text, *end);
        near.filter(free).or_else(|| far().filter(free))
    }

    /// `PLAN: … words of the phase …` of a declared bundle.
    fn slug(&self) -> bool {
        let slugs = self.policy.summary_bundle_prefixes.iter().map(|prefix| slug_of(prefix));
        let phase = normal(self.names.phase.chars());
        slugs.into_iter().any(|slug| slug == self.names.plan)
            && !phase.is_empty()
            && heads(self.subject, self.policy).into_iter().any(|at| {
                let Some(end) = self.subject.follows(at, &self.names.plan) else { return false };
                let from = if self.subject.at(end) == Some(':') { end + 1 } else { end };
                let Some(rest) = self.subject.blanks(from) else { return false };
                normal(self.subject.slice(rest, self.subject.len())).contains(&phase)
            })
    }

    /// `PLAN: PARENT … words …` for the phase `PARENT-words`.
    ///
    /// dos-kernel looks for the words in a line that begins with the commit's id.
    fn sub_phase(&self, message: &Message<'_>) -> Option<Found> {
        let (parent, suffix) = self.sub_phase_parts()?;
        let parents = spellings("", &parent, &[Alias::Prime]);
        let parents: Vec<Text> = parents.iter().map(|parent| Text::new(parent)).collect();
        let parents: Vec<&Text> = parents.iter().collect();
        let suffix = normal(&suffix.chars().collect::<Vec<char>>());
        let line = [Text::new(message.id).chars(), &[' '], self.subject.chars()].concat();
        let is_said = !suffix.is_empty() && normal(&line).contains(&suffix);
        let heads = heads(self.subject, self.policy).into_iter().filter(|_| is_said);
        let end = heads.into_iter().find_map(|at| self.labelled(at, &self.names.plan, &parents))?;
        Some(Found { end, plan: PlanName::Whole })
    }

    fn sub_phase_parts(&self) -> Option<(String, String)> {
        let phase = self.names.phase.string(0, self.names.phase.len());
        let (parent, suffix) = phase.split_once('-')?;
        let may = self.policy.sub_phase_parent_fallback && !parent.is_empty();
        may.then(|| (parent.to_owned(), suffix.to_owned()))
    }
}

/// Returns the places where a plan may begin: behind the white space, and behind a folder.
fn heads(subject: &Text, policy: &Policy) -> Vec<usize> {
    let start = subject.skip(0, is_blank);
    let may_begin = policy.subject_dirs.is_empty().then_some(start);
    may_begin.into_iter().chain(folders(subject, start, policy)).collect()
}

/// Returns the places behind a folder at `at`: a declared one, or any where none is declared.
pub(super) fn folders(subject: &Text, at: usize, policy: &Policy) -> Vec<usize> {
    let declared = policy.subject_dirs.iter();
    let declared = declared.filter_map(|name| subject.follows(at, &Text::new(&format!("{name}/"))));
    let any = policy.subject_dirs.is_empty().then(|| folder(subject, at)).flatten();
    any.into_iter().chain(declared).collect()
}

/// Returns the place behind one folder at `at`.
fn folder(subject: &Text, at: usize) -> Option<usize> {
    let is_name = |character| is_word(character) || matches!(character, '.' | '-');
    let end = subject.skip(at, is_name);
    let begins = subject.at(at).is_some_and(is_word);
    (begins && subject.at(end) == Some('/')).then_some(end + 1)
}

/// Returns the plan that a declared bundle is of.
pub(super) fn slug_of(prefix: &str) -> Text {
    let name = prefix.trim().trim_end_matches(':');
    Text::new(name.rsplit('/').next().unwrap_or(name))
}

/// Returns `text` with one underscore for each run of blanks, hyphens and underscores.
fn normal(text: &[char]) -> String {
    let is_gap = |character: char| is_blank(character) || matches!(character, '-' | '_');
    let mut normal = String::new();
    for &character in text {
        if !is_gap(character) {
            normal.push(character);
        } else if !normal.ends_with('_') {
            normal.push('_');
        }
    }
    normal
}

fn is_free(text: &Text, end: usize) -> bool {
    text.at(end).is_none_or(|next| !is_id(next))
}

fn is_id(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '-')
}
