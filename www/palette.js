// Which colour an epoch has. The colours themselves are in ring.css, once, with their light and dark variants; this
// file only chooses among them, so that the same epoch has the same colour in the ring, the logs and the timeline.
//
// They are Paul Tol's "light" scheme, made for cells with dark letters in them and told apart by colour-blind people,
// ordered so that neighbours differ most. Colour is never the only sign: the epoch is written as well.

/** How many colours there are before they begin again. */
export const COLOURS = 8;

/** The number of an epoch's colour. @param {{number: number} | undefined} epoch @returns {number | undefined} */
export function colourOf(epoch) {
  return epoch && epoch.number > 0 ? (epoch.number - 1) % COLOURS : undefined;
}

/** The class that sets `--fill` and `--line` for an epoch. @param {{number: number} | undefined} epoch */
export function epochClass(epoch) {
  const colour = colourOf(epoch);
  return colour === undefined ? 'epoch-none' : `epoch-${colour}`;
}
