// Shortcuts and arrow keys. A shortcut presses the very control of the page, so that it passes the same guard,
// the same question and the same refusal as a click.

import { tinykeys } from "../vendor/tinykeys.js";

const NAMED = { ctrl: "Control", shift: "Shift", alt: "Alt", meta: "Meta", mod: "$mod" };
let unbind = null;

// "ctrl+shift+s" → "Control+Shift+KeyS": the physical key, so that layouts do not matter. "g q" is one after the other.
function canonical(combo) {
  const key = (part) => {
    if (NAMED[part]) return NAMED[part];
    if (/^[a-z]$/.test(part)) return `Key${part.toUpperCase()}`;
    return /^[0-9]$/.test(part) ? `Digit${part}` : part;
  };
  return combo.split(" ").map((press) => press.split("+").map(key).join("+")).join(" ");
}

// Twins (start and stop) answer to one key: the one that works is pressed; where none does the way out says why.
function press(actions) {
  const controls = actions.map((action) => document.querySelector(`#menu [data-action="${CSS.escape(action)}"]`)).filter(Boolean);
  const control = controls.find((one) => one.getAttribute("aria-disabled") !== "true");
  if (control) return control.click();
  const why = document.getElementById(controls.at(-1)?.getAttribute("aria-describedby"))?.textContent.trim();
  return document.dispatchEvent(new CustomEvent("toast", { detail: { kind: "warn", msg: why || "Not available now." } }));
}

function bind() {
  const source = document.getElementById("shortcuts");
  const combos = JSON.parse(source?.dataset.shortcuts ?? "{}");
  unbind?.();
  const bindings = {};
  for (const [combo, actions] of Object.entries(combos)) {
    bindings[canonical(combo)] = (event) => { event.preventDefault(); press(actions); };
  }
  unbind = tinykeys(window, bindings);
}

// One tab stop for a toolbar; arrows, Home and End inside.
function moveInToolbar(event) {
  const bar = event.target.closest?.("[role=toolbar]");
  if (!bar) return;
  const items = [...bar.querySelectorAll("button, a")];
  const at = items.indexOf(event.target);
  const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next === undefined || at < 0) return;
  event.preventDefault();
  items.at(next % items.length).focus();
}

function rove() {
  for (const bar of document.querySelectorAll("[role=toolbar]")) {
    const items = [...bar.querySelectorAll("button, a")];
    const current = items.includes(document.activeElement) ? document.activeElement : items[0];
    for (const item of items) item.tabIndex = item === current ? 0 : -1;
  }
}

function nextLandmark(event) {
  if (event.key !== "F6") return;
  const stops = [...document.querySelectorAll("[data-landmark]")].filter((stop) => stop.checkVisibility());
  const at = stops.findIndex((stop) => stop.contains(document.activeElement));
  event.preventDefault();
  stops.at((at + (event.shiftKey ? -1 : 1)) % stops.length)?.focus();
}

// A reason stands beside its item of the menu; it goes away on Escape, until something is pointed at or focused.
function watchReasons() {
  const side = document.getElementById("side");
  const hush = (hushed) => document.body.toggleAttribute("data-hushed", hushed);
  let item = null;
  const place = () => { if (item) side.style.setProperty("--reason-at", `${item.getBoundingClientRect().bottom}px`); };
  const show = ({ target }) => {
    item = target.closest?.("#side [aria-disabled]") ?? item;
    place();
    hush(false);
  };
  document.addEventListener("keydown", ({ key }) => { if (key === "Escape") hush(true); });
  side?.addEventListener("scroll", place, { passive: true });
  for (const name of ["pointerover", "focusin"]) document.addEventListener(name, show);
}

export function startKeys() {
  watchReasons();
  bind();
  rove();
  document.addEventListener("keydown", moveInToolbar);
  document.addEventListener("keydown", nextLandmark);
  document.addEventListener("focusin", rove);
  document.addEventListener("htmx:after:swap", () => { bind(); rove(); });
}
