// Which nodes can still talk to which: the links that are cut, and the groups that a partition leaves.
//
// Two nodes are in the same group when messages get through between them in at least one direction, directly or over
// others. So a one-way cut makes no group, and an isolated node is a group of its own. Pure; knows only links.

/** @typedef {import('../src/wasm.js').LinkCard} LinkCard */

/** The directions that are cut, as `n1->n3`. @param {readonly LinkCard[]} links @returns {Set<string>} */
export function cutDirections(links) {
  return new Set(links.filter((link) => link.cut).map((link) => `${link.from}->${link.to}`));
}

/**
 * The groups that cut links leave, each in the order of the nodes; none where everybody is connected.
 * @param {readonly string[]} nodes @param {Set<string>} cuts @returns {string[][]}
 */
export function groupsOf(nodes, cuts) {
  /** @type {string[][]} */
  const groups = [];
  const seen = new Set();
  for (const first of nodes) {
    if (seen.has(first)) continue;
    const group = [first];
    seen.add(first);
    // The list grows while it is read: each member brings those that it can talk to.
    for (const member of group) {
      for (const other of nodes) {
        const apart = cuts.has(`${member}->${other}`) && cuts.has(`${other}->${member}`);
        if (!seen.has(other) && !apart) {
          seen.add(other);
          group.push(other);
        }
      }
    }
    groups.push(nodes.filter((id) => group.includes(id)));
  }
  return groups.length > 1 ? groups : [];
}

/**
 * Every pair of nodes with a cut between them.
 * @param {readonly string[]} nodes @param {Set<string>} cuts
 * @returns {{from: string, to: string, both: boolean}[]} where only one direction is cut it is the one from `from`
 */
export function cutPairs(nodes, cuts) {
  /** @type {{from: string, to: string, both: boolean}[]} */
  const pairs = [];
  nodes.forEach((a, i) => {
    for (const b of nodes.slice(i + 1)) {
      const there = cuts.has(`${a}->${b}`);
      const back = cuts.has(`${b}->${a}`);
      if (there) pairs.push({ from: a, to: b, both: back });
      else if (back) pairs.push({ from: b, to: a, both: false });
    }
  });
  return pairs;
}
