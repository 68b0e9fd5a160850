// The states of a whole plan, two bits a seat: seat n in byte n / 4, lowest bits first. The same
// bytes as `PackedStates` in shared-model/src/seat.rs; changed in place, never copied.

export const FREE = 0;
export const HELD = 1;
export const SOLD = 2;
export const BLOCKED = 3;

export class SeatStates {
  /** @param {number} seatCount  @param {Uint8Array} [bytes] all free where absent */
  constructor(seatCount, bytes = new Uint8Array(Math.ceil(seatCount / 4))) {
    if (bytes.length !== Math.ceil(seatCount / 4)) {
      throw new RangeError(`${bytes.length} bytes cannot hold the states of ${seatCount} seats`);
    }
    this.seatCount = seatCount;
    this.bytes = bytes;
  }

  get(seat) {
    return (this.bytes[seat >> 2] >> ((seat & 3) << 1)) & 3;
  }

  /** Ignores numbers that are no seat here: deltas come from outside. */
  set(seat, state) {
    if (seat >= this.seatCount) return;
    const shift = (seat & 3) << 1;
    const byte = seat >> 2;
    this.bytes[byte] = (this.bytes[byte] & ~(3 << shift)) | (state << shift);
  }

  /** Free places among `first .. first + count`. */
  countFree(first, count) {
    let free = 0;
    for (let seat = first; seat < first + count; seat += 1) {
      if (this.get(seat) === FREE) free += 1;
    }
    return free;
  }
}
