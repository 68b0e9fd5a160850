// The whole plan in a corner while the view shows a part of it: where you are, where yours are, and
// a press brings you elsewhere. A picture of its own, renewed now and then, never every frame.

import { paintRegion } from "./painter.js";
import { NARROW_BELOW_PX } from "../viewport.js";

const WIDTH_MAX_PX = 150;
const HEIGHT_MAX_PX = 96;
const MARGIN_PX = 12;
const PADDING_PX = 6;
/** Repainted at most so often while seats change. */
const RENEW_MS = 1_000;
/** Shown when less than this share of the plan's width or height is in view. */
const SHOWN_BELOW_SHARE = 0.7;

export class Minimap {
  constructor() {
    this.picture = document.createElement("canvas");
    this.paintedAt = -Infinity;
    this.stale = true;
  }

  touch() {
    this.stale = true;
  }

  /** Where it stands on the screen, or `null` while the view shows nearly all. */
  box(viewport) {
    const { bounds } = viewport.model;
    const [planWidth, planHeight] = [bounds.right - bounds.left, bounds.bottom - bounds.top];
    const view = viewport.view();
    const share = Math.min((view.right - view.left) / planWidth, (view.bottom - view.top) / planHeight);
    if (share > SHOWN_BELOW_SHARE) return null;
    const scale = Math.min(WIDTH_MAX_PX / planWidth, HEIGHT_MAX_PX / planHeight);
    const [width, height] = [planWidth * scale + 2 * PADDING_PX, planHeight * scale + 2 * PADDING_PX];
    // Opposite the zoom buttons: they stand at the top of wide charts, at the foot of narrow ones.
    const top = viewport.width < NARROW_BELOW_PX ? MARGIN_PX : viewport.height - height - MARGIN_PX;
    return { left: viewport.width - width - MARGIN_PX, top, width, height, scale };
  }

  /** The plan point under a screen point, or `null` beside the map. */
  planPoint(viewport, px, py) {
    const box = this.box(viewport);
    if (!box) return null;
    const [x, y] = [px - box.left, py - box.top];
    if (x < 0 || y < 0 || x > box.width || y > box.height) return null;
    const { bounds } = viewport.model;
    return [bounds.left + (x - PADDING_PX) / box.scale, bounds.top + (y - PADDING_PX) / box.scale];
  }

  /** @returns {boolean} whether it wants to be drawn again because its picture is old */
  draw(ctx, { scene, viewport, ratio, yours }, now) {
    const box = this.box(viewport);
    if (!box) return false;
    const { theme, model } = scene;
    if (this.stale && now - this.paintedAt >= RENEW_MS) this.#renew(scene, box, ratio, now);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.beginPath();
    ctx.roundRect(box.left, box.top, box.width, box.height, 8);
    ctx.fillStyle = theme.surface;
    ctx.fill();
    ctx.strokeStyle = theme.control;
    ctx.lineWidth = 1;
    ctx.stroke();
    ctx.save();
    ctx.clip();
    ctx.drawImage(this.picture, box.left, box.top, box.width, box.height);
    const place = (x, y) => [
      box.left + PADDING_PX + (x - model.bounds.left) * box.scale,
      box.top + PADDING_PX + (y - model.bounds.top) * box.scale,
    ];
    for (const seat of yours) {
      if (seat >= model.seatCount) continue;
      ctx.beginPath();
      ctx.arc(...place(model.x[seat], model.y[seat]), 3, 0, 2 * Math.PI);
      ctx.fillStyle = theme["seat-yours"];
      ctx.fill();
      ctx.strokeStyle = theme["seat-yours-ring"];
      ctx.stroke();
    }
    const view = viewport.view();
    const [left, top] = place(view.left, view.top);
    const [right, bottom] = place(view.right, view.bottom);
    ctx.strokeStyle = theme.ink;
    ctx.lineWidth = 2;
    ctx.beginPath();
    ctx.roundRect(left, top, right - left, bottom - top, 3);
    ctx.stroke();
    ctx.restore();
    return this.stale;
  }

  #renew(scene, box, ratio, now) {
    const { bounds } = scene.model;
    this.picture.width = Math.ceil(box.width * ratio);
    this.picture.height = Math.ceil(box.height * ratio);
    const k = box.scale * ratio;
    const at = { scale: box.scale, ratio, left: PADDING_PX * ratio - bounds.left * k, top: PADDING_PX * ratio - bounds.top * k };
    paintRegion(this.picture.getContext("2d"), { ...scene, stageName: "", quiet: true }, bounds, at);
    this.paintedAt = now;
    this.stale = false;
  }
}
