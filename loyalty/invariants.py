"""What must hold of the deliveries to the loyalty service."""

from __future__ import annotations

from core.invariants import Invariant

# Ninety-nine in a hundred of the last hour's messages, delivered or not; the rows named are those that still wait.
OUTBOX_IS_PROMPT = Invariant(
    "I12",
    "99 of 100 messages leave the outbox within 60 seconds, unless the breaker is open",
    """
WITH recent AS (
  SELECT id, state, message.kind, attempts,
         extract(epoch FROM COALESCE(done_at, statement_timestamp()) - created_at)::float AS lag_seconds
  FROM core_outboxmessage AS message JOIN core_outboxkind AS kind ON kind.kind = message.kind AND kind.enabled
  WHERE state = 'waiting' OR state = 'done' AND done_at > statement_timestamp() - interval '1 hour'
), slow AS (
  SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY lag_seconds) AS seconds FROM recent
)
SELECT 'core_outboxmessage ' || id AS row, recent.kind, attempts, lag_seconds, slow.seconds AS p99_seconds
FROM recent, slow
WHERE slow.seconds > 60 AND lag_seconds > 60 AND NOT EXISTS (SELECT FROM loyalty_breaker WHERE state <> 'closed')
ORDER BY state = 'waiting' DESC, lag_seconds DESC
""",
    timely=True,
)
