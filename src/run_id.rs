//! What is a run called, and from which run does it come?
//!
//! An id is `RID-`, nine symbols of time and six of chance, in Crockford's base 32 with capital letters. Ids sort
//! as the times at which they were made.

use std::fmt;
use std::time::Duration;

/// What every id begins with.
const PREFIX: &str = "RID-";

/// What the name of a process begins with.
const PROCESS_PREFIX: &str = "PROC-";

/// The digits of base 32, in the order of their values.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Symbols for the time in milliseconds.
const TIME_SYMBOLS: u32 = 9;

/// Symbols for chance.
const CHANCE_SYMBOLS: u32 = 6;

/// The variables in which a run hands its lineage on to the programs that it starts.
pub mod variable {
    /// The run itself.
    pub const RUN: &str = "CID_RUN_ID";
    /// The run with which it all began.
    pub const ROOT: &str = "CID_ROOT_ID";
    /// What kind of process the run is.
    pub const PROCESS: &str = "CID_PROCESS_ID";
    /// The run that started this one; not set for one that nobody started.
    pub const PARENT: &str = "CID_PARENT_ID";
}

/// The id of a run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(String);

/// Why there is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The time does not fit into the id: it is after the year 3084.
    ClockOutOfRange,
    /// The process has no name.
    NoProcess,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ClockOutOfRange => "the clock is set to a time after the year 3084",
            Self::NoProcess => "the process has no name",
        })
    }
}

impl std::error::Error for Error {}

impl RunId {
    /// Makes the id of a run that starts at `clock`, in time since 1970-01-01T00:00:00Z.
    ///
    /// The lower 30 bits of `chance` tell runs of the same millisecond apart.
    pub fn mint(clock: Duration, chance: u64) -> Result<Self, Error> {
        let milliseconds = u64::try_from(clock.as_millis()).map_err(|_| Error::ClockOutOfRange)?;
        if milliseconds >> (5 * TIME_SYMBOLS) != 0 {
            return Err(Error::ClockOutOfRange);
        }
        let (time, chance) = (symbols(milliseconds, TIME_SYMBOLS), symbols(chance, CHANCE_SYMBOLS));
        Ok(Self(format!("{PREFIX}{time}{chance}")))
    }

    /// Returns the id that `text` is; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let body = text.strip_prefix(PREFIX)?;
        let length = usize::try_from(TIME_SYMBOLS + CHANCE_SYMBOLS).ok()?;
        let is_id = body.len() == length && body.bytes().all(|symbol| value(symbol).is_some());
        is_id.then(|| Self(text.to_owned()))
    }

    /// Returns when the id was made, in time since 1970-01-01T00:00:00Z, to the millisecond.
    pub fn time(&self) -> Duration {
        let symbols = self.0.bytes().skip(PREFIX.len()).zip(0..TIME_SYMBOLS);
        let values = symbols.filter_map(|(symbol, _)| value(symbol));
        Duration::from_millis(values.fold(0, |sum, value| sum * 32 + value))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Returns the lowest `count` digits of `number` in base 32, highest first.
fn symbols(number: u64, count: u32) -> String {
    let digit = |place: u32| {
        let index = usize::try_from((number >> (5 * place)) & 31).unwrap_or_default();
        ALPHABET.get(index).map_or('0', |symbol| char::from(*symbol))
    };
    (0..count).rev().map(digit).collect()
}

/// Returns what a digit of base 32 is worth.
fn value(symbol: u8) -> Option<u64> {
    let index = ALPHABET.iter().position(|known| *known == symbol)?;
    u64::try_from(index).ok()
}

/// A run and where it comes from.
///
/// Parent and root are as the environment has them, and may be any text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lineage {
    /// The run.
    pub run: RunId,
    /// What kind of process it is, with `PROC-` before it.
    pub process: String,
    /// The run that started it; `None` for the first.
    pub parent: Option<String>,
    /// The run with which it all began, perhaps itself.
    pub root: String,
}

impl Lineage {
    /// Puts a lineage together; an empty `root` is none, and then the run is its own.
    pub fn new(
        run: RunId,
        process: &str,
        parent: Option<&str>,
        root: Option<&str>,
    ) -> Result<Self, Error> {
        if process.is_empty() {
            return Err(Error::NoProcess);
        }
        let name = process.strip_prefix(PROCESS_PREFIX).unwrap_or(process);
        let root = root.filter(|root| !root.is_empty()).unwrap_or(run.as_str()).to_owned();
        let process = format!("{PROCESS_PREFIX}{name}");
        Ok(Self { run, process, parent: parent.map(str::to_owned), root })
    }

    /// Puts the lineage of a run together that starts where [`variable::RUN`] is `run` and [`variable::ROOT`] is
    /// `root`; an empty variable is one that is not set.
    pub fn inherited(
        id: RunId,
        process: &str,
        run: Option<&str>,
        root: Option<&str>,
    ) -> Result<Self, Error> {
        let parent = run.filter(|text| !text.is_empty());
        let root = root.filter(|text| !text.is_empty());
        Self::new(id, process, parent, root.or(parent))
    }

    /// Returns the variables for programs that the run starts; one without a value must not be set.
    pub fn variables(&self) -> [(&'static str, Option<&str>); 4] {
        [
            (variable::RUN, Some(self.run.as_str())),
            (variable::ROOT, Some(&self.root)),
            (variable::PROCESS, Some(&self.process)),
            (variable::PARENT, self.parent.as_deref()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::run_id::{Error, Lineage, RunId};

    fn mint(milliseconds: u64, chance: u64) -> Result<RunId, Error> {
        RunId::mint(Duration::from_millis(milliseconds), chance)
    }

    #[test]
    fn an_id_tells_its_time_and_sorts_by_it() {
        let times = [0, 1, 31, 32, 1_780_000_000_000, (1 << 45) - 1];
        let ids: Vec<_> = times.iter().map(|time| mint(*time, u64::MAX).unwrap()).collect();
        for (id, time) in ids.iter().zip(times) {
            assert_eq!(id.time(), Duration::from_millis(time), "{id}");
            assert_eq!(RunId::parse(id.as_str()).as_ref(), Some(id), "read back");
        }
        assert!(ids.is_sorted(), "older ids come first");
        assert_eq!(mint(1 << 45, 0), Err(Error::ClockOutOfRange), "never a wrapped time");
    }

    #[test]
    fn every_bit_of_chance_makes_a_difference() {
        let ids: std::collections::BTreeSet<_> =
            (0..30).map(|bit| mint(7, 1 << bit).unwrap()).chain([mint(7, 0).unwrap()]).collect();
        assert_eq!(ids.len(), 31, "thirty bits");
    }

    #[test]
    fn an_empty_variable_makes_no_parent() {
        let id = mint(7, 7).unwrap();
        for (run, root, parent, want) in [
            (None, None, None, id.as_str()),
            (Some(""), None, None, id.as_str()),
            (Some(""), Some(""), None, id.as_str()),
            (Some("a"), None, Some("a"), "a"),
            (Some("a"), Some(""), Some("a"), "a"),
            (Some("a"), Some("b"), Some("a"), "b"),
            (None, Some("b"), None, "b"),
        ] {
            let lineage = Lineage::inherited(id.clone(), "w", run, root).unwrap();
            assert_eq!((lineage.parent.as_deref(), lineage.root.as_str()), (parent, want));
            let names: Vec<_> = lineage.variables().iter().filter_map(|(_, v)| *v).collect();
            assert_eq!(names.len(), 3 + usize::from(parent.is_some()), "no empty variable");
        }
        assert_eq!(Lineage::inherited(id, "", None, None), Err(Error::NoProcess));
    }
}
