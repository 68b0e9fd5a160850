// The live link's pure parts and the seats page's small rules. `node --test tests/js`

import assert from "node:assert/strict";
import { test } from "node:test";
import { backOff, newId } from "../../server/static/js/live.js";
import { judgeDelta, readFrame } from "../../server/static/js/live-frames.js";
import { minutePassed, timeLeft } from "../../server/static/js/seats/countdown.js";
import { bestInRow, freeRuns, readPlace } from "../../server/static/js/seats/rows.js";

function delta(from, to, changes) {
  const view = new DataView(new ArrayBuffer(21 + 4 * changes.length));
  view.setUint8(0, 2);
  view.setBigUint64(1, BigInt(from), true);
  view.setBigUint64(9, BigInt(to), true);
  view.setUint32(17, changes.length, true);
  changes.forEach(([seat, state], n) => view.setUint32(21 + 4 * n, (seat << 2) | state, true));
  return view.buffer;
}

test("a delta is read as it was written", () => {
  assert.deepEqual(readFrame(delta(7, 9, [[3, 1], [120_000, 2]])), { kind: "delta", from: 7, to: 9, changes: [[3, 1], [120_000, 2]] });
});

test("a snapshot is read with its version and bytes", () => {
  const bytes = new Uint8Array(15);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 1);
  view.setBigUint64(1, 42n, true);
  view.setUint32(9, 7, true);
  bytes.set([0b00011011, 0b00100100], 13);
  const frame = readFrame(bytes.buffer);
  assert.deepEqual([frame.kind, frame.version, frame.seatCount, [...frame.bytes]], ["snapshot", 42, 7, [27, 36]]);
});

test("frames of another length or kind are refused", () => {
  assert.throws(() => readFrame(delta(1, 2, [[1, 1]]).slice(0, 23)), RangeError);
  assert.throws(() => readFrame(new ArrayBuffer(0)), RangeError);
  assert.throws(() => readFrame(new Uint8Array([9, 0, 0]).buffer), RangeError);
});

test("a delta is applied, known already, or shows a gap", () => {
  assert.equal(judgeDelta(7, { from: 7, to: 9 }), "apply");
  assert.equal(judgeDelta(8, { from: 7, to: 9 }), "apply", "overlapping changes carry last states");
  assert.equal(judgeDelta(9, { from: 7, to: 9 }), "ignore");
  assert.equal(judgeDelta(6, { from: 7, to: 9 }), "gap");
});

test("reconnecting backs off with jitter and has a bound", () => {
  assert.ok(backOff(1, () => 0) >= 200);
  assert.ok(backOff(30, () => 1) <= 15_200);
  assert.ok(backOff(4, () => 1) > backOff(2, () => 1));
});

test("ids are UUIDs of version 7 that carry their moment", () => {
  const id = newId(1_700_000_000_000, new Uint8Array(10).fill(255));
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(id.slice(0, 13).replace("-", ""), 16), 1_700_000_000_000);
});

test("a countdown shows whole seconds, its share, and when it is short or over", () => {
  assert.deepEqual(timeLeft(521_000, 0, 720_000), { text: "08:41", share: 521 / 720, short: false, over: false });
  assert.equal(timeLeft(520_999, 0, 720_000).text, "08:40", "no second is promised that is not there");
  assert.equal(timeLeft(119_000, 0, 720_000).short, true);
  assert.deepEqual(timeLeft(0, 5, 720_000), { text: "00:00", share: 0, short: true, over: true });
});

test("five, two and one minute are announced once, when they are passed", () => {
  assert.equal(minutePassed(300_100, 299_900), 5);
  assert.equal(minutePassed(299_900, 299_650), null);
  assert.equal(minutePassed(60_001, 60_000), 1);
});

test("an aisle and a taken seat end a run of free seats", () => {
  const places = [0, 1, 2, 4, 5, 6];
  assert.deepEqual(freeRuns({ first: 0, count: 6 }, places, (seat) => seat !== 5), [[0, 1, 2], [3, 4]]);
});

test("the best in a row are nearest to the focus and leave no single seat where they can", () => {
  const seats = { x: [0, 1, 2, 3, 4, 5], y: [0, 0, 0, 0, 0, 0], places: [0, 1, 2, 3, 4, 5] };
  const row = { first: 0, count: 6 };
  assert.deepEqual(bestInRow(row, seats, () => true, 2, [2.4, 0]), [2, 3]);
  assert.deepEqual(bestInRow(row, seats, (seat) => seat < 4, 2, [1.5, 0]), [0, 1]);
  assert.deepEqual(bestInRow(row, seats, (seat) => seat % 2 === 0, 2, [0, 0]), []);
});

test("row and seat are read as people type them", () => {
  assert.deepEqual(readPlace("F 16"), { row: "f", seat: "16" });
  assert.deepEqual(readPlace("row F, seat 16"), { row: "f", seat: "16" });
  assert.deepEqual(readPlace("f16"), { row: "f", seat: "16" });
  assert.deepEqual(readPlace("12 7"), { row: "12", seat: "7" });
  assert.deepEqual(readPlace("G"), { row: "g", seat: "" });
});
