"""The queue's part of a month's archive."""

from __future__ import annotations

from archive.parts import IN_MONTH, Part

ITEMS = Part(
    name="queue_items",
    table="queue_app_queueitem",
    tokens="tokens",
    rows=f"SELECT to_jsonb(one)::text FROM queue_app_queueitem AS one WHERE {IN_MONTH} ORDER BY created_at, id",  # noqa: S608 - a constant
    still_open=f"SELECT count(*) FROM queue_app_queueitem WHERE status IN ('created', 'started') AND {IN_MONTH}",  # noqa: S608 - a constant
)
# All steps of the month's items, those too that were taken after its end.
EVENTS = Part(
    name="queue_events",
    table="queue_app_queueevent",
    tokens="version",
    rows=f"""
SELECT to_jsonb(one)::text FROM queue_app_queueevent AS one
WHERE item_id IN (SELECT id FROM queue_app_queueitem WHERE {IN_MONTH}) ORDER BY item_id, version
""",  # noqa: S608 - a constant
)
