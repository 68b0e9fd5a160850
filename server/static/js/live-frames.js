// The binary frames of the live socket (shared-model/src/live.rs), read. Pure.

const SNAPSHOT = 1;
const DELTA = 2;

/**
 * @param {ArrayBuffer} buffer
 * @returns {{kind: "snapshot", version: number, seatCount: number, bytes: Uint8Array}
 *         | {kind: "delta", from: number, to: number, changes: [number, number][]}}
 * @throws {RangeError} for bytes that are no frame of this protocol
 */
export function readFrame(buffer) {
  const view = new DataView(buffer);
  const kind = view.getUint8(0);
  if (kind === SNAPSHOT) {
    const seatCount = view.getUint32(9, true);
    const bytes = new Uint8Array(buffer, 13);
    if (bytes.length !== Math.ceil(seatCount / 4)) throw new RangeError("a snapshot of the wrong length");
    return { kind: "snapshot", version: readVersion(view, 1), seatCount, bytes };
  }
  if (kind !== DELTA) throw new RangeError(`frame of unknown kind ${kind}`);
  const count = view.getUint32(17, true);
  if (buffer.byteLength !== 21 + 4 * count) throw new RangeError("a delta of the wrong length");
  const changes = [];
  for (let n = 0; n < count; n += 1) {
    const word = view.getUint32(21 + 4 * n, true);
    changes.push([word >>> 2, word & 3]);
  }
  return { kind: "delta", from: readVersion(view, 1), to: readVersion(view, 9), changes };
}

/** Versions stay far below 2^53. */
function readVersion(view, offset) {
  return Number(view.getBigUint64(offset, true));
}

/** What to do with a delta on a chart at `version`: `apply`, `ignore` (known already) or `gap`. */
export function judgeDelta(version, { from, to }) {
  if (version < from) return "gap";
  return to <= version ? "ignore" : "apply";
}
