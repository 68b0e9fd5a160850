// The price keys: legend, filter and free counts in one.

import { fill } from "../chart/words.js";

export class PriceKeys {
  #due = 0;

  constructor({ chart, categories, words }) {
    this.chart = chart;
    this.words = words;
    this.categories = categories.map((category) => ({ ...category, shown: category.price_category_id !== null }));
    this.keys = [...document.querySelectorAll(".key")].map((key) => this.#enhance(key));
  }

  /** A key becomes a button that filters. */
  #enhance(key) {
    const category = Number(key.dataset.category);
    const button = document.createElement("button");
    button.type = "button";
    button.append(...key.childNodes);
    button.setAttribute("aria-pressed", "true");
    key.append(button);
    button.addEventListener("click", () => {
      this.categories[category].shown = !this.categories[category].shown;
      button.setAttribute("aria-pressed", String(this.categories[category].shown));
      this.apply();
    });
    return { category, detail: button.querySelector("small") };
  }

  apply() {
    this.chart.categories = this.categories;
    document.body.dispatchEvent(new CustomEvent("prices-change"));
  }

  /** Counts anew, at most once a frame. */
  update() {
    this.#due ||= requestAnimationFrame(() => {
      this.#due = 0;
      const free = this.chart.freeByCategory;
      for (const { category, detail } of this.keys) {
        const { fee } = this.categories[category];
        const key = fee ? "seats-price-detail" : "seats-price-detail-no-fees";
        const text = fill(this.words[key], { fee, free: free[category] });
        if (detail.textContent !== text) detail.textContent = text;
      }
    });
  }
}
