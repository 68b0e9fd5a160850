// The panel of your seats. The server renders it, with and without scripts; here it is fetched again
// after each change, its forms become commands, and on phones it is a sheet.

import { flash, othersJoined } from "../cart-seen.js";

export class Panel {
  #fetching = null;
  #again = false;
  #acts = {};

  constructor(data) {
    this.root = document.querySelector(".panel");
    this.url = `/performances/${data.performance_id}/seats?part=panel`;
    othersJoined(this.root.querySelector("[data-performances]")?.dataset.performances);
    this.root.addEventListener("submit", (event) => this.#submit(event));
    this.root.addEventListener("change", (event) => this.#change(event));
    this.root.addEventListener("click", (event) => this.#click(event));
  }

  /** Told when a ticket type could not be changed; the panel then shows what it is. */
  onTypeRefused = () => {};

  /** The heading over the seats; it stays where it is while they come and go. */
  get title() {
    return document.getElementById("panel-title");
  }

  /** @param {Record<string, (form: FormData) => Promise<unknown>>} acts by the forms' `data-act` */
  onAct(acts) {
    this.#acts = acts;
  }

  /** Fetches the panel again; changes that come while it is fetched lead to one more. */
  async refresh() {
    if (this.#fetching) {
      this.#again = true;
      return;
    }
    this.#fetching = fetch(this.url, { headers: { accept: "text/html" } });
    try {
      const response = await this.#fetching;
      if (response.ok) this.#replace(await response.text());
    } catch {
      // The old panel stays; its countdown goes on and the status line says what is wrong.
    } finally {
      this.#fetching = null;
    }
    if (this.#again) {
      this.#again = false;
      await this.refresh();
    }
  }

  #replace(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const focused = document.activeElement?.id;
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const old = this.root.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!old) continue;
      old.replaceWith(document.adoptNode(part));
      if (part.dataset.part === "sum" && othersJoined(part.dataset.performances)) flash(part.querySelector("#check-out"));
    }
    this.#syncSheet();
    // What had the focus may be gone with its seat: the next thing is the heading over what is left.
    if (focused && document.activeElement?.id !== focused) (document.getElementById(focused) ?? this.title)?.focus();
  }

  async #submit(event) {
    const form = event.target;
    const act = this.#acts[form.dataset.act];
    if (!act) return;
    event.preventDefault();
    const button = form.querySelector("button:not([type=button])");
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    await act(new FormData(form));
    button.removeAttribute("aria-busy");
  }

  async #change({ target }) {
    const form = target.closest('form[data-act="type"]');
    if (!form) return;
    const fields = new FormData(form);
    const seat = fields.get("seat");
    const performance = fields.get("performance_id");
    const answer = await fetch(`/api/v1/cart/performances/${performance}/seats/${seat}/ticket-type`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ticket_type_id: fields.get("ticket_type_id") }),
    }).catch(() => null);
    if (!answer?.ok) this.onTypeRefused();
    await this.refresh();
  }

  #click({ target }) {
    const step = target.closest("[data-step]");
    if (step) {
      const input = step.parentElement.querySelector("input");
      input.value = Math.min(Number(input.max), Math.max(Number(input.min), Number(input.value) + Number(step.dataset.step)));
    }
    if (target.closest(".handle")) {
      this.root.classList.toggle("folded");
      this.#syncSheet();
    }
    if (target.closest(".best-opener")) {
      this.root.classList.toggle("best-open");
      this.root.classList.remove("folded");
      this.#syncSheet();
    }
  }

  #syncSheet() {
    this.root.querySelector(".handle")?.setAttribute("aria-expanded", String(!this.root.classList.contains("folded")));
    this.root.querySelector(".best-opener")?.setAttribute("aria-expanded", String(this.root.classList.contains("best-open")));
  }
}
