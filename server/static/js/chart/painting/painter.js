// Paints a rectangle of the plan into a canvas, with as much detail as the scale can show:
// dots, then seats, then marks, then numbers. Used for tiles, for patches of tiles and for the
// minimap; what moves by itself (yours, focus, animations) is the overlay's.

import * as glyphs from "./glyphs.js";
import { ACCESSIBLE, COMPANION, RESTRICTED_VIEW } from "../plan/model.js";
import { contains, overlaps, tracePath, boundsOf, corners } from "../plan/shapes.js";
import { BLOCKED, FREE, HELD } from "../states.js";

/** A seat's width as a share of the pitch. */
export const SEAT_SHARE = 0.76;
/** Pitches (CSS px) from which seats have their shape, marks, letters at row ends, numbers. */
const SHAPES_FROM_PX = 7;
const MARKS_FROM_PX = 11;
const LETTERS_FROM_PX = 13;
const NUMBERS_FROM_PX = 30;
/** From this pitch narrow screens have the letters of level rows in a rail at the left. */
export const RAIL_FROM_PX = 20;
/** In large plans section names stand as tags over the seats below this pitch, under them above it. */
export const TAGS_BELOW_PX = 9;
/** What is left of a seat whose price is filtered out. */
const FILTERED_ALPHA = 0.16;
/** The plan's own words are left out below this size, and never smaller than 12. */
const TEXT_FROM_PX = 5;
const FONT = "Archivo, system-ui, sans-serif";

/**
 * @typedef {object} Scene  all that a picture of the plan depends on
 * @property {import("./model.js").ChartModel} model
 * @property {import("./states.js").SeatStates} states
 * @property {Set<number>} yours  left out: the overlay draws them
 * @property {{band: number, shown: boolean}[]} categories by the geometry's category index
 * @property {Record<string, string>} theme
 * @property {boolean} live   false outlines the free seats
 * @property {boolean} staff  organizers see blocked seats as crosses
 * @property {number|null} floor  only this floor's seats
 * @property {boolean} rail   letters of level rows stand in the rail, not at the rows' ends
 * @property {CanvasImageSource|null} poster
 * @property {string} stageName
 * @property {boolean} [quiet] no words at all: the minimap
 */

/** Which shape a free place has. */
export function kindOf(flags) {
  if (flags & ACCESSIBLE) return glyphs.WHEELCHAIR;
  if (flags & COMPANION) return glyphs.COMPANION_SEAT;
  if (flags & RESTRICTED_VIEW) return glyphs.CUT;
  return glyphs.PLAIN;
}

/**
 * Paints `region` (plan coordinates).
 * @param {CanvasRenderingContext2D} ctx
 * @param {Scene} scene
 * @param {{left: number, top: number, right: number, bottom: number}} region
 * @param {{scale: number, ratio: number, left: number, top: number}} at scale in CSS pixels per
 *   plan unit, device pixels per CSS pixel, and the device pixel of plan point (0, 0)
 */
export function paintRegion(ctx, scene, region, at) {
  const k = at.scale * at.ratio;
  const inPlan = () => ctx.setTransform(k, 0, 0, k, at.left, at.top);
  const pitchPx = scene.model.pitch * at.scale;
  inPlan();
  paintGround(ctx, scene, region, at, pitchPx);
  if (pitchPx < SHAPES_FROM_PX) paintDots(ctx, scene, region, at);
  else paintSeats(ctx, scene, region, at, pitchPx);
  ctx.setTransform(at.ratio, 0, 0, at.ratio, at.left, at.top);
  if (!scene.quiet) paintTexts(ctx, scene, region, at.scale, pitchPx);
  ctx.setTransform(1, 0, 0, 1, 0, 0);
}

function paintGround(ctx, scene, region, at, pitchPx) {
  const { model, theme, floor } = scene;
  const pixel = 1 / at.scale;
  // In a small plan the seats themselves show where a section is.
  for (const section of model.sectionsFirst ? model.sections : []) {
    if (!section.outline.length || (floor !== null && section.floor !== floor)) continue;
    if (!overlaps(boundsOf(section.outline), region)) continue;
    fillShape(ctx, { shape: "polygon", points: section.outline }, theme.surface, theme.line, pixel);
  }
  for (const shape of model.geometry.shapes) {
    if (overlaps(boundsOf(corners(shape)), region)) fillShape(ctx, shape, theme.sunken, theme.line, pixel);
  }
  for (const area of model.areas) {
    if (overlaps(area.bounds, region)) paintArea(ctx, scene, area, pixel);
  }
  for (const row of model.geometry.rows) {
    if (row.table && overlaps(boundsOf(corners(row.table)), region)) {
      fillShape(ctx, row.table, theme.surface, theme.control, pixel * Math.min(1.5, Math.max(0.6, pitchPx / 16)));
    }
  }
  if (model.geometry.stage) paintStage(ctx, scene, model.geometry.stage, region, pixel);
}

function fillShape(ctx, shape, fill, stroke, width) {
  ctx.beginPath();
  tracePath(ctx, shape);
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = width;
  ctx.stroke();
}

function paintArea(ctx, scene, area, pixel) {
  const category = scene.categories[area.category];
  const color = scene.theme[`band-${category.band}`];
  ctx.beginPath();
  tracePath(ctx, { shape: "polygon", points: area.outline });
  ctx.globalAlpha = category.shown ? 0.12 : 0.04;
  ctx.fillStyle = color;
  ctx.fill();
  ctx.globalAlpha = category.shown ? 1 : FILTERED_ALPHA;
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.5 * pixel;
  ctx.stroke();
  ctx.globalAlpha = 1;
}

/** The poster stands on the stage, cropped to it, with the stage's name on a plate. */
function paintStage(ctx, scene, stage, region, pixel) {
  const box = boundsOf(corners(stage));
  if (!overlaps(box, region)) return;
  const { theme, poster } = scene;
  ctx.save();
  ctx.beginPath();
  tracePath(ctx, stage);
  ctx.fillStyle = theme.ink;
  ctx.fill();
  if (poster) {
    ctx.clip();
    const [width, height] = [box.right - box.left, box.bottom - box.top];
    const cover = Math.max(width / poster.width, height / poster.height);
    const [w, h] = [poster.width * cover, poster.height * cover];
    // Posters carry their picture above the middle and their words below.
    ctx.drawImage(poster, box.left + (width - w) / 2, box.top + (height - h) * 0.38, w, h);
  }
  ctx.restore();
  ctx.beginPath();
  tracePath(ctx, stage);
  ctx.strokeStyle = theme.line;
  ctx.lineWidth = pixel;
  ctx.stroke();
}

/** Far away a seat is a square of its colour: one fill style at a time, whole device pixels. */
function paintDots(ctx, scene, region, at) {
  const { model, states, theme, categories, floor, yours } = scene;
  const k = at.scale * at.ratio;
  const buckets = new Map();
  const margin = model.pitch;
  model.grid.visit(region.left - margin, region.top - margin, region.right + margin, region.bottom + margin, (seat) => {
    if (yours.has(seat) || (floor !== null && model.sections[model.sectionOf(seat)].floor !== floor)) return;
    const state = states.get(seat);
    const category = categories[model.category[seat]];
    let key = "sold";
    if (state === FREE) key = category.shown ? category.band : "filtered";
    else if (state === HELD) key = "held";
    let list = buckets.get(key);
    if (!list) buckets.set(key, (list = []));
    list.push(seat);
  });
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  for (const [key, seats] of buckets) {
    const free = typeof key === "number";
    const share = free ? 0.78 : key === "held" ? 0.6 : 0.34;
    ctx.fillStyle = free ? theme[`band-${key}`] : theme[key === "held" ? "seat-held" : key === "sold" ? "seat-sold" : "line"];
    ctx.globalAlpha = free && !scene.live ? 0.45 : 1;
    const size = Math.max(1, Math.round(model.pitch * k * share));
    for (const seat of seats) {
      ctx.fillRect(Math.round(model.x[seat] * k + at.left - size / 2), Math.round(model.y[seat] * k + at.top - size / 2), size, size);
    }
  }
  ctx.globalAlpha = 1;
}

function paintSeats(ctx, scene, region, at, pitchPx) {
  const { model, states, theme, categories, floor, yours } = scene;
  const k = at.scale * at.ratio;
  const size = model.pitch * SEAT_SHARE * k;
  const [marked, numbered] = [pitchPx >= MARKS_FROM_PX, pitchPx >= NUMBERS_FROM_PX];
  const font = `${Math.round(size * 0.42)}px ${FONT}`;
  const margin = model.pitch;
  const look = { fill: "", mark: "", band: 1, kind: glyphs.PLAIN, marked, numbered };
  model.grid.visit(region.left - margin, region.top - margin, region.right + margin, region.bottom + margin, (seat) => {
    if (yours.has(seat) || (floor !== null && model.sections[model.sectionOf(seat)].floor !== floor)) return;
    const angle = model.angle[seat];
    const [cos, sin] = [Math.cos(angle) * size, Math.sin(angle) * size];
    const [px, py] = [model.x[seat] * k + at.left, model.y[seat] * k + at.top];
    ctx.setTransform(cos, sin, -sin, cos, px, py);
    const state = states.get(seat);
    if (state === HELD) {
      glyphs.drawHeld(ctx, theme["seat-held"], theme.surface);
    } else if (state !== FREE) {
      if (state === BLOCKED && scene.staff) glyphs.drawBlocked(ctx, theme["seat-held"]);
      else glyphs.drawSold(ctx, theme["seat-sold"]);
    } else {
      const category = categories[model.category[seat]];
      look.band = category.band;
      look.fill = theme[`band-${category.band}`];
      look.mark = theme[`on-band-${category.band}`];
      look.kind = kindOf(model.flags[seat]);
      ctx.globalAlpha = category.shown ? 1 : FILTERED_ALPHA;
      if (!scene.live) glyphs.drawStale(ctx, look);
      else glyphs.drawFree(ctx, look);
      if (numbered && look.kind !== glyphs.WHEELCHAIR) {
        paintNumber(ctx, model.geometry.seats.number[seat], font, scene.live ? look.mark : theme.ink, angle, size, px, py);
      }
      ctx.globalAlpha = 1;
    }
  });
}

/** Upright, or leaning with the seat as far as it stays easy to read. */
function paintNumber(ctx, number, font, color, angle, size, px, py) {
  const lean = Math.abs(Math.sin(angle)) < 0.5 && Math.cos(angle) > 0 ? angle : 0;
  const [cos, sin] = [Math.cos(lean), Math.sin(lean)];
  ctx.setTransform(cos, sin, -sin, cos, px, py);
  ctx.font = `750 ${font}`;
  ctx.fontStretch = "condensed";
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = color;
  ctx.fillText(number, 0, -size * 0.06, size * 0.86);
}

/** Letters, names and the plan's own texts; the transform is in CSS pixels. */
function paintTexts(ctx, scene, region, scale, pitchPx) {
  const { model, theme, floor } = scene;
  const reach = 160 / scale;
  const wide = { left: region.left - reach, top: region.top - reach, right: region.right + reach, bottom: region.bottom + reach };
  const isNear = ([x, y]) => x >= wide.left && x <= wide.right && y >= wide.top && y <= wide.bottom;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fontStretch = "normal";
  ctx.fillStyle = theme["ink-2"];
  if (pitchPx >= LETTERS_FROM_PX) {
    ctx.font = `650 ${Math.min(16, Math.max(11, pitchPx * 0.62))}px ${FONT}`;
    model.geometry.rows.forEach((row, n) => {
      if (floor !== null && model.sections[row.section].floor !== floor) return;
      if (scene.rail && pitchPx >= RAIL_FROM_PX && model.rowIsLevel[n]) return;
      for (const end of model.rowEnds[n]) {
        if (isNear(end)) ctx.fillText(row.label, end[0] * scale, end[1] * scale);
      }
    });
  }
  paintTables(ctx, scene, isNear, scale, pitchPx);
  if (pitchPx >= TAGS_BELOW_PX || !model.sectionsFirst) paintSectionNames(ctx, scene, isNear, scale, pitchPx);
  for (const text of model.geometry.texts) {
    if (!isNear([text.x, text.y])) continue;
    const size = text.size * scale;
    if (size < TEXT_FROM_PX) continue;
    ctx.save();
    ctx.translate(text.x * scale, text.y * scale);
    ctx.rotate((text.rotation * Math.PI) / 180);
    ctx.font = `600 ${Math.min(28, Math.max(12, size))}px ${FONT}`;
    ctx.fillText(text.text, 0, 0);
    ctx.restore();
  }
  paintStageName(ctx, scene, scale, isNear);
}

function paintTables(ctx, { model, theme }, isNear, scale, pitchPx) {
  if (pitchPx < LETTERS_FROM_PX) return;
  ctx.font = `650 ${Math.min(16, Math.max(11, pitchPx * 0.55))}px ${FONT}`;
  ctx.fillStyle = theme.ink;
  for (const row of model.geometry.rows) {
    if (!row.table) continue;
    const box = boundsOf(corners(row.table));
    const middle = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    if (isNear(middle)) ctx.fillText(row.label, middle[0] * scale, middle[1] * scale, (box.right - box.left) * scale);
  }
}

/** Under the seats of a section, where nothing else stands. */
function paintSectionNames(ctx, scene, isNear, scale, pitchPx) {
  const size = Math.min(18, Math.max(12, pitchPx * 0.62));
  ctx.font = `650 ${size}px ${FONT}`;
  ctx.fillStyle = scene.theme["ink-2"];
  for (const { name, at } of roomyNames(ctx, scene, scale, size)) {
    if (isNear(at)) ctx.fillText(name, at[0] * scale, at[1] * scale);
  }
}

const namesOf = new WeakMap();

/**
 * The names that can be written at this scale without covering a seat or one another, but for those
 * the plan writes itself. The same for every tile of the scale, so worked out once.
 */
function roomyNames(ctx, { model, floor }, scale, size) {
  const known = namesOf.get(model);
  if (known?.scale === scale && known.floor === floor) return known.names;
  const written = new Set(model.geometry.texts.map((text) => text.text.toLowerCase()));
  const names = [];
  const boxes = [];
  for (const section of model.sections) {
    if (!section.rows.length || written.has(section.name.toLowerCase()) || (floor !== null && section.floor !== floor)) continue;
    const half = ctx.measureText(section.name).width / 2 / scale;
    // A name moves down until it is as high as it is written; the seats above keep their distance.
    const at = [section.foot[0], section.foot[1] + Math.max(0, size / scale - model.pitch) / 2];
    const box = { left: at[0] - half, top: at[1] - size / 2 / scale, right: at[0] + half, bottom: at[1] + size / 2 / scale };
    const margin = model.pitch * 0.4;
    let covered = boxes.some((other) => overlaps(box, other));
    model.grid.visit(box.left - margin, box.top - margin, box.right + margin, box.bottom + margin, () => { covered = true; });
    covered ||= model.rowEnds.some((ends) => ends.some(([x, y]) => x > box.left - margin && x < box.right + margin && y > box.top - margin && y < box.bottom + margin));
    if (covered) continue;
    boxes.push(box);
    names.push({ name: section.name, at });
  }
  namesOf.set(model, { scale, floor, names });
  return names;
}

function paintStageName(ctx, { model, theme, stageName }, scale, isNear) {
  const { stage, texts } = model.geometry;
  if (!stage || !stageName || texts.some((text) => insideStage(stage, text))) return;
  const box = boundsOf(corners(stage));
  const [x, foot] = [((box.left + box.right) / 2) * scale, box.bottom * scale];
  if (!isNear([(box.left + box.right) / 2, box.bottom])) return;
  ctx.font = `650 14px ${FONT}`;
  const width = ctx.measureText(stageName).width + 20;
  // The plate must leave the poster in sight.
  if (width > (box.right - box.left) * scale * 0.5 || (box.bottom - box.top) * scale < 56) return;
  ctx.fillStyle = theme.inverse;
  ctx.beginPath();
  ctx.roundRect(x - width / 2, foot - 34, width, 24, 4);
  ctx.fill();
  ctx.fillStyle = theme["on-inverse"];
  ctx.fillText(stageName, x, foot - 21.5);
}

function insideStage(stage, text) {
  return contains(corners(stage), text.x, text.y);
}
