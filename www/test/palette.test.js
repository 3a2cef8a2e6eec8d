// The colours of ring.css, measured: letters can be read on them, lines can be seen, and colour-blind people can tell
// neighbours apart. The style sheet is read as it is, so that there is no second list of colours.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { COLOURS, colourOf, epochClass } from '../palette.js';

const css = readFileSync(new URL('../ring.css', import.meta.url), 'utf8');

/** The light and the dark variant of a colour. @param {string} name @returns {[string, string]} */
function colour(name) {
  const one = '#[0-9a-f]{6}';
  const found = new RegExp(`--${name}: (?:light-dark\\((${one}), (${one})\\)|(${one}));`).exec(css);
  assert.ok(found, `--${name} is not in ring.css`);
  return [found[1] ?? found[3], found[2] ?? found[3]];
}

/** Red, green and blue as light, 0 to 1. @param {string} hex */
const light = (hex) =>
  [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
/** @param {string} hex */
const luminance = (hex) => light(hex).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
/** WCAG's contrast. @param {string} a @param {string} b */
function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/** @param {string} front @param {string} back @param {number} least */
function check(front, back, least) {
  for (const theme of [0, 1]) {
    const [a, b] = [colour(front)[theme], colour(back)[theme]];
    const ratio = contrast(a, b);
    assert.ok(ratio >= least, `--${front} on --${back}, ${['light', 'dark'][theme]}: ${ratio.toFixed(2)} < ${least}`);
  }
}

const epochs = [...Array.from({ length: COLOURS }, (_, i) => `epoch-${i}`), 'epoch-none'];

test('letters can be read: 4.5 to 1 at least', () => {
  for (const epoch of epochs) {
    check('on-epoch', epoch, 4.5);
    check(`${epoch}-line`, 'ring-paper', 4.5);
  }
  check('ring-on-down', 'ring-down', 4.5);
  for (const ink of ['ring-ink', 'ring-quiet', 'ring-cut', 'ring-yes']) check(ink, 'ring-paper', 4.5);
  for (const ink of ['ring-ink', 'ring-quiet']) check(ink, 'ring-faint', 4.5);
});

test('lines and marks can be seen: 3 to 1 at least', () => {
  for (const mark of ['ring-halo', 'ring-cut', 'ring-quiet', 'ring-yes']) check(mark, 'ring-paper', 3);
});

test('neighbouring epochs differ for colour-blind eyes too', () => {
  // Viénot, Brettel and Mollon (1999): what is left of red and green without one kind of cone.
  const blind = {
    protan: [0.112, 0.888, 0.112, 0.888],
    deutan: [0.292, 0.708, 0.292, 0.708],
  };
  for (const [kind, [rr, rg, gr, gg]] of Object.entries(blind)) {
    const seen = Array.from({ length: COLOURS }, (_, i) => {
      const [r, g, blue] = light(colour(`epoch-${i}`)[0]);
      return lab([rr * r + rg * g, gr * r + gg * g, blue]);
    });
    for (const [step, least] of [
      [1, 30],
      [2, 20],
    ]) {
      seen.forEach((a, i) => {
        const b = seen[(i + step) % COLOURS];
        const apart = Math.hypot(...a.map((c, k) => c - b[k]));
        assert.ok(apart > least, `epoch-${i} and the ${step}. after it: ${apart.toFixed(1)} for ${kind} eyes`);
      });
    }
  }
});

/** CIE L*a*b*, in which distances are about as large as they look. @param {number[]} rgb */
function lab([r, g, b]) {
  const xyz = [
    (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
    0.2126 * r + 0.7152 * g + 0.0722 * b,
    (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
  ];
  const [x, y, z] = xyz.map((c) => (c > 0.008856 ? Math.cbrt(c) : 7.787 * c + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

test('an epoch has one of the colours; none before the first', () => {
  assert.equal(colourOf(undefined), undefined);
  assert.equal(epochClass({ number: 0 }), 'epoch-none');
  assert.deepEqual(
    [1, 2, 8, 9].map((number) => epochClass({ number })),
    ['epoch-0', 'epoch-1', 'epoch-7', 'epoch-0'],
  );
});
