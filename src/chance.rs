//! All chance of a run: draws from one seed, each keyed by its purpose and its cause.
//!
//! There is no generator that is advanced. A draw is a pure function of (seed, purpose, cause), so
//! an edit of the past changes only what depended on it: crash one node, and the latencies of the
//! messages between the others stay what they were. There are no floats: a probability is a
//! [`Ratio`] in parts per million. This file knows nothing of what its draws decide.

use std::fmt;
use std::hash::Hasher;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::types::{Span, Spread};

/// What a draw decides. Two draws with different purposes never depend on each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Purpose {
    /// How long a message travels.
    Latency = 1,
    /// Whether a message is lost.
    Loss = 2,
    /// Whether a message is duplicated.
    Duplication = 3,
    /// Whether a message may be overtaken.
    Reordering = 4,
    /// How much longer a message that may be overtaken travels.
    Overtaking = 5,
    /// When a timer fires.
    Timer = 6,
    /// How long a write takes to reach the disk.
    Flush = 7,
    /// How long a client waits before its next request.
    Think = 8,
    /// What a client asks for.
    Request = 9,
    /// Which node a client turns to.
    Target = 10,
    /// How long a client waits before it tries again.
    Backoff = 11,
    /// Which faults a random run meets.
    Fault = 12,
    /// How much of a write has reached a disk when its machine crashes.
    Tear = 13,
    /// What happens next in a random walk through all schedules.
    Exploring = 14,
}

/// The source of all draws of one run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Chance {
    seed: u64,
}

impl Chance {
    /// The draws that belong to `seed`.
    pub fn new(seed: u64) -> Self {
        Chance { seed }
    }

    /// 64 random bits for this purpose and cause; the same for the same three, always.
    pub fn draw(self, purpose: Purpose, cause: [u64; 2]) -> u64 {
        let start = self.seed ^ (purpose as u64).wrapping_mul(GOLDEN);
        scramble(scramble(scramble(start).wrapping_add(cause[0])).wrapping_add(cause[1]))
    }

    /// A whole number below `bound` (which is at least 1).
    pub fn below(self, purpose: Purpose, cause: [u64; 2], bound: u64) -> u64 {
        // The high half of a product maps 64 random bits evenly enough onto any bound far below 2^64.
        let product = u128::from(self.draw(purpose, cause)) * u128::from(bound);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// A length of time within `spread`, both ends included.
    pub fn within(self, purpose: Purpose, cause: [u64; 2], spread: Spread) -> Span {
        let width = spread.max.0 - spread.min.0;
        if width == 0 {
            return spread.min;
        }
        Span(spread.min.0 + self.below(purpose, cause, width.saturating_add(1)))
    }

    /// Whether something of this probability happens.
    pub fn happens(self, purpose: Purpose, cause: [u64; 2], ratio: Ratio) -> bool {
        // Most networks lose nothing: do not draw for what cannot happen.
        ratio.ppm > 0 && self.below(purpose, cause, 1_000_000) < u64::from(ratio.ppm)
    }
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finaliser of SplitMix64: a bijection under which every input bit moves every output bit.
fn scramble(mut x: u64) -> u64 {
    x = x.wrapping_add(GOLDEN);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A probability in parts per million, 0 to 1,000,000. Its text is `5%` or `0.25%`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Ratio {
    ppm: u32,
}

impl Ratio {
    /// Never.
    pub const NEVER: Ratio = Ratio { ppm: 0 };

    /// `n` of a hundred; at most 100.
    pub const fn percent(n: u32) -> Ratio {
        assert!(n <= 100, "a probability is at most 100%");
        Ratio { ppm: n * 10_000 }
    }

    /// The parts per million.
    pub fn ppm(self) -> u32 {
        self.ppm
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.ppm / 10_000, self.ppm % 10_000);
        if rest == 0 {
            return write!(f, "{whole}%");
        }
        write!(f, "{whole}.{}%", format!("{rest:04}").trim_end_matches('0'))
    }
}

impl FromStr for Ratio {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a share: expected 0% to 100%, such as 5% or 0.25%");
        let number = text.strip_suffix('%').ok_or_else(wrong)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |s: &str| !s.is_empty() && s.len() <= 4 && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return Err(wrong());
        }
        let fraction = format!("{fraction:0<4}");
        let parts: (u32, u32) = (whole.parse().map_err(|_| wrong())?, fraction.parse().map_err(|_| wrong())?);
        let ppm = parts.0 * 10_000 + parts.1;
        if ppm <= 1_000_000 { Ok(Ratio { ppm }) } else { Err(wrong()) }
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// A hasher whose result is the same on every platform and in every release of the compiler.
///
/// `std`'s own hashers are keyed at random or unspecified, and lengths are `usize`, which has 32
/// bits in WebAssembly: here every integer is widened to 64 bits before it is folded in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StableHasher {
    state: u64,
}

impl StableHasher {
    /// Folds one word into the hash.
    pub fn fold(&mut self, word: u64) {
        let mixed = (self.state ^ word).wrapping_mul(GOLDEN);
        self.state = (mixed ^ (mixed >> 32)).rotate_left(23);
    }

    /// The hash of one value.
    pub fn of<T: std::hash::Hash + ?Sized>(value: &T) -> u64 {
        let mut hasher = StableHasher::default();
        value.hash(&mut hasher);
        hasher.finish()
    }
}

impl Hasher for StableHasher {
    fn finish(&self) -> u64 {
        scramble(self.state)
    }

    fn write(&mut self, bytes: &[u8]) {
        // The last word is filled up with zeros: without the length, "a" and "a\0" would be equal.
        self.fold(bytes.len() as u64);
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.fold(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, n: u8) {
        self.fold(u64::from(n));
    }

    fn write_u16(&mut self, n: u16) {
        self.fold(u64::from(n));
    }

    fn write_u32(&mut self, n: u32) {
        self.fold(u64::from(n));
    }

    fn write_u64(&mut self, n: u64) {
        self.fold(n);
    }

    // Lengths and the discriminants of enums come as `usize` and `isize`.
    fn write_usize(&mut self, n: usize) {
        self.fold(n as u64);
    }

    fn write_isize(&mut self, n: isize) {
        self.fold(i64::try_from(n).unwrap_or(i64::MIN).cast_unsigned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_depend_on_seed_purpose_and_cause_and_on_nothing_else() {
        let chance = Chance::new(42);
        let base = chance.draw(Purpose::Latency, [1, 2]);
        assert_eq!(base, Chance::new(42).draw(Purpose::Latency, [1, 2]));
        for other in [
            Chance::new(43).draw(Purpose::Latency, [1, 2]),
            chance.draw(Purpose::Loss, [1, 2]),
            chance.draw(Purpose::Latency, [2, 1]),
            chance.draw(Purpose::Latency, [1, 3]),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn draws_keep_to_their_bounds_and_reach_both_ends() {
        let spread = Spread { min: Span(10), max: Span(13) };
        let drawn: std::collections::BTreeSet<u64> =
            (0..200).map(|i| Chance::new(7).within(Purpose::Timer, [i, 0], spread).0).collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [10, 11, 12, 13]);
    }

    #[test]
    fn a_probability_is_met_over_many_draws() {
        let tenth = Ratio::percent(10);
        let hits = (0..100_000).filter(|&i| Chance::new(1).happens(Purpose::Loss, [i, 0], tenth)).count();
        assert!((9_700..10_300).contains(&hits), "{hits} of 100000 draws at 10%");
        assert!((0..1_000).all(|i| Chance::new(1).happens(Purpose::Loss, [i, 0], Ratio::percent(100))));
        assert!((0..1_000).all(|i| !Chance::new(1).happens(Purpose::Loss, [i, 0], Ratio::NEVER)));
    }

    #[test]
    fn ratios_are_read_as_they_are_written() {
        for text in ["0%", "5%", "0.25%", "100%", "12.3456%"] {
            assert_eq!(text.parse::<Ratio>().map(|r| r.to_string()), Ok(text.to_string()));
        }
        for wrong in ["", "%", "5", "101%", "-1%", "1.%", "0.00001%", "100.1%", "x%"] {
            assert!(wrong.parse::<Ratio>().is_err(), "`{wrong}` was taken for a share");
        }
    }

    /// The figures were computed once; a change of the hash breaks every saved run.
    #[test]
    fn the_hash_and_the_draws_never_change() {
        assert_eq!(
            StableHasher::of(&(1u8, 2usize, "abc", vec![3u64])),
            StableHasher::of(&(1u8, 2u64, "abc", vec![3u64]))
        );
        assert_eq!(format!("{:x}", StableHasher::of("raft")), "b39ffa596b0ddfe8");
        assert_eq!(format!("{:x}", Chance::new(1).draw(Purpose::Latency, [2, 3])), "48cf5028b6df10db");
    }
}
