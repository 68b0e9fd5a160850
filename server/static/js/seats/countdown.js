// Countdowns: every element with `data-until` and `data-now` (server's UTC milliseconds) shows the
// time left. The server's clock decides; ours only measures how long the page has been open.

/** Below this the time is shown as urgent. */
const SHORT_BELOW_MS = 120_000;
/** Said aloud when so much is left. */
const ANNOUNCED_MINUTES = [5, 2, 1];

/** What a countdown shows. @returns {{text: string, share: number, short: boolean, over: boolean}} */
export function timeLeft(untilMs, nowMs, lifetimeMs) {
  const left = Math.max(0, untilMs - nowMs);
  // Rounded down: no second is promised that is not there.
  const seconds = Math.floor(left / 1000);
  const text = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  return { text, share: lifetimeMs > 0 ? Math.min(1, left / lifetimeMs) : 0, short: left < SHORT_BELOW_MS, over: left === 0 };
}

/** The announced minute that was passed between two moments, or `null`. */
export function minutePassed(leftBeforeMs, leftNowMs) {
  return ANNOUNCED_MINUTES.find((minutes) => leftBeforeMs > minutes * 60_000 && leftNowMs <= minutes * 60_000) ?? null;
}

/**
 * Keeps all countdowns of the page going.
 * @param {{onMinute: (minutes: number) => void, onOver: () => void, onOtherOver: () => void}} told  about the countdown
 *   marked `data-mine`, and when another one is over
 */
export function startCountdowns({ onMinute, onOver, onOtherOver }) {
  const seen = new WeakMap();
  const tick = () => {
    for (const node of document.querySelectorAll("[data-until]")) {
      const clock = seen.get(node) ?? { offset: Number(node.dataset.now) - performance.now(), left: Infinity, over: false };
      seen.set(node, clock);
      const now = performance.now() + clock.offset;
      const until = Number(node.dataset.until);
      const lifetime = Number(node.dataset.lifetime ?? 0) * 1000;
      const { text, share, short, over } = timeLeft(until, now, lifetime);
      if (node.textContent !== text) node.textContent = text;
      const frame = node.closest("[data-countdown]");
      frame?.classList.toggle("short", short);
      const bar = frame?.querySelector("progress");
      if (bar) bar.value = share * bar.max;
      if ("mine" in node.dataset) {
        const minute = minutePassed(clock.left, until - now);
        if (minute !== null && clock.left !== Infinity) onMinute(minute);
        if (over && !clock.over) onOver();
      } else if (over && !clock.over) onOtherOver();
      clock.left = until - now;
      clock.over = over;
    }
  };
  tick();
  return setInterval(tick, 250);
}
