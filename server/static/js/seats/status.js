// The status line ("Live, 0.2 s" or since when the seats are old) and the toast beside the stage.

import { fill } from "../chart/words.js";

const TOAST_MS = 9_000;

/** @param {HTMLElement} line  @param {import("../live.js").LiveLink} link */
export function showStatus(line, link, words) {
  line.hidden = false;
  line.classList.toggle("live", link.live);
  const text = line.querySelector(".words");
  const language = document.documentElement.lang;
  let said;
  if (link.live && link.delayMs !== null) {
    const seconds = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    said = fill(words["seats-live"], { delay: seconds.format(Math.max(0.1, link.delayMs / 1000)) });
  } else if (link.live) {
    said = words["seats-live-first"];
  } else if (link.freshAt !== null) {
    const time = new Date(link.freshAt).toLocaleTimeString(language, { hourCycle: "h23", hour: "2-digit", minute: "2-digit", second: "2-digit" });
    said = fill(words["seats-reconnecting"], { time });
  } else {
    said = words["seats-connecting"];
  }
  if (text.textContent !== said) text.textContent = said;
}

export class Toast {
  #timer = 0;

  constructor(root) {
    this.root = root;
  }

  /**
   * @param {string} fact what happened
   * @param {string} [safe] what is safe
   * @param {{label: string, act: () => void}} [action]
   */
  show(fact, safe = "", action = null) {
    clearTimeout(this.#timer);
    const strong = document.createElement("strong");
    strong.textContent = fact;
    const rest = document.createElement("span");
    rest.textContent = safe;
    this.root.replaceChildren(strong, rest);
    if (action) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = action.label;
      button.addEventListener("click", () => {
        this.hide();
        action.act();
      });
      this.root.append(button);
    }
    this.root.hidden = false;
    this.#timer = setTimeout(() => this.hide(), TOAST_MS);
  }

  hide() {
    clearTimeout(this.#timer);
    this.root.hidden = true;
  }
}
