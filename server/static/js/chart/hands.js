// What hands and keys do to the chart: move it, point at a seat, press it. Where they point is kept
// here; what a press means is the host's business.

import { listen } from "./gestures.js";
import { isOffered } from "./painting/overlay.js";
import { rowEnds, seatTowards } from "./plan/neighbours.js";

/** A touch takes a seat from this pitch on; below it zooms to `TOUCH_PITCH_PX` first. */
const TOUCH_TAKES_FROM_PX = 40;
export const TOUCH_PITCH_PX = 46;
/** A pointer takes a seat from this pitch on. */
const POINTER_TAKES_FROM_PX = 9;
export const POINTER_PITCH_PX = 24;
export const ZOOM_STEP = 1.5;
const FLING = { forMs: 160, glideMs: 420 };
/** A seat that keys lead to stands at least this far from the chart's edge. */
const EDGE_PX = 48;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @typedef {object} HandledChart what is on the chart just now, and what hands make it do
 * @property {object | null} scene
 * @property {import("./viewport.js").Viewport | null} viewport
 * @property {import("./painting/minimap.js").Minimap} minimap
 * @property {Set<number>} yours
 * @property {boolean} calm no motion that nobody asked for
 * @property {() => void} wake draws soon
 * @property {(target: object) => void} glide
 * @property {(x: number, y: number, scale: number) => void} glideToPoint
 * @property {(factor: number) => void} zoomBy
 * @property {() => void} fit
 * @property {(seat: number) => void} press
 * @property {(seat: number) => void} onPoint another seat is pointed at, or -1
 */

export class Hands {
  #surface;
  #chart;
  #pointed = -1;
  #byKeyboard = false;

  /** @param {HTMLElement} surface  @param {HandledChart} chart */
  constructor(surface, chart) {
    this.#surface = surface;
    this.#chart = chart;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    listen(this.#surface, this.#gestures(), signal);
    this.#surface.addEventListener("focus", () => this.#surface.matches(":focus-visible") && this.#enter(), { signal });
    this.#surface.addEventListener("blur", () => this.#point(-1), { signal });
  }

  /** The seat that is pointed at, or -1. */
  get pointed() {
    return this.#pointed;
  }

  get byKeyboard() {
    return this.#byKeyboard;
  }

  /** Points at a seat as the keyboard does. */
  pointAt(seat) {
    this.#byKeyboard = true;
    this.#point(seat);
    this.#keepInView(seat);
  }

  /** Another plan: its seats have other numbers. */
  reset() {
    this.#pointed = -1;
  }

  #gestures() {
    const chart = this.#chart;
    return {
      pan: (dx, dy) => this.#moved(() => chart.viewport.panBy(dx, dy)),
      zoom: (px, py, factor) => this.#moved(() => chart.viewport.zoomAt(px, py, factor)),
      tap: (px, py, touch) => this.#tap(px, py, touch),
      grab: (px, py) => this.#jumpByMinimap(px, py),
      drag: (px, py) => this.#jumpByMinimap(px, py),
      hover: (px, py) => this.#hover(px, py),
      leave: () => !this.#byKeyboard && this.#point(-1),
      fling: (vx, vy) => {
        const { scale, left, top } = chart.viewport;
        const target = { scale, left: left + vx * FLING.forMs, top: top + vy * FLING.forMs };
        if (!chart.calm) chart.viewport.glideTo(target, performance.now(), FLING.glideMs);
        chart.wake();
      },
      key: (key, event) => this.#key(key, event),
    };
  }

  #moved(change) {
    if (!this.#chart.viewport) return;
    this.#chart.viewport.halt();
    change();
    if (!this.#byKeyboard) this.#point(-1);
    this.#chart.wake();
  }

  #jumpByMinimap(px, py) {
    const { viewport, minimap } = this.#chart;
    const point = viewport && minimap.planPoint(viewport, px, py);
    if (!point) return false;
    viewport.lookAt(point[0], point[1], viewport.scale);
    this.#chart.wake();
    return true;
  }

  #seatAt(px, py) {
    const { model, floor } = this.#chart.scene;
    const [x, y] = this.#chart.viewport.toPlan(px, py);
    return model.grid.nearest(x, y, model.pitch * 0.58, (seat) => floor === null || model.sections[model.sectionOf(seat)].floor === floor);
  }

  #hover(px, py) {
    const { scene, viewport, yours } = this.#chart;
    if (!viewport) return;
    const close = viewport.pitchPx >= POINTER_TAKES_FROM_PX;
    const seat = close ? this.#seatAt(px, py) : -1;
    this.#surface.classList.toggle("offers", close ? seat >= 0 && (isOffered(scene, seat) || yours.has(seat)) : this.#sectionUnder(px, py) >= 0);
    if (seat >= 0 || !this.#byKeyboard) {
      this.#byKeyboard = false;
      this.#point(seat);
    }
  }

  #sectionUnder(px, py) {
    const { scene, viewport } = this.#chart;
    return scene.model.sectionAt(...viewport.toPlan(px, py));
  }

  #tap(px, py, touch) {
    const { scene, viewport } = this.#chart;
    if (!viewport) return;
    const { model } = scene;
    const { pitchPx } = viewport;
    const [x, y] = viewport.toPlan(px, py);
    const takes = pitchPx >= (touch ? TOUCH_TAKES_FROM_PX : POINTER_TAKES_FROM_PX);
    this.#byKeyboard = false;
    if (takes) {
      const seat = this.#seatAt(px, py);
      if (touch) this.#point(seat);
      if (seat >= 0) this.#chart.press(seat);
      return;
    }
    const section = model.sectionsFirst && !touch ? this.#sectionUnder(px, py) : -1;
    if (section >= 0 && model.sections[section].rows.length) this.#chart.glide(viewport.framed(model.sections[section].bounds, 48));
    else this.#chart.glideToPoint(x, y, (touch ? TOUCH_PITCH_PX : POINTER_PITCH_PX) / model.pitch);
  }

  #key(key, event) {
    const { scene } = this.#chart;
    if (!scene) return false;
    // Ctrl and Command with these are the browser's own zoom.
    if (event.ctrlKey || event.metaKey) return false;
    if (key === "+" || key === "=") this.#chart.zoomBy(ZOOM_STEP);
    else if (key === "-") this.#chart.zoomBy(1 / ZOOM_STEP);
    else if (key === "0") this.#chart.fit();
    else if (key === "Escape" && this.#pointed >= 0) this.#point(-1);
    else if (key in ARROWS) this.#walk(ARROWS[key], event.shiftKey);
    else if ((key === "Home" || key === "End") && this.#pointed >= 0) this.pointAt(rowEnds(scene.model, this.#pointed)[key === "Home" ? 0 : 1]);
    else if ((key === "Enter" || key === " ") && this.#pointed >= 0) this.#chart.press(this.#pointed);
    else return false;
    return true;
  }

  /** Shift skips what is not free. */
  #walk([dx, dy], onlyFree) {
    if (this.#pointed < 0) {
      this.#enter();
      return;
    }
    const { scene, yours } = this.#chart;
    const { model, floor } = scene;
    const accepts = (seat) => (floor === null || model.sections[model.sectionOf(seat)].floor === floor)
      && (!onlyFree || yours.has(seat) || isOffered(scene, seat));
    this.pointAt(seatTowards(model, this.#pointed, dx, dy, accepts));
  }

  /** The keyboard enters at your first seat, else at the free seat nearest to the focal point. */
  #enter() {
    const { scene, yours } = this.#chart;
    if (!scene || this.#pointed >= 0) return;
    const { model } = scene;
    const [mine] = [...yours].filter((seat) => seat < model.seatCount);
    const [x, y] = model.geometry.focal_point;
    const far = Math.hypot(model.bounds.right - model.bounds.left, model.bounds.bottom - model.bounds.top);
    const seat = mine ?? model.grid.nearest(x, y, far, (n) => isOffered(scene, n));
    if (seat >= 0) this.pointAt(seat);
  }

  #keepInView(seat) {
    const { scene: { model }, viewport } = this.#chart;
    const [px, py] = viewport.toScreen(model.x[seat], model.y[seat]);
    if (viewport.pitchPx < POINTER_TAKES_FROM_PX) this.#chart.glideToPoint(model.x[seat], model.y[seat], POINTER_PITCH_PX / model.pitch);
    else if (px < EDGE_PX || py < EDGE_PX || px > viewport.width - EDGE_PX || py > viewport.height - EDGE_PX) this.#chart.glideToPoint(model.x[seat], model.y[seat], viewport.scale);
  }

  #point(seat) {
    if (seat === this.#pointed) return;
    this.#pointed = seat;
    this.#chart.onPoint(seat);
  }
}
