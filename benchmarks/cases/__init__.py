"""One module a case: what it needs, how it is measured, which rows it gives."""

from __future__ import annotations

from benchmarks.cases.base import Case
from benchmarks.cases.events import Events
from benchmarks.cases.holds import Holds
from benchmarks.cases.menu import Menu
from benchmarks.cases.purchase import Purchase
from benchmarks.cases.queue import Queue
from benchmarks.cases.queue_http import QueueOverHttp
from benchmarks.cases.sweep import Sweep

CASES: list[type[Case]] = [Purchase, Menu, Events, Holds, Queue, QueueOverHttp, Sweep]
