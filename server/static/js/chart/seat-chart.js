// <seat-chart>: a venue and its seats on a canvas, from a club to an arena of 100,000. Made to stand
// in the site and inside the apps: it draws and listens, and knows nothing of fetch or cookies.
//
// In:  geometry, categories, states (packed) and applyChanges, yours, asked, live, texts, posterUrl,
//      staff; colours come from the page's tokens. Out: events, all with `detail`:
//      seat-take {seat} · seat-release {seat} · seat-point {seat | null} · area-change {area, change}
//      counts-change {} (freeByCategory, freeBySection have changed).
// A seat shows as yours only when the host says so through `yours`; `asked` marks what is under way.

import { AreaCards } from "./area-cards.js";
import { chartSheet } from "./chart-style.js";
import { SeatCounts } from "./counts.js";
import { describeSeat } from "./describe.js";
import { Hands, POINTER_PITCH_PX, TOUCH_PITCH_PX, ZOOM_STEP } from "./hands.js";
import { Minimap } from "./painting/minimap.js";
import { Overlay } from "./painting/overlay.js";
import { kindOf, SEAT_SHARE } from "./painting/painter.js";
import { readTheme } from "./painting/theme.js";
import { TileStore } from "./painting/tiles.js";
import { ChartModel } from "./plan/model.js";
import { FREE } from "./states.js";
import { SeatTip } from "./tip.js";
import { floorButtons, scaleButtons } from "./tools.js";
import { NARROW_BELOW_PX, Viewport } from "./viewport.js";
import { fill } from "./words.js";

/** After the last change of scale the picture is sharpened this much later. */
const SHARPEN_AFTER_MS = 90;
const GLIDE_MS = 280;
const POSTER_WIDTH_PX = 900;

export class SeatChart extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  #canvas = document.createElement("canvas");
  #surface = document.createElement("div");
  #tip = new SeatTip();
  #floors = document.createElement("div");
  #areaLayer = document.createElement("div");
  #tools = document.createElement("div");
  #overlay = new Overlay();
  #tiles = new TileStore();
  #minimap = new Minimap();
  #cards = new AreaCards(this.#areaLayer, (area, change) => this.#emit("area-change", { area, change }), (area) => this.#openArea(area));
  #hands = new Hands(this.#surface, this.#handled());
  #viewport = null;
  #counts = null;
  #scene = null;
  #prices = [];
  #texts = {};
  #yours = new Set();
  #asked = new Set();
  #frame = 0;
  #scaledAt = -Infinity;
  #lastScale = 0;
  #stop = new AbortController();

  connectedCallback() {
    this.#root.adoptedStyleSheets = [chartSheet];
    this.#surface.className = "surface";
    this.#surface.tabIndex = 0;
    this.#surface.setAttribute("role", "application");
    this.#tip.hide();
    this.#areaLayer.className = "areas";
    this.#floors.className = "floors";
    this.#floors.hidden = true;
    this.#tools.className = "tools";
    this.#surface.append(this.#canvas);
    this.#root.replaceChildren(this.#surface, this.#areaLayer, this.#floors, this.#tools, this.#tip.node, this.#tip.said);
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#hands.listen(signal);
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
    this.#hands.reset();
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
    if (this.#hands.pointed >= 0) this.#showTip();
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
    if (this.#hands.pointed >= 0) this.#showTip();
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
    this.#tools.replaceChildren(...scaleButtons(texts, {
      zoomIn: () => this.zoomBy(ZOOM_STEP),
      zoomOut: () => this.zoomBy(1 / ZOOM_STEP),
      fit: () => this.fit(),
    }));
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
    this.#hands.pointAt(seat);
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
      scene: this.#scene, viewport, ratio, counts: this.#counts, yours: this.#yours, asked: this.#asked, pointed: this.#hands.pointed, calm: this.#calm,
      freeText: (count) => fill(this.#texts.free, { count }),
    };
    const moving = this.#overlay.draw(ctx, view, now);
    const mapping = this.#minimap.draw(ctx, view, now);
    this.#cards.place(this.#scene.model, viewport);
    if (this.#hands.pointed >= 0) this.#tip.place(this.#hands.pointed, this.#scene, viewport);
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

  /** What hands see of the chart and may do to it. */
  #handled() {
    const chart = this;
    return {
      get scene() { return chart.#scene; },
      get viewport() { return chart.#viewport; },
      get minimap() { return chart.#minimap; },
      get yours() { return chart.#yours; },
      get calm() { return chart.#calm; },
      wake: () => this.#wake(),
      glide: (target) => this.#glide(target),
      glideToPoint: (x, y, scale) => this.#glideToPoint(x, y, scale),
      zoomBy: (factor) => this.zoomBy(factor),
      fit: () => this.fit(),
      press: (seat) => this.#press(seat),
      onPoint: (seat) => {
        this.#showTip();
        this.#emit("seat-point", { seat: seat < 0 ? null : seat });
        this.#wake();
      },
    };
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

  #showTip() {
    const { pointed, byKeyboard } = this.#hands;
    if (pointed < 0) this.#tip.hide();
    else this.#tip.show(this.describe(pointed), byKeyboard);
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

  #firstFloor(model) {
    return Math.max(0, model.geometry.floors.findIndex((_, floor) => model.sections.some((section) => section.floor === floor)));
  }

  #buildFloors() {
    const { model } = this.#scene;
    this.#floors.hidden = !model.floorsOverlap;
    this.#floors.replaceChildren(...floorButtons(model.geometry.floors, this.#scene.floor, (floor) => {
      this.#scene.floor = floor;
      this.#buildFloors();
      this.#updateCards();
      this.#repaint();
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
