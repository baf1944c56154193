//! What does the repository say now? Looked at on a thread of its own, which may take its time.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use gix::error::Result;

use super::events::Event;
use super::page::Look;
use super::parts;
use crate::clock;
use crate::evidence::repository::{self, Environment};
use crate::ops::overview::{self, Memory};
use crate::ops::status;
use crate::ops::wiring::place::Place;
use crate::output::error_text;

/// What the one who looks is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Look now.
    Look,
    /// Look only when told to.
    Pause,
    /// Look now and then again and again.
    Resume,
}

/// How long commits are judged in one look; the others wait for the next.
const PATIENCE: Duration = Duration::from_secs(1);

/// Looks at the same repository again and again, and judges no commit twice.
#[derive(Debug)]
pub(super) struct Looker {
    interval: Duration,
    memory: Memory,
    /// How long the last look took.
    before: Duration,
}

impl Looker {
    /// Begins to look every `interval`; each look judges commits for no longer than `patience`.
    pub(super) fn new(interval: Duration, patience: Duration) -> Self {
        Self { interval, memory: Memory::with_patience(patience), before: Duration::ZERO }
    }

    /// Looks once; writes nothing.
    pub(super) fn look(&mut self) -> Look {
        let (began, watch) = (clock::now(), clock::instant());
        // Opened anew: refs and settings change meanwhile.
        let opened = repository::open(Path::new("."), Environment::Honoured);
        let looked = opened.map_err(|error| error_text(&error)).map(|repository| {
            let overview = overview::look_again(&repository, &mut self.memory);
            let is_done = overview.unpushed.as_ref().map_or(true, |found| found.waiting == 0);
            (parts::of(&overview, &wiring(&repository), began), is_done)
        });
        let (before, took) = (self.before, watch.elapsed());
        self.before = took;
        let is_done = looked.as_ref().map_or(true, |(_, is_done)| *is_done);
        let rest = if is_done { rest(self.interval, before.min(took)) } else { self.interval };
        Look { began, rest, parts: looked.map(|(parts, _)| parts) }
    }
}

/// Returns how long it rests where looks take so long: no more than a tenth of the time is spent on looking.
///
/// A single look that takes long counts for nothing.
fn rest(interval: Duration, took: Duration) -> Duration {
    interval.max(took.saturating_mul(9))
}

fn wiring(repository: &gix::Repository) -> Result<status::Report> {
    status::look(repository, &Place::of(repository)?)
}

/// Begins to look every `interval`, or less often where that would take more than a tenth of the time.
pub(super) fn begin(interval: Duration, events: Sender<Event>) -> Sender<Order> {
    let (sender, orders) = channel();
    std::thread::spawn(move || {
        let gone = Gone(events.clone());
        again_and_again(interval, &events, &orders);
        drop(gone);
    });
    sender
}

fn again_and_again(interval: Duration, events: &Sender<Event>, orders: &Receiver<Order>) {
    let mut looker = Looker::new(interval, PATIENCE);
    let mut is_paused = false;
    loop {
        if events.send(Event::Looking(clock::now())).is_err() {
            return;
        }
        let look = looker.look();
        let rest = look.rest;
        if events.send(Event::Looked(look)).is_err() || !wait(rest, &mut is_paused, orders) {
            return;
        }
    }
}

/// Waits until it is time for the next look, and tells whether there is to be one at all.
///
/// However often a look was asked for meanwhile, it is one.
fn wait(rest: Duration, is_paused: &mut bool, orders: &Receiver<Order>) -> bool {
    loop {
        let order = if *is_paused {
            orders.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            orders.recv_timeout(rest)
        };
        let first = match order {
            Ok(order) => order,
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        };
        let mut is_wanted = false;
        for order in std::iter::once(first).chain(orders.try_iter()) {
            is_wanted |= order != Order::Pause;
            *is_paused = match order {
                Order::Look => *is_paused,
                Order::Pause => true,
                Order::Resume => false,
            };
        }
        if is_wanted {
            return true;
        }
    }
}

/// Says that nobody looks any more, also when that is by a panic.
struct Gone(Sender<Event>);

impl Drop for Gone {
    fn drop(&mut self) {
        // The screen may be gone first.
        self.0.send(Event::Lost).ok();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::{Order, rest, wait};

    #[test]
    fn many_wishes_are_one_look_and_a_pause_lasts_until_it_is_taken_back() {
        let (sender, orders) = channel();
        let mut is_paused = false;
        let mut told = |given: &[Order]| {
            for order in given {
                sender.send(*order).unwrap();
            }
            let is_next = wait(Duration::from_secs(3600), &mut is_paused, &orders);
            (is_next, is_paused, orders.try_recv().is_ok())
        };
        assert_eq!(told(&[Order::Look; 3]), (true, false, false));
        assert_eq!(told(&[Order::Look, Order::Pause]), (true, true, false));
        assert_eq!(told(&[Order::Look]), (true, true, false), "also while it is paused");
        assert_eq!(told(&[Order::Pause, Order::Resume]), (true, false, false));
        assert!(wait(Duration::ZERO, &mut false, &orders), "the time is over");
        drop(sender);
        assert!(!wait(Duration::from_secs(3600), &mut true, &orders), "nobody is there any more");
    }

    #[test]
    fn no_more_than_a_tenth_of_the_time_is_spent_on_looking() {
        for (interval, took, want) in [(2_000, 0, 2_000), (2_000, 222, 2_000), (2_000, 500, 4_500)]
        {
            let [interval, took, want] = [interval, took, want].map(Duration::from_millis);
            assert_eq!(rest(interval, took), want, "{took:?}");
        }
    }
}
