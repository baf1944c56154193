//! What does `[breaker]` of `dos.toml` ask for? When repeated failures of a class are to stop, and whom to ask.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use gix::error::{ErrorExt as _, Result, message};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::known::{Known, Named};
use super::span::Span;
use crate::output::HINT;
use crate::verdict::breaker::{Escalation, KEPT, Limits, Policy};

/// The table `[breaker]`; a table in it, such as `[breaker.flaky-test]`, is for the class of that name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breaker {
    /// What holds for every class.
    pub all: Overrides,
    /// Whether a class without a table is an error; default false.
    pub strict: bool,
    /// What holds for one class, before what holds for every class.
    pub classes: BTreeMap<String, Overrides>,
}

/// Settings that stand before others where they are present: a table in `dos.toml`, or options.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[serde(expecting = "a key of [breaker], or the table of one class")]
pub struct Overrides {
    /// Failures in a row that open the circuit, 0 for no limit; default 3.
    pub max_consecutive: Option<u64>,
    /// Failures within the window that open it, 0 for no limit; default 20, at most 1,000.
    pub max_total: Option<u64>,
    /// How far back failures are counted; default `"24h"`.
    pub window: Option<Span>,
    /// How long an open circuit rests before one caller may try, or `"never"`; default `"10m"`.
    pub cool_down: Option<CoolDown>,
    /// How long that caller has to report; default `"10m"`.
    pub probe_time: Option<Span>,
    /// Who is asked when it opens: `"none"`, `"judge"` or `"human"`; default `"none"`.
    pub on_trip: Option<Known<Escalation>>,
}

/// How long an open circuit rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum CoolDown {
    /// Until somebody resets it.
    Never,
    /// So long after the newest failure.
    After(Duration),
}

impl std::str::FromStr for CoolDown {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if text == "never" {
            return Ok(Self::Never);
        }
        text.parse().map(|Span(rest)| Self::After(rest)).map_err(|error| error + ", nor `never`")
    }
}

impl TryFrom<String> for CoolDown {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        text.parse()
    }
}

impl Named for Escalation {
    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|escalation| escalation.name().to_lowercase() == name)
    }

    fn names() -> String {
        Self::ALL.map(|escalation| escalation.name().to_lowercase()).join(", ")
    }
}

/// Everything that one class is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// When the circuit opens.
    pub policy: Policy,
    /// How far back failures are counted.
    pub window: Duration,
    /// How long the caller that tries has to report.
    pub probe_time: Duration,
}

impl Overrides {
    fn or(self, other: Self) -> Self {
        Self {
            max_consecutive: self.max_consecutive.or(other.max_consecutive),
            max_total: self.max_total.or(other.max_total),
            window: self.window.or(other.window),
            cool_down: self.cool_down.or(other.cool_down),
            probe_time: self.probe_time.or(other.probe_time),
            on_trip: self.on_trip.or(other.on_trip),
        }
    }
}

impl Breaker {
    /// Returns what `class` is judged by: `options` before its own table before `[breaker]` before the defaults.
    ///
    /// Without a class, only `options` and `[breaker]` count. Errors when no limit can ever be reached, when
    /// a limit is higher than what is kept, and under `strict` when the class has no table.
    pub fn settings(&self, class: Option<&str>, options: Overrides) -> Result<Settings> {
        let own = class.and_then(|class| self.classes.get(class)).copied();
        if let (Some(class), None, true) = (class, own, self.strict) {
            let known: Vec<&str> = self.classes.keys().map(String::as_str).collect();
            let hint = format!("dos.toml knows these classes: {}", known.join(", "));
            return Err(message!("{class:?} has no table in [breaker], which is strict")
                .with(HINT, hint)
                .raise());
        }
        let chosen = options.or(own.unwrap_or_default()).or(self.all);
        let (consecutive, total) =
            (chosen.max_consecutive.unwrap_or(3), chosen.max_total.unwrap_or(20));
        let Some(limits) = Limits::new(consecutive, total) else {
            return Err(message("A breaker whose limits are both 0 would never open")
                .with(HINT, "give max_consecutive or max_total a number above 0")
                .raise());
        };
        if total > u64::try_from(KEPT).unwrap_or(u64::MAX) {
            let context =
                message!("max_total = {total} is more than the {KEPT} failures that are kept");
            return Err(context.raise());
        }
        let span = |span: Option<Span>, default| span.map_or(default, |Span(time)| time);
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        Ok(Settings {
            policy: Policy {
                limits,
                cool_down: match chosen.cool_down {
                    None => Some(minutes(10)),
                    Some(CoolDown::After(rest)) => Some(rest),
                    Some(CoolDown::Never) => None,
                },
                on_trip: chosen.on_trip.map_or(Escalation::None, |Known(escalation)| escalation),
            },
            window: span(chosen.window, minutes(24 * 60)),
            probe_time: span(chosen.probe_time, minutes(10)),
        })
    }
}

impl<'de> Deserialize<'de> for Breaker {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_map(Keys)
    }
}

/// Reads the keys of `[breaker]` one by one: what is no setting is a class.
struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Breaker;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the table [breaker]")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Breaker, A::Error> {
        let mut breaker = Breaker::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "max_consecutive" => breaker.all.max_consecutive = Some(map.next_value()?),
                "max_total" => breaker.all.max_total = Some(map.next_value()?),
                "window" => breaker.all.window = Some(map.next_value()?),
                "cool_down" => breaker.all.cool_down = Some(map.next_value()?),
                "probe_time" => breaker.all.probe_time = Some(map.next_value()?),
                "on_trip" => breaker.all.on_trip = Some(map.next_value()?),
                "strict" => breaker.strict = map.next_value()?,
                _ => {
                    breaker.classes.insert(key, map.next_value()?);
                }
            }
        }
        Ok(breaker)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Breaker, CoolDown, Overrides};
    use crate::policy;
    use crate::verdict::breaker::Escalation;

    fn parse(text: &str) -> Breaker {
        policy::parse(text, "dos.toml").unwrap().breaker
    }

    #[test]
    fn options_stand_before_the_class_before_all_before_the_defaults() {
        let settings = Breaker::default().settings(Some("any"), Overrides::default()).unwrap();
        let limits = settings.policy.limits;
        assert_eq!((limits.consecutive(), limits.total()), (3, 20), "the defaults");
        assert_eq!(settings.window, Duration::from_secs(86_400), "of the window");
        let text = "[breaker]\nmax_consecutive = 5\nmax_total = 6\non_trip = \"judge\"\n\
                    [breaker.flaky]\nmax_consecutive = 7\ncool_down = \"never\"\n";
        let options = Overrides { max_total: Some(8), ..Overrides::default() };
        for (class, options, want) in [
            (Some("flaky"), Overrides::default(), (7, 6, None)),
            (Some("flaky"), options, (7, 8, None)),
            (Some("other"), options, (5, 8, Some(Duration::from_secs(600)))),
            (None, Overrides::default(), (5, 6, Some(Duration::from_secs(600)))),
        ] {
            let policy = parse(text).settings(class, options).unwrap().policy;
            let limits = policy.limits;
            let got = (limits.consecutive(), limits.total(), policy.cool_down);
            assert_eq!((got, policy.on_trip), (want, Escalation::Judge), "{class:?}");
        }
    }

    #[test]
    fn settings_that_make_no_sense_are_errors() {
        for (text, class, part) in [
            ("[breaker]\nmax_consecutive = 0\nmax_total = 0\n", "a", "never open"),
            ("[breaker]\nmax_total = 1001\n", "a", "more than the 1000"),
            ("[breaker]\nstrict = true\n[breaker.b]\n", "a", "strict"),
        ] {
            let error = parse(text).settings(Some(class), Overrides::default()).unwrap_err();
            assert!(error.to_string().contains(part), "{text:?}: {error}");
        }
        let strict = parse("[breaker]\nstrict = true\n[breaker.b]\n");
        assert!(strict.settings(Some("b"), Overrides::default()).is_ok(), "a class of its own");
        assert!(strict.settings(None, Overrides::default()).is_ok(), "no class, no mistake");
        assert_eq!("never".parse(), Ok(CoolDown::Never));
    }

    #[test]
    fn errors_name_the_line_and_the_key() {
        for (text, line, part) in [
            ("[breaker]\nmax_consecutive = -1\n", 2, "u64"),
            ("[breaker]\n\nmax_consecutve = 1\n", 3, "the table of one class"),
            ("[breaker.a]\nstrict = true\n", 2, "unknown field `strict`"),
            ("[breaker]\nwindow = \"soon\"\n", 2, "no stretch of time"),
            ("[breaker]\non_trip = \"boss\"\n", 2, "none, judge, human"),
            ("[breaker.a]\ncool_down = \"x\"\n", 2, "nor `never`"),
        ] {
            let error = policy::parse(text, "dos.toml").unwrap_err().to_string();
            assert!(error.starts_with(&format!("dos.toml:{line}: ")), "{text:?}: {error}");
            assert!(error.contains(part), "{text:?}: {error}");
        }
    }
}
