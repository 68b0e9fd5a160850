// What a press means: take, release, extend, best seats. A seat is yours only when the server said
// so; until then it is "asked". A refusal says what happened and what is safe, and marks nothing.

import { FREE } from "../chart/states.js";
import { fill } from "../chart/words.js";
import { Refusal } from "../live.js";

/** How far "Show nearby" looks, in seat pitches. */
const NEARBY_PITCHES = 30;

export class Commands {
  #asked = new Set();
  #settledAt = 0;

  /** @param {{ onChange: (taken: number[]) => void }} parts `onChange` hears which places became yours */
  constructor({ link, chart, toast, words, say, expiresAt, onChange }) {
    Object.assign(this, { link, chart, toast, words, say, expiresAt, onChange });
  }

  get asked() {
    return this.#asked;
  }

  take(seat) {
    return this.hold([seat]);
  }

  /** Takes these very seats. @returns {Promise<object | null>} the Hold, or null when refused */
  async hold(seats) {
    const hold = await this.#run(seats, () => this.link.hold({ seats }), seats);
    if (hold) this.say(hold.taken.map((seat) => fill(this.words["seats-taken-by-you"], { place: this.chart.describe(seat).place })).join(" "));
    return hold;
  }

  async release(seats) {
    const drawn = seats.filter((seat) => seat < this.chart.model.seatCount);
    const hold = await this.#run(seats, () => this.link.release(seats), seats);
    if (hold) this.say(drawn.map((seat) => fill(this.words["seats-released"], { place: this.chart.describe(seat).place })).join(" "));
    return hold;
  }

  extend() {
    return this.#run([], () => this.link.extend(), []);
  }

  best(wish) {
    return this.#run([], () => this.link.hold({ best: wish }), []);
  }

  /** One place more or less in a standing area, or `change` at once. */
  changeArea(area, change) {
    const { first_place: first, capacity } = this.chart.model.areas[area];
    if (change > 0) return this.#run([first], () => this.link.hold({ standing: { area, count: change } }), []);
    const mine = [...this.chart.yours].filter((place) => place >= first && place < first + capacity).slice(change);
    return mine.length > 0 ? this.#run([first], () => this.link.release(mine), []) : Promise.resolve(null);
  }

  /** The time of what the cart holds here is over. */
  lapse() {
    this.settle({ seats: [], version: this.#settledAt, expires_at: null });
  }

  /** What the cart holds here now, as the server said; what it said before something newer is left alone. */
  settle(hold) {
    if (hold.version < this.#settledAt) return;
    this.#settledAt = hold.version;
    const before = this.chart.yours;
    const now = new Set(hold.seats);
    const freed = [...before].filter((seat) => !now.has(seat));
    // Where the delta is still on its way, our own release shows at once; it comes and confirms.
    if (freed.length > 0 && hold.version > this.link.version) this.chart.applyChanges(freed.map((seat) => [seat, FREE]));
    this.chart.yours = now;
    const taken = [...now].filter((seat) => !before.has(seat));
    const same = freed.length === 0 && taken.length === 0 && (hold.expires_at ?? null) === this.expiresAt;
    this.expiresAt = hold.expires_at ?? null;
    if (!same) this.onChange(taken);
  }

  async #run(marked, ask, seats) {
    this.toast.hide();
    this.#mark(marked, true);
    try {
      const hold = await ask();
      this.settle(hold);
      return hold;
    } catch (error) {
      this.#refuse(error, seats);
      return null;
    } finally {
      this.#mark(marked, false);
    }
  }

  #mark(seats, on) {
    for (const seat of seats) {
      if (on) this.#asked.add(seat);
      else this.#asked.delete(seat);
    }
    this.chart.asked = this.#asked;
  }

  #refuse(error, seats) {
    if (!(error instanceof Refusal)) {
      this.toast.show(this.words["seats-error-unreachable"]);
      return;
    }
    const { code, seats: gone = [] } = error.problem;
    const lost = gone.length > 0 ? gone : seats;
    const template = this.words[`seats-error-${code}`] ?? this.words["seats-error-other"];
    const safe = this.words["still-yours"][this.chart.yours.size] ?? "";
    const nearby = code === "seats_taken" ? this.#nearby(lost) : null;
    this.toast.show(fill(template, { count: lost.length }), safe, nearby);
    if (code === "hold_lapsed") this.lapse();
  }

  /** The nearest free seat to the one that is gone. */
  #nearby([seat]) {
    const { model, states } = this.chart;
    if (seat === undefined || seat >= model.seatCount) return null;
    return {
      label: this.words["seats-show-nearby"],
      act: () => {
        const accepts = (other) => other !== seat && states.get(other) === FREE && !this.chart.yours.has(other);
        const near = model.grid.nearest(model.x[seat], model.y[seat], model.pitch * NEARBY_PITCHES, accepts);
        if (near < 0) return;
        this.chart.showSeats([seat, near]);
        this.chart.pointAt(near);
      },
    };
  }
}
