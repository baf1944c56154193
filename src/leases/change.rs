//! What does the set become? Leases given, renewed, released, taken over and taken out, without looking anything up.

use std::time::Duration;

use super::lease::Standing;
use super::operation::{Deed, Effect, Fate, Operation};
use super::{Lease, State};
use crate::journal::runs::milliseconds;

/// A change of the set in the making: the state that it makes, and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The set as it will be; its generation is one more than that of the set before.
    pub state: State,
    /// What is done.
    pub operation: Operation,
}

impl Change {
    /// Begins a change of `state`.
    pub fn of(state: &State, deed: Deed) -> Self {
        let mut state = state.clone();
        state.generation = state.generation.saturating_add(1);
        Self { state, operation: Operation { deed, effects: Vec::new() } }
    }

    /// Tells whether nothing was changed yet.
    pub fn is_empty(&self) -> bool {
        self.operation.effects.is_empty()
    }

    fn note(&mut self, fate: Fate, lease: &Lease) {
        self.operation.effects.push(Effect::of(fate, lease));
    }

    /// Takes out the leases that have ended, as `standing` has it.
    pub fn reap(&mut self, standing: impl Fn(&Lease) -> Standing) {
        let leases = std::mem::take(&mut self.state.leases);
        for lease in leases {
            match standing(&lease) {
                Standing::Live => self.state.leases.push(lease),
                Standing::Expired => self.note(Fate::Expired, &lease),
                Standing::Abandoned => self.note(Fate::Abandoned, &lease),
            }
        }
    }

    /// Gives `lease`, which gets the number of this change, and returns it as it was given.
    pub fn give(&mut self, mut lease: Lease, fate: Fate) -> Lease {
        lease.grant = self.state.generation;
        self.note(fate, &lease);
        self.state.leases.push(lease.clone());
        lease
    }

    /// Has the time of the leases that `which` chooses begin anew at `now`, edits them, and returns them as they are then.
    pub fn renew(
        &mut self,
        which: impl Fn(&Lease) -> bool,
        now: Duration,
        edit: impl Fn(&mut Lease),
    ) -> Vec<Lease> {
        let mut renewed = Vec::new();
        for lease in self.state.leases.iter_mut().filter(|lease| which(lease)) {
            lease.renewed_ms = Some(later(lease, now));
            edit(lease);
            renewed.push(lease.clone());
        }
        for lease in &renewed {
            self.note(Fate::Renewed, lease);
        }
        renewed
    }

    /// Takes out the leases that `which` chooses, and returns them.
    pub fn release(&mut self, which: impl Fn(&Lease) -> bool) -> Vec<Lease> {
        self.take(which, Fate::Released)
    }

    /// Takes out the leases that `which` chooses, whose fate is `fate`, and returns them.
    pub fn take(&mut self, which: impl Fn(&Lease) -> bool, fate: Fate) -> Vec<Lease> {
        let (gone, kept) =
            std::mem::take(&mut self.state.leases).into_iter().partition(|lease| which(lease));
        self.state.leases = kept;
        for lease in &gone {
            self.note(fate, lease);
        }
        gone
    }

    /// Gives the first lease that `which` chooses to whom `holder` writes into it, under a new number, and returns it.
    ///
    /// Whoever held them finds that by the number.
    pub fn adopt(
        &mut self,
        which: impl Fn(&Lease) -> bool,
        now: Duration,
        holder: impl Fn(Lease) -> Lease,
    ) -> Option<Lease> {
        let at = self.state.leases.iter().position(which)?;
        let mut lease = holder(self.state.leases.remove(at));
        lease.grant = self.state.generation;
        lease.renewed_ms = Some(later(&lease, now));
        self.note(Fate::Adopted, &lease);
        self.state.leases.push(lease.clone());
        Some(lease)
    }
}

/// Returns `now`, or a little after the newest sign of `lease`: others see that it was renewed, also when the clock was
/// set back.
fn later(lease: &Lease, now: Duration) -> u64 {
    milliseconds(now).max(lease.newest_ms().saturating_add(1))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Change;
    use crate::leases::lease::Standing;
    use crate::leases::operation::{Deed, Fate};
    use crate::leases::{Lease, State};

    fn lease(lane: &str) -> Lease {
        let text = format!(r#"{{"lane":"{lane}","tree":["src"],"acquired_ms":1000,"ttl_s":60}}"#);
        serde_json::from_str(&text).unwrap()
    }

    fn fates(change: &Change) -> Vec<(Fate, &str)> {
        change.operation.effects.iter().map(|effect| (effect.fate, &*effect.lane)).collect()
    }

    fn lanes(change: &Change) -> Vec<&str> {
        change.state.leases.iter().map(|lease| &*lease.lane).collect()
    }

    #[test]
    fn each_change_has_the_next_number_and_gives_it_to_what_it_gives() {
        let mut first = Change::of(&State::default(), Deed::Acquire);
        assert!(first.is_empty());
        assert_eq!(first.give(lease("api"), Fate::Given).grant, 1);
        let mut second = Change::of(&first.state, Deed::Acquire);
        assert_eq!(second.give(lease("web"), Fate::Given).grant, 2);
        assert_eq!((second.state.generation, lanes(&second)), (2, vec!["api", "web"]));
        let now = Duration::from_secs(30);
        let mut third = Change::of(&second.state, Deed::Adopt);
        let owned = |lease| Lease { owner: Some("w".to_owned()), ..lease };
        let adopted = third.adopt(|lease| lease.grant == 1, now, owned).unwrap();
        assert_eq!((adopted.grant, adopted.owner.as_deref()), (3, Some("w")));
        assert_eq!(adopted.renewed_ms, Some(30_000), "its time begins anew");
        assert_eq!(
            third.adopt(|lease| lease.grant == 1, now, owned),
            None,
            "nobody has that number any more"
        );
        assert_eq!(lanes(&third), ["web", "api"]);
    }

    #[test]
    fn what_has_ended_is_taken_out_with_the_reason() {
        let leases = ["live", "old", "dead"].map(lease).to_vec();
        let state = State { leases, generation: 9, ..State::default() };
        let mut change = Change::of(&state, Deed::Acquire);
        change.reap(|lease| match &*lease.lane {
            "old" => Standing::Expired,
            "dead" => Standing::Abandoned,
            _ => Standing::Live,
        });
        assert_eq!(lanes(&change), ["live"]);
        assert_eq!(fates(&change), [(Fate::Expired, "old"), (Fate::Abandoned, "dead")]);
    }

    #[test]
    fn renewing_and_releasing_touch_what_is_chosen_alone() {
        let state = State { leases: ["a", "b"].map(lease).to_vec(), ..State::default() };
        let is_a = |lease: &Lease| lease.lane == "a";
        let mut change = Change::of(&state, Deed::Renew);
        let now = Duration::from_secs(9);
        let renewed = change.renew(is_a, now, |lease| lease.ttl_s = 7);
        assert_eq!((renewed[0].renewed_ms, renewed[0].ttl_s), (Some(9000), 7));
        assert_eq!(change.renew(is_a, now, |_| ())[0].ttl_s, 7, "as long as before");
        assert_eq!(change.state.leases[1], lease("b"), "untouched");
        let earlier = change.renew(is_a, Duration::from_secs(3), |_| ());
        assert_eq!(earlier[0].renewed_ms, Some(9002), "the clock was set back");
        assert!(change.renew(|_| false, now, |_| ()).is_empty());
        assert_eq!(change.release(is_a).len(), 1);
        assert_eq!(lanes(&change), ["b"]);
        assert_eq!(
            fates(&change),
            [Fate::Renewed, Fate::Renewed, Fate::Renewed, Fate::Released].map(|fate| (fate, "a"))
        );
    }
}
