//! Random walks: from the start, one move after another, each drawn.

use crate::chance::{Chance, Purpose};
use crate::explored::Explored;

use super::moves::enabled;
use super::{Explorer, Status};

/// How far the walks have come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Walk {
    /// How many were begun.
    begun: u64,
}

/// How long a walk is where nobody says.
const LONG: u16 = 200;

impl<P: Explored> Explorer<P> {
    /// One walk more.
    pub(super) fn go_on_walking(&mut self, seed: u64) {
        let (chance, longest) = (Chance::new(seed), self.rules.bounds.depth.min(LONG));
        self.walk.begun += 1;
        let (mut state, mut path) = (self.root.kept(), Vec::new());
        let mut room = std::mem::take(&mut self.room);
        for depth in 1..=longest {
            enabled(&self.rules, &state, &mut room);
            if room.is_empty() {
                break;
            }
            let cause = [self.walk.begun, u64::from(depth)];
            let by = chance.below(Purpose::Exploring, cause, room.len() as u64);
            let by = u16::try_from(by).unwrap_or(0);
            path.push(by);
            (self.moves, self.depth) = (self.moves + 1, depth);
            match state.carry_out(&self.rules, room[usize::from(by)], &mut None) {
                Ok(()) => {
                    let fingerprint = state.fingerprint(&self.rules);
                    self.visited.insert(fingerprint, super::ROOT, 0, depth);
                }
                Err(Some(_)) => {
                    self.report(&path);
                    return;
                }
                // A wish that cannot come true: this walk ends here.
                Err(None) => break,
            }
        }
        self.room = room;
        if self.visited.len() >= self.rules.bounds.states as usize {
            self.status = Status::Full;
        }
    }
}
