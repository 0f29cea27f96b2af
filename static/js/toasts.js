// Toasts: at most three, six seconds, paused while looked at; errors stay until they are closed. They never lie over a
// field: of the places they have they take the first one that is free, the last is the bar at the top, one upon another.

import { announce, speak } from "./clock.js";

const MOST = 3;
const LASTS = 6000;
const PLACES = ["below", "above", "bar"];
const FIELDS = "main :is(input:not([type=hidden]), select, textarea)";

const meet = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

function free(tray, fields, at) {
  tray.dataset.at = at;
  const boxes = [...tray.children].map((box) => box.getBoundingClientRect());
  return !fields.some((field) => boxes.some((box) => meet(box, field)));
}

function place() {
  const tray = document.getElementById("toasts");
  if (!tray?.childElementCount) return;
  const shown = [...document.querySelectorAll(FIELDS)].filter((field) => field.checkVisibility());
  const fields = shown.map((field) => field.getBoundingClientRect());
  PLACES.find((at) => free(tray, fields, at));
}

function dismiss(box) {
  box.remove();
  place();
}

function dismissLater(box) {
  let timer = setTimeout(() => dismiss(box), LASTS);
  for (const name of ["pointerenter", "focusin"]) box.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) {
    box.addEventListener(name, () => { clearTimeout(timer); timer = setTimeout(() => dismiss(box), LASTS); });
  }
}

export function toast({ kind = "ok", msg, lang = "", retry }) {
  const tray = document.getElementById("toasts");
  const box = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  box.dataset.kind = kind;
  box.querySelector("p").textContent = msg;
  speak(box.querySelector("p"), lang);
  const again = box.querySelector("[data-retry]");
  again.hidden = !retry;
  again.addEventListener("click", () => { dismiss(box); retry(); });
  box.querySelector("[data-close]").addEventListener("click", () => dismiss(box));
  tray.append(box);
  while (tray.children.length > MOST) tray.firstElementChild.remove();
  place();
  announce(msg, kind === "error", lang);
  if (kind !== "error") dismissLater(box);
}

// Fields move under them as the page is scrolled, turned or refreshed.
export function startToasts() {
  let asked = 0;
  const later = () => { cancelAnimationFrame(asked); asked = requestAnimationFrame(place); };
  for (const name of ["scroll", "resize"]) addEventListener(name, later, { passive: true });
  for (const name of ["focusin", "htmx:after:swap", "toggle"]) document.addEventListener(name, later, { capture: true });
}
