// What opens over the page: the navigation sheet, the quick actions of a phone, context menus, toasts, the question
// before something that cannot be undone. Dialogs are native; only their content moves.

import { announce, speak } from "./clock.js";

const narrow = matchMedia("(max-width: 1023px)");
const EDGE = 8;
const SWIPE = 60;

function openSheet() {
  const sheet = document.getElementById("sheet");
  if (!sheet || sheet.open) return;
  sheet.append(document.getElementById("menu"));
  sheet.showModal();
}

function closeSheet() {
  document.getElementById("sheet")?.close();
}

function watchSheet() {
  const sheet = document.getElementById("sheet");
  if (!sheet) return;
  sheet.addEventListener("close", () => document.getElementById("side").append(document.getElementById("menu")));
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet || event.target.closest("a, button[type=submit]")) closeSheet();
  });
  narrow.addEventListener("change", () => { if (!narrow.matches) closeSheet(); });
  watchSwipe(sheet);
}

function watchSwipe(sheet) {
  let from = null;
  addEventListener("touchstart", (event) => { from = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
  addEventListener("touchend", (event) => {
    if (!from || !narrow.matches) return;
    const [right, down] = [event.changedTouches[0].clientX - from.clientX, event.changedTouches[0].clientY - from.clientY];
    if (Math.abs(right) < SWIPE || Math.abs(down) > Math.abs(right)) return;
    if (right > 0 && from.clientX < 32) openSheet();
    if (right < 0 && sheet.open) closeSheet();
  }, { passive: true });
}

// A menu near the cursor. Own dismissal: a light-dismiss popover opened by the right button is closed by its release.
let opener = null;

function openMenu(host, x, y) {
  closeMenu();
  const source = host.querySelector("template[data-context]");
  const menu = document.getElementById("context");
  if (!source || !menu) return false;
  menu.replaceChildren(source.content.cloneNode(true));
  htmx.process(menu);
  menu.showPopover();
  menu.style.left = `${Math.max(EDGE, Math.min(x, innerWidth - menu.offsetWidth - EDGE))}px`;
  menu.style.top = `${Math.max(EDGE, Math.min(y, innerHeight - menu.offsetHeight - EDGE))}px`;
  opener = document.activeElement;
  menu.querySelector("button, a")?.focus();
  return true;
}

function closeMenu(refocus = false) {
  const menu = document.getElementById("context");
  if (!menu?.matches(":popover-open")) return;
  menu.hidePopover();
  if (refocus) opener?.focus();
}

function openFor(element) {
  const host = element.closest("[data-has-context]");
  const box = element.getBoundingClientRect();
  return host ? openMenu(host, box.left, box.bottom) : false;
}

function moveInMenu(event, menu) {
  const items = [...menu.querySelectorAll("button, a")];
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  items.at(next % items.length).focus();
}

function watchContextMenus() {
  document.addEventListener("contextmenu", (event) => {
    const host = event.target.closest("[data-has-context]");
    if (!host || event.shiftKey) return;
    if (openMenu(host, event.clientX, event.clientY)) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const more = event.target.closest("[data-more]");
    if (more) openFor(more);
  });
  document.addEventListener("pointerdown", (event) => { if (!event.target.closest?.("#context")) closeMenu(); });
  document.addEventListener("keydown", (event) => {
    const menu = document.getElementById("context");
    if (menu?.matches(":popover-open")) {
      if (event.key === "Escape" || event.key === "Tab") closeMenu(true);
      else moveInMenu(event, menu);
    } else if ((event.key === "F10" && event.shiftKey) || event.key === "ContextMenu") {
      if (openFor(document.activeElement)) event.preventDefault();
    }
  });
  document.addEventListener("htmx:after:request", (event) => { if (event.target.closest?.("#context")) closeMenu(true); });
  for (const name of ["blur", "resize"]) addEventListener(name, () => closeMenu());
  addEventListener("scroll", () => closeMenu(), { passive: true });
}

// What the question says besides; with the server's figures once they are there for the number that the form holds.
let asked = null;

function detailOf({ dataset: { detail = "", detailFrom, detailOf } }) {
  const figures = detailFrom && document.querySelector(`#${detailFrom} [data-of]`);
  const current = figures && Number(document.getElementById(detailOf).value) === Number(figures.dataset.of);
  return current ? `${figures.textContent} ${detail}` : detail;
}

function fillIn() {
  if (asked) document.querySelector("#confirm p").textContent = detailOf(asked);
}

// hx-confirm asks here: the safe answer has the focus, Escape and the backdrop mean no.
function ask(event) {
  const { ctx, issueRequest, dropRequest } = event.detail;
  const dialog = document.getElementById("confirm");
  const source = ctx.sourceElement;
  event.preventDefault();
  dialog.querySelector("h2").textContent = ctx.confirm;
  asked = source;
  fillIn();
  dialog.querySelector("[value=yes]").textContent = source.dataset.yes || "Yes";
  dialog.returnValue = "";
  dialog.addEventListener("close", () => {
    asked = null;
    return dialog.returnValue === "yes" ? issueRequest() : dropRequest();
  }, { once: true });
  dialog.showModal();
  dialog.querySelector("[value=no]").focus();
}

function toggleQuick(open) {
  const quick = document.getElementById("quick");
  const fab = quick?.querySelector(".fab");
  if (!fab) return;
  quick.toggleAttribute("data-open", open);
  fab.setAttribute("aria-expanded", String(open));
  if (open) quick.querySelector(".quick-bar button, .quick-bar a")?.focus();
}

function watchQuick() {
  document.addEventListener("click", (event) => {
    const quick = event.target.closest("#quick");
    const fab = event.target.closest(".fab");
    if (fab) toggleQuick(!quick.hasAttribute("data-open"));
    else if (!quick) toggleQuick(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !document.querySelector("#quick[data-open]")) return;
    toggleQuick(false);
    document.querySelector("#quick .fab").focus();
  });
}

// Up and Down next to each row of a sortable list; the order of the rows is what the form sends.
function watchSorting() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    const row = button?.closest("li");
    const other = button?.dataset.move === "up" ? row?.previousElementSibling : row?.nextElementSibling;
    if (!other || other.hasAttribute("data-fixed")) return;
    if (button.dataset.move === "up") other.before(row); else other.after(row);
    button.focus();
    const place = [...row.parentElement.children].indexOf(row) + 1;
    document.getElementById("sr-polite").textContent = `${row.dataset.label} moved to position ${place} of ${row.parentElement.children.length}`;
  });
}

// Toasts: at most three, on a phone two, six seconds, paused while looked at; errors stay until they are closed. They never
// lie over a field or a button: of the places they have they take the first one that is free, the last is the bar at the
// top, one upon another.
const PHONE = matchMedia("(max-width: 767px)");
const most = () => PHONE.matches ? 2 : 3;
const LASTS = 6000;
const PLACES = ["below", "above", "bar"];
const CONTROLS = "main :is(input:not([type=hidden]), select, textarea, button, a.button, summary)";

const meet = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

function free(tray, controls, at) {
  tray.dataset.at = at;
  const boxes = [...tray.children].map((box) => box.getBoundingClientRect());
  return !controls.some((control) => boxes.some((box) => meet(box, control)));
}

function place() {
  const tray = document.getElementById("toasts");
  if (!tray?.childElementCount) return;
  const shown = [...document.querySelectorAll(CONTROLS)].filter((control) => control.checkVisibility());
  const controls = shown.map((control) => control.getBoundingClientRect());
  PLACES.find((at) => free(tray, controls, at));
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
  while (tray.children.length > most()) tray.firstElementChild.remove();
  place();
  announce(msg, kind === "error", lang);
  if (kind !== "error") dismissLater(box);
}

// Controls move under them as the page is scrolled, turned or refreshed.
function watchToasts() {
  let asked = 0;
  const later = () => { cancelAnimationFrame(asked); asked = requestAnimationFrame(place); };
  for (const name of ["scroll", "resize"]) addEventListener(name, later, { passive: true });
  for (const name of ["focusin", "htmx:after:swap", "toggle"]) document.addEventListener(name, later, { capture: true });
}

export function startSurfaces() {
  watchSheet();
  watchContextMenus();
  watchQuick();
  watchSorting();
  watchToasts();
  document.addEventListener("click", (event) => { if (event.target.closest("[data-sheet]")) openSheet(); });
  document.addEventListener("htmx:after:swap", fillIn);
  document.addEventListener("htmx:confirm", (event) => { if (event.detail.ctx.confirm) ask(event); });
}
