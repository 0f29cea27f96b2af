"""Defects for the queues' model: what a careless hand could do to a function, each by one change of its text."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.database import Connection

BODY = "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname = ANY (%s)"


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong, and the texts that bring it about: (function, what it says, what it says then).

    The queue's functions go by their names without `queue_app_`, others by their own.
    """

    name: str
    changes: tuple[tuple[str, str, str], ...]
    statements: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name

    def plant(self, superuser: Connection) -> None:
        """Change the functions in this database; a text that is no longer there fails."""
        for function, right, wrong in self.changes:
            row = superuser.execute(BODY, [[f"queue_app_{function}", function]]).fetchone()
            assert row is not None, function
            body = str(row[0])
            assert right in body, f"{function} has changed: plant {self.name!r} anew"
            superuser.execute(body.replace(right, wrong))
        for statement in self.statements:
            superuser.execute(statement)


def defect(name: str, function: str, right: str, wrong: str) -> Defect:
    """One change of one function."""
    return Defect(name, ((function, right, wrong),))


GIVE_ALL_BACK = """
  PERFORM queue_app_give_back(id, 'refund', 'timeout') FROM queue_app_queueitem
   WHERE performer_id = p_performer AND status = 'created' AND p_mode = 'OFF';
  v_told := queue_app_snapshot"""

DEFECTS = [
    defect("any waiting item may be started", "start", "sequence < v_item.sequence", "false"),
    defect("what was requeued keeps its place", "requeue", "SET sequence = (v_locked.queue).next_sequence,", "SET"),
    Defect(
        "the fifty-first comes in",
        (("admit", "depth >= 50", "depth >= 5000"),),
        ("ALTER TABLE queue_app_performerqueue DROP CONSTRAINT queue_app_depth_within_limit",),
    ),
    defect("what the sweep ends is still counted", "sweep_one", "d ->> 'what' = 'closed'", "false"),
    defect("what waits is given back before its time", "sweep_waiting", "AND (deadline_at <= v_now", "AND (true"),
    defect("what waits is never given back", "sweep_waiting", "AND (deadline_at <= v_now", "AND (false"),
    defect("the pool's oldest is never given back", "sweep_pool", "deadline_at <= v_now", "deadline_at < '2020-01-01'"),
    defect("the pool is emptied before its time", "sweep_pool", "deadline_at <= v_now", "true"),
    defect("the end that was booked warns again and again", "mark", "deadline_at = v_due.at", "deadline_at = v_now"),
    defect("the maximum only warns", "sweep_running", "AND v_item.deadline_step = 'duration'", ""),
    defect("a missed return is forgiven", "sweep_running", "ELSE 'abandon' END", "END"),
    defect("paused twice", "sweep_running", "WHEN NOT v_gone AND", "WHEN"),
    defect("paused while she is there", "sweep_running", "GREATEST(p_until, v_item.started_at)", "v_item.started_at"),
    defect("resumed while she is still away", "sweep_running", "v_gone AND p_until > v_now", "v_gone"),
    defect("never resumed", "sweep_running", "v_gone AND p_until > v_now", "false"),
    defect(
        "who was back in time is sent away",
        "sweep_running",
        "presence_covers(p_performer, v_item.deadline_at)",
        "false",
    ),
    defect(
        "who was back too late goes on", "sweep_running", "presence_covers(p_performer, v_item.deadline_at)", "true"
    ),
    defect(
        "who came again was never away",
        "presence_renew",
        "WHEN lease.expires_at > v_now THEN lease.since",
        "WHEN true THEN lease.since",
    ),
    defect("a pause begins with the sweep", "sweep_running", "paused_at := v_dropped", "paused_at := v_now"),
    defect("what is due later is done first", "sweep_running", " AND v_dropped < v_item.deadline_at", ""),
    defect("a pause takes time away", "mark", "COALESCE(v_now - v_item.paused_at, interval '0')", "interval '0'"),
    defect("a return has too much time", "mark", "queue_app_limit('return')", "queue_app_limit('keep_place')"),
    defect("warned of the start twice", "sweep_line", "AND NOT v_queue.start_warned THEN", "THEN"),
    defect("not warned of the start", "sweep_line", "AND NOT v_queue.start_warned THEN", "AND false THEN"),
    defect("warned, and not told", "tell_sweep", "NOT IN ('pause', 'start_warned')", "NOT IN ('pause')"),
    defect("paused, and he is not told", "tell_sweep", "NOT IN ('pause', 'start_warned')", "<> 'start_warned'"),
    defect("the third is told at every step", "tell_line", "|| 'third_position'", "|| clock_timestamp()"),
    defect("an end is told to nobody", "tell_sweep", "COALESCE(v_thing -> 'notices', '[]')", "'[]'"),
    defect("who returns a start too late keeps it", "due_performers", "q.start_by <= v_now", "false"),
    defect("every step gives her all her time again", "arm", "AND start_item_id IS DISTINCT FROM v_head", ""),
    defect("what passes through must be started", "arm", "AND i.sequence IS NOT NULL", ""),
    defect("a missed request is given back", "miss_start", "NOT v_item.next_available", "true"),
    defect("who missed it gets it again", "hand_on", "(v_item.viewer_id, v_from)", "(v_item.viewer_id)"),
    defect("a mode switch gives back what is queued", "save_settings", "v_told := queue_app_snapshot", GIVE_ALL_BACK),
    Defect(
        "the youngest of the pool first",
        (("take", "created_at, id LIMIT", "created_at DESC, id DESC LIMIT"),),
    ),
    defect("the last in the line first", "next_performer", "ORDER BY f.line_ticket", "ORDER BY f.line_ticket DESC"),
    defect("given to who lets everything pass through", "free", "q.mode <> 'ON' OR ", ""),
    defect("given to whose intake is paused", "free", " OR q.intake_paused", ""),
    defect("given to who has work of her own", "free", "AND i.status = 'created'", "AND i.status = 'nothing'"),
    defect("the pool is not dealt to who comes", "touch", "queue_app_take(p_performer)", "'[]'::jsonb"),
    defect("a part pays all", "close", "v_item.hold_id, p_settled)", "v_item.hold_id, NULL)"),
    defect("what is abandoned is paid", "close", "IF p_event = 'finish' THEN\n    v_m", "IF v_ran THEN\n    v_m"),
    defect("everybody goes back to the line", "close", "(v_locked.queue).auto_rejoin AND", "true AND"),
    defect(
        "who is away for long stays",
        "sweep_line",
        "THEN\n    v_event := 'disconnect_timeout'",
        "THEN\n    v_event := NULL",
    ),
    defect("her queue is given back at once", "sweep_waiting", "queue_app_limit('keep_place')", "interval '0'"),
    defect("who left is not missed", "sweep_waiting", "queue_app_limit('viewer_absence') <= v_now", "v_now < v_now"),
    defect("another step is done for the key", "step", "queue_app_abandon(p_actor", "queue_app_refund(p_actor"),
    defect("another answer is kept", "step", "200, v_answer)", "200, '{}'::jsonb)"),
    defect("a used key is used again", "core_claim_key", "WHEN NOT FOUND THEN core_kept", "WHEN false THEN core_kept"),
    defect("a refusal keeps the key", "core_release_key", "AND status IS NULL", "AND false"),
    defect("who leaves the line joins it", "line_step", "p_performer, p_event,", "p_performer, 'join_queue',"),
]
#: So few in `make test`: one for each kind of thing that the lists keep.
SHORT = {
    "what was requeued keeps its place",
    "what the sweep ends is still counted",
    "what waits is never given back",
}
