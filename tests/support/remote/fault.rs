//! What goes wrong between a clone and its remote, and when.

use std::collections::VecDeque;
use std::time::Duration;

use super::chance::Chance;

/// What a clone wants of its remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// To read refs or objects.
    Fetch,
    /// To change refs.
    Push,
}

/// A moment of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The clone has said what it wants; the server has said nothing.
    Greeting,
    /// The clone has begun to send its request; nothing of it is passed on.
    Request,
    /// The server has done what it was asked for; nothing of its answer is passed on.
    Answer,
}

/// What becomes of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing goes wrong.
    Pass,
    /// What comes next is passed on late.
    Delay(Moment, Duration),
    /// The connection ends.
    Cut(Moment),
    /// The connection ends when half of the answer is passed on.
    CutInAnswer,
    /// Nothing more is ever passed on, and the connection stays.
    Hang(Moment),
    /// Nothing more is passed on until the test says so.
    Stop(Moment),
}

impl Fault {
    /// Returns the moment at which the connection is not left alone, if it is before the end.
    pub fn moment(self) -> Option<Moment> {
        match self {
            Self::Pass => None,
            Self::Delay(moment, _)
            | Self::Cut(moment)
            | Self::Hang(moment)
            | Self::Stop(moment) => Some(moment),
            Self::CutInAnswer => Some(Moment::Answer),
        }
    }
}

/// Which connections go wrong.
#[derive(Debug)]
pub enum Plan {
    /// The next ones of a kind, in order; all others pass.
    Next(VecDeque<(Service, Fault)>),
    /// Every one of a kind.
    Each(Service, Fault),
    /// Every one of both kinds.
    All(Fault),
    /// One of so many, by chance; each of the faults is as likely.
    Some(Chance, usize, Vec<Fault>),
}

impl Plan {
    /// Returns what becomes of the next connection.
    pub fn next(&mut self, service: Service) -> Fault {
        match self {
            Self::Next(faults) => match faults.front() {
                Some((kind, fault)) if *kind == service => {
                    let fault = *fault;
                    faults.pop_front();
                    fault
                }
                _ => Fault::Pass,
            },
            Self::Each(kind, fault) if *kind == service => *fault,
            Self::Each(..) => Fault::Pass,
            Self::All(fault) => *fault,
            Self::Some(chance, of, faults) => {
                if chance.below(*of) == 0 {
                    faults[chance.below(faults.len())]
                } else {
                    Fault::Pass
                }
            }
        }
    }
}
