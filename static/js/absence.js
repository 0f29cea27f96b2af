// A performer whose connection is lost cannot be told by the server that it has paused her performance: her own page
// counts from the last answer it heard, stops the timer when the server has, and says how long she has to come back.

import { announce, serverNow, standStill } from "./clock.js";

const MISSED_PINGS = 7; // seconds: two of them, a little late
let heardAt = performance.now();

export function serverHeard() {
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

export function startAbsence() {
  setInterval(look, 500);
}
