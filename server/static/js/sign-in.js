// The sign-in page's card as a dialog over any other page. Seats and their time go on beside it.

import { wireFields } from "./forms.js";
import { wirePasskeys } from "./passkeys.js";

const CARD = ".sign-in";

async function read(response) {
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** The sheets the card needs, where this page has not got them. */
function bringStyles(doc) {
  const wanted = [...doc.querySelectorAll("link[data-dialog]")].map((link) => link.getAttribute("href"));
  const missing = wanted.filter((href) => !document.querySelector(`link[href="${href}"]`));
  return Promise.all(missing.map((href) => new Promise((done) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: done, onerror: done });
    document.head.append(link);
  })));
}

function closeButton(dialog, label) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "sign-in-close", title: label });
  button.setAttribute("aria-label", label);
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("class", "icon");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "m6 6 12 12M18 6 6 18");
  icon.append(path);
  button.append(icon);
  button.addEventListener("click", () => dialog.close());
  return button;
}

/** Buying waits for the dialog: the button says so. */
function holdCheckOut(reason) {
  document.body.classList.add("signing-in");
  const button = document.getElementById("check-out");
  if (!button || !document.body.dataset.view) return () => document.body.classList.remove("signing-in");
  const note = Object.assign(document.createElement("p"), { className: "quiet", textContent: reason });
  button.after(note);
  return () => {
    document.body.classList.remove("signing-in");
    note.remove();
  };
}

/** Puts a page's card into the dialog and wires it. */
function show(dialog, card) {
  dialog.replaceChildren(closeButton(dialog, card.dataset.closeLabel), card);
  wireFields(card);
  wirePasskeys(card);
  card.querySelector("[data-close]").addEventListener("click", (event) => {
    event.preventDefault();
    dialog.close();
  });
  const form = card.querySelector("form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(dialog, form);
  });
  (card.querySelector("[autofocus]") ?? card.querySelector("input")).focus();
}

async function send(dialog, form) {
  const button = form.querySelector(".primary");
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  try {
    const body = new URLSearchParams(new FormData(form));
    const response = await fetch(form.action, { method: "POST", body, headers: { accept: "text/html" } });
    const card = response.redirected ? null : (await read(response)).querySelector(CARD);
    if (card) show(dialog, card);
    else if (response.redirected) goTo(response.url);
    else form.submit();
  } catch {
    // The browser's own way says what is wrong with the connection.
    form.submit();
  }
}

/** Signed in: the page as it is now hers, or the second factor. */
function goTo(url) {
  if (url === location.href) location.reload();
  else location.assign(url);
}

/** Opens the card of the page at `href`. */
export async function openSignIn(href) {
  const response = await fetch(href, { headers: { accept: "text/html" } });
  const doc = await read(response);
  const card = doc.querySelector(CARD);
  // Signed in meanwhile, in another tab.
  if (!card) return goTo(response.url);
  await bringStyles(doc);
  const dialog = document.createElement("dialog");
  dialog.className = "sign-in-dialog";
  dialog.setAttribute("aria-labelledby", "sign-in-title");
  const goOn = holdCheckOut(card.dataset.first);
  dialog.addEventListener("close", () => {
    goOn();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  show(dialog, card);
}
