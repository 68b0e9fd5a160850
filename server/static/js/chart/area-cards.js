// Standing areas have no seats to press: each has a card with name, places left and a stepper, in
// the middle of its field. A field too small for the stepper shows the name; a press goes there.

import { contains } from "./plan/shapes.js";
import { NARROW_BELOW_PX } from "./viewport.js";
import { fill } from "./words.js";

/** What a stepper needs: pixels between the edges where the field is roomiest, and in its whole width. */
const STEPPER_FROM_PX = { room: 84, width: 160 };

/** The corner the zoom buttons stand in on narrow charts. */
const TOOLS_PX = { width: 60, height: 170 };

const PLUS = "M12 5v14M5 12h14";
const MINUS = "M5 12h14";

export class AreaCards {
  /** @param {HTMLElement} layer  @param {(area: number, change: 1 | -1) => void} onChange */
  constructor(layer, onChange, onOpen) {
    this.layer = layer;
    this.onChange = onChange;
    this.onOpen = onOpen;
    this.cards = [];
  }

  rebuild(model, texts) {
    this.layer.replaceChildren();
    this.cards = model.areas.map((area, n) => this.#card(area, n, texts));
    this.layer.append(...this.cards.map(({ root }) => root));
  }

  #card(area, n, texts) {
    const root = element("div", "card");
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", area.label);
    const name = element("strong", "", area.label);
    const left = element("span", "left");
    const stepper = element("div", "stepper");
    const less = button(MINUS, fill(texts.areaLess, { area: area.label }));
    const more = button(PLUS, fill(texts.areaMore, { area: area.label }));
    const count = document.createElement("output");
    stepper.append(less, count, more);
    root.append(name, left, stepper);
    less.addEventListener("click", () => this.onChange(n, -1));
    more.addEventListener("click", () => this.onChange(n, 1));
    name.addEventListener("click", () => this.onOpen(n));
    return { root, left, stepper, less, more, count };
  }

  /** Counts and prices anew. */
  update({ model, counts, yours, prices, texts, language, floor, asked }) {
    this.cards.forEach((card, n) => {
      const area = model.areas[n];
      const mine = [...yours].filter((place) => model.areaOf(place) === n).length;
      const free = counts.freeByArea[n];
      card.left.textContent = fill(texts.areaLeft, { count: free, price: prices[area.category]?.price ?? "" }, language);
      card.count.textContent = String(mine);
      card.less.disabled = mine === 0 || asked.has(area.first_place);
      card.more.disabled = free === 0 || asked.has(area.first_place);
      card.off = floor !== null && model.sections[area.section].floor !== floor;
    });
  }

  /** Follows the view. */
  place(model, viewport) {
    this.cards.forEach(({ root, stepper, off }, n) => {
      const area = model.areas[n];
      const spot = off ? null : visibleSpot(area, viewport);
      root.hidden = spot === null;
      if (spot === null) return;
      const wide = (area.bounds.right - area.bounds.left) * viewport.scale;
      stepper.hidden = 2 * area.room * viewport.scale < STEPPER_FROM_PX.room || wide < STEPPER_FROM_PX.width;
      root.classList.toggle("small", stepper.hidden);
      const [halfWidth, halfHeight] = [root.offsetWidth / 2 + 8, root.offsetHeight / 2 + 8];
      // On narrow charts the zoom buttons keep the lower right corner to themselves.
      const beside = viewport.width < NARROW_BELOW_PX && spot[1] > viewport.height - TOOLS_PX.height ? TOOLS_PX.width : 0;
      const x = Math.min(Math.max(spot[0], halfWidth), viewport.width - beside - halfWidth);
      const y = Math.min(Math.max(spot[1], halfHeight), viewport.height - halfHeight);
      root.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px) translate(-50%, -50%)`;
    });
  }
}

/** Where the field has most room; the middle of its visible part when that is out of view. */
function visibleSpot(area, viewport) {
  const [x, y] = viewport.toScreen(...area.anchor);
  if (x >= 0 && y >= 0 && x <= viewport.width && y <= viewport.height) return [x, y];
  const [left, top] = viewport.toScreen(area.bounds.left, area.bounds.top);
  const [right, bottom] = viewport.toScreen(area.bounds.right, area.bounds.bottom);
  const middle = [
    (Math.max(left, 0) + Math.min(right, viewport.width)) / 2,
    (Math.max(top, 0) + Math.min(bottom, viewport.height)) / 2,
  ];
  return contains(area.outline, ...viewport.toPlan(...middle)) ? middle : null;
}

function element(tag, className, text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.textContent = text;
  return node;
}

/** A button that shows one icon and says its name. */
export function button(path, name) {
  const node = document.createElement("button");
  node.type = "button";
  node.title = name;
  node.setAttribute("aria-label", name);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  node.append(svg);
  return node;
}
