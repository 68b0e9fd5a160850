// Where the chart looks: a scale (CSS pixels per geometry unit) and an offset. Pure arithmetic with
// one animation; nothing here draws.

/** Narrower charts are a phone's: row rail, buttons at the foot. */
export const NARROW_BELOW_PX = 600;
/** Seat pitch in pixels at the closest look. */
const PITCH_PX_MAX = 92;
/** Pixels kept free around a fitted plan. */
const FIT_MARGIN_PX = 10;

export class Viewport {
  /** @param {import("./model.js").ChartModel} model */
  constructor(model) {
    this.model = model;
    this.width = 1;
    this.height = 1;
    this.scale = 1;
    this.left = 0; // screen x of geometry x 0
    this.top = 0;
    this.animation = null;
    this.sized = false; // no size yet: the first one fits the plan
  }

  resize(width, height) {
    const wasFitted = !this.sized || this.isFitted();
    this.sized = true;
    const center = this.toPlan(this.width / 2, this.height / 2);
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
    if (wasFitted) this.#apply(this.fitted());
    else this.lookAt(center[0], center[1], this.scale);
  }

  /** Pixels between neighbouring seats. */
  get pitchPx() {
    return this.model.pitch * this.scale;
  }

  get scaleMin() {
    return this.fitted().scale;
  }

  get scaleMax() {
    return Math.max(PITCH_PX_MAX / this.model.pitch, this.scaleMin);
  }

  isFitted() {
    return this.scale <= this.scaleMin * 1.01;
  }

  toPlan(px, py) {
    return [(px - this.left) / this.scale, (py - this.top) / this.scale];
  }

  toScreen(x, y) {
    return [x * this.scale + this.left, y * this.scale + this.top];
  }

  /** What is in view, in plan coordinates. */
  view() {
    const [left, top] = this.toPlan(0, 0);
    const [right, bottom] = this.toPlan(this.width, this.height);
    return { left, top, right, bottom };
  }

  /** The view that shows the whole plan. */
  fitted() {
    return this.framed(this.model.bounds, FIT_MARGIN_PX);
  }

  /** The view that shows a rectangle, centred. */
  framed(bounds, marginPx) {
    const scale = Math.min(
      Math.max(1, this.width - 2 * marginPx) / (bounds.right - bounds.left),
      Math.max(1, this.height - 2 * marginPx) / (bounds.bottom - bounds.top),
      PITCH_PX_MAX / this.model.pitch,
    );
    return {
      scale,
      left: this.width / 2 - ((bounds.left + bounds.right) / 2) * scale,
      top: this.height / 2 - ((bounds.top + bounds.bottom) / 2) * scale,
    };
  }

  /** Puts the plan point `(x, y)` in the middle. */
  lookAt(x, y, scale) {
    this.#apply({ scale, left: this.width / 2 - x * scale, top: this.height / 2 - y * scale });
  }

  panBy(dx, dy) {
    this.#apply({ scale: this.scale, left: this.left + dx, top: this.top + dy });
  }

  /** Zooms by `factor` with the plan point under `(px, py)` staying where it is. */
  zoomAt(px, py, factor) {
    this.#apply(this.zoomed(px, py, factor));
  }

  /** The view that `zoomAt` would lead to. */
  zoomed(px, py, factor) {
    const scale = Math.min(this.scaleMax, Math.max(this.scaleMin, this.scale * factor));
    const [x, y] = this.toPlan(px, py);
    return { scale, left: px - x * scale, top: py - y * scale };
  }

  /** Glides to a view in `duration` ms; 0 jumps. `step(now)` moves it on. */
  glideTo(target, now, duration) {
    const end = this.#clamped(target);
    if (duration <= 0) {
      this.#apply(end);
      return;
    }
    this.animation = { from: { scale: this.scale, left: this.left, top: this.top }, end, start: now, duration };
  }

  /** Moves a running glide on; answers whether it still runs. */
  step(now) {
    if (!this.animation) return false;
    const { from, end, start, duration } = this.animation;
    const t = Math.min(1, Math.max(0, (now - start) / duration));
    if (t === 1) {
      this.#apply(end);
      return false;
    }
    const eased = 1 - (1 - t) ** 3;
    // The scale runs geometrically; the plan point in the middle runs straight.
    const scale = from.scale * (end.scale / from.scale) ** eased;
    const middle = (view) => [(this.width / 2 - view.left) / view.scale, (this.height / 2 - view.top) / view.scale];
    const [fx, fy] = middle(from);
    const [ex, ey] = middle(end);
    const share = Math.abs(end.scale - from.scale) < 1e-9 ? eased : (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / end.scale);
    const [x, y] = [fx + (ex - fx) * share, fy + (ey - fy) * share];
    Object.assign(this, { scale, left: this.width / 2 - x * scale, top: this.height / 2 - y * scale });
    return true;
  }

  /** Ends a glide where it stands: a hand on the chart wins. */
  halt() {
    this.animation = null;
  }

  #apply(view) {
    this.animation = null;
    Object.assign(this, this.#clamped(view));
  }

  /** Keeps the plan on the screen: a plan smaller than the view is centred, a larger one covers it. */
  #clamped(view) {
    const scale = Math.min(this.scaleMax, Math.max(this.scaleMin, view.scale));
    const { bounds } = this.model;
    return {
      scale,
      left: hold(view.left, bounds.left, bounds.right, scale, this.width),
      top: hold(view.top, bounds.top, bounds.bottom, scale, this.height),
    };
  }
}

function hold(offset, from, to, scale, room) {
  const slack = FIT_MARGIN_PX;
  if ((to - from) * scale + 2 * slack <= room) return room / 2 - ((from + to) / 2) * scale;
  return Math.min(slack - from * scale, Math.max(room - slack - to * scale, offset));
}
