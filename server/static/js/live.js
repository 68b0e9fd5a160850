// The live link of one performance: snapshot, numbered deltas, gap repair, reconnecting with back-off,
// and the commands (hold, release, extend), which travel over the socket or, while it is down, over
// REST with the same ids and the same answers. Knows nothing of charts or pages.

import { judgeDelta, readFrame } from "./live-frames.js";

const PING_EVERY_MS = 5_000;
/** Silence on the socket after which it counts as dead. */
const SILENCE_MAX_MS = 12_000;
/** A command without an answer goes over REST after this. */
const ANSWER_MAX_MS = 4_000;
const RETRY_FIRST_MS = 400;
const RETRY_MAX_MS = 15_000;
/** The REST way is tried so often, as long as the server does not answer at all. */
const REST_TRIES_MAX = 3;

/** A refusal by the server: `problem` is its problem document (shared_model::Problem). */
export class Refusal extends Error {
  constructor(problem) {
    super(problem.title ?? problem.code);
    this.problem = problem;
  }
}

/** The server could not be reached; whether anything happened is not known. */
export class Unreachable extends Error {}

export class LiveLink extends EventTarget {
  #socket = null;
  #version = -1;
  #tries = 0;
  #nextRequest = 1;
  #waiting = new Map();
  #pings = new Map();
  #heardAt = 0;
  #timers = new Set();
  #closed = false;

  /**
   * Events: `snapshot` {bytes, seatCount}, `delta` {changes}, `yours` {hold}, `status` {live, delayMs}.
   * @param {string} performanceId
   */
  constructor(performanceId) {
    super();
    this.base = `/api/v1/performances/${performanceId}`;
    /** When the chart was last known to be right (performance.timeOrigin based). */
    this.freshAt = null;
    this.live = false;
    this.delayMs = null;
    addEventListener("online", () => this.#retryNow());
  }

  open() {
    const url = new URL(`${this.base}/live`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#heardAt = performance.now();
    socket.addEventListener("open", () => this.#ping());
    socket.addEventListener("message", ({ data }) => this.#hear(data));
    socket.addEventListener("close", () => this.#lost(socket));
    this.#every(PING_EVERY_MS, socket, () => this.#watch());
  }

  close() {
    this.#closed = true;
    this.#stopTimers();
    this.#socket?.close();
  }

  /** The version the chart is at; -1 before the first snapshot. */
  get version() {
    return this.#version;
  }

  /** The states over REST: at the start, and while the socket is down. Failure is quiet: the socket says it. */
  async fetchSnapshot() {
    try {
      const response = await fetch(`${this.base}/seats`, { signal: AbortSignal.timeout(2 * ANSWER_MAX_MS) });
      if (response.ok && !this.live) this.#hearStates(await response.arrayBuffer(), false);
    } catch {
      // The status line says since when the states are old.
    }
  }

  /** Takes seats. `choice` is a SeatChoice; resolves to the Hold. @throws {Refusal | Unreachable} */
  hold(choice) {
    const id = newId();
    return this.#command(
      { type: "hold", hold_id: id, choice },
      { method: "PUT", path: `/holds/${id}`, body: { choice } },
    );
  }

  release(seats) {
    return this.#command({ type: "release", seats }, { method: "POST", path: "/releases", body: { seats } });
  }

  extend() {
    return this.#command({ type: "extend" }, { method: "POST", path: "/extensions", body: {} });
  }

  async #command(message, rest) {
    if (this.live) {
      const answer = await this.#ask(message);
      if (answer) return answer;
    }
    return this.#askByRest(rest);
  }

  /** Over the socket; `null` when it broke before the answer came. */
  #ask(message) {
    const requestId = this.#nextRequest++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#waiting.delete(requestId) && resolve(null), ANSWER_MAX_MS);
      this.#waiting.set(requestId, {
        done: (hold) => resolve(hold),
        refused: (problem) => reject(new Refusal(problem)),
        broken: () => resolve(null),
        timer,
      });
      this.#send({ ...message, request_id: requestId });
    });
  }

  async #askByRest({ method, path, body }) {
    for (let attempt = 1; ; attempt += 1) {
      let response;
      try {
        response = await fetch(this.base + path, {
          method,
          headers: { "content-type": "application/json", accept: "application/json" },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(2 * ANSWER_MAX_MS),
        });
      } catch {
        if (attempt === REST_TRIES_MAX) throw new Unreachable();
        await new Promise((resolve) => setTimeout(resolve, backOff(attempt)));
        continue;
      }
      const answer = await response.json().catch(() => null);
      // Not our server's words (a proxy's, or cut off): what became of the wish is not known.
      if (!answer) throw new Unreachable();
      if (response.ok) return answer;
      throw new Refusal(answer);
    }
  }

  #hear(data) {
    this.#heardAt = performance.now();
    if (this.live) this.freshAt = Date.now();
    if (data instanceof ArrayBuffer) this.#hearStates(data);
    else this.#hearAnswer(JSON.parse(data));
  }

  #hearStates(buffer, bySocket = true) {
    let frame;
    try {
      frame = readFrame(buffer);
    } catch {
      if (bySocket) this.#socket.close(); // not our protocol: start over
      return;
    }
    if (bySocket) this.#tries = 0;
    if (frame.kind === "snapshot") {
      if (!bySocket && frame.version < this.#version) return;
      this.#version = frame.version;
      this.freshAt = Date.now();
      this.#emit("snapshot", { bytes: frame.bytes.slice(), seatCount: frame.seatCount });
      if (bySocket) this.#setLive(true);
      return;
    }
    const verdict = judgeDelta(this.#version, frame);
    if (verdict === "gap") this.#send({ type: "resync", request_id: this.#nextRequest++ });
    if (verdict !== "apply") return;
    this.#version = frame.to;
    this.#emit("delta", { changes: frame.changes });
  }

  #hearAnswer(message) {
    if (message.type === "pong") {
      const sentAt = this.#pings.get(message.request_id);
      this.#pings.delete(message.request_id);
      if (sentAt === undefined) return;
      this.delayMs = performance.now() - sentAt;
      this.#emit("status", {});
      return;
    }
    if (message.type === "yours") {
      this.#emit("yours", { hold: message.hold });
      return;
    }
    const waiting = this.#waiting.get(message.request_id);
    if (!waiting) return;
    this.#waiting.delete(message.request_id);
    clearTimeout(waiting.timer);
    if (message.type === "done") waiting.done(message.hold);
    else waiting.refused(message.problem);
  }

  #ping() {
    const requestId = this.#nextRequest++;
    this.#pings.set(requestId, performance.now());
    this.#send({ type: "ping", request_id: requestId });
  }

  #watch() {
    if (performance.now() - this.#heardAt > SILENCE_MAX_MS) {
      // The closing handshake of a dead line takes its time; what is shown does not wait for it.
      const socket = this.#socket;
      socket.close();
      this.#lost(socket);
    } else this.#ping();
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #lost(socket) {
    if (socket !== this.#socket) return;
    this.#stopTimers();
    this.#pings.clear();
    for (const waiting of this.#waiting.values()) {
      clearTimeout(waiting.timer);
      waiting.broken();
    }
    this.#waiting.clear();
    this.#setLive(false);
    if (this.#closed) return;
    this.#tries += 1;
    this.fetchSnapshot();
    const timer = setTimeout(() => this.open(), backOff(this.#tries));
    this.#timers.add(timer);
  }

  #retryNow() {
    if (this.live || this.#closed || this.#socket?.readyState === WebSocket.CONNECTING) return;
    this.#stopTimers();
    this.open();
  }

  #setLive(live) {
    this.live = live;
    this.#emit("status", {});
  }

  #every(span, socket, act) {
    const timer = setInterval(() => socket === this.#socket && act(), span);
    this.#timers.add(timer);
  }

  #stopTimers() {
    this.#timers.forEach((timer) => clearTimeout(timer)); // one id space for both kinds of timer
    this.#timers.clear();
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** Doubling spans with full jitter, so that a restarted server is not met by all at once. */
export function backOff(attempt, random = Math.random) {
  return RETRY_FIRST_MS / 2 + random() * Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** (attempt - 1));
}

/** A UUIDv7 (RFC 9562), as all our ids: made before the request, so that a repeat is free. */
export function newId(now = Date.now(), random = crypto.getRandomValues(new Uint8Array(10))) {
  const bytes = new Uint8Array(16);
  for (let n = 5, rest = now; n >= 0; n -= 1, rest = Math.floor(rest / 256)) bytes[n] = rest % 256;
  bytes.set(random, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
