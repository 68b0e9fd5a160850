// The seat an arrow key leads to: by where seats stand, not by their numbers, so that it is the one
// a person would point at, in curved rows and around tables too.

/** How far a key looks, in seat pitches: over the widest aisle and the gap between two floors. */
const REACH_PITCHES = 40;
/** A step aside costs this much of a step ahead. */
const ASIDE_WEIGHT = 2.2;

/**
 * The next seat from `seat` in the direction `(dx, dy)` (one of them 0, the other ±1), or `seat`
 * itself where the plan ends.
 *
 * @param {import("./model.js").ChartModel} model
 * @param {(seat: number) => boolean} accepts which seats the key may land on
 */
export function seatTowards(model, seat, dx, dy, accepts = () => true) {
  const [x, y] = [model.x[seat], model.y[seat]];
  let best = seat;
  let bestCost = Infinity;
  const consider = (other) => {
    if (other === seat) return;
    const [ox, oy] = [model.x[other] - x, model.y[other] - y];
    const ahead = ox * dx + oy * dy;
    const aside = Math.abs(ox * dy) + Math.abs(oy * dx);
    if (ahead < model.pitch * 0.25 || aside > ahead * 1.2 + model.pitch * 0.3) return;
    const cost = ahead + aside * ASIDE_WEIGHT;
    if (cost < bestCost && accepts(other)) {
      best = other;
      bestCost = cost;
    }
  };
  // Rings of growing size: most keys are answered by the first.
  for (let reach = model.pitch * 4; ; reach *= 2.2) {
    model.grid.visit(x - reach, y - reach, x + reach, y + reach, consider);
    if (bestCost <= reach || reach > model.pitch * REACH_PITCHES) return best;
  }
}

/** First and last seat of the row a seat is in. */
export function rowEnds(model, seat) {
  const { first_seat: first, seat_count: count } = model.geometry.rows[model.rowOf[seat]];
  return [first, first + count - 1];
}
