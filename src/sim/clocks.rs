//! A node's clock: the timers that it has armed, and how fast it runs.
//!
//! A node names a spread; the draw is keyed by the node, the timer and the how manyth time it is
//! armed. Drift is a factor on those lengths: a clock that runs 5% fast lets every timer run out
//! after 1/1.05 of the time drawn.

use std::fmt;
use std::str::FromStr;

use crate::chance::{Chance, Purpose};
use crate::types::{NodeId, Span, Spread, Time};

/// How much faster than virtual time a clock runs, in parts per million; negative is slower.
/// At most 50% either way. Its text is `+5%`, `-0.25%` or `0%`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Drift {
    ppm: i32,
}

impl Drift {
    const MOST: i32 = 500_000;

    /// `percent` faster (or slower, where negative) than virtual time; at most 50 either way.
    pub fn percent(percent: i32) -> Drift {
        Drift { ppm: percent.saturating_mul(10_000).clamp(-Self::MOST, Self::MOST) }
    }

    /// Whether the clock is not true.
    pub fn is_off(self) -> bool {
        self.ppm != 0
    }

    /// How long `span` on this clock lasts in virtual time.
    pub fn stretch(self, span: Span) -> Span {
        let rate = u64::try_from(1_000_000 + i64::from(self.ppm)).unwrap_or(1_000_000);
        if rate == 1_000_000 { span } else { Span(span.0.saturating_mul(1_000_000) / rate) }
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.ppm {
            0 => "",
            1.. => "+",
            _ => "-",
        };
        let (whole, rest) = (self.ppm.abs() / 10_000, self.ppm.abs() % 10_000);
        if rest == 0 {
            return write!(f, "{sign}{whole}%");
        }
        write!(f, "{sign}{whole}.{}%", format!("{rest:04}").trim_end_matches('0'))
    }
}

impl FromStr for Drift {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a drift: expected -50% to +50%, such as +5% or -0.25%");
        let (sign, share) = match text.as_bytes().first() {
            Some(b'-') => (-1, &text[1..]),
            Some(b'+') => (1, &text[1..]),
            _ => (1, text),
        };
        let ratio: crate::chance::Ratio = share.parse().map_err(|_: String| wrong())?;
        let ppm = sign * i32::try_from(ratio.ppm()).map_err(|_| wrong())?;
        if ppm.abs() > Self::MOST { Err(wrong()) } else { Ok(Drift { ppm }) }
    }
}

/// A timer that is running.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Armed {
    /// When it was armed.
    pub at: Time,
    /// When it runs out.
    pub due: Time,
}

/// The timers of one node, each at its place in [`TimerName::ALL`](crate::protocol::TimerName::ALL).
#[derive(Clone, Debug)]
pub struct Timers {
    /// The running timers.
    running: Vec<Option<Armed>>,
    /// Which of them runs out first, and when: asked far more often than it changes.
    first: Option<(Time, usize)>,
    /// How often each was ever armed, across restarts: the cause of the next draw.
    armed: Vec<u64>,
    /// How fast the clock runs.
    pub drift: Drift,
}

impl Timers {
    pub(super) fn new(count: usize, drift: Drift) -> Self {
        Timers { running: vec![None; count], first: None, armed: vec![0; count], drift }
    }

    /// Sets a timer; a running one is set anew.
    pub(super) fn arm(&mut self, chance: Chance, node: NodeId, place: usize, within: Spread, now: Time) {
        self.armed[place] += 1;
        let cause = [u64::from(node.0) << 8 | place as u64, self.armed[place]];
        let span = self.drift.stretch(chance.within(Purpose::Timer, cause, within));
        self.running[place] = Some(Armed { at: now, due: now + span });
        self.find_first();
    }

    /// Stops a timer; returns it as it was.
    pub(super) fn disarm(&mut self, place: usize) -> Option<Armed> {
        let armed = self.running[place].take();
        if armed.is_some() {
            self.find_first();
        }
        armed
    }

    /// Stops all timers: the node has crashed.
    pub(super) fn disarm_all(&mut self) {
        self.running.fill(None);
        self.first = None;
    }

    /// A timer, if it is running.
    pub fn get(&self, place: usize) -> Option<Armed> {
        self.running[place]
    }

    /// Whether each timer is running, in their order.
    pub(super) fn running(&self) -> impl Iterator<Item = bool> {
        self.running.iter().map(Option::is_some)
    }

    /// Lets a running timer run out at another time.
    pub(super) fn set_due(&mut self, place: usize, due: Time) {
        if let Some(armed) = &mut self.running[place] {
            armed.due = due;
        }
        self.find_first();
    }

    /// The running timer that runs out first; of two that run out together, the one named first.
    pub fn next(&self) -> Option<(Time, usize)> {
        self.first
    }

    fn find_first(&mut self) {
        let running = self.running.iter().enumerate();
        self.first = running.filter_map(|(place, armed)| armed.map(|armed| (armed.due, place))).min();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_clock_shortens_and_a_slow_one_lengthens() {
        let span = Span::millis(100);
        assert_eq!(Drift::default().stretch(span), span);
        assert_eq!(Drift::percent(25).stretch(span), Span::millis(80));
        assert_eq!(Drift::percent(-50).stretch(span), Span::millis(200));
    }

    #[test]
    fn of_timers_that_run_out_together_the_one_named_first_comes_first() {
        let mut timers = Timers::new(3, Drift::default());
        for place in [2, 0, 1] {
            timers.arm(Chance::new(1), NodeId(1), place, Spread::exactly(Span::millis(5)), Time::START);
        }
        let mut order = Vec::new();
        while let Some((due, place)) = timers.next() {
            assert_eq!(due, Time(5_000));
            timers.disarm(place);
            order.push(place);
        }
        assert_eq!(order, [0, 1, 2]);
    }

    #[test]
    fn drifts_are_read_as_they_are_written() {
        for text in ["+5%", "-0.25%", "0%", "+50%"] {
            assert_eq!(text.parse::<Drift>().map(|d| d.to_string()), Ok(text.to_string()));
        }
        for wrong in ["+51%", "5", "--5%", ""] {
            assert!(wrong.parse::<Drift>().is_err(), "`{wrong}` was taken for a drift");
        }
    }
}
