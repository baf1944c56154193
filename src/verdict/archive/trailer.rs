//! What does the `Dos-Archive` trailer hold? One line of `name=value` fields after its version.

use super::{Archive, Family, Flaw, is_lane, is_outcome, is_run};
use crate::verdict::severity::Severity;
use crate::verdict::token;

/// The name of the trailer that holds an archive's data.
pub const NAME: &str = "Dos-Archive";

/// The name of the trailers that list what was folded into a commit, one id each.
pub const FROM: &str = "Dos-Coalesced-From";

/// The version that this program writes and reads.
const VERSION: &str = "v1";

/// Tells whether `message` contains the trailer's name at all.
pub(super) fn might_have(message: &[u8]) -> bool {
    let name = NAME.as_bytes();
    message.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name))
}

/// Splits a trailer line into its name and value; `None` when the line is no trailer.
pub(super) fn split(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_name = !name.is_empty() && name.bytes().all(plain);
    is_name.then(|| (name, value.trim()))
}

/// Renders the trailer's line for `archive`.
pub fn render(archive: &Archive) -> String {
    let picks = (archive.picks > 0).then(|| archive.picks.to_string());
    let fields = [
        ("family", Some(archive.family.name().to_owned())),
        ("verdict", archive.verdict.clone()),
        ("severity", archive.severity.map(|severity| severity.name().to_owned())),
        ("cause", archive.cause.clone()),
        ("lane", archive.lane.clone()),
        ("picks", picks),
        ("count", Some(archive.count.to_string())),
        ("first", Some(archive.first.clone())),
        ("last", Some(archive.run.clone())),
    ];
    let fields =
        fields.into_iter().filter_map(|(name, value)| Some(format!("; {name}={}", value?)));
    format!("{NAME}: {VERSION}{}", fields.collect::<String>())
}

/// Reads the trailer's `value`. Fields that this version does not know are skipped.
pub(super) fn parse(value: &str) -> Result<Archive, Flaw> {
    let mut parts = value.split(';').map(str::trim);
    if parts.next() != Some(VERSION) {
        return Err(Flaw::UnknownVersion);
    }
    let fields: Vec<(&str, &str)> =
        parts.map(|part| part.split_once('=').ok_or(Flaw::BadTrailer)).collect::<Result<_, _>>()?;
    let names = fields.iter().map(|(name, _)| name);
    if names.clone().any(|name| names.clone().filter(|other| *other == name).count() > 1) {
        return Err(Flaw::BadTrailer);
    }
    let field =
        |name: &str| fields.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
    // A field that is there must make sense; one that is not there is `None`.
    let checked = |name: &str, sound: fn(&str) -> bool| match field(name) {
        Some(value) if !sound(value) => Err(Flaw::BadTrailer),
        value => Ok(value.map(ToOwned::to_owned)),
    };
    let number = |name: &str, default: i64| match field(name).map(str::parse::<i64>) {
        Some(Ok(number)) if number >= 0 => Ok(number),
        Some(_) => Err(Flaw::BadTrailer),
        None => Ok(default),
    };
    let run = checked("last", is_run)?.ok_or(Flaw::BadTrailer)?;
    Ok(Archive {
        family: field("family").and_then(Family::named).ok_or(Flaw::BadTrailer)?,
        first: checked("first", is_run)?.unwrap_or_else(|| run.clone()),
        run,
        verdict: checked("verdict", is_outcome)?.as_deref().and_then(token::normalize),
        picks: number("picks", 0)?,
        cause: checked("cause", token::is_cause)?,
        lane: checked("lane", is_lane)?,
        count: number("count", 1)?.max(1),
        severity: checked("severity", |name| Severity::named(name).is_some())?
            .as_deref()
            .and_then(Severity::named),
    })
}

#[cfg(test)]
mod tests {
    use super::{parse, render, split};
    use crate::verdict::archive::{Archive, Family, Flaw};
    use crate::verdict::severity::Severity;

    fn full() -> Archive {
        Archive {
            family: Family::DispatchLoop,
            run: "20260601T204054Z".to_owned(),
            first: "20260601T190000Z".to_owned(),
            verdict: Some("BLOCKED".to_owned()),
            picks: 0,
            cause: Some("operator_decision".to_owned()),
            lane: Some("TM".to_owned()),
            count: 4,
            severity: Some(Severity::Noop),
        }
    }

    #[test]
    fn a_trailer_is_one_line_and_reads_back() {
        let line = "Dos-Archive: v1; family=dispatch-loop; verdict=BLOCKED; severity=NOOP; \
                    cause=operator_decision; lane=TM; count=4; first=20260601T190000Z; \
                    last=20260601T204054Z";
        assert_eq!(render(&full()), line, "the format other versions read");
        let (_, value) = split(line).unwrap();
        assert_eq!(parse(value), Ok(full()), "round trip");
        let (_, value) = split("Dos-Archive:v1;family=replan;last=20260601;colour=red").unwrap();
        let least = parse(value).unwrap();
        assert_eq!(
            (least.count, least.first.as_str()),
            (1, "20260601"),
            "defaults; unknown skipped"
        );
    }

    #[test]
    fn nonsense_is_a_flaw() {
        for (value, want) in [
            ("v2; family=dispatch; last=20260601", Flaw::UnknownVersion),
            ("", Flaw::UnknownVersion),
            ("v1", Flaw::BadTrailer),
            ("v1; family=dispatch", Flaw::BadTrailer),
            ("v1; family=lunch; last=20260601", Flaw::BadTrailer),
            ("v1; family=dispatch; last=yesterday", Flaw::BadTrailer),
            ("v1; family=dispatch; last=20260601; count=-1", Flaw::BadTrailer),
            ("v1; family=dispatch; last=20260601; count=many", Flaw::BadTrailer),
            ("v1; family=dispatch; last=20260601; cause=A B", Flaw::BadTrailer),
            ("v1; family=dispatch; last=20260601; cause=a; cause=b", Flaw::BadTrailer),
            ("v1; family=dispatch; last=20260601; severity=LOUD", Flaw::BadTrailer),
            ("v1; family=dispatch; last=20260601; lonely", Flaw::BadTrailer),
        ] {
            assert_eq!(parse(value), Err(want), "{value:?}");
        }
    }
}
