// Entry of every page: what stands between a press and its answer.

import { startClock } from "./clock.js";
import { hold, learn, release, startLive } from "./live.js";
import { startKeys } from "./keys.js";
import { startSurfaces, toast } from "./surfaces.js";

const GUARD = 600;
const pressed = new WeakMap();

// A second click within 600 ms is the same click; a disabled control tells why and does nothing.
function guard(event) {
  const control = event.target.closest?.("button, [role=button], a[aria-disabled]");
  if (!control) return;
  const disabled = control.getAttribute("aria-disabled") === "true";
  const acts = control.type === "submit" || control.hasAttribute("hx-post");
  const doubled = acts && performance.now() - (pressed.get(control) ?? -Infinity) < GUARD;
  if (disabled || doubled) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else if (acts) pressed.set(control, performance.now());
}

const submitter = ({ request, sourceElement }) => request.submitter ?? sourceElement.querySelector("[type=submit]") ?? sourceElement;
const isAction = (ctx) => ctx?.request?.method === "POST";

// Not for money: the word changes at once and goes back when the server says no.
function hope(ctx) {
  const label = submitter(ctx)?.querySelector("[data-optimistic]");
  if (!label) return;
  label.dataset.before = label.textContent;
  label.textContent = label.dataset.optimistic;
}

function revert(ctx) {
  const label = submitter(ctx)?.querySelector("[data-before]");
  if (!label) return;
  label.textContent = label.dataset.before;
  delete label.dataset.before;
}

function countDown(control, seconds) {
  if (!control || !seconds) return;
  const label = control.querySelector("[data-label]") ?? control;
  const word = label.textContent;
  const until = Date.now() + seconds * 1000;
  control.setAttribute("aria-disabled", "true");
  const timer = setInterval(show, 1000);
  function show() {
    const left = Math.ceil((until - Date.now()) / 1000);
    const text = left > 90 ? `${Math.ceil(left / 60)} min` : `${left} s`;
    label.textContent = left > 0 ? `${word} (${text})` : word;
    if (left > 0 && control.isConnected) return;
    control.removeAttribute("aria-disabled");
    clearInterval(timer);
  }
  show();
}

const again = (ctx) => () => { pressed.delete(submitter(ctx)); submitter(ctx).click(); };
const inView = (element) => { const box = element.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; };

// The answers that are no success: what happened to money first, then the way on.
function refused(event) {
  const { ctx } = event.detail;
  const { status, headers } = ctx.response;
  if (status === 401) return location.assign(`/login/?next=${encodeURIComponent(location.pathname)}`);
  if (!isAction(ctx)) return undefined;
  revert(ctx);
  if (status === 429) countDown(submitter(ctx), Number(headers.get("Retry-After")));
  if (status >= 500) toast({ kind: "error", msg: "The server could not answer. Nothing was charged twice: try again.", retry: again(ctx) });
  return undefined;
}

// The server's state wins: a refusal may mean that this page is behind, and a remembered one needs a new key.
function refresh(event) {
  const { ctx } = event.detail;
  if (!isAction(ctx) || ctx.response.status < 400) return;
  const text = ctx.target?.matches?.(".problem") && !inView(ctx.target) ? ctx.target.textContent.trim().replace(/\s+/g, " ") : "";
  if (text) toast({ kind: "error", msg: text });
  if (![402, 409].includes(ctx.response.status)) return;
  if (ctx.response.status === 409 && !text) toast({ kind: "warn", msg: "The page was behind and has been refreshed." });
  document.body.dispatchEvent(new CustomEvent("resync"));
}

function failed(event) {
  const { ctx } = event.detail;
  if (!isAction(ctx)) return;
  revert(ctx);
  toast({ kind: "error", msg: "No answer from the server. Trying again will not charge you twice.", retry: again(ctx) });
}

// A performance that begins is brought before her eyes, once: a refresh of one that runs moves nothing.
const CALM = matchMedia("(prefers-reduced-motion: reduce)");
const stageCard = () => document.getElementById("performance");
let running = stageCard()?.dataset.item ?? "";

function follow() {
  const card = stageCard();
  const before = running;
  running = card?.dataset.item ?? "";
  if (card && running !== before && !inView(card)) card.scrollIntoView({ block: "start", behavior: CALM.matches ? "auto" : "smooth" });
}

// What was asked for is done: the form begins anew.
function begin(ctx) {
  const form = ctx.sourceElement?.closest?.("form[data-fresh]");
  if (!form || !isAction(ctx) || !(ctx.response?.status < 300)) return;
  form.reset();
  form.querySelectorAll("details").forEach((part) => { part.open = false; });
}

function listen() {
  const on = (name, handler) => document.addEventListener(name, handler);
  document.addEventListener("click", guard, { capture: true });
  on("htmx:before:request", ({ detail: { ctx } }) => {
    if (!isAction(ctx)) return;
    document.querySelectorAll(".problem").forEach((place) => place.replaceChildren());
    hope(ctx);
    hold();
  });
  // The question is a guard of its own: after a no the control may be pressed again at once.
  on("htmx:confirm", ({ detail: { ctx } }) => { if (ctx.confirm) pressed.delete(submitter(ctx)); });
  on("htmx:finally:request", ({ detail: { ctx } }) => { if (isAction(ctx)) release(); });
  on("htmx:after:request", ({ detail: { ctx } }) => {
    learn(ctx.response?.headers.get("X-Versions"));
    begin(ctx);
  });
  on("toast", ({ detail }) => toast(detail));
  // The event names a notice; its words come from the server, in the reader's language, as a toast.
  on("notification.created", ({ detail }) => window.htmx.ajax("GET", `/f/notices/${detail.data.id}/`, { swap: "none" }));
  on("htmx:response:error", refused);
  on("htmx:after:swap", refresh);
  on("htmx:after:swap", follow);
  on("htmx:error", failed);
  on("theme", ({ detail }) => { document.documentElement.dataset.theme = detail.value; });
  on("click", ({ target }) => { if (target.closest("[data-veil]")) document.body.toggleAttribute("data-veil"); });
  on("click", ({ target }) => {
    const copies = target.closest("[data-copy]");
    if (!copies) return;
    const text = copies.dataset.copy.startsWith("/") ? new URL(copies.dataset.copy, location.origin).href : copies.dataset.copy;
    navigator.clipboard.writeText(text).then(() => toast({ msg: "Copied." }), () => toast({ kind: "info", msg: text }));
  });
}

listen();
startClock();
startSurfaces();
startKeys();
startLive();
document.documentElement.dataset.ready = "";
