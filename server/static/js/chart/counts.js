// How many places are free, by price category and by section: kept up to date seat by seat, so that
// legends and section tags cost nothing when one seat of 100,000 changes.

import { FREE, SeatStates } from "./states.js";

export class SeatCounts {
  /** @param {import("./model.js").ChartModel} model */
  constructor(model) {
    this.model = model;
    this.states = new SeatStates(model.placeCount);
    this.freeByCategory = [];
    this.freeBySection = [];
    this.freeByArea = [];
    this.#count();
  }

  /** All states anew; bytes of another length are refused by `SeatStates`. */
  replace(bytes) {
    this.states = new SeatStates(this.model.placeCount, bytes);
    this.#count();
  }

  /** @returns {boolean} whether the place has another state now */
  set(place, state) {
    if (place >= this.model.placeCount) return false;
    const before = this.states.get(place);
    if (before === state) return false;
    this.states.set(place, state);
    const change = Number(state === FREE) - Number(before === FREE);
    if (change !== 0) this.#add(place, change);
    return true;
  }

  #count() {
    this.freeByCategory = new Array(this.model.geometry.categories.length).fill(0);
    this.freeBySection = new Array(this.model.sections.length).fill(0);
    this.freeByArea = new Array(this.model.areas.length).fill(0);
    for (let place = 0; place < this.model.placeCount; place += 1) {
      if (this.states.get(place) === FREE) this.#add(place, 1);
    }
  }

  #add(place, change) {
    if (place < this.model.seatCount) {
      this.freeByCategory[this.model.category[place]] += change;
      this.freeBySection[this.model.sectionOf(place)] += change;
      return;
    }
    const area = this.model.areaOf(place);
    this.freeByArea[area] += change;
    this.freeByCategory[this.model.areas[area].category] += change;
    this.freeBySection[this.model.areas[area].section] += change;
  }
}
