// The live client. Frames only say that a thing changed; the page then re-fetches the fragment by its URL, so
// push and poll meet the same permission check and template. Every thing has a version: what this page knows
// already is dropped, a gap makes everything about that thing be fetched again.

import { announce, every, sample, serverNow, standStill, startBeat } from "./clock.js";

const PING_EVERY = 3000;
const SILENCE = 10000;
const CONNECT_WITHIN = 8000;
const POLL_EVERY = 10000;
const BACKOFF = { first: 500, last: 30000 };

const known = new Map(); // thing → {version, names}: names null = all that happened at this version is on the page
const held = { pending: 0, frames: [] };
const feeds = [];
let stopPolling = null;

const jitter = () => crypto.getRandomValues(new Uint8Array(1))[0] / 255;
const signal = (name, detail = {}) => document.body.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
const resyncThing = (thing) => signal(`resync.${thing.split(":")[0]}`, { of: thing });

// "state:1f…=8, queue:1f…=41": what an answer or the page itself already shows.
export function learn(header) {
  for (const part of (header || "").split(",")) {
    const [thing, version] = part.trim().split("=");
    if (version && Number(version) >= (known.get(thing)?.version ?? 0)) known.set(thing, { version: Number(version), names: null });
  }
}

// While an action of this page is on its way its events wait: the answer says which of them it shows already.
export function hold() {
  held.pending += 1;
}

export function release() {
  held.pending = Math.max(0, held.pending - 1);
  if (held.pending === 0) held.frames.splice(0).forEach(receive);
}

function receive(frame) {
  if (held.pending > 0) return held.frames.push(frame);
  const { event, of, version } = frame;
  if (version === null || version === undefined) return signal(event, frame);
  const last = known.get(of);
  if (last && version < last.version) return undefined;
  if (last && version === last.version) {
    if (last.names === null || last.names.has(event)) return undefined;
    last.names.add(event);
    return signal(event, frame);
  }
  known.set(of, { version, names: new Set([event]) });
  if (last && version > last.version + 1) resyncThing(of);
  return signal(event, frame);
}

function greet(frame) {
  for (const [thing, version] of Object.entries(frame.versions ?? {})) {
    const last = known.get(thing);
    known.set(thing, { version, names: null });
    if (last && last.version !== version) resyncThing(thing);
  }
}

class Feed {
  constructor(path) {
    this.path = path;
    this.failures = 0;
    this.open = false;
    this.lost = false;
    this.connect();
  }

  connect() {
    clearTimeout(this.retry);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${this.path}`);
    this.socket = socket;
    this.watch = setTimeout(() => this.giveUp(), CONNECT_WITHIN);
    socket.addEventListener("message", (message) => { if (socket === this.socket) this.hear(JSON.parse(message.data)); });
    socket.addEventListener("close", (event) => this.closed(socket, event.code));
  }

  hear(frame) {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.giveUp(), SILENCE);
    serverHeard();
    if (frame.event === "pong") return sample(frame.serverTime, this.pinged);
    if (frame.event !== "hello") return receive(frame);
    this.open = true;
    this.failures = 0;
    sample(frame.serverTime);
    greet(frame);
    // Hints without a version (summed balances) may have been missed while the line was down.
    if (this.lost) signal("resync");
    this.ping();
    return report();
  }

  ping() {
    this.still?.();
    this.still = every(PING_EVERY, () => {
      this.pinged = Date.now();
      if (this.socket.readyState === WebSocket.OPEN) this.socket.send('{"event": "ping"}');
    });
  }

  // Over a cut cable the browser would wait for the other side's farewell.
  giveUp() {
    const { socket } = this;
    socket.close();
    this.closed(socket, 1006);
  }

  closed(socket, code) {
    if (socket !== this.socket) return;
    this.socket = null; // its own farewell may still come
    clearTimeout(this.watch);
    this.still?.();
    this.open = false;
    this.lost = true;
    this.failures += 1;
    if (code === 4401) return goToSignIn();
    report();
    if (code === 4403) return;
    const ceiling = Math.min(BACKOFF.last, BACKOFF.first * 2 ** (code === 4429 ? 9 : this.failures - 1));
    this.retry = setTimeout(() => this.connect(), ceiling * (0.5 + jitter() / 2));
  }

  wake() {
    if (!this.open) this.connect();
  }
}

function goToSignIn() {
  location.assign(`/login/?next=${encodeURIComponent(location.pathname)}`);
}

function show(mode) {
  document.body.dataset.mode = mode;
  document.getElementById("conn")?.setAttribute("data-mode", mode);
}

function report() {
  const down = feeds.some((feed) => !feed.open);
  const tried = feeds.some((feed) => feed.failures > 0);
  if (!navigator.onLine) show("offline");
  else if (!down) show("live");
  else if (tried && document.body.dataset.mode !== "offline") show("polling");
  if (!down) {
    stopPolling?.();
    stopPolling = null;
  } else if (tried && !stopPolling) {
    stopPolling = every(POLL_EVERY, poll);
    stay();
  }
}

// A page without sockets says by itself that somebody is there.
async function stay() {
  const path = document.body.dataset.presence;
  if (!path) return;
  const headers = { "Content-Type": "application/json", ...JSON.parse(document.body.getAttribute("hx-headers:inherited")) };
  const answer = await fetch(path, { method: "POST", headers, body: "{}" }).catch(() => null);
  if (answer?.ok) serverHeard();
}

// Fails while the server or the network is away: that is what the mode then says.
async function poll() {
  stay();
  const sentAt = Date.now();
  const answer = await fetch(document.body.dataset.poll, { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => null);
  if (answer?.status === 401) return goToSignIn();
  if (!feeds.some((feed) => !feed.open)) return undefined;
  if (!answer?.ok) return show("offline");
  sample(answer.headers.get("Date"), sentAt);
  show("polling");
  return signal("resync");
}

export function startLive() {
  const paths = (document.body.dataset.feeds || "").split(" ").filter(Boolean);
  learn(document.body.dataset.versions);
  startAbsence();
  startBeat();
  for (const path of paths) feeds.push(new Feed(path));
  addEventListener("offline", () => show("offline"));
  addEventListener("online", () => {
    show("connecting");
    feeds.forEach((feed) => feed.wake());
    report();
  });
}

// A performer whose connection is lost cannot be told by the server that it has paused her performance: her own page
// counts from the last answer it heard, stops the timer when the server has, and says how long she has to come back.

const MISSED_PINGS = 7; // seconds: two of them, a little late
let heardAt = performance.now();

function serverHeard() {
  heardAt = performance.now();
}

function sentence(card, silent) {
  const after = Number(card.dataset.lostAfter);
  const left = Math.ceil(after + Number(card.dataset.returnsWithin) - silent);
  if (silent < after) return `Connection lost; in ${Math.ceil(after - silent)} s your performance is paused.`;
  if (left > 0) return `Connection lost; your performance is paused. ${left} s left to return.`;
  return "Connection lost; unless another device of yours is connected, your performance has ended and everything was given back.";
}

function look() {
  const card = document.getElementById("performance");
  const banner = document.getElementById("lost");
  if (!card || !banner) return standStill(Infinity);
  const silent = (performance.now() - heardAt) / 1000;
  const lost = silent > MISSED_PINGS;
  if (lost && banner.hidden) announce("Connection lost.", true);
  banner.hidden = !lost;
  if (!lost) return standStill(Infinity);
  banner.querySelector("span").textContent = sentence(card, silent);
  return standStill(serverNow() - (silent - Number(card.dataset.lostAfter)) * 1000);
}

function startAbsence() {
  setInterval(look, 500);
}
