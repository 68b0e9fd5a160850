// The list of seats, made live: the server's check boxes take and release at once, follow every
// change, and can be walked with arrow keys, searched and filtered. All that the chart can.

import { ACCESSIBLE, COMPANION, RESTRICTED_VIEW } from "../chart/plan/model.js";
import { FREE, HELD } from "../chart/states.js";
import { fill } from "../chart/words.js";
import { bestInRow, freeRuns, readPlace } from "./rows.js";

const STATE_CLASSES = ["free", "yours", "held", "sold"];

export class SeatListView {
  #due = 0;
  /** The row that was searched for: it is shown whatever the filters say. */
  #found = null;
  /** What was searched for last. */
  #searched = "";
  #tiles = new Map();

  constructor({ root, chart, data, words, commands }) {
    Object.assign(this, { root, chart, data, words, commands });
    root.addEventListener("click", (event) => this.#click(event));
    root.addEventListener("keydown", (event) => this.#key(event));
    root.addEventListener("focusin", (event) => this.#sayFocused(event.target));
    root.addEventListener("input", (event) => this.#input(event));
    root.addEventListener("submit", (event) => event.preventDefault());
    document.body.addEventListener("prices-change", () => this.update());
  }

  get form() {
    return this.root.querySelector(".seat-list");
  }

  /** Shows the list: takes over the one that came with the page, or fetches it on the first time. */
  async open() {
    if (!this.form) await this.load("");
    else if (this.#tiles.size === 0) this.#index();
    this.update();
  }

  /** Fetches a section's rows. */
  async load(section) {
    const query = section === "" ? "" : `&section=${section}`;
    const response = await fetch(`/performances/${this.data.performance_id}/seats?view=list&part=list${query}`).catch(() => null);
    if (!response?.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    this.root.replaceChildren(document.adoptNode(fresh.querySelector(".seat-list")));
    this.#index();
    this.update();
  }

  /** Brings tiles and counts up to date, at most once a frame. */
  update() {
    if (!this.form || !this.chart.model || document.body.dataset.view !== "list") return;
    this.#due ||= requestAnimationFrame(() => {
      this.#due = 0;
      for (const [seat, tile] of this.#tiles) this.#paintTile(seat, tile);
      for (const row of this.root.querySelectorAll("[data-row]")) this.#countRow(row);
      for (const tab of this.root.querySelectorAll("nav a[data-section]")) {
        const text = fill(this.words["list-section-free"], { free: this.chart.freeBySection[Number(tab.dataset.section)] });
        if (tab.lastElementChild.textContent !== text) tab.lastElementChild.textContent = text;
      }
      this.#filter();
      // Typed before the list could listen, or gone with another section's rows.
      const typed = this.root.querySelector("#list-search")?.value ?? "";
      if (typed !== this.#searched) this.#search(typed);
    });
  }

  #index() {
    this.#tiles = new Map([...this.root.querySelectorAll("[data-seat]")].map((tile) => [Number(tile.dataset.seat), tile]));
    for (const row of this.root.querySelectorAll("[data-row]")) this.#addBest(row);
  }

  #stateOf(seat) {
    if (this.chart.yours.has(seat)) return "yours";
    const state = this.chart.states.get(seat);
    if (state === FREE && this.data.categories[this.chart.model.category[seat]].price_category_id !== null) return "free";
    return state === HELD ? "held" : "sold";
  }

  #paintTile(seat, tile) {
    const state = this.#stateOf(seat);
    const asked = this.commands.asked.has(seat);
    tile.classList.toggle("asked", asked);
    if (tile.dataset.shown === state) return;
    tile.dataset.shown = state;
    tile.classList.remove(...STATE_CLASSES);
    tile.classList.add(state);
    tile.querySelector("use").setAttribute("href", `#g-${this.#glyph(seat, state)}`);
    const box = tile.querySelector("input");
    box.checked = state === "yours";
    box.disabled = state === "held" || state === "sold";
    const { place, price, note } = this.chart.describe(seat);
    box.setAttribute("aria-label", [place, price, note].filter(Boolean).join(", "));
    if (document.activeElement === box) this.#sayFocused(box);
  }

  #glyph(seat, state) {
    if (state !== "free") return state;
    const flags = this.chart.model.flags[seat];
    if (flags & ACCESSIBLE) return "wheelchair";
    if (flags & COMPANION) return "companion";
    if (flags & RESTRICTED_VIEW) return "restricted";
    return `seat-${this.data.categories[this.chart.model.category[seat]].band}`;
  }

  #isFree(seat) {
    return this.#stateOf(seat) === "free";
  }

  #range(row) {
    const { first_seat: first, seat_count: count } = this.chart.model.geometry.rows[Number(row.dataset.row)];
    return { first, count };
  }

  #countRow(row) {
    const range = this.#range(row);
    const runs = freeRuns(range, this.chart.model.geometry.seats.place, (seat) => this.#isFree(seat));
    const free = runs.reduce((sum, run) => sum + run.length, 0);
    const longest = Math.max(0, ...runs.map((run) => run.length));
    let yours = 0;
    for (let seat = range.first; seat < range.first + range.count; seat += 1) yours += Number(this.chart.yours.has(seat));
    const set = (mark, text) => {
      const node = row.querySelector(`[data-${mark}]`);
      if (node.textContent !== text) node.textContent = text;
    };
    set("free", free === 0 ? this.words["list-row-full"] : fill(this.words["list-row-free"], { count: free }));
    set("yours", yours === 0 ? "" : fill(this.words["list-row-yours"], { count: yours }));
    set("together", longest < 2 ? "" : fill(this.words["list-row-together"], { count: longest }));
    row.classList.toggle("full", free === 0 && yours === 0);
  }

  /** "Best 2 in this row": as many as the panel's form says. */
  #addBest(row) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button best-in-row";
    row.querySelector("summary").after(button);
    const wanted = () => Number(document.querySelector('#best [name="best"]')?.value ?? 2);
    const name = () => { button.textContent = fill(this.words["list-best-in-row"], { count: wanted() }); };
    name();
    row.addEventListener("toggle", name);
    button.addEventListener("click", () => {
      const { model } = this.chart;
      const seats = { x: model.x, y: model.y, places: model.geometry.seats.place };
      const choice = bestInRow(this.#range(row), seats, (seat) => this.#isFree(seat), wanted(), model.geometry.focal_point);
      if (choice.length > 0) this.commands.hold(choice).then(() => this.update());
    });
  }

  async #click(event) {
    const tab = event.target.closest("nav a[data-section]");
    if (tab) {
      event.preventDefault();
      await this.load(tab.dataset.section);
      this.root.querySelector(`nav a[data-section="${tab.dataset.section}"]`)?.focus();
      return;
    }
    const hold = event.target.closest("[data-area-hold]");
    if (hold) {
      const input = this.root.querySelector(`input[data-area="${hold.dataset.areaHold}"]`);
      if (Number(input.value) > 0) await this.commands.changeArea(Number(hold.dataset.areaHold), Number(input.value));
      return;
    }
    if (event.target.matches('.tile input[type="checkbox"]')) {
      event.preventDefault(); // the mark comes with the server's answer
      this.#press(Number(event.target.value));
    }
  }

  async #press(seat) {
    if (this.commands.asked.has(seat)) return;
    const command = this.chart.yours.has(seat) ? this.commands.release([seat]) : this.commands.take(seat);
    this.update();
    await command;
    this.update();
  }

  #key(event) {
    const tile = event.target.closest(".tile");
    if (!tile) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.#press(Number(event.target.value));
      return;
    }
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const line = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step && !line) return;
    event.preventDefault();
    const boxes = [...this.root.querySelectorAll("details[open] .tile input:not(:disabled)")].filter((box) => box.offsetParent);
    const at = boxes.indexOf(event.target);
    const next = step ? boxes[at + step] : nearestInLine(boxes, event.target, line);
    next?.focus();
  }

  #sayFocused(target) {
    const tile = target.closest?.(".tile");
    const said = tile?.closest("details").querySelector("[data-said]");
    if (!said || !this.chart.model) return;
    const { place, price, note } = this.chart.describe(Number(tile.dataset.seat));
    const strong = document.createElement("strong");
    strong.textContent = place;
    said.replaceChildren(strong, ` ${[price, note].filter(Boolean).join(" ")}`);
  }

  #input({ target }) {
    if (!this.chart.model) return;
    if (target.id === "list-search") this.#search(target.value);
    else if (target.dataset.filter) this.#filter();
  }

  /** Opens the row that was typed and shows its seat, in this section or the first other one that has it. */
  async #search(text) {
    this.#searched = text;
    const { row, seat } = this.#placeOf(text);
    const said = this.root.querySelector("#list-search-said");
    said.textContent = "";
    this.#found = row ? this.#rowCalled(row) : null;
    this.#filter();
    if (this.#found) this.#showFound(seat);
    else if (row) {
      const section = this.#sectionWith(row);
      if (section >= 0) await this.#searchIn(section, text);
      else said.textContent = fill(this.words["list-search-none"], { text: text.trim() });
    }
  }

  /** What was typed, as a row's whole name ("T1", a table) where there is one, else as row and seat. */
  #placeOf(text) {
    const whole = text.trim().toLowerCase();
    return this.#sectionWith(whole) >= 0 ? { row: whole, seat: "" } : readPlace(text);
  }

  #rowCalled(name) {
    return [...this.root.querySelectorAll("[data-row]")].find((node) => this.#nameOf(Number(node.dataset.row)) === name) ?? null;
  }

  #nameOf(row) {
    return this.chart.model.geometry.rows[row].label.toLowerCase();
  }

  /** The first section with a row of this name, or -1. */
  #sectionWith(name) {
    return this.chart.model.sections.findIndex(({ rows }) => rows.some((row) => this.#nameOf(row) === name));
  }

  /** The list of another section comes without what was typed. */
  async #searchIn(section, text) {
    await this.load(section);
    const field = this.root.querySelector("#list-search");
    // The server did not answer, or she typed on: what she typed last counts.
    if (!field || Number(this.form.dataset.section) !== section || !this.#rowCalled(this.#placeOf(text).row)) return;
    field.value = text;
    field.focus();
    await this.#search(text);
  }

  #showFound(seat) {
    this.#found.open = true;
    const number = (node) => node.querySelector("span").textContent.toLowerCase();
    const tile = [...this.#found.querySelectorAll(".tile")].find((node) => number(node) === seat);
    (tile ?? this.#found).scrollIntoView({ block: "nearest" });
    for (const node of this.root.querySelectorAll(".tile.found")) node.classList.remove("found");
    tile?.classList.add("found");
  }

  #filter() {
    const on = (name) => this.root.querySelector(`[data-filter="${name}"]`)?.checked ?? false;
    const { model } = this.chart;
    let shown = 0;
    for (const row of this.root.querySelectorAll("[data-row]")) {
      const { first, count } = this.#range(row);
      const seats = Array.from({ length: count }, (_, n) => first + n);
      const stepFree = !on("step-free") || seats.some((seat) => model.flags[seat] & ACCESSIBLE && this.#stateOf(seat) !== "sold");
      const priced = seats.some((seat) => this.chart.isShown(seat));
      row.hidden = row !== this.#found && ((on("full") && row.classList.contains("full")) || !stepFree || !priced);
      shown += Number(!row.hidden);
    }
    const nothing = this.root.querySelector(".nothing");
    if (nothing) nothing.hidden = shown > 0 || !this.root.querySelector("[data-row]");
  }
}

/** The box above or below, by where it stands on the screen. */
function nearestInLine(boxes, from, direction) {
  const origin = from.getBoundingClientRect();
  const candidates = boxes
    .map((box) => ({ box, place: box.getBoundingClientRect() }))
    .filter(({ place }) => (place.top - origin.top) * direction > origin.height / 2);
  const cost = ({ place }) => Math.abs(place.top - origin.top) * 4 + Math.abs(place.left - origin.left);
  return candidates.sort((a, b) => cost(a) - cost(b))[0]?.box;
}
