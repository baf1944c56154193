//! What an event is worth, in words.

use crate::ops::severity::{Occurrence, Report};
use crate::output::shown;
use crate::verdict::severity::Rule;
use crate::verdict::sink::Sink;

/// Renders `report`, with the answer for `sink` or for every audience.
pub(super) fn text(report: &Report, sink: Option<Sink>) -> String {
    let headline = shown(report.headline.as_bytes());
    let mut lines = vec![format!("{:<11} {headline}", report.verdict.severity.name())];
    let mut explain = |text: String| lines.push(format!("    {text}"));
    explain(rule(report.verdict.rule).to_owned());
    if let Some(text) = occurrence(report.occurrence) {
        explain(text);
    }
    for looked in report.picks.iter().filter(|looked| !looked.shipped) {
        let (plan, phase) = (&looked.pick.plan, &looked.pick.phase);
        let (plan, phase) = (shown(plan.as_bytes()), shown(phase.as_bytes()));
        explain(format!("{plan} {phase} did not ship and does not count"));
    }
    let shipped = report.picks.iter().filter(|looked| looked.shipped).count();
    if let Some(reported) =
        report.reported.filter(|reported| usize::try_from(*reported) != Ok(shipped))
    {
        explain(format!(
            "the event reports {reported} picks, and {shipped} of those it names shipped"
        ));
    }
    explain(told(report, sink));
    lines.join("\n") + "\n"
}

/// Says whether `sink` is told, or who is.
fn told(report: &Report, sink: Option<Sink>) -> String {
    let asked = sink.and_then(|sink| report.sinks.iter().find(|reach| reach.sink == sink));
    if let Some(reach) = asked {
        let verb = if reach.passes { "reaches" } else { "does not reach" };
        let (name, least) = (reach.sink.name(), reach.threshold.name());
        return format!("{verb} {name}, which is told of {least} and more");
    }
    let told = report.sinks.iter().filter(|reach| reach.passes);
    let names: Vec<&str> = told.map(|reach| reach.sink.name()).collect();
    if names.is_empty() {
        "reaches nobody".to_owned()
    } else {
        format!("reaches {}", names.join(", "))
    }
}

fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::VerifiedShips => "its account has verified ships",
        Rule::VerifiedPicks => "picks that it names were found in the history",
        Rule::ReportedShips => {
            "it says that it shipped, and names nothing that could be looked for"
        }
        Rule::RefutedShips => "it says LIVE, and nothing that it names has shipped",
        Rule::NewBlocker => "a blocking outcome, for the first time",
        Rule::KnownBlocker => "a blocking outcome, once more",
        Rule::StaleStamp => "the stamps are out of date",
        Rule::UnlistedOutcome => "an outcome that deserves a look",
        Rule::CountedWork => "the counted work is not idle",
        Rule::Promoted => "a replan promoted something",
        Rule::Found => "a replan found something",
        Rule::SoftClaims => "picks are claimed softly",
        Rule::UnknownFamily => "a family that git-dos does not know",
        Rule::Nothing => "nothing happened",
    }
}

fn occurrence(occurrence: Occurrence) -> Option<String> {
    Some(match occurrence {
        Occurrence::Immaterial => return None,
        Occurrence::Given(true) => "the event says that it is the first".to_owned(),
        Occurrence::Given(false) => "the event says that it is not the first".to_owned(),
        Occurrence::Before(id, runs) => {
            let id = id.to_hex_with_len(12);
            let plural = if runs == 1 { "" } else { "s" };
            format!("reported before, by {id}, which stands for {runs} run{plural}")
        }
        Occurrence::Never(read) => {
            format!("not reported before (commits read: {read}, all there are)")
        }
        Occurrence::NotLately(read) => {
            format!("not reported before (commits read: {read}, as [churn] history asks)")
        }
    })
}
