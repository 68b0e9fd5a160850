// The painted plan, in square tiles at one scale each, so that panning copies pictures instead of
// drawing seats. Two sheets are kept: the whole plan as fitted (never thrown away, shown beneath
// while nothing better is ready) and the one at the present scale. A changed seat repaints its own
// few pixels; tiles not ready are painted within a budget of time for each frame.

import { paintRegion } from "./painter.js";

/** Device pixels of a tile's side. */
const TILE_PX = 512;
/** Tiles one sheet may keep; the farthest from the view go first. */
const TILES_MAX = 120;
/** Milliseconds of painting in one frame. */
const BUDGET_MS = 9;
/** Changed seats of one tile patched one by one; more repaint the tile. */
const PATCHES_MAX = 24;

class Sheet {
  constructor(scale, ratio) {
    this.scale = scale;
    this.ratio = ratio;
    this.tiles = new Map();
  }

  /** Tile coordinates that a plan rectangle touches. */
  *covering({ left, top, right, bottom }) {
    const side = TILE_PX / (this.scale * this.ratio);
    for (let row = Math.floor(top / side); row <= Math.floor(bottom / side); row += 1) {
      for (let column = Math.floor(left / side); column <= Math.floor(right / side); column += 1) {
        yield { column, row, key: `${column},${row}` };
      }
    }
  }

  isComplete(region) {
    for (const { key } of this.covering(region)) {
      if (!this.tiles.get(key)?.ready) return false;
    }
    return true;
  }

  tile(column, row, key) {
    let tile = this.tiles.get(key);
    if (!tile) {
      const canvas = document.createElement("canvas");
      canvas.width = TILE_PX;
      canvas.height = TILE_PX;
      tile = { canvas, ctx: canvas.getContext("2d", { alpha: false }), column, row, ready: false, stale: true, patches: [] };
      this.tiles.set(key, tile);
    }
    return tile;
  }

  regionOf({ column, row }) {
    const side = TILE_PX / (this.scale * this.ratio);
    return { left: column * side, top: row * side, right: (column + 1) * side, bottom: (row + 1) * side };
  }

  /** Brings a tile up to date. */
  paint(tile, scene) {
    const { scale, ratio } = this;
    const at = { scale, ratio, left: -tile.column * TILE_PX, top: -tile.row * TILE_PX };
    if (tile.stale) {
      tile.ctx.setTransform(1, 0, 0, 1, 0, 0);
      tile.ctx.fillStyle = scene.theme.canvas;
      tile.ctx.fillRect(0, 0, TILE_PX, TILE_PX);
      paintRegion(tile.ctx, scene, this.regionOf(tile), at);
    } else {
      for (const patch of tile.patches) this.#patch(tile, scene, patch, at);
    }
    tile.ready = true;
    tile.stale = false;
    tile.patches = [];
  }

  #patch(tile, scene, [x, y], at) {
    const k = this.scale * this.ratio;
    const reach = scene.model.pitch * 0.75 * k + 2;
    const left = Math.floor(x * k + at.left - reach);
    const top = Math.floor(y * k + at.top - reach);
    const side = Math.ceil(2 * reach);
    const { ctx } = tile;
    ctx.save();
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.beginPath();
    ctx.rect(left, top, side, side);
    ctx.clip();
    ctx.fillStyle = scene.theme.canvas;
    ctx.fillRect(left, top, side, side);
    const plan = (px, offset) => (px - offset) / k;
    const region = {
      left: plan(left, at.left), top: plan(top, at.top),
      right: plan(left + side, at.left), bottom: plan(top + side, at.top),
    };
    paintRegion(ctx, scene, region, at);
    ctx.restore();
  }

  touch(x, y, reach) {
    for (const { key } of this.covering({ left: x - reach, top: y - reach, right: x + reach, bottom: y + reach })) {
      const tile = this.tiles.get(key);
      if (!tile || tile.stale) continue;
      tile.patches.push([x, y]);
      if (tile.patches.length > PATCHES_MAX) tile.stale = true;
    }
  }

  touchAll() {
    for (const tile of this.tiles.values()) tile.stale = true;
  }

  /** Forgets the tiles farthest from the view's middle. */
  trim(region) {
    if (this.tiles.size <= TILES_MAX) return;
    const side = TILE_PX / (this.scale * this.ratio);
    const column = (region.left + region.right) / 2 / side;
    const row = (region.top + region.bottom) / 2 / side;
    const far = [...this.tiles].sort(([, a], [, b]) => distance(b) - distance(a));
    function distance(tile) {
      return Math.hypot(tile.column + 0.5 - column, tile.row + 0.5 - row);
    }
    for (const [key] of far.slice(0, this.tiles.size - TILES_MAX)) this.tiles.delete(key);
  }
}

export class TileStore {
  constructor() {
    this.base = null;
    this.shown = null;
    this.coming = null;
  }

  /** Everything must be painted anew: theme, filter, poster or screen changed. */
  repaintAll() {
    this.#sheets().forEach((sheet) => sheet.touchAll());
  }

  /** The seat at `(x, y)` changed. */
  repaintSeat(x, y, pitch) {
    this.#sheets().forEach((sheet) => sheet.touch(x, y, pitch));
  }

  /** Another plan, another pixel ratio: nothing painted is of use. */
  clear() {
    Object.assign(this, { base: null, shown: null, coming: null });
  }

  /**
   * Draws the view into `ctx` and paints what is missing as far as the frame's budget goes.
   *
   * @param {import("./viewport.js").Viewport} viewport
   * @param {{ratio: number, zooming: boolean}} how while zooming nothing is painted sharp
   * @returns {boolean} whether there is more to paint
   */
  draw(ctx, viewport, scene, { ratio, zooming }) {
    const deadline = performance.now() + BUDGET_MS;
    const fitted = viewport.fitted().scale;
    if (!this.base || this.base.ratio !== ratio || Math.abs(this.base.scale / fitted - 1) > 0.02) {
      this.base = new Sheet(fitted, ratio);
      if (viewport.isFitted()) this.shown = this.base;
    }
    if (!zooming) this.#aim(viewport, ratio);
    const view = viewport.view();
    let more = false;
    const goal = this.coming ?? this.shown;
    if (goal && !zooming) more = this.#paint(goal, view, scene, deadline);
    more = this.#paint(this.base, scene.model.bounds, scene, deadline) || more;
    if (this.coming?.isComplete(view)) {
      this.shown = this.coming;
      this.coming = null;
    }
    const layers = new Set([this.base, this.shown, this.coming]);
    if (this.shown?.isComplete(view) && this.shown !== this.base) layers.delete(this.base);
    // Smooth scaling costs most of a frame where there is no graphics card; a moving picture hides it.
    ctx.imageSmoothingEnabled = !zooming;
    for (const sheet of layers) if (sheet) this.#blit(ctx, viewport, sheet, ratio, view);
    goal?.trim(view);
    return more || (zooming && this.#isUnsharp(viewport));
  }

  #isUnsharp(viewport) {
    return !this.shown || Math.abs(this.shown.scale / viewport.scale - 1) > 1e-6;
  }

  #aim(viewport, ratio) {
    const fits = (sheet) => sheet && sheet.ratio === ratio && Math.abs(sheet.scale / viewport.scale - 1) < 1e-6;
    if (fits(this.shown)) {
      this.coming = null;
    } else if (fits(this.base)) {
      this.shown = this.base;
      this.coming = null;
    } else if (!fits(this.coming)) {
      this.coming = new Sheet(viewport.scale, ratio);
    }
  }

  /** @returns {boolean} whether tiles are still missing */
  #paint(sheet, region, scene, deadline) {
    for (const { column, row, key } of sheet.covering(region)) {
      const tile = sheet.tile(column, row, key);
      if (!tile.stale && tile.patches.length === 0) continue;
      if (performance.now() > deadline) return true;
      sheet.paint(tile, scene);
    }
    return false;
  }

  #blit(ctx, viewport, sheet, ratio, view) {
    const zoom = viewport.scale / sheet.scale;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    const exact = Math.abs(zoom - 1) < 1e-6;
    const [left, top] = [viewport.left * ratio, viewport.top * ratio];
    const round = exact ? Math.round : (value) => value;
    for (const { key } of sheet.covering(view)) {
      const tile = sheet.tiles.get(key);
      if (!tile?.ready) continue;
      const side = TILE_PX * zoom;
      if (exact) ctx.drawImage(tile.canvas, round(left) + tile.column * TILE_PX, round(top) + tile.row * TILE_PX);
      else ctx.drawImage(tile.canvas, left + tile.column * side, top + tile.row * side, side + 0.5, side + 0.5);
    }
  }

  #sheets() {
    return [...new Set([this.base, this.shown, this.coming])].filter(Boolean);
  }
}
