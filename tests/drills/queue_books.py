"""The history of people at the door against the database: every answer stands there, once, and nothing else does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from queue_app.models import QueueEvent, QueueItem
from tests.drills.report import Deed, Figures
from wallet.invariants import findings
from wallet.queries import balance_of

# What an acknowledged verb leaves in its item's history.
ONCE = {"enqueue", "start", "finish", "abandon", "refund", "cancel"}
STEPS = {"start": "start", "finish": "finish", "abandon": "abandon", "refund": "refund", "cancel": "cancel"}


@dataclass(frozen=True)
class Side:
    """Whose items and tokens are judged, and what his viewers began with."""

    viewers: list[UUID]
    performers: list[UUID]
    start_tokens: int


def judge_queue(deeds: Iterable[Deed], side: Side) -> Figures:
    """Everything that was heard against everything that stands; zeros where they agree."""
    deeds = [deed for deed in deeds if deed.done]
    items = QueueItem.objects.filter(viewer_id__in=side.viewers)
    bought = Counter(UUID(deed.answer["queueItem"]["id"]) for deed in deeds if deed.verb == "purchase" and deed.answer)
    standing = {item.pk for item in items}
    history = Counter(QueueEvent.objects.filter(item__in=items).values_list("item_id", "event"))
    heard = {(UUID(deed.given["item"]), STEPS[deed.verb]) for deed in deeds if deed.verb in STEPS}
    return {
        "LOST": len(set(bought) - standing) + len(heard - set(history)),
        "DOUBLED": len(standing - set(bought))
        + sum(count - 1 for count in bought.values())
        + sum(count - 1 for (_item, event), count in history.items() if event in ONCE)
        + paused_twice(side.viewers),
        "NOTICES_WRONG": notices_wrong(side.viewers),
        "BALANCES_WRONG": _balances_wrong(side),
        "OUT_OF_ORDER": out_of_order(side.performers),
        "VIOLATIONS": sum(len(finding.broken) for finding in findings()),
    }


# Each stay at one place of a queue, by the history alone: whose queue, since when, until when, and by which step it was
# left. Who is requeued leaves his place for a later one, who is handed on leaves her queue.
STAYS = """
WITH steps AS (
  SELECT e.item_id, e.event, e.at AS entered,
         CASE WHEN NOT i.next_available THEN i.performer_id ELSE (
           SELECT a.actor_id FROM queue_app_queueevent a
            WHERE a.item_id = e.item_id AND a.event = 'assign' AND a.version <= e.version
            ORDER BY a.version DESC LIMIT 1) END AS performer,
         lead(e.at, 1, 'infinity') OVER item AS left_at, lead(e.event) OVER item AS left_by
    FROM queue_app_queueevent e JOIN queue_app_queueitem i ON i.id = e.item_id
   WHERE i.sequence IS NOT NULL OR i.next_available
  WINDOW item AS (PARTITION BY e.item_id ORDER BY e.version))
"""


def out_of_order(performers: list[UUID]) -> int:
    """Items that were started while one that had come to the same queue earlier still stood there."""
    return _count(
        STAYS
        + """
        SELECT count(*) FROM (
          SELECT left_by, left_at, max(left_at) OVER (
                   PARTITION BY performer ORDER BY entered ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
            FROM steps WHERE event IN ('enqueue', 'assign', 'requeue') AND performer = ANY(%s)) AS stays
         WHERE left_by = 'start' AND before > left_at
        """,
        performers,
    )


def ended_by_time(viewers: list[UUID]) -> int:
    """Items that were given back because some time was over."""
    reasons = ("timeout", "performer_disconnected")
    return QueueItem.objects.filter(viewer_id__in=viewers, refund_reason__in=reasons).count()


# What an item's end has been moved by, against its pauses as the history has them.
MISTIMED = """
SELECT count(*)
  FROM queue_app_queueitem i CROSS JOIN LATERAL (
    SELECT COALESCE(sum(extract(epoch FROM at - before)), 0) AS seconds
      FROM (SELECT event, at, lag(at) OVER (ORDER BY version) AS before
              FROM queue_app_queueevent WHERE item_id = i.id AND event IN ('pause', 'resume')) AS steps
     WHERE event = 'resume') AS paused
 WHERE i.viewer_id = ANY(%s) AND i.started_at IS NOT NULL AND i.ends_at IS NOT NULL
   AND abs(extract(epoch FROM i.ends_at - i.started_at) - COALESCE(i.duration_seconds, 60) - paused.seconds) > 30
"""


def mistimed(viewers: list[UUID]) -> int:
    """Items whose booked time is not what was booked and paused; a pause may be written 30 s after it began."""
    return _count(MISTIMED, viewers)


def resumed(performers: list[UUID]) -> int:
    """How often one of them came back to what was paused."""
    return QueueEvent.objects.filter(item__performer_id__in=performers, event="resume").count()


def double_starts(performers: list[UUID]) -> int:
    """Pairs of items of one performer that ran at the same time."""
    return _count(
        """
        SELECT count(*) FROM queue_app_queueitem AS one JOIN queue_app_queueitem AS other
            ON other.performer_id = one.performer_id AND other.started_at > one.started_at
         WHERE one.performer_id = ANY(%s) AND one.sequence IS NOT NULL AND other.sequence IS NOT NULL
           AND COALESCE(one.finished_at, one.abandoned_at, one.refunded_at, 'infinity') > other.started_at
        """,
        performers,
    )


def paused_twice(viewers: list[UUID]) -> int:
    """Items paused while they were paused, or resumed while they ran."""
    return _count(
        """
        SELECT count(*) FROM (
          SELECT e.event, lag(e.event, 1, 'resume') OVER (PARTITION BY e.item_id ORDER BY e.version) AS before
            FROM queue_app_queueevent e JOIN queue_app_queueitem i ON i.id = e.item_id
           WHERE i.viewer_id = ANY(%s) AND e.event IN ('pause', 'resume')) AS steps
         WHERE event = before
        """,
        viewers,
    )


# Who must have been told of what (of an end each side that did not bring it about, of a pause its viewer), against
# who was. A pause's cause has its version.
NOTICES = """
WITH events AS (
  SELECT e.*, i.viewer_id, i.performer_id
    FROM queue_app_queueevent e JOIN queue_app_queueitem i ON i.id = e.item_id WHERE i.viewer_id = ANY(%s)
), ends AS (
  SELECT DISTINCT ON (item_id) * FROM events
   WHERE event IN ('finish', 'pass_through', 'abandon', 'refund', 'cancel') ORDER BY item_id, version DESC
), due AS (
  SELECT side.owner, item_id || ':end' AS what
    FROM ends CROSS JOIN LATERAL (VALUES (viewer_id), (performer_id)) AS side (owner)
   WHERE side.owner IS NOT NULL AND side.owner IS DISTINCT FROM actor_id
  UNION ALL SELECT viewer_id, item_id || ':pause:' || version FROM events WHERE event = 'pause'
), told AS (
  SELECT owner_id AS owner, split_part(cause, ':', 2) || CASE
           WHEN key = 'queue.item.paused' THEN ':pause:' || split_part(cause, ':', 4) ELSE ':end' END AS what
    FROM notices_notice
   WHERE key IN ('queue.item.paused', 'queue.item.finished', 'queue.item.partial', 'queue.item.abandoned',
                 'queue.item.refunded', 'queue.item.cancelled')
     AND split_part(cause, ':', 2) IN (SELECT item_id::text FROM events)
)
SELECT COALESCE(sum(abs(times)), 0) FROM (
  SELECT sum(time) AS times
    FROM (SELECT owner, what, 1 AS time FROM due UNION ALL SELECT owner, what, -1 FROM told) AS both_sides
   GROUP BY owner, what) AS differences
"""


def notices_wrong(viewers: list[UUID]) -> int:
    """Ends and pauses of these viewers' items that somebody should have heard of and did not, or heard of otherwise."""
    return _count(NOTICES, viewers)


def fired(performers: list[UUID]) -> Figures:
    """What nobody did but the sweeper, by the step and its reason."""
    events = QueueEvent.objects.filter(item__performer_id__in=performers, actor_id__isnull=True)
    return dict(Counter(f"{event} {reason}".strip() for event, reason in events.values_list("event", "reason")))


def judge_stage(viewers: list[UUID], performers: list[UUID], start_tokens: int = 1_000_000) -> Figures:
    """The tokens against the items, each step of an item once, and every invariant."""
    history = Counter(QueueEvent.objects.filter(item__viewer_id__in=viewers).values_list("item_id", "event"))
    return {
        "BALANCES_WRONG": _balances_wrong(Side(viewers, performers, start_tokens)),
        "STEPS_TWICE": sum(count - 1 for (_item, event), count in history.items() if event in ONCE)
        + paused_twice(viewers),
        "NOTICES_WRONG": notices_wrong(viewers),
        "VIOLATIONS": sum(len(finding.broken) for finding in findings(timely=False)),
    }


def _balances_wrong(side: Side) -> int:
    """People whose tokens are not where their items say: what was not paid out is the viewer's, held or not."""
    wrong = 0
    for viewer in side.viewers:
        balance = balance_of(viewer)
        paid = _paid(viewer_id=viewer)
        wrong += balance.available + balance.escrow != side.start_tokens - paid
    return wrong + sum(balance_of(performer).earned != _paid(performer_id=performer) for performer in side.performers)


def _paid(**whose: UUID) -> int:
    return sum(QueueItem.objects.filter(**whose).values_list("settled_tokens", flat=True))


def _count(sql: str, people: list[UUID]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(sql, [people])
        return int(cursor.fetchone()[0])
