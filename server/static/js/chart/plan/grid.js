// A uniform grid over points: finds what lies in a rectangle or nearest to a place without looking
// at the rest. Built once for a plan; 100,000 points take a few milliseconds.

/** Cells a grid may have; beyond, cells grow. */
const CELLS_MAX = 250_000;

export class PointGrid {
  /**
   * @param {ArrayLike<number>} xs
   * @param {ArrayLike<number>} ys
   * @param {number} cell  wished side of a cell, in the points' own units
   */
  constructor(xs, ys, cell) {
    const count = xs.length;
    let [left, top, right, bottom] = count ? [Infinity, Infinity, -Infinity, -Infinity] : [0, 0, 0, 0];
    for (let i = 0; i < count; i += 1) {
      if (xs[i] < left) left = xs[i];
      if (xs[i] > right) right = xs[i];
      if (ys[i] < top) top = ys[i];
      if (ys[i] > bottom) bottom = ys[i];
    }
    const area = (right - left + cell) * (bottom - top + cell);
    this.cell = Math.max(cell, Math.sqrt(area / CELLS_MAX));
    this.left = left;
    this.top = top;
    this.columns = Math.floor((right - left) / this.cell) + 1;
    this.lines = Math.floor((bottom - top) / this.cell) + 1;
    this.xs = xs;
    this.ys = ys;
    this.#fill(count);
  }

  #fill(count) {
    const starts = new Uint32Array(this.columns * this.lines + 1);
    const cells = new Uint32Array(count);
    for (let i = 0; i < count; i += 1) {
      cells[i] = this.#line(this.ys[i]) * this.columns + this.#column(this.xs[i]);
      starts[cells[i] + 1] += 1;
    }
    for (let c = 1; c < starts.length; c += 1) starts[c] += starts[c - 1];
    const next = starts.slice();
    this.items = new Uint32Array(count);
    for (let i = 0; i < count; i += 1) this.items[next[cells[i]]++] = i;
    this.starts = starts;
  }

  #column(x) {
    return Math.min(this.columns - 1, Math.max(0, Math.floor((x - this.left) / this.cell)));
  }

  #line(y) {
    return Math.min(this.lines - 1, Math.max(0, Math.floor((y - this.top) / this.cell)));
  }

  /** Calls `visit(index)` for every point in the rectangle, edges included. */
  visit(left, top, right, bottom, visit) {
    const [from, to] = [this.#column(left), this.#column(right)];
    for (let line = this.#line(top); line <= this.#line(bottom); line += 1) {
      const begin = this.starts[line * this.columns + from];
      const end = this.starts[line * this.columns + to + 1];
      for (let n = begin; n < end; n += 1) {
        const i = this.items[n];
        const [x, y] = [this.xs[i], this.ys[i]];
        if (x >= left && x <= right && y >= top && y <= bottom) visit(i);
      }
    }
  }

  /** The nearest point within `radius` that `accepts`, or -1. */
  nearest(x, y, radius, accepts = () => true) {
    let best = -1;
    let bestDistance = radius * radius;
    this.visit(x - radius, y - radius, x + radius, y + radius, (i) => {
      const distance = (this.xs[i] - x) ** 2 + (this.ys[i] - y) ** 2;
      if (distance <= bestDistance && accepts(i)) {
        best = i;
        bestDistance = distance;
      }
    });
    return best;
  }
}
