// Keeps two pages for when the server cannot be reached, and nothing else: every page of the site is
// fresh, or it is the page that says we are away, or, in the middle of buying, the one that says what
// is safe. The server fills in the addresses to keep.

const KEPT = "KEPT";
const AWAY = "/away";
const LOST = "/away/buying";
/** Where an order is looked for whose answer was lost. */
const CHECK = "/checkout/check";
const BUY = "/checkout/buy";
/** What proxies answer for a server that is away. */
const AWAY_STATUSES = [502, 504];
const CACHE = `away ${KEPT[0]}`;

self.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([AWAY, LOST, ...KEPT]);
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const sweep = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(sweep());
});

/** The pages are kept in the reader's language, so a change of language keeps them anew. */
async function keepAway() {
  const cache = await caches.open(CACHE);
  await cache.addAll([AWAY, LOST].map((page) => new Request(page, { cache: "reload" })));
}

/** The server's answer; nothing when nobody answered, or only somebody before it. */
async function answerOf(request) {
  try {
    const answer = await fetch(request);
    return AWAY_STATUSES.includes(answer.status) ? null : answer;
  } catch {
    return null;
  }
}

async function pageOrAway(request, path) {
  return (await answerOf(request)) ?? (await caches.match(path === CHECK ? LOST : AWAY)) ?? Response.error();
}

/** Nobody knows whether the order arrived: the page it leads to asks, as soon as there is somebody to ask. */
async function buyOrCheck(request) {
  const form = await request.clone().formData();
  const answer = await answerOf(request);
  return answer ?? Response.redirect(`${CHECK}?order=${encodeURIComponent(form.get("order_id"))}`);
}

async function keptOrFetched(request) {
  return (await caches.match(request)) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.mode === "navigate" && path === "/language") {
    const answer = fetch(request);
    event.respondWith(answer);
    event.waitUntil(answer.then(keepAway, () => {}));
  } else if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(pageOrAway(request, path));
  } else if (request.mode === "navigate" && path === BUY) {
    event.respondWith(buyOrCheck(request));
  } else if (KEPT.includes(path)) {
    event.respondWith(keptOrFetched(request));
  }
});
