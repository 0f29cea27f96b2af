"""What must hold of the queue at every instant; `manage.py reconcile` checks it with the ledger."""

from __future__ import annotations

from queue_app.states import MAX_UNASSIGNED
from wallet.invariants import Invariant

ITEMS_AGREE_WITH_HOLDS = Invariant(
    "I6",
    "an item waits or runs while its hold is held, is finished when it is settled, refunded when it is given back",
    """
SELECT 'queue_app_queueitem ' || i.id AS row, i.status, h.state, i.tokens, h.amount, i.settled_tokens, h.settled_amount
FROM queue_app_queueitem AS i JOIN wallet_hold AS h ON h.id = i.hold_id
WHERE i.tokens <> h.amount OR i.settled_tokens <> h.settled_amount OR i.viewer_id <> h.viewer_id
   OR (h.performer_id IS DISTINCT FROM i.performer_id
       AND NOT (i.next_available AND i.started_at IS NULL AND h.performer_id IS NULL))
   OR CASE WHEN i.status IN ('created', 'started') THEN h.state <> 'held'
           WHEN i.status = 'finished' THEN h.state NOT IN ('settled', 'partially_settled')
           ELSE i.status <> 'refunded' OR h.state <> 'refunded' END
""",
)

REVERSED_ITEMS_SAY_SO = Invariant(
    "I6",
    "a finished item says so exactly when its settlement was taken back",
    """
SELECT 'queue_app_queueitem ' || i.id AS row, i.status, i.reversed_at, t.id AS reversal
FROM queue_app_queueitem AS i LEFT JOIN wallet_transfer AS t ON t.reverses_id = i.settlement_transfer_id
WHERE (i.reversed_at IS NOT NULL) <> (t.id IS NOT NULL)
""",
)

FIRST_IN_FIRST_OUT = Invariant(
    "I7",
    "nobody waits who came before one that was started",
    """
SELECT 'queue_app_queueitem ' || waiting.id AS row, waiting.sequence, later.id AS started_before_it
FROM queue_app_queueitem AS waiting JOIN queue_app_queueitem AS later USING (performer_id)
WHERE waiting.status = 'created' AND later.started_at IS NOT NULL AND later.sequence > waiting.sequence
""",
)

PERFORMING_IS_A_RUNNING_ITEM = Invariant(
    "I7",
    "a performer performs exactly while one item of hers runs",
    """
SELECT 'modelstate_modelstate ' || s.performer_id AS row, s.state, count(i.id) AS running
FROM modelstate_modelstate AS s
LEFT JOIN queue_app_queueitem AS i ON i.performer_id = s.performer_id AND i.status = 'started'
GROUP BY s.performer_id, s.state
HAVING count(i.id) <> (s.state IN ('PERFORMING', 'STREAM_PERFORMING'))::integer
""",
)

NOT_TOO_MANY_WAIT_FOR_ANYBODY = Invariant(
    "I8",
    "at most fifty items wait for whoever is next",
    f"""
SELECT 'queue_app_queueitem' AS row, count(*) AS waiting FROM queue_app_queueitem
WHERE performer_id IS NULL AND status = 'created' HAVING count(*) > {MAX_UNASSIGNED}
""",  # noqa: S608 - a constant
)

DEPTH_IS_COUNTED = Invariant(
    "I8",
    "a queue's depth is the number of its waiting and running items",
    """
SELECT 'queue_app_performerqueue ' || q.performer_id AS row, q.depth, count(i.id) AS counted
FROM queue_app_performerqueue AS q
LEFT JOIN queue_app_queueitem AS i ON i.performer_id = q.performer_id AND i.status IN ('created', 'started')
GROUP BY q.performer_id, q.depth HAVING q.depth <> count(i.id)
""",
)

NO_ITEM_OUTLIVES_ITS_DEADLINE = Invariant(
    "I9",
    "no item stays for 30 seconds after its deadline, paused ones included, but where the viewer's wallet is closed",
    """
SELECT 'queue_app_queueitem ' || id AS row, status, deadline_step, deadline_at, paused_at
FROM queue_app_queueitem AS item
WHERE deadline_at < statement_timestamp() - interval '30 seconds' AND NOT EXISTS (
  SELECT FROM wallet_account WHERE owner_id = item.viewer_id AND closed_at IS NOT NULL)
""",
    timely=True,
)

NOBODY_SITS_ON_THE_HEAD = Invariant(
    "I9",
    "no performer in the line is left alone for 30 seconds after she should have started, but where the viewer's wallet"
    " is closed",
    """
SELECT 'queue_app_performerqueue ' || queue.performer_id AS row, state, start_by, start_item_id
FROM queue_app_performerqueue AS queue JOIN modelstate_modelstate AS state USING (performer_id)
WHERE start_by < statement_timestamp() - interval '30 seconds' AND state IN ('IN_QUEUE', 'STREAM_IN_QUEUE')
  AND NOT EXISTS (
    SELECT FROM queue_app_queueitem AS head JOIN wallet_account AS wallet ON wallet.owner_id = head.viewer_id
    WHERE head.id = queue.start_item_id AND NOT head.next_available AND wallet.closed_at IS NOT NULL)
""",
    timely=True,
)

WHO_WAITS_HAS_A_START_DEADLINE = Invariant(
    "I9",
    "who is in the line has a time to start the head of her queue, nobody else has one",
    """
SELECT 'queue_app_performerqueue ' || q.performer_id AS row, q.start_item_id, head.id AS head
FROM queue_app_performerqueue AS q JOIN modelstate_modelstate AS s USING (performer_id)
LEFT JOIN LATERAL (
  SELECT i.id FROM queue_app_queueitem AS i WHERE i.performer_id = q.performer_id AND i.status = 'created'
  ORDER BY i.sequence LIMIT 1) AS head ON s.state IN ('IN_QUEUE', 'STREAM_IN_QUEUE')
WHERE q.start_item_id IS DISTINCT FROM head.id
""",
)

QUEUE_INVARIANTS = (
    NO_ITEM_OUTLIVES_ITS_DEADLINE,
    NOBODY_SITS_ON_THE_HEAD,
    ITEMS_AGREE_WITH_HOLDS,
    REVERSED_ITEMS_SAY_SO,
    FIRST_IN_FIRST_OUT,
    PERFORMING_IS_A_RUNNING_ITEM,
    DEPTH_IS_COUNTED,
    WHO_WAITS_HAS_A_START_DEADLINE,
    NOT_TOO_MANY_WAIT_FOR_ANYBODY,
)
