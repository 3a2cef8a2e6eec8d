// How numbers are written. Pure; knows neither what is measured nor where it is shown.

/**
 * A moment, always with three digits after the point, so that times stand under each other: `1.234 s`.
 *
 * @param {number} micros
 */
export const moment = (micros) => `${(micros / 1e6).toFixed(3)} s`;

/**
 * A span, as short as it can be said: `250 µs`, `12.3 ms`, `1.5 s`.
 *
 * @param {number} micros
 */
export function span(micros) {
  if (micros < 1000) return `${Math.round(micros)} µs`;
  if (micros < 1e6) return `${Number((micros / 1000).toFixed(micros < 1e5 ? 1 : 0))} ms`;
  return `${Number((micros / 1e6).toFixed(2))} s`;
}

/**
 * A count with its noun: `1 event`, `3 events`.
 *
 * @param {number} count
 * @param {string} noun
 */
export const counted = (count, noun) => `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

/**
 * Names in a row as people say them: `n1, n2 and n3`.
 *
 * @param {string[]} names
 */
export function listed(names) {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

/** What was thrown, as a sentence. @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** `one-two` as it is said. @param {string} name */
export const spoken = (name) => name.replaceAll('-', ' ');
