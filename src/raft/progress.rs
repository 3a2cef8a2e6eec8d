//! What a leader knows of a follower, and what it may send it next (paper, Figure 2; dissertation, §10.2.1).
//!
//! ```text
//!              agrees                         lags behind the log's beginning
//!   Probe  -------------->  Replicate  ------------------.
//!     ^  \                      |                         v
//!     |   `---------------------|------------------->  Snapshot
//!     |       refused           |                         |
//!     `-------------------------'   has all of it         |
//!     Replicate  <----------------------------------------'
//! ```
//!
//! A follower is *probed* while the leader does not know where their logs agree: one message at a time. Then entries
//! are *replicated* as they come, up to a window of messages and bytes without an answer. Where it lacks entries that
//! the leader no longer has, it is sent a *snapshot*, part by part.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::raft::{Config, Snapshot};
use crate::types::LogIndex;

/// What a leader knows of a follower.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Progress {
    /// matchIndex: the highest entry known to be on the follower's disk.
    pub matched: LogIndex,
    /// nextIndex: the entry that is sent next; always `> matched`.
    pub next: LogIndex,
    /// How it is sent what it lacks.
    pub flow: Flow,
    /// Whether it has been heard since the leader last counted who has.
    pub heard: bool,
    /// The last round of questions whether the leader still leads that it has answered.
    pub round: u64,
}

/// How a follower is sent what it lacks.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Flow {
    /// One message at a time, until the logs agree.
    Probe {
        /// What an answer is waited for.
        waiting: Option<Sent>,
    },
    /// As entries come, several at a time.
    Replicate(Window),
    /// A snapshot first.
    Snapshot {
        /// Which.
        snapshot: Arc<Snapshot>,
        /// How many of its bytes the follower has.
        offset: u64,
        /// Whether a part of it was sent since the last heartbeat.
        sent: bool,
    },
}

/// For how many rounds an answer is waited for of a follower that has what it was sent.
const ROUNDS_TO_ANSWER: u64 = 3;

/// An AppendEntries on its way that has not been answered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Sent {
    /// The last entry that it carries.
    pub last: LogIndex,
    /// How many bytes of entries.
    pub bytes: u64,
    /// The round in which it was sent.
    pub round: u64,
}

/// The AppendEntries on their way that have not been answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Window {
    sent: VecDeque<Sent>,
    bytes: u64,
}

impl Window {
    /// Whether nothing more may be sent.
    pub(super) fn is_full(&self, config: &Config) -> bool {
        self.sent.len() as u64 >= config.window.max(1) || self.bytes > 0 && self.bytes >= config.window_bytes
    }

    pub(super) fn push(&mut self, sent: Sent) {
        self.sent.push_back(sent);
        self.bytes += sent.bytes;
    }

    /// Whatever ends at `index` or before has been answered.
    pub(super) fn free(&mut self, index: LogIndex) {
        while let Some(sent) = self.sent.front().filter(|sent| sent.last <= index) {
            self.bytes -= sent.bytes;
            self.sent.pop_front();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.sent.len()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Progress {
    /// A follower of which nothing is known but that it should be sent `next`.
    pub(super) fn new(next: LogIndex) -> Self {
        let flow = Flow::Probe { waiting: None };
        Progress { matched: LogIndex::ZERO, next, flow, heard: true, round: 0 }
    }

    /// The follower's log agrees up to `index`. Says whether that is news.
    pub(super) fn agree(&mut self, index: LogIndex) -> bool {
        // An old answer may say less than is known already: never go back.
        let news = index > self.matched;
        self.matched = self.matched.max(index);
        self.next = self.next.max(self.matched.next());
        match &mut self.flow {
            Flow::Replicate(window) => window.free(index),
            Flow::Snapshot { snapshot, .. } if self.matched < snapshot.index => {}
            // An answer to an earlier probe says too little: the logs are known to agree just before what is next.
            Flow::Probe { .. } if self.matched.next() < self.next => {}
            Flow::Probe { waiting } => {
                let mut window = Window::default();
                self.next = self.matched.next();
                // What was sent behind that is on its way.
                if let Some(sent) = waiting.filter(|sent| sent.last > self.matched) {
                    self.next = sent.last.next();
                    window.push(sent);
                }
                self.flow = Flow::Replicate(window);
            }
            Flow::Snapshot { .. } => {
                self.next = self.matched.next();
                self.flow = Flow::Replicate(Window::default());
            }
        }
        news
    }

    /// The follower's log ended with `last` when it answered something of `round`: whatever it was sent in an earlier
    /// round and does not have by then is lost, or overtaken, and sent once more. So is what it has and has not answered
    /// for some rounds: the answer may be lost. Says whether there is anything of the kind.
    pub(super) fn miss(&mut self, last: LogIndex, round: u64) -> bool {
        let Flow::Replicate(window) = &self.flow else { return false };
        let lost = |sent: &Sent| sent.last > last && sent.round < round || sent.round + ROUNDS_TO_ANSWER < round;
        let missed = window.sent.iter().any(lost);
        if missed {
            self.next = self.matched.next();
            self.flow = Flow::Probe { waiting: None };
        }
        missed
    }

    /// The follower refuses what stood behind `prev`; the logs may agree at `fits`. Says whether that is an answer to
    /// what was sent last, and not an echo.
    pub(super) fn refuse(&mut self, prev: LogIndex, fits: LogIndex) -> bool {
        let answers = match self.flow {
            Flow::Probe { .. } => prev == self.next.prev(),
            Flow::Replicate(_) => true,
            Flow::Snapshot { .. } => false,
        };
        if !answers || prev <= self.matched {
            return false;
        }
        self.next = fits.next().min(prev).max(self.matched.next());
        self.flow = Flow::Probe { waiting: None };
        true
    }

    /// The state's name, as the page shows it.
    pub(super) fn state(&self) -> &'static str {
        match self.flow {
            Flow::Probe { .. } => "probe",
            Flow::Replicate(_) => "replicate",
            Flow::Snapshot { .. } => "snapshot",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raft::Members;

    fn replicating(matched: u64, next: u64) -> Progress {
        let flow = Flow::Replicate(Window::default());
        Progress { matched: LogIndex(matched), next: LogIndex(next), flow, ..Progress::new(LogIndex(1)) }
    }

    #[test]
    fn a_probe_that_fits_begins_replication() {
        let mut peer = Progress::new(LogIndex(8));
        assert!(peer.agree(LogIndex(7)));
        assert_eq!((peer.state(), peer.next), ("replicate", LogIndex(8)));
        let mut peer = Progress::new(LogIndex(8));
        assert!(peer.agree(LogIndex(3)), "an answer to an earlier message");
        assert_eq!((peer.state(), peer.next), ("probe", LogIndex(8)), "says nothing of what is next");
    }

    #[test]
    fn a_refusal_goes_back_once_and_never_behind_what_is_known() {
        let mut peer = replicating(3, 9);
        assert!(peer.refuse(LogIndex(8), LogIndex(5)));
        assert_eq!((peer.state(), peer.next), ("probe", LogIndex(6)));
        assert!(!peer.refuse(LogIndex(7), LogIndex(4)), "what was sent before that is refused too: an echo");
        assert!(peer.refuse(LogIndex(5), LogIndex(1)));
        assert_eq!(peer.next, LogIndex(4), "the logs are known to agree up to 3");
        assert!(!peer.refuse(LogIndex(3), LogIndex(0)), "an echo of the time before that was known");
        let mut peer = replicating(0, 9);
        assert!(peer.refuse(LogIndex(5), LogIndex(7)), "a hint that points ahead");
        assert_eq!(peer.next, LogIndex(5), "is not followed");
    }

    #[test]
    fn the_window_counts_messages_and_bytes_and_frees_what_is_answered() {
        let config = Config { window: 3, window_bytes: 100, ..Config::new(3) };
        let mut window = Window::default();
        let sent = |last, bytes| Sent { last: LogIndex(last), bytes, round: 1 };
        window.push(sent(2, 0));
        window.push(sent(4, 60));
        assert!(!window.is_full(&config));
        window.push(sent(5, 1));
        assert!(window.is_full(&config), "three messages");
        window.free(LogIndex(3));
        assert_eq!((window.len(), window.bytes(), window.is_full(&config)), (2, 61, false));
        window.push(sent(6, 40));
        window.free(LogIndex(3));
        assert!(window.is_full(&config), "101 bytes");
        window.free(LogIndex(6));
        assert_eq!((window.len(), window.bytes(), window.is_full(&config)), (0, 0, false));
        let one = Config { window: 0, window_bytes: 0, ..config };
        assert!(!window.is_full(&one), "one message may always be on its way");
        window.push(sent(7, 500));
        assert!(window.is_full(&one));
    }

    #[test]
    fn what_a_probe_carries_is_on_its_way_when_the_logs_are_known_to_agree_before_it() {
        let mut peer = Progress::new(LogIndex(4));
        peer.flow = Flow::Probe { waiting: Some(Sent { last: LogIndex(6), bytes: 30, round: 1 }) };
        assert!(peer.agree(LogIndex(3)), "an answer to a heartbeat");
        assert_eq!((peer.state(), peer.next), ("replicate", LogIndex(7)));
        let Flow::Replicate(window) = &peer.flow else { unreachable!("it replicates") };
        assert_eq!((window.len(), window.bytes()), (1, 30));
    }

    #[test]
    fn what_was_sent_before_a_round_and_is_not_there_is_lost() {
        let mut peer = replicating(3, 7);
        let Flow::Replicate(window) = &mut peer.flow else { unreachable!("it replicates") };
        window.push(Sent { last: LogIndex(6), bytes: 1, round: 5 });
        assert!(!peer.miss(LogIndex(6), 6), "it is there, and not on disk yet");
        assert!(!peer.miss(LogIndex(3), 5), "the answer may be older than what was sent");
        assert!(!peer.clone().miss(LogIndex(6), 8) && peer.clone().miss(LogIndex(6), 9), "its answer may be lost");
        assert!(peer.miss(LogIndex(3), 6));
        assert_eq!((peer.state(), peer.next), ("probe", LogIndex(4)));
    }

    #[test]
    fn a_snapshot_ends_when_the_follower_has_what_is_in_it() {
        let base = crate::raft::Base { index: LogIndex(6), ..Default::default() };
        let snapshot = Arc::new(Snapshot::new(base, Members::first(3), Arc::new([])));
        let mut peer = Progress::new(LogIndex(7));
        peer.flow = Flow::Snapshot { snapshot, offset: 0, sent: true };
        assert!(peer.agree(LogIndex(4)));
        assert!(!peer.refuse(LogIndex(6), LogIndex(2)), "what was sent before the snapshot");
        assert_eq!(peer.state(), "snapshot");
        assert!(peer.agree(LogIndex(6)));
        assert_eq!((peer.state(), peer.next), ("replicate", LogIndex(7)));
    }
}
