// Things done every so many milliseconds, also while the page is hidden behind another window: whoever performs with
// this page in the background is still there. A worker ticks; the page's own timer helps where none can be had.

const works = new Set();

function tick() {
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
  new Worker(policy ? policy.createScriptURL("") : address).addEventListener("message", tick);
  setInterval(tick, 1000);
}
