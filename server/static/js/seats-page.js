// The seats page, made live: the chart, the list, the prices and the panel share one state and one
// link to the server. Without this file the page is a list of check boxes in a form.

import "./chart/seat-chart.js";
import "./sign-in-link.js";
import { fill } from "./chart/words.js";
import { LiveLink } from "./live.js";
import { Commands } from "./seats/commands.js";
import { startCountdowns } from "./seats/countdown.js";
import { fly } from "./seats/flight.js";
import { Panel } from "./seats/panel.js";
import { PriceKeys } from "./seats/prices.js";
import { showStatus, Toast } from "./seats/status.js";

/** The plan is asked for again after this while the server does not answer. */
const RETRY_GEOMETRY_MS = 3_000;

document.documentElement.classList.add("js");

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const data = read("seats-data");
const words = read("seats-words");
const chart = document.getElementById("chart");
const announcer = document.getElementById("announcer");
const say = (text) => { announcer.textContent = text; };

const link = new LiveLink(data.performance_id);
const toast = new Toast(document.getElementById("toast"));
const panel = new Panel(data);
const commands = new Commands({
  link, chart, toast, words: words.page, say, expiresAt: data.expires_at,
  onChange: (taken) => {
    const starts = taken.map((seat) => chart.placeOnPage(seat)).filter(Boolean);
    if (starts.length > 0) fly(starts, panel.title, chart.seatPixels);
    panel.refresh();
    list?.update();
  },
});
/** Made by the first look at it: most people never leave the chart. */
let list = null;
const keys = new PriceKeys({ chart, categories: data.categories, words: words.page });

panel.onAct({
  release: (form) => commands.release([Number(form.get("seat"))]),
  extend: () => commands.extend(),
  best: (form) => best(form),
});

async function best(form) {
  const answer = document.getElementById("best-answer");
  answer.textContent = "";
  const wish = {
    count: Number(form.get("best")),
    price_category_id: form.get("price_category_id") || undefined,
    together: form.has("together"),
    step_free: form.has("step_free"),
  };
  const hold = await commands.best(wish);
  if (!hold) return;
  answer.textContent = explain(hold, wish);
  chart.showSeats(hold.taken);
}

/** Why these seats, in the words of the page. */
function explain({ because, taken }, wish) {
  const count = taken.length;
  if (because?.kind === "standing") return fill(words.page["best-standing-answer"], { area: because.area });
  if (because?.kind === "together" && !wish.price_category_id) {
    return fill(words.page[count === 1 ? "best-one-any-price" : "best-together-any-price"], { ...because, count });
  }
  if (because?.kind === "together") {
    return fill(words.page[count === 1 ? "best-one-answer" : "best-together-answer"], { ...because, count });
  }
  // Sent twice, the second answer gives no reason: nothing is better than a wrong one.
  if (!because) return "";
  return fill(words.page[wish.together ? "best-closest-answer" : "best-single-answer"], { count });
}

link.addEventListener("snapshot", ({ detail }) => {
  if (!chart.model || detail.seatCount !== chart.model.placeCount) return;
  chart.states = detail.bytes;
  list?.update();
});
link.addEventListener("delta", ({ detail }) => {
  if (!chart.model) return;
  chart.applyChanges(detail.changes);
  list?.update();
});
link.addEventListener("yours", ({ detail }) => commands.settle(detail.hold));
link.addEventListener("status", () => {
  chart.live = link.live;
  document.body.classList.toggle("stale", !link.live);
  showStatus(document.getElementById("status"), link, words.page);
});

chart.addEventListener("seat-take", ({ detail }) => commands.take(detail.seat));
chart.addEventListener("seat-release", ({ detail }) => commands.release([detail.seat]));
chart.addEventListener("area-change", ({ detail }) => commands.changeArea(detail.area, detail.change));
chart.addEventListener("counts-change", () => keys.update());

for (const tab of document.querySelectorAll("[data-to]")) {
  tab.addEventListener("click", (event) => {
    event.preventDefault();
    show(tab.dataset.to);
  });
}

async function show(view) {
  document.body.dataset.view = view;
  for (const tab of document.querySelectorAll("[data-to]")) {
    if (tab.dataset.to === view) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
  history.replaceState(null, "", `?view=${view}`);
  if (view === "list") await openList();
}

async function openList() {
  const { SeatListView } = await import("./seats/list.js");
  list ??= new SeatListView({ root: document.getElementById("list"), chart, data, words: words.page, commands });
  await list.open();
}

// Who comes here first gets the page for when we are away as well.
navigator.serviceWorker?.register("/sw.js").catch(() => {});

startCountdowns({
  onMinute: (minutes) => say(fill(words.page["seats-minutes-left"], { count: minutes })),
  onOver: () => commands.lapse(),
  // A second later, so that the server's clock has passed the moment as well.
  onOtherOver: () => setTimeout(() => panel.refresh(), 1000),
});
panel.onTypeRefused = () => toast.show(words.page["seats-type-refused"]);

/** A retry keeps the skeleton of the page: nothing else works without the plan. */
async function loadGeometry() {
  for (;;) {
    try {
      const response = await fetch(`/api/v1/plans/${data.plan_version_id}/geometry`);
      if (response.ok) return await response.json();
    } catch {
      showStatus(document.getElementById("status"), link, words.page);
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_GEOMETRY_MS));
  }
}

chart.texts = { ...words.chart, chart: words.chart.label };
showStatus(document.getElementById("status"), link, words.page);
chart.geometry = await loadGeometry();
keys.apply();
if (data.poster) chart.posterUrl = data.poster;
chart.yours = data.yours;
chart.live = false;
link.fetchSnapshot();
// A stranger gets her session before the socket asks who she is.
if (!data.has_session) await fetch("/session", { method: "POST" }).catch(() => {});
link.open();
if (data.yours.length > 0 && matchMedia("(max-width: 599px)").matches) chart.showSeats(data.yours);
if (document.body.dataset.view === "list") await openList();

