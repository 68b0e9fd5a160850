// What a place looks like: shape says the state, colour and mark say the price. Every function
// draws around (0, 0) with a seat one unit wide and its front up; the caller sets the transform.

const TAU = 2 * Math.PI;

/** A seat from above: flat front, rounded back. */
const SEAT = () => new Path2D("M-.37-.5H.37Q.5-.5.5-.37L.48.14Q.46.5.12.5H-.12Q-.46.5-.48.14L-.5-.37Q-.5-.5-.37-.5Z");
/** The same with one front corner cut off: something stands in the view. */
const CUT_SEAT = () => new Path2D("M-.02-.5H.37Q.5-.5.5-.37L.48.14Q.46.5.12.5H-.12Q-.46.5-.48.14L-.5-.02Z");
const SQUARE = () => new Path2D("M-.44-.56H.44Q.56-.56.56-.44V.44Q.56.56.44.56H-.44Q-.56.56-.56.44V-.44Q-.56-.56-.44-.56Z");
/** The lower half of a seat, within a stroke's breadth of its outline. */
const LOWER_HALF = () => new Path2D("M-.48.06H.48L.47.14Q.45.485.12.485H-.12Q-.45.485-.47.14Z");
const WHEEL = () => new Path2D("M-.1-.1C-.34.02-.36.3-.14.4.06.48.22.36.25.18");
const SITTER = () => new Path2D("M-.06-.2V.1H.18L.3.36M-.06-.06H.16");
const TICK = () => new Path2D("M-.24.02-.06.2.26-.17");

const paths = {};
/** Paths are made on first use: a module may load where there is no canvas. */
function path(name, make) {
  return (paths[name] ??= make());
}

/** Kinds of a free place that is no plain seat. */
export const PLAIN = "plain";
export const CUT = "cut";
export const WHEELCHAIR = "wheelchair";
export const COMPANION_SEAT = "companion";

function body(kind) {
  if (kind === WHEELCHAIR) return path("square", SQUARE);
  if (kind === CUT) return path("cut", CUT_SEAT);
  return path("seat", SEAT);
}

/**
 * A free place.
 * @param {{fill: string, mark: string, band: number, kind: string, marked: boolean, numbered: boolean}} look
 */
export function drawFree(ctx, look) {
  ctx.fillStyle = look.fill;
  ctx.fill(body(look.kind));
  if (!look.marked) return;
  if (look.kind === WHEELCHAIR) drawWheelchair(ctx, look.mark);
  else if (look.kind === COMPANION_SEAT) drawPlus(ctx, look.mark, look.numbered);
  else drawBandMark(ctx, look);
}

/** Band 1 none, band 2 a bar at the back, band 3 a dot, band 4 two bars. Below the number if there is one. */
function drawBandMark(ctx, { band, mark, numbered }) {
  ctx.fillStyle = mark;
  if (band === 2) ctx.fillRect(-0.2, numbered ? 0.31 : 0.18, 0.4, numbered ? 0.07 : 0.11);
  if (band === 4) {
    ctx.fillRect(-0.2, numbered ? 0.25 : 0.08, 0.4, numbered ? 0.06 : 0.1);
    ctx.fillRect(-0.2, numbered ? 0.36 : 0.26, 0.4, numbered ? 0.06 : 0.1);
  }
  if (band === 3) {
    ctx.beginPath();
    ctx.arc(0, numbered ? 0.34 : 0.03, numbered ? 0.065 : 0.13, 0, TAU);
    ctx.fill();
  }
}

function drawWheelchair(ctx, color) {
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.lineWidth = 0.09;
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  ctx.stroke(path("wheel", WHEEL));
  ctx.stroke(path("sitter", SITTER));
  ctx.beginPath();
  ctx.arc(-0.06, -0.35, 0.085, 0, TAU);
  ctx.fill();
}

function drawPlus(ctx, color, numbered) {
  ctx.fillStyle = color;
  const [y, half] = numbered ? [0.33, 0.09] : [0, 0.23];
  const thick = numbered ? 0.06 : 0.12;
  ctx.fillRect(-half, y - thick / 2, 2 * half, thick);
  ctx.fillRect(-thick / 2, y - half, thick, 2 * half);
}

/** A free seat while the chart is stale: its outline only. */
export function drawStale(ctx, look) {
  ctx.strokeStyle = look.fill;
  ctx.lineWidth = 0.1;
  ctx.save();
  ctx.scale(0.9, 0.9);
  ctx.stroke(body(look.kind));
  ctx.restore();
}

/** Held by someone: an outlined seat, its lower half full. */
export function drawHeld(ctx, fill, inside) {
  ctx.save();
  ctx.scale(0.92, 0.92);
  ctx.fillStyle = inside;
  ctx.fill(path("seat", SEAT));
  ctx.fillStyle = fill;
  ctx.fill(path("lower", LOWER_HALF));
  ctx.strokeStyle = fill;
  ctx.lineWidth = 0.085;
  ctx.stroke(path("seat", SEAT));
  ctx.restore();
}

/** Sold or blocked: a small dot, 34 % of a seat. */
export function drawSold(ctx, fill) {
  ctx.fillStyle = fill;
  ctx.beginPath();
  ctx.arc(0, 0, 0.17, 0, TAU);
  ctx.fill();
}

/** Blocked, as its organizer sees it: a cross. */
export function drawBlocked(ctx, stroke) {
  ctx.strokeStyle = stroke;
  ctx.lineWidth = 0.12;
  ctx.beginPath();
  ctx.moveTo(-0.24, -0.24);
  ctx.lineTo(0.24, 0.24);
  ctx.moveTo(0.24, -0.24);
  ctx.lineTo(-0.24, 0.24);
  ctx.stroke();
}

/** Yours: a gold circle, 112 % of a seat, with ring and tick. `unit` is a CSS pixel in seat units. */
export function drawYours(ctx, gold, ring, tick, unit) {
  const line = Math.min(0.16, Math.max(2 * unit, 0.09));
  ctx.beginPath();
  ctx.arc(0, 0, 0.56 - line / 2, 0, TAU);
  ctx.fillStyle = gold;
  ctx.fill();
  ctx.lineWidth = line;
  ctx.strokeStyle = ring;
  ctx.stroke();
  ctx.strokeStyle = tick;
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  ctx.lineWidth = 0.13;
  ctx.stroke(path("tick", TICK));
}

/** The ring around the seat that is pointed at, in CSS pixels. */
export function drawFocusRing(ctx, size, ink, ground) {
  const half = size / 2 + 4;
  ctx.beginPath();
  ctx.roundRect(-half, -half, 2 * half, 2 * half, 6);
  ctx.lineWidth = 5.5;
  ctx.strokeStyle = ground;
  ctx.stroke();
  ctx.lineWidth = 2.5;
  ctx.strokeStyle = ink;
  ctx.stroke();
}

/** A seat that was asked for and is not answered yet: an open ring, turned by `turn` radians. */
export function drawAsked(ctx, size, ink, turn) {
  ctx.beginPath();
  ctx.arc(0, 0, size * 0.62, turn, turn + TAU * 0.7);
  ctx.lineWidth = 2;
  ctx.lineCap = "round";
  ctx.strokeStyle = ink;
  ctx.stroke();
}
