// Keeps one page for when the server cannot be reached, and nothing else: every page of the site is
// fresh or it is the page that says we are away. The server fills in the addresses to keep.

const KEPT = "KEPT";
const AWAY = "/away";
const CACHE = `away ${KEPT[0]}`;

self.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([AWAY, ...KEPT]);
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

/** The page is kept in the reader's language, so a change of language keeps it anew. */
async function keepAway() {
  const cache = await caches.open(CACHE);
  await cache.add(new Request(AWAY, { cache: "reload" }));
}

async function pageOrAway(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(AWAY)) ?? Response.error();
  }
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
    event.respondWith(pageOrAway(request));
  } else if (KEPT.includes(path)) {
    event.respondWith(keptOrFetched(request));
  }
});
