// What is left of a run whose core has panicked, as a text for a bug report: what happened, and how to see it again.

/** @typedef {import('./session.js').Failure} Failure */

/** A word as a shell takes it. @param {string} word */
const quoted = (word) => (/^[\w=.:#-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/**
 * A failure as text, for a bug report: what happened, and the command that shows it again.
 *
 * @param {Failure} failure
 */
export function reportOf({ message, at, settings, taken, scenario }) {
  if (scenario !== undefined) {
    const last = taken.at(-1);
    return [
      `Raft Playground stopped at ${at}us: ${message}`,
      `the last step by hand: ${last ? `${last.when} ${last.text}` : 'none'}`,
      `again with this as run.toml, and: cargo run --release -- run run.toml --for ${at + 1_000_000}us`,
      scenario,
    ].join('\n');
  }
  const chosen = Object.entries(settings).filter(([, value]) => value !== undefined);
  const sets = chosen.map(([name, value]) => `${name}=${value}`);
  const steps = taken.map(({ when, text }) => `${when} ${text}`);
  // Whatever was under way when it stopped is over a second later.
  const words = [...sets.flatMap((set) => ['--set', set]), '--for', `${at + 1_000_000}us`, ...steps];
  return [
    `Raft Playground stopped at ${at}us: ${message}`,
    `settings: ${sets.join(' ') || 'none'}`,
    steps.length > 0 ? 'steps:' : 'steps: none',
    ...steps.map((step) => `  ${step}`),
    'again with:',
    `  cargo run --release -- watch ${words.map(quoted).join(' ')}`,
    '',
  ].join('\n');
}
