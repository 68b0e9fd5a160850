// Outlines as plans carry them (flat `[x, y, …]` polygons, rectangles, ellipses): bounds, hit
// tests, hulls and paths. Pure but for `tracePath`, which draws into a canvas path.

/** @returns {{left: number, top: number, right: number, bottom: number}} */
export function emptyBounds() {
  return { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
}

export function extend(bounds, x, y) {
  if (x < bounds.left) bounds.left = x;
  if (x > bounds.right) bounds.right = x;
  if (y < bounds.top) bounds.top = y;
  if (y > bounds.bottom) bounds.bottom = y;
}

export function overlaps(a, b) {
  return a.left <= b.right && a.right >= b.left && a.top <= b.bottom && a.bottom >= b.top;
}

/** The corners of a shape; an ellipse answers with those of its box. */
export function corners(shape) {
  if (shape.shape === "polygon") return shape.points;
  const [cx, cy, halfWidth, halfHeight] = shape.shape === "rectangle"
    ? [shape.x + shape.width / 2, shape.y + shape.height / 2, shape.width / 2, shape.height / 2]
    : [shape.x, shape.y, shape.rx, shape.ry];
  const turn = (shape.rotation * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  return [[-1, -1], [1, -1], [1, 1], [-1, 1]].flatMap(([sx, sy]) => {
    const [dx, dy] = [sx * halfWidth, sy * halfHeight];
    return [cx + dx * cos - dy * sin, cy + dx * sin + dy * cos];
  });
}

export function boundsOf(points) {
  const bounds = emptyBounds();
  for (let i = 0; i < points.length; i += 2) extend(bounds, points[i], points[i + 1]);
  return bounds;
}

/** Whether the flat polygon contains the point (even-odd). */
export function contains(points, x, y) {
  let inside = false;
  for (let i = 0, j = points.length - 2; i < points.length; j = i, i += 2) {
    const [xi, yi, xj, yj] = [points[i], points[i + 1], points[j], points[j + 1]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** The convex hull of points, flat, pushed outwards by `margin` (Andrew's monotone chain). */
export function hull(points, margin) {
  const sorted = points.slice().sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length === 0) return [];
  const turn = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = (list) => {
    const chain = [];
    for (const point of list) {
      while (chain.length >= 2 && turn(chain.at(-2), chain.at(-1), point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  const ring = sorted.length < 3 ? sorted : [...half(sorted), ...half(sorted.reverse())];
  const cx = ring.reduce((sum, point) => sum + point[0], 0) / ring.length;
  const cy = ring.reduce((sum, point) => sum + point[1], 0) / ring.length;
  return ring.flatMap(([x, y]) => {
    const length = Math.hypot(x - cx, y - cy) || 1;
    return [x + ((x - cx) / length) * margin, y + ((y - cy) / length) * margin];
  });
}

/** Points tried on each axis when the roomiest place is looked for. */
const ROOM_STEPS = 24;

/** The point inside a polygon farthest from its edges, where a label has most room, and how far. */
export function roomiest(points) {
  const box = boundsOf(points);
  let best = { anchor: [(box.left + box.right) / 2, (box.top + box.bottom) / 2], room: 0, score: -Infinity };
  for (let i = 1; i < ROOM_STEPS; i += 1) {
    for (let j = 1; j < ROOM_STEPS; j += 1) {
      const x = box.left + ((box.right - box.left) * i) / ROOM_STEPS;
      const y = box.top + ((box.bottom - box.top) * j) / ROOM_STEPS;
      if (!contains(points, x, y)) continue;
      const room = distanceToEdge(points, x, y);
      // Of equally roomy places the most central one.
      const score = room - Math.hypot(x - (box.left + box.right) / 2, y - (box.top + box.bottom) / 2) / 1000;
      if (score > best.score) best = { anchor: [x, y], room, score };
    }
  }
  return best;
}

function distanceToEdge(points, x, y) {
  let least = Infinity;
  for (let i = 0, j = points.length - 2; i < points.length; j = i, i += 2) {
    const [ax, ay] = [points[j], points[j + 1]];
    const [dx, dy] = [points[i] - ax, points[i + 1] - ay];
    const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, Math.hypot(x - ax - t * dx, y - ay - t * dy));
  }
  return least;
}

/** Adds the shape to the context's current path. */
export function tracePath(ctx, shape) {
  if (shape.shape === "ellipse") {
    ctx.moveTo(shape.x + shape.rx * Math.cos((shape.rotation * Math.PI) / 180), shape.y + shape.rx * Math.sin((shape.rotation * Math.PI) / 180));
    ctx.ellipse(shape.x, shape.y, shape.rx, shape.ry, (shape.rotation * Math.PI) / 180, 0, 2 * Math.PI);
    return;
  }
  const points = corners(shape);
  for (let i = 0; i < points.length; i += 2) {
    if (i === 0) ctx.moveTo(points[0], points[1]);
    else ctx.lineTo(points[i], points[i + 1]);
  }
  ctx.closePath();
}
