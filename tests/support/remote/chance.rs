//! Numbers that look like chance and are the same each time.

use std::time::Duration;

/// A row of numbers that begins with a seed.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// Begins the row of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Returns a number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    /// Returns a time below `limit`.
    pub fn time(&mut self, limit: Duration) -> Duration {
        let micros = self.below(usize::try_from(limit.as_micros()).unwrap().max(1));
        Duration::from_micros(u64::try_from(micros).unwrap())
    }
}
