// What the page remembers between visits: how it looks and which hint was dismissed, never what was simulated.
// A browser may forbid it all; then the page forgets, and nothing else happens.

const PREFIX = 'raft-playground.';

/** What was remembered under a name. @param {string} name */
export function recall(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string | undefined} value nothing forgets */
export function remember(name, value) {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // Forbidden: then not.
  }
}
