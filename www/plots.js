// What the panel of plots shows, as plain numbers and sentences. Pure: it is handed what the meter has counted, knows no
// library that draws and no word of a protocol.
//
// The meter counts up; a plot shows how much there was a second. So each point is a difference between two samples,
// and stands in the middle of the time between them.

import { counted, span } from './format.js';

/** @typedef {import('../src/wasm.js').Metrics} Metrics */
/** @typedef {import('../src/wasm.js').NodeMetrics} NodeMetrics */
/** @typedef {import('../src/wasm.js').Columns} Columns */
/** @typedef {import('../src/wasm.js').Distribution} Distribution */
/** @typedef {import('../src/wasm.js').Reign} Reign */
/** @typedef {import('../src/wasm.js').View} View */
/** @typedef {import('../src/wasm.js').Vocabulary} Vocabulary */

/**
 * One plot over time, or of how many took how long.
 *
 * @typedef {object} Plot
 * @property {string} id
 * @property {string} title
 * @property {string} unit what the height of a line or a bar means
 * @property {string} summary what there is to see, in words
 * @property {number[]} xs seconds of virtual time; of bars their places, from 0
 * @property {{ label: string, ys: number[], node?: number }[]} lines
 * @property {string[]} [bars] where each bar begins, in words
 * @property {boolean} [steps] whether a line stands still between its points
 */

/** A stretch of time in which a node led, in shares of what is shown. @typedef {{ from: number, to: number, reign: Reign }} Stretch */
/** @typedef {{ id: string, name: string, share: string, stretches: Stretch[] }} Row */

/**
 * How much there was a second, between each two samples. The last stretch of time may be much shorter than the others;
 * then it is taken together with the one before, or a single message would look like a thousand a second.
 *
 * @param {number[]} times the ends of the stretches, in microseconds
 * @param {number[]} totals what there was by then
 * @param {number} every how long an ordinary stretch is
 * @returns {{ xs: number[], ys: number[] }} seconds, and the rate around them
 */
export function rates(times, totals, every) {
  /** @type {number[]} */
  const xs = [];
  /** @type {number[]} */
  const ys = [];
  const last = times.length - 1;
  const short = last > 0 && times[last] - times[last - 1] < every / 2;
  for (let at = 0; at <= last; at += 1) {
    if (short && at === last - 1) continue;
    const before = short && at === last ? at - 2 : at - 1;
    const [from, had] = before < 0 ? [0, 0] : [times[before], totals[before]];
    if (times[at] <= from) continue;
    xs.push((from + times[at]) / 2e6);
    ys.push((totals[at] - had) / ((times[at] - from) / 1e6));
  }
  return { xs, ys };
}

/** A number with as many digits as somebody reads at a glance: `0.4`, `12`, `1,250`. @param {number} number */
export const brief = (number) => number.toLocaleString('en', { maximumFractionDigits: number < 10 ? 1 : 0 });

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * A line for each node.
 *
 * @param {Metrics} metrics
 * @param {'sent' | 'sent_bytes'} column
 */
function linesOf({ times, nodes, every }, column) {
  const all = nodes.map(({ name, past }, node) => ({ label: name, node, ...rates(times, past[column], every) }));
  return { xs: all[0]?.xs ?? [], lines: all.map(({ label, node, ys }) => ({ label, node, ys })) };
}

/**
 * Who does most of something at the end of the lines.
 *
 * @param {{ label: string, ys: number[] }[]} lines
 * @param {string} unit
 */
function most(lines, unit) {
  const last = lines.map(({ label, ys }) => ({ label, rate: ys.at(-1) ?? 0 }));
  const top = last.reduce((one, other) => (other.rate > one.rate ? other : one), { label: '', rate: 0 });
  return top.rate > 0 ? `${top.label} sends most just now: ${brief(top.rate)} ${unit}.` : 'Nothing is sent just now.';
}

/** The largest that any node has at each time. @param {Metrics} metrics @param {'committed'} column */
const highest = ({ times, nodes }, column) =>
  times.map((_, at) => Math.max(0, ...nodes.map(({ past }) => past[column][at])));

/** The sum over all nodes at each time, from nothing at the start. @param {Metrics} metrics @param {'tried' | 'won'} column */
const sums = ({ times, nodes }, column) => [
  0,
  ...times.map((_, at) => nodes.reduce((sum, { past }) => sum + past[column][at], 0)),
];

/**
 * How long something took, in words: the middle, and what nearly all of it stays within.
 *
 * @param {Distribution} times
 * @param {string} none what is said where there is nothing yet
 */
export function took({ count, median, most: nearly, longest }, none) {
  if (median === undefined || nearly === undefined || longest === undefined) return none;
  const all = `half within ${span(median)}, 99% within ${span(nearly)}, the longest ${span(longest)}`;
  return `${counted(count, 'time')}: ${all}.`;
}

/**
 * @param {string} id
 * @param {string} title
 * @param {Distribution} times
 * @param {string} none
 * @returns {Plot}
 */
function histogram(id, title, times, none) {
  const { buckets } = times;
  const ys = buckets.map(({ count }) => count);
  return {
    ...{ id, title, unit: 'how many', summary: took(times, none) },
    ...{
      xs: buckets.map((_, at) => at),
      lines: [{ label: 'how many', ys }],
      bars: buckets.map(({ from }) => span(from)),
    },
  };
}

/**
 * All plots, in the order in which they stand.
 *
 * @param {Metrics} metrics
 * @param {Pick<Vocabulary, 'bids' | 'slot'>} words
 * @returns {Plot[]}
 */
export function plotsOf(metrics, { bids, slot }) {
  const messages = linesOf(metrics, 'sent');
  const bytes = linesOf(metrics, 'sent_bytes');
  const committed = highest(metrics, 'committed');
  const commits = rates(metrics.times, committed, metrics.every);
  const [begun, won] = [sums(metrics, 'tried'), sums(metrics, 'won')];
  const done = committed.at(-1) ?? 0;
  /** @type {Plot[]} */
  const plots = [
    {
      id: 'messages',
      title: 'Messages sent',
      unit: 'messages/s',
      summary: most(messages.lines, 'a second'),
      ...messages,
    },
    { id: 'bytes', title: 'Bytes sent', unit: 'bytes/s', summary: most(bytes.lines, 'bytes a second'), ...bytes },
    {
      ...{ id: 'commits', title: 'Committed', unit: 'commits/s', xs: commits.xs },
      summary: done > 0 ? `Up to ${slot} ${done.toLocaleString('en')}.` : 'Nothing is committed yet.',
      lines: [{ label: 'committed', ys: commits.ys }],
    },
    histogram('commit', 'Time to commit', metrics.commit, 'Nothing that a leader took is committed yet.'),
    histogram('answer', 'Time to answer a client', metrics.answer, 'No client has been answered yet.'),
  ];
  if (bids === '') return plots;
  return [
    ...plots,
    {
      ...{ id: 'bids', title: `${capital(bids)}, begun and won`, unit: 'so far', steps: true },
      summary: `${(begun.at(-1) ?? 0).toLocaleString('en')} begun, ${(won.at(-1) ?? 0).toLocaleString('en')} won.`,
      xs: [0, ...metrics.times.map((time) => time / 1e6)],
      lines: [
        { label: 'begun', ys: begun },
        { label: 'won', ys: won },
      ],
    },
  ];
}

/**
 * Who led when: a row for each node that could.
 *
 * @param {Metrics} metrics
 * @param {View} view
 * @returns {{ rows: Row[], summary: string }}
 */
export function reignsOf({ nodes, now, reigns }, view) {
  const end = Math.max(1, view.past.end, now);
  const stretch = (/** @type {Reign} */ reign) => ({ from: reign.from / end, to: (reign.until ?? now) / end, reign });
  const row = (/** @type {NodeMetrics} */ { id, name, totals }) => ({
    ...{ id, name, share: `${Math.round((totals.led / Math.max(1, now)) * 100)}%` },
    stretches: reigns.filter(({ node }) => node === id).map(stretch),
  });
  const could = nodes.filter(
    ({ id, totals }) => totals.led > 0 || view.nodes.some((card) => card.id === id && card.door),
  );
  const last = reigns.filter(({ until }) => until === undefined).at(-1);
  const name = nodes.find(({ id }) => id === last?.node)?.name;
  const summary = last ? `${name} has led for ${span(now - last.from)}.` : 'Nobody leads.';
  return { rows: could.map(row), summary };
}

/**
 * What is under the pointer, in words.
 *
 * @param {Plot} plot
 * @param {number} at which point
 */
export function readout({ xs, lines, bars, unit }, at) {
  if (bars) return `From ${bars[at]} on: ${brief(lines[0].ys[at])}.`;
  const values = lines.map(({ label, ys }) => `${label} ${brief(ys[at] ?? 0)}`);
  return `${span(xs[at] * 1e6)}: ${values.join(', ')} ${unit}.`;
}
