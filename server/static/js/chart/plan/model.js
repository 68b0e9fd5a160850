// A plan as the chart looks at it: the geometry of the server (shared-model/src/plan/geometry.rs)
// with what drawing and hit tests ask for worked out once. Knows no states, prices or pixels.

import { PointGrid } from "./grid.js";
import { boundsOf, contains, corners, emptyBounds, extend, hull, overlaps, roomiest } from "./shapes.js";

export const ACCESSIBLE = 1;
export const COMPANION = 2;
export const RESTRICTED_VIEW = 4;
export const STAIRS = 8;

/** Distance between neighbouring seats a plan is drawn at, in the geometry's tenths of a unit. */
const SEAT_PITCH = 200;
/** Seats above which a plan is shown as sections first. */
export const SECTIONS_FIRST_ABOVE = 2_000;
/** Neighbours looked at to learn a plan's real pitch. */
const PITCH_SAMPLE_MAX = 500;

export class ChartModel {
  constructor(geometry) {
    this.geometry = geometry;
    const { seats, rows, sections, areas } = geometry;
    this.seatCount = seats.x.length;
    this.placeCount = areas.reduce((sum, area) => Math.max(sum, area.first_place + area.capacity), this.seatCount);
    this.x = Float32Array.from(seats.x);
    this.y = Float32Array.from(seats.y);
    this.category = Uint16Array.from(seats.category);
    this.flags = Uint8Array.from(seats.flags);
    this.angle = Float32Array.from(seats.angle, (degrees) => (degrees * Math.PI) / 180);
    this.rowOf = new Uint32Array(this.seatCount);
    rows.forEach((row, n) => this.rowOf.fill(n, row.first_seat, row.first_seat + row.seat_count));
    this.pitch = typicalPitch(this);
    this.grid = new PointGrid(this.x, this.y, this.pitch * 3);
    this.sections = sections.map((section, n) => this.#section(section, n));
    shortenNames(this.sections);
    this.areas = areas.map((area) => ({ ...area, bounds: boundsOf(area.outline), ...roomiest(area.outline) }));
    this.rowEnds = this.#freeStanding(rows.map((row) => this.#rowEnds(row)));
    this.rowIsLevel = rows.map((row) => this.#isLevel(row));
    this.bounds = this.#bounds();
    this.sectionsFirst = this.placeCount > SECTIONS_FIRST_ABOVE && this.sections.length > 2;
    this.floorsOverlap = this.#floorsOverlap();
  }

  sectionOf(seat) {
    return this.geometry.rows[this.rowOf[seat]].section;
  }

  /** Every seat of a section, in plan order. */
  *seatsOf(section) {
    for (const row of this.sections[section].rows) {
      const { first_seat: first, seat_count: count } = this.geometry.rows[row];
      for (let seat = first; seat < first + count; seat += 1) yield seat;
    }
  }

  /** The standing area a place belongs to, or -1 for a seat. */
  areaOf(place) {
    return this.areas.findIndex((area) => place >= area.first_place && place < area.first_place + area.capacity);
  }

  /** The standing area drawn at a point, or -1. */
  areaAt(x, y) {
    return this.areas.findIndex((area) => contains(area.outline, x, y));
  }

  /** The section drawn at a point, or -1. */
  sectionAt(x, y) {
    return this.sections.findIndex(({ outline }) => outline.length > 4 && contains(outline, x, y));
  }

  #section(section, n) {
    const rows = [];
    this.geometry.rows.forEach((row, index) => row.section === n && rows.push(index));
    const bounds = emptyBounds();
    const points = [];
    for (const row of rows) {
      const { first_seat: first, seat_count: count } = this.geometry.rows[row];
      for (let seat = first; seat < first + count; seat += 1) {
        extend(bounds, this.x[seat], this.y[seat]);
        points.push([this.x[seat], this.y[seat]]);
      }
    }
    const drawn = section.outline.length >= 6;
    const outline = drawn ? section.outline : hull(points, this.pitch * 0.9);
    return { ...section, rows, drawn, bounds, outline, center: middle(points, outline), foot: foot(points, this.pitch) };
  }

  /** Where a row's letter stands: one pitch beyond both ends, in the row's own direction. */
  #rowEnds(row) {
    if (row.table || row.seat_count < 2 || !row.label) return [];
    const first = row.first_seat;
    const last = first + row.seat_count - 1;
    const beyond = (end, inner) => {
      const [dx, dy] = [this.x[end] - this.x[inner], this.y[end] - this.y[inner]];
      const length = Math.hypot(dx, dy) || 1;
      const step = this.pitch * 0.92;
      return [this.x[end] + (dx / length) * step, this.y[end] + (dy / length) * step];
    };
    return [beyond(first, first + 1), beyond(last, last - 1)];
  }

  /** Letters that would stand on a seat or on a letter before them are left out: one serves both blocks. */
  #freeStanding(ends) {
    const all = ends.flat();
    const letters = new PointGrid(all.map(([x]) => x), all.map(([, y]) => y), this.pitch * 2);
    const reach = this.pitch * 0.6;
    let n = -1;
    const dropped = new Set();
    const stands = ([x, y]) => {
      n += 1;
      let free = this.grid.nearest(x, y, reach) === -1;
      letters.visit(x - reach, y - reach, x + reach, y + reach, (other) => {
        if (other < n && !dropped.has(other)) free = false;
      });
      if (!free) dropped.add(n);
      return free;
    };
    return ends.map((pair) => pair.filter(stands));
  }

  /** Whether a row runs rather across than down: only then a letter at the left edge names it. */
  #isLevel({ first_seat: first, seat_count: count, table }) {
    const last = first + count - 1;
    return !table && count > 0 && Math.abs(this.x[last] - this.x[first]) >= Math.abs(this.y[last] - this.y[first]);
  }

  #bounds() {
    const bounds = emptyBounds();
    const add = (box) => {
      if (box.left > box.right) return;
      extend(bounds, box.left, box.top);
      extend(bounds, box.right, box.bottom);
    };
    this.sections.forEach((section) => add(section.bounds));
    this.sections.forEach((section) => section.drawn && add(boundsOf(section.outline)));
    this.areas.forEach((area) => add(area.bounds));
    this.rowEnds.flat().forEach(([x, y]) => extend(bounds, x, y));
    if (this.geometry.stage) add(boundsOf(corners(this.geometry.stage)));
    this.geometry.shapes.forEach((shape) => add(boundsOf(corners(shape))));
    if (bounds.left > bounds.right) add({ left: 0, top: 0, right: this.geometry.width, bottom: this.geometry.height });
    const margin = this.pitch;
    return {
      left: bounds.left - margin, top: bounds.top - margin / 2,
      right: bounds.right + margin, bottom: bounds.bottom + margin * 1.8,
    };
  }

  /** Floors drawn over one another need a switch; floors side by side do not. */
  #floorsOverlap() {
    const floors = this.geometry.floors.map(() => emptyBounds());
    this.sections.forEach(({ floor, bounds }) => {
      if (bounds.left > bounds.right) return;
      extend(floors[floor], bounds.left, bounds.top);
      extend(floors[floor], bounds.right, bounds.bottom);
    });
    const boxes = floors.filter((box) => box.left <= box.right);
    return boxes.some((a, i) => boxes.slice(i + 1).some((b) => overlaps(a, b) && sharesGround(a, b)));
  }
}

function sharesGround(a, b) {
  const area = (box) => (box.right - box.left) * (box.bottom - box.top);
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width * height > 0.9 * Math.min(area(a), area(b));
}

/** "Block 201" is "201" on a tag when most sections begin with "Block". */
function shortenNames(sections) {
  const firstWord = ({ name }) => name.split(" ", 1)[0];
  const counts = new Map();
  sections.forEach((section) => counts.set(firstWord(section), (counts.get(firstWord(section)) ?? 0) + 1));
  for (const section of sections) {
    const word = firstWord(section);
    const isShared = counts.get(word) * 2 > sections.length && section.name.length > word.length + 1;
    section.shortName = isShared ? section.name.slice(word.length + 1) : section.name;
  }
}

/**
 * The median distance of neighbours in rows, so that plans drawn at another scale look right. Seats
 * around a table stand farther apart; where there are only tables, they bound the usual pitch.
 */
function typicalPitch(model) {
  const inRows = sampleDistances(model, (row) => !row.table);
  if (inRows.length > 0) return inRows[inRows.length >> 1];
  const atTables = sampleDistances(model, (row) => row.table);
  return Math.min(SEAT_PITCH, atTables[atTables.length >> 1] ?? SEAT_PITCH);
}

function sampleDistances(model, counts) {
  const distances = [];
  const step = Math.max(1, Math.floor(model.seatCount / PITCH_SAMPLE_MAX));
  for (let seat = 1; seat < model.seatCount; seat += step) {
    const row = model.rowOf[seat];
    if (row !== model.rowOf[seat - 1] || !counts(model.geometry.rows[row])) continue;
    const distance = Math.hypot(model.x[seat] - model.x[seat - 1], model.y[seat] - model.y[seat - 1]);
    if (distance > 0) distances.push(distance);
  }
  return distances.sort((a, b) => a - b);
}

/** Where a section's name stands: the seat closest to the middle of all, or the outline's middle. */
function middle(points, outline) {
  if (points.length > 0) {
    return [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
  }
  const box = boundsOf(outline.length ? outline : [0, 0]);
  return [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
}

/** The place below a section's middle, for its name when seats are drawn. */
function foot(points, pitch) {
  if (points.length === 0) return [0, 0];
  const box = emptyBounds();
  points.forEach(([x, y]) => extend(box, x, y));
  const x = (box.left + box.right) / 2;
  const below = points.filter((point) => Math.abs(point[0] - x) < pitch * 3).map((point) => point[1]);
  return [x, Math.max(...(below.length ? below : [box.bottom])) + pitch * 1.05];
}
