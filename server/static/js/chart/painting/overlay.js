// What lies over the painted plan and moves by itself: section tags, your seats, the seat pointed
// at, seats just lost, the row rail of narrow screens. Drawn every frame, so it stays small.

import * as glyphs from "./glyphs.js";
import { RAIL_FROM_PX, SEAT_SHARE, TAGS_BELOW_PX } from "./painter.js";
import { FREE } from "../states.js";

/** A seat taken by another person empties for so long. */
export const DROP_MS = 200;
/** One of yours grows in for so long. */
export const ARRIVE_MS = 200;
/** Animated at once; more change without a show. */
const DROPS_MAX = 200;
export const RAIL_WIDTH_PX = 28;
const FONT = "Archivo, system-ui, sans-serif";

export class Overlay {
  constructor() {
    this.drops = [];
    this.arrivals = new Map();
  }

  /** A free seat became somebody else's. */
  drop(seat, band, kind, now) {
    if (this.drops.length < DROPS_MAX) this.drops.push({ seat, band, kind, start: now });
  }

  /** A seat became yours. */
  arrive(seat, now) {
    this.arrivals.set(seat, now);
  }

  /** @returns {boolean} whether something still moves */
  draw(ctx, view, now) {
    const { scene, viewport, ratio } = view;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const size = scene.model.pitch * viewport.scale * SEAT_SHARE;
    this.#drawDrops(ctx, view, size, now);
    if (scene.model.sectionsFirst && viewport.pitchPx < TAGS_BELOW_PX) drawTags(ctx, view);
    else if (scene.model.sectionsFirst) drawWhere(ctx, view);
    this.#drawYours(ctx, view, size, now);
    for (const seat of view.asked) this.#at(ctx, view, seat, () => glyphs.drawAsked(ctx, Math.max(size, 10), scene.theme.ink, view.calm ? 0 : now / 160));
    if (view.pointed >= 0) {
      this.#at(ctx, view, view.pointed, () => {
        ctx.rotate(scene.model.angle[view.pointed]);
        glyphs.drawFocusRing(ctx, Math.max(size, 8), scene.theme.ink, scene.theme.canvas);
      });
    }
    if (scene.rail && viewport.pitchPx >= RAIL_FROM_PX) drawRail(ctx, view);
    return this.drops.length > 0 || this.arrivals.size > 0 || (view.asked.size > 0 && !view.calm);
  }

  #at(ctx, { scene, viewport }, seat, paint) {
    if (seat >= scene.model.seatCount) return;
    const [x, y] = viewport.toScreen(scene.model.x[seat], scene.model.y[seat]);
    if (x < -60 || y < -60 || x > viewport.width + 60 || y > viewport.height + 60) return;
    ctx.save();
    ctx.translate(x, y);
    paint();
    ctx.restore();
  }

  #drawDrops(ctx, view, size, now) {
    const { scene } = view;
    this.drops = this.drops.filter(({ start }) => now - start < DROP_MS && !view.calm);
    for (const { seat, band, kind, start } of this.drops) {
      const gone = (now - start) / DROP_MS;
      this.#at(ctx, view, seat, () => {
        ctx.rotate(scene.model.angle[seat]);
        ctx.scale(size, size);
        ctx.beginPath();
        ctx.rect(-0.6, -0.6 + 1.2 * gone, 1.2, 1.2);
        ctx.clip();
        glyphs.drawFree(ctx, { fill: scene.theme[`band-${band}`], mark: scene.theme[`on-band-${band}`], band, kind, marked: false, numbered: false });
      });
    }
  }

  #drawYours(ctx, view, size, now) {
    const { theme } = view.scene;
    for (const seat of view.yours) {
      const start = this.arrivals.get(seat);
      const t = start === undefined || view.calm ? 1 : Math.min(1, (now - start) / ARRIVE_MS);
      if (t === 1) this.arrivals.delete(seat);
      // Never smaller than 9 px: yours is found at any zoom.
      const drawn = Math.max(size, 9) * (0.6 + 0.4 * (1 - (1 - t) ** 3));
      this.#at(ctx, view, seat, () => {
        ctx.scale(drawn, drawn);
        glyphs.drawYours(ctx, theme["seat-yours"], theme["seat-yours-ring"], "#1b1714", 1 / drawn);
      });
    }
  }
}

/** Names and free counts over the sections of a large plan; those that would collide stay away. */
function drawTags(ctx, { scene, viewport, counts, freeText }) {
  const { model, theme, floor } = scene;
  const placed = [];
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const order = model.sections.map((_, n) => n).sort((a, b) => model.sections[b].rows.length - model.sections[a].rows.length);
  for (const n of order) {
    const section = model.sections[n];
    if (!section.rows.length || (floor !== null && section.floor !== floor)) continue;
    const [x, y] = viewport.toScreen(...section.center);
    if (x < 0 || y < 0 || x > viewport.width || y > viewport.height) continue;
    const roomy = (section.bounds.right - section.bounds.left) * viewport.scale > 130;
    ctx.font = `650 12px ${FONT}`;
    const free = freeText(counts.freeBySection[n]);
    const width = ctx.measureText(section.shortName).width;
    ctx.font = `400 12px ${FONT}`;
    const wide = Math.max(width, roomy ? ctx.measureText(free).width : 0) + 12;
    const high = roomy ? 36 : 18;
    const box = { left: x - wide / 2, top: y - high / 2, right: x + wide / 2, bottom: y + high / 2 };
    if (placed.some((other) => box.left < other.right + 2 && box.right > other.left - 2 && box.top < other.bottom + 2 && box.bottom > other.top - 2)) continue;
    placed.push(box);
    ctx.fillStyle = theme.surface;
    ctx.strokeStyle = theme.line;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.roundRect(box.left, box.top, wide, high, 4);
    ctx.fill();
    ctx.stroke();
    ctx.font = `650 12px ${FONT}`;
    ctx.fillStyle = theme.ink;
    ctx.fillText(section.shortName, x, roomy ? y - 7 : y + 0.5);
    if (roomy) {
      ctx.font = `400 12px ${FONT}`;
      ctx.fillStyle = theme["ink-2"];
      ctx.fillText(free, x, y + 9);
    }
  }
}

/** In a large plan, close up: which section the middle of the view is in. */
function drawWhere(ctx, { scene, viewport, counts, freeText }) {
  const { model, theme } = scene;
  const [x, y] = viewport.toPlan(viewport.width / 2, viewport.height / 2);
  const near = model.grid.nearest(x, y, model.pitch * 12);
  if (near < 0) return;
  const section = model.sectionOf(near);
  const name = model.sections[section].name;
  const free = freeText(counts.freeBySection[section]);
  ctx.font = `650 14px ${FONT}`;
  const nameWidth = ctx.measureText(name).width;
  ctx.font = `400 14px ${FONT}`;
  const width = nameWidth + 8 + ctx.measureText(free).width + 24;
  const [left, top] = [scene.rail ? RAIL_WIDTH_PX + 12 : 24, viewport.height - 16 - 32];
  ctx.beginPath();
  ctx.roundRect(left, top, width, 32, 8);
  ctx.fillStyle = theme.surface;
  ctx.fill();
  ctx.lineWidth = 1;
  ctx.strokeStyle = theme.line;
  ctx.stroke();
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillStyle = theme["ink-2"];
  ctx.fillText(free, left + 12 + nameWidth + 8, top + 16.5);
  ctx.font = `650 14px ${FONT}`;
  ctx.fillStyle = theme.ink;
  ctx.fillText(name, left + 12, top + 16.5);
}

/** The letters of the rows in view, where each is nearest to the left edge. */
function drawRail(ctx, { scene, viewport }) {
  const { model, theme } = scene;
  const view = viewport.view();
  const edge = viewport.toPlan(RAIL_WIDTH_PX, 0)[0];
  const rows = new Map();
  model.grid.visit(edge - model.pitch / 2, view.top, view.right, view.bottom, (seat) => {
    const row = model.rowOf[seat];
    if (!model.rowIsLevel[row]) return;
    const seen = rows.get(row);
    if (seen === undefined || model.x[seat] < model.x[seen]) rows.set(row, seat);
  });
  if (rows.size === 0) return;
  ctx.fillStyle = theme.surface;
  ctx.fillRect(0, 0, RAIL_WIDTH_PX, viewport.height);
  ctx.fillStyle = theme.line;
  ctx.fillRect(RAIL_WIDTH_PX - 1, 0, 1, viewport.height);
  ctx.font = `650 15px ${FONT}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = theme["ink-2"];
  let last = -Infinity;
  const marks = [...rows].map(([row, seat]) => [viewport.toScreen(0, model.y[seat])[1], model.geometry.rows[row].label]);
  for (const [y, label] of marks.sort((a, b) => a[0] - b[0])) {
    if (y - last < 17) continue;
    ctx.fillText(label, RAIL_WIDTH_PX / 2, y, RAIL_WIDTH_PX - 6);
    last = y;
  }
}

/** Whether a seat can be asked for at all: free, and of a price that is shown. */
export function isOffered(scene, seat) {
  return scene.states.get(seat) === FREE && scene.categories[scene.model.category[seat]].shown;
}
