//! Comparing moments by everything that can be seen of them.

use raft_playground::playground::Playground;
use raft_playground::types::Time;
use raft_playground::view::View;

/// Everything that can be seen of a moment, but what is known of what comes after it.
pub(crate) fn seen(run: &dyn Playground) -> View {
    let mut view = run.view(None);
    view.due = None;
    view.past.end = Time::START;
    view.past.end_steps = 0;
    view.past.live = true;
    view.past.branch = 0;
    view.past.branches = 0;
    view.past.redo = false;
    view
}

/// Compares what is seen, and tells less than all of it where it differs.
pub(crate) fn same(one: &View, other: &View, place: &str) {
    assert_eq!((one.now, one.steps, &one.hash, one.told), (other.now, other.steps, &other.hash, other.told), "{place}");
    assert!(one == other, "{place}: equal in what happened, but not in what is seen");
}
