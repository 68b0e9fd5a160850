// The page the service worker shows when the server cannot be reached: it counts down, asks, and
// brings the reader to where she wanted to go.

import { clockText } from "./clock.js";

const RETRY_SECONDS = 5;
const ANSWER_WITHIN_MS = 8000;

const seconds = document.getElementById("seconds");
const trying = document.getElementById("trying");
let left = RETRY_SECONDS;
let asking = false;

async function ask() {
  if (asking) return;
  asking = true;
  trying.textContent = trying.dataset.asking;
  try {
    const answer = await fetch("/health/live", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (answer.ok) {
      location.reload();
      return;
    }
  } catch {
    // Still away.
  }
  asking = false;
  left = RETRY_SECONDS;
  show();
}

function show() {
  seconds.textContent = clockText(left);
  trying.textContent = trying.dataset.trying.replace("{seconds}", String(left));
}

show();
setInterval(() => {
  if (asking) return;
  left -= 1;
  if (left <= 0) ask();
  else show();
}, 1000);
document.getElementById("try-now").addEventListener("click", ask);
addEventListener("online", ask);
