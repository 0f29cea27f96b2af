// A worker whose whole work is to tick: browsers hold back a page's own timers once it is hidden for minutes, never these.

setInterval(() => postMessage(null), 500);
