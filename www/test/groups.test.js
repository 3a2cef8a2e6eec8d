// Which groups cut links leave.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutDirections, cutPairs, groupsOf } from '../groups.js';
import { cuts } from './sample-views.js';

const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];

/** @param {string} text @param {string[][]} expected */
function check(text, expected) {
  const links = /** @type {any} */ (text ? cuts(text) : []);
  assert.deepEqual(groupsOf(nodes, cutDirections(links)), expected, text);
}

test('without cuts, with one way cut, and with a way around there are no groups', () => {
  check('', []);
  check('n1->n2 n1->n3 n1->n4 n1->n5', []);
  check('n1--n2 n1--n3', []);
});

test('a partition leaves its groups, an isolated node stands alone', () => {
  check('n1--n3 n1--n4 n1--n5 n2--n3 n2--n4 n2--n5', [
    ['n1', 'n2'],
    ['n3', 'n4', 'n5'],
  ]);
  check('n3--n1 n3--n2 n3--n4 n3--n5', [['n1', 'n2', 'n4', 'n5'], ['n3']]);
});

test('pairs tell the direction that is cut', () => {
  const directions = cutDirections(/** @type {any} */ (cuts('n1--n2 n4->n3')));
  assert.deepEqual(cutPairs(nodes, directions), [
    { from: 'n1', to: 'n2', both: true },
    { from: 'n4', to: 'n3', both: false },
  ]);
});
