// The chart's pure parts: packing, hit grid, neighbours, viewport, words. `node --test tests/js`

import assert from "node:assert/strict";
import { test } from "node:test";
import { SeatCounts } from "../../server/static/js/chart/counts.js";
import { PointGrid } from "../../server/static/js/chart/plan/grid.js";
import { ChartModel } from "../../server/static/js/chart/plan/model.js";
import { rowEnds, seatTowards } from "../../server/static/js/chart/plan/neighbours.js";
import { contains, hull, roomiest } from "../../server/static/js/chart/plan/shapes.js";
import { FREE, HELD, SeatStates, SOLD } from "../../server/static/js/chart/states.js";
import { Viewport } from "../../server/static/js/chart/viewport.js";
import { fill } from "../../server/static/js/chart/words.js";

/** Two sections of straight rows, an aisle in each row, and a standing field below. */
function planGeometry({ rows = 4, seats = 10 } = {}) {
  const columns = { x: [], y: [], angle: [], category: [], number: [], flags: [], place: [], notes: {} };
  const geometry = {
    name: "test", width: 4000, height: 3000, focal_point: [1000, 0], stage: null, floors: ["House"],
    categories: [{ key: "a", name: "A" }, { key: "b", name: "B" }],
    sections: [{ name: "Left", floor: 0, entrance: "", outline: [] }, { name: "Field", floor: 0, entrance: "", outline: [] }],
    rows: [], seats: columns, areas: [], shapes: [], texts: [],
  };
  for (let r = 0; r < rows; r += 1) {
    geometry.rows.push({ section: 0, label: String.fromCharCode(65 + r), first_seat: columns.x.length, seat_count: seats });
    for (let s = 0; s < seats; s += 1) {
      const place = s < seats / 2 ? s : s + 1;
      columns.x.push(place * 200);
      columns.y.push(r * 250);
      columns.angle.push(0);
      columns.category.push(r < rows / 2 ? 0 : 1);
      columns.number.push(String(s + 1));
      columns.flags.push(0);
      columns.place.push(place);
    }
  }
  geometry.areas.push({ section: 1, label: "Field", category: 1, first_place: columns.x.length, capacity: 7, outline: [0, 2000, 2000, 2000, 2000, 2600, 0, 2600] });
  return geometry;
}

test("packed states keep every state and count what is free", () => {
  const states = new SeatStates(9);
  [FREE, HELD, SOLD, 3, SOLD, HELD, FREE, FREE, HELD].forEach((state, seat) => states.set(seat, state));
  assert.deepEqual(Array.from({ length: 9 }, (_, seat) => states.get(seat)), [0, 1, 2, 3, 2, 1, 0, 0, 1]);
  assert.equal(states.bytes.length, 3);
  assert.equal(states.countFree(0, 9), 3);
});

test("states of another length are refused and numbers beyond the plan are ignored", () => {
  assert.throws(() => new SeatStates(9, new Uint8Array(2)), RangeError);
  const states = new SeatStates(4);
  states.set(400, SOLD);
  assert.deepEqual([...states.bytes], [0]);
});

test("the grid finds what a look at every point finds", () => {
  let seed = 1;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const xs = Array.from({ length: 500 }, () => random() * 10000);
  const ys = Array.from({ length: 500 }, () => random() * 4000);
  const grid = new PointGrid(xs, ys, 300);
  for (let n = 0; n < 50; n += 1) {
    const [left, top] = [random() * 9000, random() * 3500];
    const [right, bottom] = [left + random() * 2000, top + random() * 900];
    const found = [];
    grid.visit(left, top, right, bottom, (i) => found.push(i));
    const expected = xs.map((_, i) => i).filter((i) => xs[i] >= left && xs[i] <= right && ys[i] >= top && ys[i] <= bottom);
    assert.deepEqual(found.sort((a, b) => a - b), expected);
  }
});

test("a press between seats meets the nearest, a press far off meets none", () => {
  const model = new ChartModel(planGeometry());
  assert.equal(model.grid.nearest(190, 10, 116), 1);
  assert.equal(model.grid.nearest(-500, -500, 116), -1);
});

test("an empty plan has a grid that finds nothing", () => {
  assert.equal(new PointGrid([], [], 100).nearest(0, 0, 1000), -1);
});

test("arrow keys lead over aisles and to the row behind, and stay where the plan ends", () => {
  const model = new ChartModel(planGeometry());
  assert.equal(seatTowards(model, 4, 1, 0), 5, "over the aisle");
  assert.equal(seatTowards(model, 3, 0, 1), 13, "to the row behind");
  assert.equal(seatTowards(model, 0, -1, 0), 0, "no seat to the left");
  assert.equal(seatTowards(model, 0, 1, 0, (seat) => seat === 7), 7, "only to accepted seats");
  assert.deepEqual(rowEnds(model, 13), [10, 19]);
});

test("a model numbers rows, sections and standing places as the server does", () => {
  const model = new ChartModel(planGeometry());
  assert.equal(model.placeCount, 47);
  assert.equal(model.sectionOf(12), 0);
  assert.equal(model.areaOf(40), 0);
  assert.equal(model.areaOf(39), -1);
  assert.equal(model.areaAt(1000, 2300), 0);
  assert.equal(model.pitch, 200);
});

test("a plan drawn at half the scale has half the pitch", () => {
  const geometry = planGeometry();
  geometry.seats.x = geometry.seats.x.map((x) => x / 2);
  assert.equal(new ChartModel(geometry).pitch, 100);
});

test("free counts follow each change without counting anew", () => {
  const states = new SeatCounts(new ChartModel(planGeometry()));
  assert.deepEqual([states.freeByCategory, states.freeBySection, states.freeByArea], [[20, 27], [40, 7], [7]]);
  assert.equal(states.set(0, SOLD), true);
  assert.equal(states.set(0, SOLD), false, "nothing changed");
  states.set(41, HELD);
  states.set(0, FREE);
  assert.deepEqual([states.freeByCategory, states.freeBySection, states.freeByArea], [[20, 26], [40, 6], [6]]);
});

test("zooming keeps the point under the hand and never leaves the plan", () => {
  const viewport = new Viewport(new ChartModel(planGeometry()));
  viewport.resize(800, 600);
  assert.equal(viewport.isFitted(), true);
  viewport.lookAt(1000, 1000, viewport.scaleMin * 3);
  const before = viewport.toPlan(410, 310);
  viewport.zoomAt(410, 310, 1.3);
  const after = viewport.toPlan(410, 310);
  assert.ok(Math.hypot(after[0] - before[0], after[1] - before[1]) < 1e-6);
  viewport.panBy(1e6, 1e6);
  assert.ok(viewport.view().right > viewport.model.bounds.left);
  viewport.zoomAt(0, 0, 1e-9);
  assert.equal(viewport.isFitted(), true);
});

test("a glide ends exactly where it was sent", () => {
  const viewport = new Viewport(new ChartModel(planGeometry()));
  viewport.resize(800, 600);
  const target = viewport.zoomed(400, 300, 4);
  viewport.glideTo(target, 0, 280);
  assert.equal(viewport.step(140), true);
  assert.ok(viewport.scale > viewport.scaleMin && viewport.scale < target.scale);
  assert.equal(viewport.step(280), false);
  assert.ok(Math.abs(viewport.scale - target.scale) < 1e-9);
});

test("a label stands in the widest arm of an L", () => {
  const shape = [0, 0, 100, 0, 100, 100, 80, 100, 80, 20, 0, 20];
  const { anchor, room } = roomiest(shape);
  assert.ok(contains(shape, ...anchor));
  assert.ok(room >= 10);
});

test("a hull contains its points", () => {
  const points = [[0, 0], [10, 0], [10, 10], [0, 10], [5, 5]];
  const ring = hull(points, 1);
  assert.equal(ring.length, 8);
  assert.ok(points.every(([x, y]) => contains(ring, x, y)));
});

test("words are filled, plurals chosen and large numbers grouped", () => {
  const free = { one: "{count} free", other: "{count} seats free" };
  assert.equal(fill(free, { count: 1 }, "en"), "1 free");
  assert.equal(fill(free, { count: 12_500 }, "en"), "12,500 seats free");
  assert.equal(fill(free, { count: 3_207 }, "es"), "3207 seats free");
  assert.equal(fill("{row} {seat}", { row: "F" }, "en"), "F {seat}");
});
