// Toasts: at most three, six seconds, paused while looked at; errors stay until they are closed.

import { announce } from "./clock.js";

const MOST = 3;
const LASTS = 6000;

function dismissLater(box) {
  let timer = setTimeout(() => box.remove(), LASTS);
  for (const name of ["pointerenter", "focusin"]) box.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) {
    box.addEventListener(name, () => { clearTimeout(timer); timer = setTimeout(() => box.remove(), LASTS); });
  }
}

export function toast({ kind = "ok", msg, retry }) {
  const tray = document.getElementById("toasts");
  const box = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  box.dataset.kind = kind;
  box.querySelector("p").textContent = msg;
  const again = box.querySelector("[data-retry]");
  again.hidden = !retry;
  again.addEventListener("click", () => { box.remove(); retry(); });
  box.querySelector("[data-close]").addEventListener("click", () => box.remove());
  tray.append(box);
  while (tray.children.length > MOST) tray.firstElementChild.remove();
  announce(msg, kind === "error");
  if (kind !== "error") dismissLater(box);
}

export function startNotices() {
  document.addEventListener("toast", (event) => toast(event.detail));
}
