// Hands on the chart: mouse, wheel, touch, pinch and keys become a few plain calls. Knows nothing
// of seats; what a tap or an arrow means is the chart's business.

/** A pointer that moved less than this has tapped. */
const TAP_SLOP_PX = 8;
/** Wheel pixels that double the scale. */
const WHEEL_DOUBLING_PX = 320;
/** Speed (px/ms) above which a released chart glides on. */
const FLING_FROM = 0.25;

/**
 * @typedef {object} Handlers
 * @property {(dx: number, dy: number) => void} pan
 * @property {(px: number, py: number, factor: number) => void} zoom
 * @property {(px: number, py: number, touch: boolean) => void} tap
 * @property {(px: number, py: number) => boolean} grab a press here is not the plan's; drag reports it
 * @property {(px: number, py: number) => void} drag
 * @property {(px: number, py: number) => void} hover
 * @property {() => void} leave
 * @property {(vx: number, vy: number) => void} fling px per ms
 * @property {(key: string, event: KeyboardEvent) => boolean} key answers whether it was used
 */

/** @param {HTMLElement} surface  @param {Handlers} hands  @param {AbortSignal} signal */
export function listen(surface, hands, signal) {
  const pointers = new Map();
  let moved = 0;
  let grabbed = false;
  let velocity = { x: 0, y: 0, at: 0 };

  const local = (event) => {
    const box = surface.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const on = (type, listener, options = {}) => surface.addEventListener(type, listener, { signal, ...options });

  on("pointerdown", (event) => {
    if (event.button !== 0) return;
    const point = local(event);
    surface.setPointerCapture(event.pointerId);
    if (pointers.size === 0) {
      moved = 0;
      velocity = { x: 0, y: 0, at: event.timeStamp };
      grabbed = hands.grab(...point);
    }
    pointers.set(event.pointerId, point);
  });

  on("pointermove", (event) => {
    const point = local(event);
    const last = pointers.get(event.pointerId);
    if (!last) {
      if (event.pointerType !== "touch") hands.hover(...point);
      return;
    }
    const [dx, dy] = [point[0] - last[0], point[1] - last[1]];
    moved += Math.hypot(dx, dy);
    if (grabbed) {
      hands.drag(...point);
    } else if (pointers.size === 1) {
      if (moved > TAP_SLOP_PX) hands.pan(dx, dy);
      const span = Math.max(1, event.timeStamp - velocity.at);
      velocity = { x: 0.6 * velocity.x + (0.4 * dx) / span, y: 0.6 * velocity.y + (0.4 * dy) / span, at: event.timeStamp };
    } else {
      pinch(event.pointerId, last, point);
    }
    pointers.set(event.pointerId, point);
  });

  function pinch(id, last, point) {
    const [otherId] = [...pointers.keys()].filter((key) => key !== id);
    const other = pointers.get(otherId);
    const span = ([x, y]) => Math.max(8, Math.hypot(x - other[0], y - other[1]));
    hands.zoom((point[0] + other[0]) / 2, (point[1] + other[1]) / 2, span(point) / span(last));
    hands.pan((point[0] - last[0]) / 2, (point[1] - last[1]) / 2);
  }

  on("pointerup", (event) => {
    if (!pointers.delete(event.pointerId) || pointers.size > 0) {
      moved = Infinity; // the rest of a pinch is no tap
      return;
    }
    const touch = event.pointerType === "touch";
    if (grabbed) return;
    if (moved <= TAP_SLOP_PX) hands.tap(...local(event), touch);
    else if (touch && event.timeStamp - velocity.at < 60 && Math.hypot(velocity.x, velocity.y) > FLING_FROM) hands.fling(velocity.x, velocity.y);
  });
  on("pointercancel", (event) => pointers.delete(event.pointerId));
  on("pointerleave", () => pointers.size === 0 && hands.leave());

  on("wheel", (event) => {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1) * (event.ctrlKey ? 4 : 1);
    hands.zoom(...local(event), 2 ** (-pixels / WHEEL_DOUBLING_PX));
  }, { passive: false });

  on("keydown", (event) => {
    if (event.altKey || event.metaKey) return;
    if (hands.key(event.key, event)) event.preventDefault();
  });
}
