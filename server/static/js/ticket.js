// A ticket shown alone: the screen stays on while it is held up at the door, where the browser can do that.

const note = document.getElementById("awake");

async function stayAwake() {
  if (document.visibilityState !== "visible" || !navigator.wakeLock) return;
  try {
    const lock = await navigator.wakeLock.request("screen");
    say(true);
    lock.addEventListener("release", () => say(false));
  } catch {
    // Refused, as when the battery is low: the ticket is there all the same.
    say(false);
  }
}

function say(isAwake) {
  if (!note) return;
  note.hidden = !isAwake;
  note.querySelector("span").textContent = isAwake ? note.dataset.words : "";
}

// The lock ends when the page is left for another; it is asked for again on coming back.
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
