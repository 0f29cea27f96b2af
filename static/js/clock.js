// Timers that follow the server's clock. The offset is measured on the socket (round trip halved) or from the
// answer of a poll; the best sample wins and slowly loses its authority, so that a changed clock is noticed.

let offset = 0;
let best = Infinity;
const LONG = 120; // more seconds than that are read as minutes
const THRESHOLDS = [[300, "5 minutes left"], [60, "1 minute left"], [10, "10 seconds left"], [0, "Time is over"]];

export function sample(serverTime, sentAt) {
  const arrived = Date.now();
  const trip = sentAt ? arrived - sentAt : 500;
  const server = Date.parse(serverTime);
  if (Number.isNaN(server) || trip > best * 1.5) return;
  best = Math.max(trip, 1) * 1.02;
  offset = server + trip / 2 - arrived;
  tick();
}

export const serverNow = () => Date.now() + offset;

export function announce(message, urgent = false, lang = "") {
  const region = document.getElementById(urgent ? "sr-assert" : "sr-polite");
  if (!region) return;
  speak(region, lang);
  region.textContent = message;
}

// What is not in the page's language says in which it is, so that it is read out rightly.
export function speak(element, lang) {
  if (lang) element.lang = lang; else element.removeAttribute("lang");
}

function words(seconds) {
  const whole = Math.abs(Math.trunc(seconds));
  const [hours, minutes, rest] = [Math.trunc(whole / 3600), Math.trunc(whole / 60) % 60, whole % 60];
  const pad = (value) => String(value).padStart(2, "0");
  const text = hours ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${pad(minutes)}:${pad(rest)}`;
  return seconds < 0 ? `+${text}` : text;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// What is left: where a paused timer stands, else until its end. While the server cannot be heard it has paused what
// runs at `still`.
let still = Infinity;

export function standStill(at) {
  still = at;
  tick();
}

function leftOf(timer) {
  if (timer.dataset.left !== undefined) return Number(timer.dataset.left);
  return (Date.parse(timer.dataset.endsAt) - Math.min(serverNow(), still)) / 1000;
}

function tickDown(timer) {
  const duration = Number(timer.dataset.duration);
  const left = leftOf(timer);
  write(timer, words(left < 0 ? Math.floor(left) : Math.ceil(left)));
  timer.toggleAttribute("data-over", left < 0);
  const bar = document.getElementById(timer.dataset.progress);
  if (bar) bar.value = Math.min(duration - left, duration);
  const passed = THRESHOLDS.filter(([at]) => left <= at && at < duration).at(-1);
  if (passed && timer.dataset.said !== passed[1]) {
    if (timer.dataset.said !== undefined) announce(passed[1]);
    timer.dataset.said = passed[1];
  } else if (!passed) timer.dataset.said ??= "";
}

function tick() {
  for (const clock of document.querySelectorAll("[data-since]")) {
    write(clock, words(Math.max(0, (serverNow() - Date.parse(clock.dataset.since)) / 1000)));
  }
  for (const clock of document.querySelectorAll("[data-until]")) {
    const left = Math.max(0, Math.ceil((Date.parse(clock.dataset.until) - serverNow()) / 1000));
    write(clock, left > LONG ? words(left) : `${left} s`);
  }
  document.querySelectorAll("[role=timer]").forEach(tickDown);
}

export function startClock() {
  tick();
  setInterval(tick, 500);
  document.addEventListener("htmx:after:swap", tick);
}

// Things done every so many milliseconds, also while the page is hidden behind another window: whoever performs with
// this page in the background is still there. A worker ticks; the page's own timer helps where none can be had.

const works = new Set();

function workOffWhatIsDue() {
  const now = performance.now();
  for (const each of works) {
    if (now < each.at) continue;
    each.at = now + each.period;
    each.work();
  }
}

// Do `work` every `period` milliseconds from now on; what is answered stops it.
export function every(period, work) {
  const each = { period, work, at: performance.now() + period };
  works.add(each);
  return () => works.delete(each);
}

export function startBeat() {
  const address = new URL("ticker.js", import.meta.url).href;
  const policy = globalThis.trustedTypes?.createPolicy("ticker", { createScriptURL: () => address });
  new Worker(policy ? policy.createScriptURL("") : address).addEventListener("message", workOffWhatIsDue);
  setInterval(workOffWhatIsDue, 1000);
}
