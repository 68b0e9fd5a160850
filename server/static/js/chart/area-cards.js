// Standing areas have no seats to press: each has a card with name, places left and a stepper, in
// the middle of its field. A field too small for the stepper shows the name; a press goes there.

import { fill } from "./words.js";

/** Pixels of field a stepper needs. */
const STEPPER_FROM_PX = { width: 150, height: 104 };

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
    const less = button(MINUS, fill(texts.less, { area: area.label }));
    const more = button(PLUS, fill(texts.more, { area: area.label }));
    const count = document.createElement("output");
    stepper.append(less, count, more);
    root.append(name, left, stepper);
    less.addEventListener("click", () => this.onChange(n, -1));
    more.addEventListener("click", () => this.onChange(n, 1));
    name.addEventListener("click", () => this.onOpen(n));
    return { root, left, stepper, less, more, count };
  }

  /** Counts and prices anew. */
  update({ model, house, yours, prices, texts, language, floor, asked }) {
    this.cards.forEach((card, n) => {
      const area = model.areas[n];
      const mine = [...yours].filter((place) => model.areaOf(place) === n).length;
      const free = house.freeByArea[n];
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
      const { bounds } = model.areas[n];
      const [left, top] = viewport.toScreen(bounds.left, bounds.top);
      const [right, bottom] = viewport.toScreen(bounds.right, bounds.bottom);
      const hidden = off || right < 0 || bottom < 0 || left > viewport.width || top > viewport.height;
      root.hidden = hidden;
      if (hidden) return;
      stepper.hidden = right - left < STEPPER_FROM_PX.width || bottom - top < STEPPER_FROM_PX.height;
      root.classList.toggle("small", stepper.hidden);
      // The middle of what is visible of the field, so that the stepper stays in reach.
      const x = (Math.max(left, 0) + Math.min(right, viewport.width)) / 2;
      const y = (Math.max(top, 0) + Math.min(bottom, viewport.height)) / 2;
      root.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px) translate(-50%, -50%)`;
    });
  }
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
