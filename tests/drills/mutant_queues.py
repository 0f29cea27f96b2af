"""The meetings at a queue: who takes, deals, hands on and sweeps, who changes his own settings, who forgets."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from tests.drills.mutant_races import Call, Meeting, Race, World, call

OLD_LEASE = """
WITH way AS (
  INSERT INTO accounts_signin (id, user_id, kind, idle_seconds, idle_until, ends_at, end_reason)
  VALUES (%s, %s, 'token', 60, now() + interval '1 hour', now() + interval '1 hour', '') RETURNING id, user_id)
INSERT INTO presence_lease (sign_in_id, owner_id, kind, opened_socket, since, expires_at)
SELECT id, user_id, 'poll', false, now() - interval '9 days', now() - interval '8 days' FROM way
"""
OVERDUE = """
UPDATE queue_app_performerqueue SET start_by = clock_timestamp(), start_warned = true WHERE performer_id = %s
"""


def bring_in(viewer: UUID, hold: UUID, performer: UUID | None) -> Call:
    """A paid item, for her or for whoever is next."""
    event = str(uuid4())
    words = ("A song", "", 60, "{}")
    return call("queue_app_enqueue", viewer, f"drill:{event}", "drill", event, performer, viewer, hold, 100, *words)


def bought(world: World, performer: UUID | None) -> UUID:
    """One that is there already."""
    return UUID(world.one(*ask(world, performer))["item"]["id"])


def ask(world: World, performer: UUID | None = None) -> tuple[Any, ...]:
    """A call for an item of somebody new, its tokens held already: the statement, then its values."""
    viewer = world.viewer(100)
    sql, given = bring_in(viewer, world.hold(viewer, performer, 100), performer)
    return (sql, *given)


def asking(world: World) -> Call:
    """Somebody new asks for whoever is next."""
    sql, *given = ask(world)
    return sql, tuple(given)


def idle(world: World) -> UUID:
    """A performer who has signed in."""
    performer = world.performer()
    world.one("SELECT modelstate_act(%s, 'login', NULL, '')", performer)
    return performer


def joining(performer: UUID) -> Call:
    """She takes her place in the line, and what waits."""
    steps = "jsonb_build_array(modelstate_act(%s, 'join_queue', NULL, ''), queue_app_touch(%s))"
    return f"SELECT {steps}", (performer, performer)


def in_line(world: World) -> UUID:
    """A performer with a place in the line."""
    performer = idle(world)
    world.one(*_flat(joining(performer)))
    return performer


def empty(world: World) -> None:
    """Nobody in the line and nothing in the pool: what others have left there would be dealt, too."""
    for (performer,) in world.db.execute(
        "SELECT performer_id FROM modelstate_modelstate WHERE line_ticket IS NOT NULL"
    ).fetchall():
        world.one("SELECT modelstate_act(%s, 'leave_queue', NULL, '')", performer)
    for (item,) in world.db.execute("SELECT item_id FROM queue_app_pool()").fetchall():
        world.one("SELECT queue_app_refund(NULL, NULL, %s, 'admin_refund')", item)


def sweeping(performer: UUID) -> Call:
    """What is due for her."""
    return "SELECT queue_app_sweep(ARRAY[%s::uuid], 20)", (performer,)


def a_request_and_who_has_just_joined(world: World) -> Meeting:
    empty(world)
    return Meeting(joining(idle(world)), asking(world))


def who_joins_and_a_request_that_has_just_come(world: World) -> Meeting:
    empty(world)
    return Meeting(asking(world), joining(idle(world)))


def two_join_for_one_request(world: World) -> Meeting:
    empty(world)
    bought(world, None)
    return Meeting(joining(idle(world)), joining(idle(world)))


def deal_while_somebody_asks(world: World) -> Meeting:
    empty(world)
    bought(world, None)
    return Meeting(asking(world), call("queue_app_deal"))


def deal_to_who_is_just_leaving(world: World) -> Meeting:
    empty(world)
    performer = in_line(world)
    leave = call("modelstate_act", performer, "leave_queue", None, "")
    return Meeting(leave, asking(world))


def sweep_while_she_leaves_the_line(world: World) -> Meeting:
    performer = in_line(world)
    bought(world, performer)
    world.db.execute(OVERDUE, [performer])
    return Meeting(call("modelstate_act", performer, "leave_queue", None, ""), sweeping(performer))


def sweep_what_was_not_started_while_somebody_asks(world: World) -> Meeting:
    empty(world)
    performer = in_line(world)
    bought(world, None)
    world.db.execute(OVERDUE, [performer])
    return Meeting(asking(world), sweeping(performer))


def deal_while_another_cancels(world: World) -> Meeting:
    empty(world)
    first, _second = bought(world, None), bought(world, None)
    world.one("SELECT modelstate_act(%s, 'join_queue', NULL, '')", idle(world))
    return Meeting(call("queue_app_refund", None, None, first, "admin_refund"), call("queue_app_deal"))


def sweep_the_pool_while_another_cancels(world: World) -> Meeting:
    empty(world)
    first, second = bought(world, None), bought(world, None)
    with world.db.transaction():
        world.db.execute("SET LOCAL session_replication_role = replica")
        world.db.execute("UPDATE queue_app_queueitem SET deadline_at = clock_timestamp() WHERE id = %s", [second])
    return Meeting(call("queue_app_refund", None, None, first, "admin_refund"), call("queue_app_sweep_pool", 20))


def one_item_of_the_pool_cancelled_twice(world: World) -> Meeting:
    empty(world)
    cancel = call("queue_app_refund", None, None, bought(world, None), "admin_refund")
    return Meeting(cancel, cancel, patience_ms=2500)


def she_ends_what_a_canceller_is_about_to_lock(world: World) -> Meeting:
    empty(world)
    in_line(world)
    item = bought(world, None)
    return Meeting(
        call("queue_app_lock_pool", True),
        call("queue_app_refund", None, None, item, "admin_refund"),
        then=call("queue_app_lock_moving", item, None),
    )


def deal_to_who_never_had_a_queue(world: World) -> Meeting:
    empty(world)
    bought(world, None)
    world.one("SELECT modelstate_act(%s, 'join_queue', NULL, '')", idle(world))
    return Meeting(call("queue_app_pool"), call("queue_app_deal"))


def an_end_while_its_viewer_buys(world: World) -> Meeting:
    empty(world)
    performer, viewer = in_line(world), world.viewer(300)
    sql, given = bring_in(viewer, world.hold(viewer, performer, 100), performer)
    item = world.one(sql, *given)["item"]["id"]
    buy = call("wallet_place_hold", None, str(uuid4()), viewer, None, 50, 300)
    return Meeting(buy, call("queue_app_refund", None, None, item, "admin_refund"), (viewer,))


def an_exclusion_shortened_while_he_buys(world: World) -> Meeting:
    viewer = world.viewer(300)
    world.one("SELECT compliance_exclude(%s, 30)", viewer)
    return Meeting(call("compliance_allow", viewer, 10, "purchase"), call("compliance_exclude", viewer, 1))


def two_changes_of_new_settings(world: World) -> Meeting:
    performer = idle(world)
    return Meeting(
        call("queue_app_save_settings", performer, "OFF", None, None),
        call("queue_app_save_settings", performer, None, True, None),
    )


def two_first_limits_of_his_own(world: World) -> Meeting:
    viewer = world.viewer()
    return Meeting(_limits(viewer, '{"daily": 100}'), _limits(viewer, '{"weekly": 500}'))


def two_forget_the_same_leases(world: World) -> Meeting:
    world.db.execute(OLD_LEASE, [uuid4(), world.performer()])
    return Meeting(call("presence_forget", 1000), call("presence_forget", 1000))


def _limits(viewer: UUID, changes: str) -> Call:
    return call("compliance_set_limits", viewer, changes)


def _flat(asked: Call) -> tuple[Any, ...]:
    sql, given = asked
    return (sql, *given)


QUEUE_RACES: list[Race] = [
    a_request_and_who_has_just_joined,
    who_joins_and_a_request_that_has_just_come,
    two_join_for_one_request,
    deal_while_somebody_asks,
    deal_to_who_is_just_leaving,
    sweep_while_she_leaves_the_line,
    sweep_what_was_not_started_while_somebody_asks,
    two_changes_of_new_settings,
    two_first_limits_of_his_own,
    two_forget_the_same_leases,
    deal_while_another_cancels,
    sweep_the_pool_while_another_cancels,
    one_item_of_the_pool_cancelled_twice,
    she_ends_what_a_canceller_is_about_to_lock,
    deal_to_who_never_had_a_queue,
    an_end_while_its_viewer_buys,
    an_exclusion_shortened_while_he_buys,
]
#: These must not wait for the first: they pass over what it has.
QUEUE_NEVER_WAIT: set[Race] = {
    two_join_for_one_request,
    deal_while_somebody_asks,
    deal_to_who_is_just_leaving,
    sweep_while_she_leaves_the_line,
    sweep_what_was_not_started_while_somebody_asks,
    two_forget_the_same_leases,
    deal_while_another_cancels,
    sweep_the_pool_while_another_cancels,
}
#: These wait, and it matters for what, and with which lock taken before.
QUEUE_WATCHED: set[Race] = QUEUE_NEVER_WAIT | {an_end_while_its_viewer_buys, an_exclusion_shortened_while_he_buys}
