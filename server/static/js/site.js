// What the pages gain with a script; without it every page works by plain forms and links.
// Countdowns tick, the cart bar stays true, a second event's seats make "Check out" flash once,
// the time left is announced, and a lost connection is said under the header.

import { flash, othersJoined } from "./cart-seen.js";
import { clockText } from "./clock.js";
import "./sign-in-link.js";

document.documentElement.classList.add("js");

const SHORT_SECONDS = 120;
const ANNOUNCED_MINUTES = [5, 2, 1];
const RETRY_SECONDS = 5;
const ANSWER_WITHIN_MS = 8000;
const TICK_MS = 250;

const announcer = document.getElementById("announcer");
const cartBar = document.getElementById("cart-bar");
const banner = document.getElementById("banner");

// Countdowns -----------------------------------------------------------------------------------

let countdowns = [];

/** Moments by the reader's clock; the server's `now` says how far off that clock is. */
function findCountdowns() {
  countdowns = [...document.querySelectorAll("[data-until]")].map((element) => {
    const offset = Date.now() - Number(element.dataset.now);
    return { element, until: Number(element.dataset.until) + offset, said: null };
  });
}

function announce(text) {
  if (announcer && text) announcer.textContent = text;
}

function tick() {
  for (const countdown of countdowns) {
    const { element } = countdown;
    const left = (countdown.until - Date.now()) / 1000;
    const text = clockText(left);
    if (element.textContent !== text) element.textContent = text;
    const hold = element.closest("[data-hold]");
    (hold ?? element).classList.toggle("short", left < SHORT_SECONDS);
    const bar = hold?.querySelector("progress");
    if (bar) bar.value = Math.max(0, left);
    if ("announce" in element.dataset) announceMinute(countdown, left);
    if (left <= 0) lapse(countdown);
  }
}

/** Says the time left once as it passes 5, 2 and 1 minutes. */
function announceMinute(countdown, left) {
  const minutes = ANNOUNCED_MINUTES.find((m) => left <= m * 60 && left > m * 60 - 2);
  if (minutes === undefined || countdown.said === minutes) return;
  countdown.said = minutes;
  announce(announcer?.getAttribute(`data-minutes-${minutes}`));
}

/** A hold's time is over: the server says what that means. */
function lapse(countdown) {
  countdowns = countdowns.filter((other) => other !== countdown);
  const then = countdown.element.dataset.lapse;
  // A second later, so that the server's clock has passed the moment as well.
  setTimeout(() => {
    if (then === "reload") location.reload();
    else if (then === "cart") location.assign("/cart");
    else if (then === "show") showLater(countdown.element);
    else refreshCart().then(sayLapsed);
  }, 1000);
}

/** Says aloud what the bar now shows: a hold ran out. */
function sayLapsed() {
  announce(cartBar?.querySelector("[data-lapsed]")?.textContent);
}

/** What had to wait for this moment. */
function showLater(element) {
  element.closest("p").hidden = true;
  element.closest("form").querySelector("[data-later]")?.removeAttribute("data-later");
}

// Cart bar -------------------------------------------------------------------------------------

function flashWhenJoined() {
  const performances = document.querySelector("[data-performances]")?.dataset.performances;
  if (othersJoined(performances)) flash(document.getElementById("check-out"));
}

async function refreshCart() {
  if (!cartBar) return;
  try {
    const answer = await fetch(`/cart/bar?at=${encodeURIComponent(location.pathname)}`, {
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    cartBar.replaceChildren(...fresh.body.childNodes);
    if (!cartBar.querySelector("[data-performances]")) document.querySelector(".tabs .count")?.remove();
    findCountdowns();
    flashWhenJoined();
    serverIsBack();
  } catch {
    serverIsAway();
  }
}

// Server away ----------------------------------------------------------------------------------

let retry = null;

function serverIsAway() {
  if (!banner || retry) return;
  banner.hidden = false;
  const words = banner.querySelector("[data-trying]");
  let seconds = RETRY_SECONDS;
  const count = () => {
    if (seconds <= 0) {
      seconds = RETRY_SECONDS;
      askAgain();
    }
    words.textContent = words.dataset.trying.replace("{seconds}", String(seconds));
    seconds -= 1;
  };
  count();
  retry = setInterval(count, 1000);
}

function serverIsBack() {
  if (!retry) return;
  clearInterval(retry);
  retry = null;
  banner.hidden = true;
  announce(announcer?.dataset.back);
}

async function askAgain() {
  try {
    const answer = await fetch("/health/live", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (!answer.ok) return;
    serverIsBack();
    refreshCart();
  } catch {
    // Still away: the countdown goes on and asks again.
  }
}

// What is being decided elsewhere ----------------------------------------------------------------

/** Looks whether the page says something else by now, and shows that; nothing moves while it does not. */
function lookAgain(notice) {
  const seconds = Number(notice.dataset.lookAgain);
  const look = async () => {
    try {
      const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".notice-page");
      if (answer.ok && fresh?.textContent !== notice.textContent) return location.reload();
    } catch {
      serverIsAway();
    }
    setTimeout(look, seconds * 1000);
  };
  setTimeout(look, seconds * 1000);
}

// Forms ----------------------------------------------------------------------------------------

/** A second press while the first is on its way does nothing; the server would not mind it either. */
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    (event.submitter ?? form.querySelector("button"))?.setAttribute("aria-busy", "true");
  });
}

/** Coming back by the back button must not leave a form dead. */
function wakeForms() {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }
}

function groupDigits(input) {
  input.addEventListener("input", () => {
    if (input.selectionStart !== input.value.length) return;
    const digits = input.value.replace(/\D/g, "").slice(0, 19);
    input.value = digits.replace(/(\d{4})(?=\d)/g, "$1 ");
  });
}

/** A press elsewhere or Escape closes an open menu. */
function closeMenus(keep) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(keep)) menu.open = false;
  }
}

for (const form of document.querySelectorAll("form[data-auto]")) {
  // A select that is the whole form sends itself.
  form.addEventListener("change", () => form.requestSubmit());
}
document.querySelectorAll("[data-look-again]").forEach(lookAgain);
document.querySelectorAll("form[data-once]").forEach(sendOnce);
document.querySelectorAll("input[autocomplete='cc-number']").forEach(groupDigits);
document.querySelector("[data-first-error]")?.focus();
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus(null);
});
document.getElementById("try-now")?.addEventListener("click", askAgain);

findCountdowns();
flashWhenJoined();
tick();
setInterval(tick, TICK_MS);
addEventListener("pageshow", (event) => {
  wakeForms();
  if (event.persisted) refreshCart();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") refreshCart();
});
addEventListener("offline", serverIsAway);
addEventListener("online", askAgain);

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").catch(() => {
    // Without it the browser's own error page stands in for ours.
  });
}
