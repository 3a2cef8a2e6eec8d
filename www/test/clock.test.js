// The clock: what passes in virtual time when wall time passes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock, FASTEST, ORDINARY, SLOWEST, isDue, notch, positionOf, speedAt, speedText } from '../clock.js';

/** A clock that plays since the wall's zero. @param {number} speed */
function playing(speed) {
  const clock = new Clock();
  clock.speed = speed;
  clock.playing = true;
  clock.frame(0);
  return clock;
}

test('virtual time is wall time times the speed, in microseconds', () => {
  const clock = playing(1 / 20);
  assert.equal(clock.frame(16), 800);
  assert.equal(clock.frame(32), 1600);
});

test('how many frames there are makes no difference', () => {
  const [smooth, rough] = [playing(0.001), playing(0.001)];
  for (let wall = 4; wall <= 96; wall += 4) smooth.frame(wall);
  rough.frame(96);
  assert.ok(Math.abs(smooth.now - rough.now) < 1e-6);
});

test('a tab that was hidden for an hour comes back without a leap', () => {
  const clock = playing(1);
  clock.frame(16);
  clock.frame(3_600_016);
  assert.equal(clock.now, 16_000 + 100_000);
});

test('nothing passes while it pauses, nor in the first frame after', () => {
  const clock = playing(1);
  clock.frame(50);
  clock.playing = false;
  clock.frame(5_000);
  clock.playing = true;
  clock.frame(10_000);
  assert.equal(clock.now, 50_000);
  clock.frame(10_010);
  assert.equal(clock.now, 60_000);
});

test('a wall clock that goes back moves nothing', () => {
  const clock = playing(1);
  clock.frame(50);
  assert.equal(clock.frame(20), 50_000);
});

test('speeds stay within their limits, and nonsense is the ordinary speed', () => {
  const clock = new Clock();
  for (const [asked, got] of [
    [0, SLOWEST],
    [99, FASTEST],
    [NaN, ORDINARY],
    [0.3, 0.3],
  ]) {
    clock.speed = asked;
    assert.equal(clock.speed, got);
  }
});

test('the keys go through 1, 2, 5 and stop at both ends', () => {
  const speeds = [SLOWEST];
  while (speeds[speeds.length - 1] < FASTEST) speeds.push(notch(speeds[speeds.length - 1], 1));
  assert.deepEqual(speeds, [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]);
  assert.equal(notch(FASTEST, 1), FASTEST);
  assert.equal(notch(SLOWEST, -1), SLOWEST);
  assert.equal(notch(0.07, -1), 0.05);
  assert.equal(notch(0.07, 1), 0.1);
});

test('the slider is even in the logarithm, and meets the notches', () => {
  assert.equal(positionOf(SLOWEST), -3);
  assert.equal(positionOf(FASTEST), 1);
  assert.equal(speedAt(-1.3), 0.05);
  assert.equal(speedAt(5), FASTEST);
  for (const speed of [0.001, 0.05, 0.5, 2, 10]) assert.equal(speedAt(positionOf(speed)), speed);
});

test('speeds are said as people say them', () => {
  const speeds = [0.05, 0.001, 1, 2, 10, 0.07].map((speed) => speedText(speed).join(' '));
  assert.deepEqual(speeds, [
    '1/20 of real time',
    '1/1000 of real time',
    '1 × real time',
    '2 × real time',
    '10 × real time',
    '1/14 of real time',
  ]);
});

test('nobody asks the cluster before something is due', () => {
  assert.equal(isDue(undefined, 1e9), false);
  assert.equal(isDue(101, 100.9), false);
  assert.equal(isDue(100, 100), true);
});
