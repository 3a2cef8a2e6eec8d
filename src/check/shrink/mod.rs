//! A run that breaks a promise, as a list of deeds without times, of which any may be left out: what shrinking tries.
//!
//! A run under the schedule is hard to make smaller: whoever leaves out one thing changes when everything else happens.
//! So [`record`] first turns it into what was done, one [`Deed`] for each step: this message arrives, that timer runs out,
//! this client asks. Times, latencies, losses and clocks are gone by that, since no protocol reads a clock: a message
//! that was lost is one that never arrives. Only where the violation itself is about time (a lease that a clock outruns) the
//! schedule is kept, and what is written down is what somebody did, with waits in between.
//!
//! A message is named by whence it came (the how manyth that the deed before it sent on its link), not by its number on the
//! link; so leaving out one deed does not rename what others speak of. What names something that is not there is
//! passed over, and changes nothing. [`play`] does the deeds of a candidate in a fresh cluster, with the properties
//! looked at after each, and says which of them were done and what they may be called in a script.
//!
//! Which candidates to try, and in which order, is for the layer `hunt` to say, which knows what settings are.

mod deed;
mod recorder;
mod renumber;
mod stage;

pub use deed::{Deed, Done, Handling, Numbered, Origin};
pub use recorder::{Telling, record};
pub use renumber::Renumber;
pub use stage::{Played, Taken, play};
