// The panel of your seats. The server renders it, with and without scripts; here it is fetched again
// after each change, its forms become commands, and on phones it is a sheet.

/** How long "Check out" flashes. */
const FLASH_MS = 600;

export class Panel {
  #fetching = null;
  #again = false;
  #acts = {};

  constructor(data) {
    this.root = document.querySelector(".panel");
    this.url = `/performances/${data.performance_id}/seats?part=panel`;
    this.root.addEventListener("submit", (event) => this.#submit(event));
    this.root.addEventListener("change", (event) => this.#change(event));
    this.root.addEventListener("click", (event) => this.#click(event));
  }

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
      if (part.dataset.part === "sum") this.#flashIfJoined(old.dataset.performances, part);
      old.replaceWith(document.adoptNode(part));
    }
    this.#syncSheet();
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
  }

  /** Check out flashes once when another event's seats join the cart. */
  #flashIfJoined(before, part) {
    const split = (text) => (text ?? "").split(" ").filter(Boolean);
    const joined = split(part.dataset.performances).some((id) => !split(before).includes(id));
    if (!joined || split(before).length === 0) return;
    const button = part.querySelector("#check-out");
    button?.classList.add("flash");
    setTimeout(() => button?.classList.remove("flash"), FLASH_MS);
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
    await fetch(`/api/v1/cart/performances/${performance}/seats/${seat}/ticket-type`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ticket_type_id: fields.get("ticket_type_id") }),
    }).catch(() => {});
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
