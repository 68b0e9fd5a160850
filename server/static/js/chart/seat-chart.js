// <seat-chart>: a venue and its seats on a canvas, from a club to an arena of 100,000. Made to stand
// in the site and inside the apps: it draws and listens, and knows nothing of fetch or cookies.
//
// In:  geometry, categories, states (packed) and applyChanges, yours, asked, live, texts, posterUrl,
//      staff; colours come from the page's tokens. Out: events, all with `detail`:
//      seat-take {seat} · seat-release {seat} · seat-point {seat | null} · area-change {area, change}
//      counts-change {} (freeByCategory, freeBySection have changed).
// A seat shows as yours only when the host says so through `yours`; `asked` marks what is under way.

import { AreaCards, button } from "./area-cards.js";
import { chartSheet } from "./chart-style.js";
import { SeatCounts } from "./counts.js";
import { describeSeat } from "./describe.js";
import { listen } from "./gestures.js";
import { Minimap } from "./minimap.js";
import { ChartModel } from "./model.js";
import { rowEnds, seatTowards } from "./neighbours.js";
import { isOffered, Overlay, RAIL_WIDTH_PX } from "./overlay.js";
import { kindOf, SEAT_SHARE } from "./painter.js";
import { FREE } from "./states.js";
import { readTheme } from "./theme.js";
import { TileStore } from "./tiles.js";
import { NARROW_BELOW_PX, Viewport } from "./viewport.js";
import { fill } from "./words.js";

/** A touch takes a seat from this pitch on; below it zooms to `TOUCH_PITCH_PX` first. */
const TOUCH_TAKES_FROM_PX = 40;
const TOUCH_PITCH_PX = 46;
/** A pointer takes a seat from this pitch on. */
const POINTER_TAKES_FROM_PX = 9;
const POINTER_PITCH_PX = 24;
/** After the last change of scale the picture is sharpened this much later. */
const SHARPEN_AFTER_MS = 90;
const GLIDE_MS = 280;
const POSTER_WIDTH_PX = 900;
const ZOOM_STEP = 1.5;
const ICONS = { in: "M12 5v14M5 12h14", out: "M5 12h14", fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" };

export class SeatChart extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  #canvas = document.createElement("canvas");
  #surface = document.createElement("div");
  #tip = document.createElement("div");
  #said = document.createElement("p");
  #floors = document.createElement("div");
  #areaLayer = document.createElement("div");
  #tools = document.createElement("div");
  #overlay = new Overlay();
  #tiles = new TileStore();
  #minimap = new Minimap();
  #cards = new AreaCards(this.#areaLayer, (area, change) => this.#emit("area-change", { area, change }), (area) => this.#openArea(area));
  #viewport = null;
  #counts = null;
  #scene = null;
  #prices = [];
  #texts = {};
  #yours = new Set();
  #asked = new Set();
  #pointed = -1;
  #byKeyboard = false;
  #frame = 0;
  #scaledAt = -Infinity;
  #lastScale = 0;
  #stop = new AbortController();

  connectedCallback() {
    this.#root.adoptedStyleSheets = [chartSheet];
    this.#surface.className = "surface";
    this.#surface.tabIndex = 0;
    this.#surface.setAttribute("role", "application");
    this.#tip.className = "tip";
    this.#tip.hidden = true;
    this.#said.className = "said";
    this.#said.setAttribute("aria-live", "polite");
    this.#areaLayer.className = "areas";
    this.#floors.className = "floors";
    this.#floors.hidden = true;
    this.#tools.className = "tools";
    this.#surface.append(this.#canvas);
    this.#root.replaceChildren(this.#surface, this.#areaLayer, this.#floors, this.#tools, this.#tip, this.#said);
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    listen(this.#surface, this.#hands(), signal);
    this.#surface.addEventListener("focus", () => this.#surface.matches(":focus-visible") && this.#enter(), { signal });
    this.#surface.addEventListener("blur", () => this.#point(-1), { signal });
    for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]) {
      matchMedia(query).addEventListener("change", () => this.refreshTheme(), { signal });
    }
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(this);
    signal.addEventListener("abort", () => observer.disconnect());
    // Letters were measured with the fallback until the font is there.
    const cuts = ["650 13px Archivo", "750 condensed 13px Archivo"];
    Promise.all(cuts.map((cut) => document.fonts?.load(cut, "0"))).then(() => this.#repaint(), () => {});
  }

  disconnectedCallback() {
    this.#stop.abort();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  /** The plan (shared_model::plan::geometry::Geometry). All seats are free until `states` says more. */
  set geometry(geometry) {
    const model = new ChartModel(geometry);
    this.#counts = new SeatCounts(model);
    this.#viewport = new Viewport(model);
    this.#pointed = -1;
    this.#scene = {
      model,
      states: this.#counts.states,
      yours: this.#yours,
      categories: geometry.categories.map((_, n) => ({ band: Math.min(4, n + 1), shown: true })),
      theme: readTheme(this),
      live: true,
      staff: this.#scene?.staff ?? false,
      floor: model.floorsOverlap ? this.#firstFloor(model) : null,
      rail: false,
      poster: this.#scene?.poster ?? null,
      stageName: this.#texts.stage ?? "",
    };
    this.#tiles.clear();
    this.#minimap.touch();
    this.#cards.rebuild(model, this.#texts);
    this.#buildFloors();
    this.#resize();
  }

  get model() {
    return this.#scene?.model ?? null;
  }

  /** By the geometry's category index: `{band: 1–4, price, fees, shown}`; texts are ready to show. */
  set categories(categories) {
    this.#prices = categories;
    if (!this.#scene) return;
    this.#scene.categories = categories.map(({ band, shown }) => ({ band, shown: shown !== false }));
    this.#updateCards();
    this.#repaint();
  }

  /** Whether the seat's price is among those shown. */
  isShown(seat) {
    return this.#scene.categories[this.#scene.model.category[seat]].shown;
  }

  /** Packed states of every place (Uint8Array, two bits each). */
  set states(bytes) {
    this.#counts.replace(bytes);
    this.#scene.states = this.#counts.states;
    this.#updateCards();
    this.#repaint();
    this.#emit("counts-change", {});
  }

  get states() {
    return this.#counts?.states ?? null;
  }

  get freeByCategory() {
    return this.#counts?.freeByCategory ?? [];
  }

  get freeBySection() {
    return this.#counts?.freeBySection ?? [];
  }

  /** @param {[number, number][]} changes place and state */
  applyChanges(changes) {
    const { model, categories } = this.#scene;
    const now = performance.now();
    let changed = false;
    for (const [place, state] of changes) {
      const before = place < model.placeCount ? this.#counts.states.get(place) : state;
      if (!this.#counts.set(place, state)) continue;
      changed = true;
      if (place >= model.seatCount) continue;
      this.#tiles.repaintSeat(model.x[place], model.y[place], model.pitch);
      if (before === FREE && !this.#yours.has(place) && !this.#asked.has(place)) {
        this.#overlay.drop(place, categories[model.category[place]].band, kindOf(model.flags[place]), now);
      }
    }
    if (!changed) return;
    this.#minimap.touch();
    this.#updateCards();
    if (this.#pointed >= 0) this.#showTip();
    this.#emit("counts-change", {});
    this.#wake();
  }

  /** The places the host holds for this person: an iterable of numbers. */
  set yours(places) {
    const next = new Set(places);
    const now = performance.now();
    for (const place of next) if (!this.#yours.has(place)) this.#overlay.arrive(place, now);
    const changed = [...next].filter((place) => !this.#yours.has(place)).concat([...this.#yours].filter((place) => !next.has(place)));
    this.#yours = next;
    if (this.#scene) this.#repaintSeats(changed);
    this.#updateCards();
    if (this.#pointed >= 0) this.#showTip();
    this.#wake();
  }

  get yours() {
    return this.#yours;
  }

  /** Places asked for and not yet answered. */
  set asked(places) {
    this.#asked = new Set(places);
    this.#updateCards();
    this.#wake();
  }

  /** False while the states may be old: free seats are outlined. */
  set live(live) {
    if (!this.#scene || this.#scene.live === live) return;
    this.#scene.live = live;
    this.#repaint();
  }

  /** Organizers see blocked seats as crosses. */
  set staff(staff) {
    if (this.#scene) this.#scene.staff = staff;
    this.#repaint();
  }

  /** Words by key, see `chart-words` in the seats page. */
  set texts(texts) {
    this.#texts = texts;
    this.#surface.setAttribute("aria-label", texts.chart ?? "");
    this.#surface.setAttribute("aria-description", texts.keys ?? "");
    if (this.#scene) this.#scene.stageName = texts.stage ?? "";
    const tool = (name, icon, act) => {
      const node = button(icon, name);
      node.addEventListener("click", act);
      return node;
    };
    const fit = tool(texts.fit, ICONS.fit, () => this.fit());
    fit.className = "fit";
    this.#tools.replaceChildren(
      tool(texts.zoomIn, ICONS.in, () => this.zoomBy(ZOOM_STEP)),
      tool(texts.zoomOut, ICONS.out, () => this.zoomBy(1 / ZOOM_STEP)),
      fit,
    );
    if (this.model) this.#cards.rebuild(this.model, texts);
    this.#updateCards();
  }

  /** The image that stands on the stage; a picture that does not load leaves the stage plain. */
  set posterUrl(url) {
    const image = new Image();
    image.decoding = "async";
    image.addEventListener("load", () => {
      // Drawn once into pixels: an SVG would be rendered anew for every tile.
      const picture = document.createElement("canvas");
      picture.width = POSTER_WIDTH_PX;
      picture.height = Math.round((POSTER_WIDTH_PX * image.naturalHeight) / Math.max(1, image.naturalWidth)) || POSTER_WIDTH_PX;
      picture.getContext("2d").drawImage(image, 0, 0, picture.width, picture.height);
      if (this.#scene) this.#scene.poster = picture;
      this.#repaint();
    });
    image.src = url;
  }

  /** The page's colours have changed. */
  refreshTheme() {
    if (this.#scene) this.#scene.theme = readTheme(this);
    this.#repaint();
  }

  fit() {
    this.#glide(this.#viewport.fitted());
  }

  zoomBy(factor) {
    const { width, height } = this.#viewport;
    this.#glide(this.#viewport.zoomed(width / 2, height / 2, factor));
  }

  /** Brings seats into view, close enough to be taken. */
  showSeats(seats) {
    const { model } = this.#scene;
    const drawn = [...seats].filter((seat) => seat < model.seatCount);
    if (drawn.length === 0) return;
    const x = drawn.reduce((sum, seat) => sum + model.x[seat], 0) / drawn.length;
    const y = drawn.reduce((sum, seat) => sum + model.y[seat], 0) / drawn.length;
    const pitch = this.#isNarrow() ? TOUCH_PITCH_PX : POINTER_PITCH_PX;
    this.#glideToPoint(x, y, Math.max(this.#viewport.scale, pitch / model.pitch));
  }

  /** Points at a seat as the keyboard does. */
  pointAt(seat) {
    this.#byKeyboard = true;
    this.#point(seat);
    this.#keepInView(seat);
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  #isNarrow() {
    return (this.#viewport?.width ?? 0) < NARROW_BELOW_PX;
  }

  get #calm() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  get #ratio() {
    return Math.min(3, window.devicePixelRatio || 1);
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this;
    if (!this.#viewport || width === 0 || height === 0) return;
    this.#viewport.resize(width, height);
    this.#scene.rail = this.#isNarrow();
    this.#canvas.width = Math.round(width * this.#ratio);
    this.#canvas.height = Math.round(height * this.#ratio);
    this.#minimap.touch();
    this.#draw(performance.now());
  }

  #repaintSeats(places) {
    const { model } = this.#scene;
    this.#scene.yours = this.#yours;
    for (const place of places) {
      if (place < model.seatCount) this.#tiles.repaintSeat(model.x[place], model.y[place], model.pitch);
    }
  }

  #repaint() {
    this.#tiles.repaintAll();
    this.#minimap.touch();
    this.#wake();
  }

  #wake() {
    if (this.#frame || !this.#viewport || !this.isConnected) return;
    this.#frame = requestAnimationFrame((now) => {
      this.#frame = 0;
      this.#draw(now);
    });
  }

  #draw(now) {
    const viewport = this.#viewport;
    const gliding = viewport.step(now);
    if (viewport.scale !== this.#lastScale) {
      if (this.#lastScale !== 0) this.#scaledAt = now;
      this.#lastScale = viewport.scale;
    }
    const zooming = now - this.#scaledAt < SHARPEN_AFTER_MS;
    const ratio = this.#ratio;
    const ctx = this.#canvas.getContext("2d", { alpha: false });
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.fillStyle = this.#scene.theme.canvas;
    ctx.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    const painting = this.#tiles.draw(ctx, viewport, this.#scene, { ratio, zooming });
    const view = {
      scene: this.#scene, viewport, ratio, counts: this.#counts, yours: this.#yours, asked: this.#asked, pointed: this.#pointed, calm: this.#calm,
      freeText: (count) => fill(this.#texts.free, { count }),
    };
    const moving = this.#overlay.draw(ctx, view, now);
    const mapping = this.#minimap.draw(ctx, view, now);
    this.#cards.place(this.#scene.model, viewport);
    this.#placeTip();
    if (gliding || zooming || painting || moving || mapping) this.#wake();
  }

  #glide(target) {
    this.#viewport.glideTo(target, performance.now(), this.#calm ? 0 : GLIDE_MS);
    this.#wake();
  }

  #glideToPoint(x, y, scale) {
    const { width, height } = this.#viewport;
    this.#glide({ scale, left: width / 2 - x * scale, top: height / 2 - y * scale });
  }

  #hands() {
    return {
      pan: (dx, dy) => this.#moved(() => this.#viewport.panBy(dx, dy)),
      zoom: (px, py, factor) => this.#moved(() => this.#viewport.zoomAt(px, py, factor)),
      tap: (px, py, touch) => this.#tap(px, py, touch),
      grab: (px, py) => this.#jumpByMinimap(px, py),
      drag: (px, py) => this.#jumpByMinimap(px, py),
      hover: (px, py) => this.#hover(px, py),
      leave: () => !this.#byKeyboard && this.#point(-1),
      fling: (vx, vy) => {
        const { scale, left, top } = this.#viewport;
        if (!this.#calm) this.#viewport.glideTo({ scale, left: left + vx * 160, top: top + vy * 160 }, performance.now(), 420);
        this.#wake();
      },
      key: (key, event) => this.#key(key, event),
    };
  }

  #moved(change) {
    if (!this.#viewport) return;
    this.#viewport.halt();
    change();
    if (!this.#byKeyboard) this.#point(-1);
    this.#wake();
  }

  #jumpByMinimap(px, py) {
    const point = this.#viewport && this.#minimap.planPoint(this.#viewport, px, py);
    if (!point) return false;
    this.#viewport.lookAt(point[0], point[1], this.#viewport.scale);
    this.#wake();
    return true;
  }

  #seatAt(px, py) {
    const { model, floor } = this.#scene;
    const [x, y] = this.#viewport.toPlan(px, py);
    return model.grid.nearest(x, y, model.pitch * 0.58, (seat) => floor === null || model.sections[model.sectionOf(seat)].floor === floor);
  }

  #hover(px, py) {
    if (!this.#viewport) return;
    const close = this.#viewport.pitchPx >= POINTER_TAKES_FROM_PX;
    const seat = close ? this.#seatAt(px, py) : -1;
    this.#surface.classList.toggle("offers", close ? seat >= 0 && (isOffered(this.#scene, seat) || this.#yours.has(seat)) : this.#sectionUnder(px, py) >= 0);
    if (seat >= 0 || !this.#byKeyboard) {
      this.#byKeyboard = false;
      this.#point(seat);
    }
  }

  #sectionUnder(px, py) {
    return this.#scene.model.sectionAt(...this.#viewport.toPlan(px, py));
  }

  #tap(px, py, touch) {
    if (!this.#viewport) return;
    const { model } = this.#scene;
    const { pitchPx } = this.#viewport;
    const [x, y] = this.#viewport.toPlan(px, py);
    const takes = pitchPx >= (touch ? TOUCH_TAKES_FROM_PX : POINTER_TAKES_FROM_PX);
    this.#byKeyboard = false;
    if (takes) {
      const seat = this.#seatAt(px, py);
      if (touch) this.#point(seat);
      if (seat >= 0) this.#press(seat);
      return;
    }
    const section = model.sectionsFirst && !touch ? this.#sectionUnder(px, py) : -1;
    if (section >= 0 && model.sections[section].rows.length) this.#glide(this.#viewport.framed(model.sections[section].bounds, 48));
    else this.#glideToPoint(x, y, (touch ? TOUCH_PITCH_PX : POINTER_PITCH_PX) / model.pitch);
  }

  #openArea(area) {
    this.#glide(this.#viewport.framed(this.#scene.model.areas[area].bounds, 24));
  }

  /**
   * Asks the host for a seat or to give it back; also for a taken one, so that the host can say so. What the price
   * keys have put away is not for sale: it looks so, and a press does nothing.
   */
  #press(seat) {
    if (this.#asked.has(seat) || (!this.#yours.has(seat) && !this.isShown(seat))) return;
    this.#emit(this.#yours.has(seat) ? "seat-release" : "seat-take", { seat });
  }

  #key(key, event) {
    if (!this.#scene) return false;
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    // Ctrl and Command with these are the browser's own zoom.
    if (event.ctrlKey || event.metaKey) return false;
    if (key === "+" || key === "=") this.zoomBy(ZOOM_STEP);
    else if (key === "-") this.zoomBy(1 / ZOOM_STEP);
    else if (key === "0") this.fit();
    else if (key === "Escape" && this.#pointed >= 0) this.#point(-1);
    else if (key in arrows) this.#walk(arrows[key], event.shiftKey);
    else if ((key === "Home" || key === "End") && this.#pointed >= 0) this.pointAt(rowEnds(this.model, this.#pointed)[key === "Home" ? 0 : 1]);
    else if ((key === "Enter" || key === " ") && this.#pointed >= 0) this.#press(this.#pointed);
    else return false;
    return true;
  }

  /** Shift skips what is not free. */
  #walk([dx, dy], onlyFree) {
    if (this.#pointed < 0) {
      this.#enter();
      return;
    }
    const { model, floor } = this.#scene;
    const accepts = (seat) => (floor === null || model.sections[model.sectionOf(seat)].floor === floor)
      && (!onlyFree || this.#yours.has(seat) || isOffered(this.#scene, seat));
    this.pointAt(seatTowards(model, this.#pointed, dx, dy, accepts));
  }

  /** The keyboard enters at your first seat, else at the free seat nearest to the focal point. */
  #enter() {
    if (!this.#scene || this.#pointed >= 0) return;
    const { model } = this.#scene;
    const [mine] = [...this.#yours].filter((seat) => seat < model.seatCount);
    const [x, y] = model.geometry.focal_point;
    const far = Math.hypot(model.bounds.right - model.bounds.left, model.bounds.bottom - model.bounds.top);
    const seat = mine ?? model.grid.nearest(x, y, far, (n) => isOffered(this.#scene, n));
    if (seat >= 0) this.pointAt(seat);
  }

  #keepInView(seat) {
    const { model } = this.#scene;
    const viewport = this.#viewport;
    const [px, py] = viewport.toScreen(model.x[seat], model.y[seat]);
    const edge = 48;
    if (viewport.pitchPx < POINTER_TAKES_FROM_PX) this.#glideToPoint(model.x[seat], model.y[seat], POINTER_PITCH_PX / model.pitch);
    else if (px < edge || py < edge || px > viewport.width - edge || py > viewport.height - edge) this.#glideToPoint(model.x[seat], model.y[seat], viewport.scale);
  }

  #point(seat) {
    if (seat === this.#pointed) return;
    this.#pointed = seat;
    this.#showTip();
    this.#emit("seat-point", { seat: seat < 0 ? null : seat });
    this.#wake();
  }

  #showTip() {
    const seat = this.#pointed;
    this.#tip.hidden = seat < 0;
    if (seat < 0) return;
    const words = this.describe(seat);
    const line = (tag, className, text) => {
      const node = document.createElement(tag);
      node.className = className;
      node.textContent = text;
      return node;
    };
    this.#tip.replaceChildren(line("strong", "", words.place), line("span", "price", words.price), line("span", "note", words.note));
    if (this.#byKeyboard) this.#said.textContent = [words.place, words.price, words.note].filter(Boolean).join(", ");
  }

  /** Where a seat's middle is on the page, `[x, y]`; `null` while it is out of sight. */
  placeOnPage(seat) {
    const { model } = this.#scene;
    const viewport = this.#viewport;
    const box = this.getBoundingClientRect();
    if (seat >= model.seatCount || box.height === 0) return null;
    const [x, y] = viewport.toScreen(model.x[seat], model.y[seat]);
    return x >= 0 && y >= 0 && x <= viewport.width && y <= viewport.height ? [box.left + x, box.top + y] : null;
  }

  /** How large a seat is drawn, in CSS pixels. */
  get seatPixels() {
    return this.#viewport.pitchPx * SEAT_SHARE;
  }

  /** A seat in words: `{place, price, note}`. */
  describe(seat) {
    const { model, states } = this.#scene;
    return describeSeat({ model, states, yours: this.#yours, prices: this.#prices, texts: this.#texts }, seat);
  }

  /** Beside the seat, on the side where there is room, never over it. */
  #placeTip() {
    if (this.#pointed < 0) return;
    const { model } = this.#scene;
    const viewport = this.#viewport;
    const [px, py] = viewport.toScreen(model.x[this.#pointed], model.y[this.#pointed]);
    const away = viewport.pitchPx * 0.5 + 12;
    const { offsetWidth: width, offsetHeight: height } = this.#tip;
    const least = this.#scene.rail ? RAIL_WIDTH_PX + 4 : 8;
    let left = px + away;
    let top = py - height / 3;
    if (left + width > viewport.width - 8) left = px - away - width;
    if (left < least) {
      left = Math.min(Math.max(least, px - width / 2), viewport.width - width - 8);
      top = py - away - height < 8 ? py + away : py - away - height;
    }
    top = Math.min(Math.max(8, top), viewport.height - height - 8);
    this.#tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  #firstFloor(model) {
    return Math.max(0, model.geometry.floors.findIndex((_, floor) => model.sections.some((section) => section.floor === floor)));
  }

  #buildFloors() {
    const { model } = this.#scene;
    this.#floors.hidden = !model.floorsOverlap;
    this.#floors.replaceChildren(...model.geometry.floors.map((name, floor) => {
      const node = document.createElement("button");
      node.type = "button";
      node.textContent = name;
      node.setAttribute("aria-pressed", String(floor === this.#scene.floor));
      node.addEventListener("click", () => {
        this.#scene.floor = floor;
        this.#buildFloors();
        this.#updateCards();
        this.#repaint();
      });
      return node;
    }));
  }

  #updateCards() {
    if (!this.#scene || !this.#texts.areaLeft) return;
    const { model, floor } = this.#scene;
    this.#cards.update({ model, counts: this.#counts, yours: this.#yours, prices: this.#prices, texts: this.#texts, floor, asked: this.#asked });
    this.#wake();
  }
}

customElements.define("seat-chart", SeatChart);
