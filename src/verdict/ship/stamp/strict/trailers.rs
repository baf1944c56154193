//! Do the trailers of a message name the plan and the phase?
//!
//! Trailers are what git takes for them: the last paragraph of the message, when every line of it is one, or
//! at least a quarter of its lines with one that git itself writes among them.

use super::super::names::Names;
use super::super::text::{Text, is_blank};
use super::super::{PlanName, Rung, Stamp};
use super::item;

/// Reads `Ships: PLAN PHASE`, and `Plan: PLAN` with `Phase: PHASE`.
pub(super) fn read(names: &Names, body: &str) -> Option<Stamp> {
    let trailers = block(body);
    let ships = trailers.iter().filter(|trailer| trailer.is_called("ships"));
    let ships = ships.filter_map(|trailer| ships_phase(names, &trailer.value));
    let pairs = pairs(&trailers);
    let pairs = pairs.into_iter().filter_map(|(plan, phase)| pair(names, plan, phase));
    ships.chain(pairs).min().map(|plan| Stamp { rung: Rung::Trailer, plan })
}

/// One trailer, with its continued lines joined.
#[derive(Debug)]
struct Trailer<'a> {
    name: &'a str,
    value: String,
}

impl Trailer<'_> {
    fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// Returns the trailers at the end of `body`.
fn block(body: &str) -> Vec<Trailer<'_>> {
    let lines: Vec<&str> = body.trim_end().lines().collect();
    let paragraph = lines.iter().rev().take_while(|line| !line.trim().is_empty()).count();
    let lines = lines.iter().skip(lines.len() - paragraph);
    let (mut trailers, mut others, mut is_git) = (Vec::<Trailer<'_>>::new(), 0, false);
    for line in lines {
        is_git |= line.starts_with("Signed-off-by: ") || line.starts_with("(cherry picked from ");
        match (split(line), trailers.last_mut()) {
            (_, Some(last)) if line.starts_with([' ', '\t']) => {
                last.value.push(' ');
                last.value.push_str(line.trim());
            }
            (Some((name, value)), _) => trailers.push(Trailer { name, value: value.to_owned() }),
            (None, _) if line.starts_with("(cherry picked from ") => {}
            (None, _) => others += 1,
        }
    }
    let is_block = others == 0 || (is_git && trailers.len() * 3 >= others);
    if is_block { trailers } else { Vec::new() }
}

/// Splits a line into a trailer's name and value.
fn split(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim_end();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (!name.is_empty() && name.bytes().all(is_name)).then(|| (name, value.trim()))
}

/// Tells how the value of `Ships:` names the plan of the asked phase.
fn ships_phase(names: &Names, value: &str) -> Option<PlanName> {
    let text = Text::new(value);
    let numbered = || {
        let end = text.follows(0, names.number.as_ref()?)?;
        item::find(names, &text, item::behind_plan(&text, end)?, Some(PlanName::Number))
    };
    let item = item::with_plan(names, &text, 0).or_else(numbered)?;
    is_closed(&text, item.list_end).then_some(item.plan)
}

/// Tells how `plan` and `phase` name what is asked.
fn pair(names: &Names, plan: &str, phase: &str) -> Option<PlanName> {
    let (plan, phase) = (Text::new(plan), Text::new(phase));
    let name = match () {
        () if plan == names.plan => PlanName::Whole,
        () if Some(&plan) == names.number.as_ref() => PlanName::Number,
        () => return None,
    };
    let item = item::find(names, &phase, 0, Some(name))?;
    is_closed(&phase, item.list_end).then_some(name)
}

/// Tells whether a value ends at `end`, or goes on with words that a sign sets apart.
fn is_closed(text: &Text, end: usize) -> bool {
    let next = text.skip(end, is_blank);
    text.at(next).is_none_or(|next| matches!(next, '\u{2014}' | '\u{2013}' | '-' | '(' | ':' | '#'))
}

/// Pairs each `Phase:` with the `Plan:` above it, or with the first one.
fn pairs<'a>(trailers: &'a [Trailer<'_>]) -> Vec<(&'a str, &'a str)> {
    let mut plan = trailers.iter().find(|trailer| trailer.is_called("plan"));
    let mut pairs = Vec::new();
    for trailer in trailers {
        if trailer.is_called("plan") {
            plan = Some(trailer);
        } else if trailer.is_called("phase")
            && let Some(plan) = plan
        {
            pairs.push((plan.value.as_str(), trailer.value.as_str()));
        }
    }
    pairs
}
