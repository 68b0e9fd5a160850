// Rules about one row: how many stand free together, and which of them are the best so many. Pure;
// for the list view. What is held is decided by the server.

/**
 * Runs of free seats side by side (an aisle is a gap in `place`), in row order.
 * @param {{first: number, count: number}} row
 * @param {ArrayLike<number>} places  logical positions by seat
 * @param {(seat: number) => boolean} isFree
 * @returns {number[][]}
 */
export function freeRuns({ first, count }, places, isFree) {
  const runs = [];
  let run = [];
  for (let seat = first; seat < first + count; seat += 1) {
    if (isFree(seat)) {
      if (run.length > 0 && places[seat] - places[run.at(-1)] !== 1) {
        runs.push(run);
        run = [];
      }
      run.push(seat);
    } else if (run.length > 0) {
      runs.push(run);
      run = [];
    }
  }
  if (run.length > 0) runs.push(run);
  return runs;
}

/**
 * The `wanted` free seats side by side nearest to `focus`, or an empty list.
 * @param {{x: ArrayLike<number>, y: ArrayLike<number>, places: ArrayLike<number>}} seats
 */
export function bestInRow(row, seats, isFree, wanted, focus) {
  let best = [];
  let bestDistance = Infinity;
  for (const run of freeRuns(row, seats.places, isFree)) {
    for (let start = 0; start + wanted <= run.length; start += 1) {
      const choice = run.slice(start, start + wanted);
      // A single seat left at the end of a run is one nobody wants.
      const orphans = Number(start === 1) + Number(run.length - start - wanted === 1);
      const distance = choice.reduce((sum, seat) => sum + Math.hypot(seats.x[seat] - focus[0], seats.y[seat] - focus[1]), 0)
        + orphans * 1e6;
      if (distance < bestDistance) {
        best = choice;
        bestDistance = distance;
      }
    }
  }
  return best;
}

/** "F 16", "f16", "row F seat 16" → `{row, seat}` in lower case; `seat` is "" where only a row was typed. */
export function readPlace(text) {
  const words = text.trim().toLowerCase().match(/\d+|\p{L}+/gu) ?? [];
  const numbers = words.filter((word) => /^\d/.test(word));
  const letters = words.filter((word) => !/^\d/.test(word));
  if (numbers.length > 1) return { row: numbers[0], seat: numbers[1] };
  // Rows have short names; "row" and "seat" in any language are longer.
  const row = letters.sort((a, b) => a.length - b.length)[0];
  return { row: row ?? numbers[0] ?? "", seat: letters.length ? (numbers[0] ?? "") : "" };
}
