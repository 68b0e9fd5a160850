// What stands beside the seat that is pointed at, and what a screen reader says of it.

import { RAIL_WIDTH_PX } from "./painting/overlay.js";

export class SeatTip {
  node = document.createElement("div");
  said = document.createElement("p");

  constructor() {
    this.node.className = "tip";
    this.said.className = "said";
    this.said.setAttribute("aria-live", "polite");
    this.hide();
  }

  hide() {
    this.node.hidden = true;
  }

  /** @param {{place: string, price: string, note: string}} words  @param {boolean} aloud also for a screen reader */
  show(words, aloud) {
    const line = (tag, className, text) => {
      const node = document.createElement(tag);
      node.className = className;
      node.textContent = text;
      return node;
    };
    this.node.hidden = false;
    this.node.replaceChildren(line("strong", "", words.place), line("span", "price", words.price), line("span", "note", words.note));
    if (aloud) this.said.textContent = [words.place, words.price, words.note].filter(Boolean).join(", ");
  }

  /** Beside the seat, on the side where there is room, never over it. */
  place(seat, { model, rail }, viewport) {
    const [px, py] = viewport.toScreen(model.x[seat], model.y[seat]);
    const away = viewport.pitchPx * 0.5 + 12;
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const least = rail ? RAIL_WIDTH_PX + 4 : 8;
    let left = px + away;
    let top = py - height / 3;
    if (left + width > viewport.width - 8) left = px - away - width;
    if (left < least) {
      left = Math.min(Math.max(least, px - width / 2), viewport.width - width - 8);
      top = py - away - height < 8 ? py + away : py - away - height;
    }
    top = Math.min(Math.max(8, top), viewport.height - height - 8);
    this.node.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }
}
