"""The meetings: for each lock and each ON CONFLICT two calls that only it keeps apart."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.drills.mutant_queues import QUEUE_NEVER_WAIT, QUEUE_RACES, QUEUE_WATCHED
from tests.drills.mutant_races import Meeting, Race, World, call


def key() -> str:
    """A key nobody has used."""
    return str(uuid4())


def place(viewer: Any, performer: Any, tokens: int, by_key: str = "") -> Any:  # noqa: ANN401 - ids
    """A hold."""
    return call("wallet_place_hold", None, by_key or key(), viewer, performer, tokens, 300)


def two_holds_of_the_same_tokens(world: World) -> Meeting:
    viewer = world.viewer(100)
    return Meeting(place(viewer, None, 100), place(viewer, None, 100), (viewer,))


def one_key_twice(world: World) -> Meeting:
    viewer, twin = world.viewer(100), key()
    return Meeting(place(viewer, None, 10, twin), place(viewer, None, 10, twin), (viewer,))


def one_payment_twice(world: World) -> Meeting:
    viewer, payment = world.viewer(100), key()
    return Meeting(
        call("wallet_fund", None, key(), viewer, 5, payment),
        call("wallet_fund", None, key(), viewer, 5, payment),
        (viewer,),
    )


def settle_twice(world: World) -> Meeting:
    viewer, performer = world.viewer(100), world.performer()
    held = world.hold(viewer, performer, 100)
    return Meeting(
        call("wallet_settle_hold", None, key(), held),
        call("wallet_settle_hold", None, key(), held),
        (viewer, performer),
    )


def settle_and_refund(world: World) -> Meeting:
    viewer, performer = world.viewer(100), world.performer()
    held = world.hold(viewer, performer, 100)
    return Meeting(
        call("wallet_settle_hold", None, key(), held),
        call("wallet_refund_hold", None, key(), held, "timeout"),
        (viewer, performer),
    )


def settle_what_expires(world: World) -> Meeting:
    while world.one("SELECT wallet_expire_hold()") is not None:
        pass
    viewer, performer = world.viewer(100), world.performer()
    held = world.hold(viewer, performer, 100, seconds=0)
    return Meeting(call("wallet_settle_hold", None, key(), held), call("wallet_expire_hold"), (viewer, performer))


def open_accounts_twice(world: World) -> Meeting:
    viewer = world.person("viewer")
    return Meeting(call("wallet_open_accounts", viewer), call("wallet_open_accounts", viewer), (viewer,))


def two_reversals_share_what_is_left(world: World) -> Meeting:
    viewers, performer = (world.viewer(100), world.viewer(100)), world.performer()
    paid = [world.settled(viewer, performer, 100) for viewer in viewers]
    world.one("SELECT wallet_reserve_payout(NULL, %s, %s, 100)", uuid4(), performer)
    first, second = (call("wallet_reverse_transfer", None, key(), transfer, "mistake") for transfer in paid)
    return Meeting(first, second, (*viewers, performer))


def two_payouts_of_the_same_earnings(world: World) -> Meeting:
    performer = world.performer(100)
    first, second = (call("wallet_reserve_payout", None, uuid4(), performer, 100) for _ in range(2))
    return Meeting(first, second, (performer,))


def two_checkpoints(world: World) -> Meeting:
    performer = world.performer(100)
    world.let_horizon_pass()
    return Meeting(call("wallet_checkpoint"), call("wallet_checkpoint"), (performer,))


def the_whole_prize_fund_twice(world: World) -> Meeting:
    world.one("SELECT wallet_move_prizes(NULL, %s, 1600, 'drill')", key())
    whole = world.one("SELECT sum(balance)::bigint FROM wallet_account WHERE kind = 'prize'")
    world.one("SELECT wallet_move_prizes(NULL, %s, %s, 'drill')", key(), 1600 - whole)
    first, second = (call("wallet_move_prizes", None, key(), -1600, "drill") for _ in range(2))
    return Meeting(first, second)


def seal_twice(world: World) -> Meeting:
    world.viewer(5)
    world.let_horizon_pass()
    return Meeting(call("wallet_seal_block"), call("wallet_seal_block"))


def entry(world: World) -> tuple[str, tuple[Any, ...]]:
    """The statement that adds an entry to the log."""
    return (
        "INSERT INTO audit_auditentry (actor_kind, actor_id, action, target_type, target_id, reason, ip_tag, key_id,"
        " ua_class, request_id) VALUES ('system', '', 'drill', '', '', '', '', '', '', '')",
        (),
    )


def seal_the_log_twice(world: World) -> Meeting:
    world.db.execute(*entry(world))
    world.let_horizon_pass()
    return Meeting(call("audit_seal_block"), call("audit_seal_block"))


def a_late_credit_and_a_new_epoch(world: World) -> Meeting:
    viewer = world.viewer(5)
    world.let_horizon_pass()
    world.one("SELECT wallet_seal_block()")
    return Meeting(call("wallet_fund", None, key(), viewer, 5), call("wallet_new_epoch"))


def a_late_entry_and_a_new_epoch(world: World) -> Meeting:
    world.db.execute(*entry(world))
    world.let_horizon_pass()
    world.one("SELECT audit_seal_block()")
    return Meeting(entry(world), call("audit_new_epoch"))


def ask_for_a_payout(world: World, performer: Any, by_key: str) -> Any:  # noqa: ANN401 - ids
    """A request of 1000 tokens."""
    return call("payouts_request", performer, by_key, b"same", performer, 1000, 1000, 5000, 3, 86400)


def one_request_twice(world: World) -> Meeting:
    performer, twin = world.performer(5000), key()
    ask = ask_for_a_payout(world, performer, twin)
    return Meeting(ask, ask, (performer,))


def two_people_approve(world: World) -> Meeting:
    performer = world.performer(5000)
    asked = world.one(*_flat(ask_for_a_payout(world, performer, key())))
    payout = asked["answer"]["requestId"]
    staff = [world.person("viewer") for _ in range(2)]
    first, second = (call("payouts_approve", who, key(), payout, 2, 2, "CAD", "drill") for who in staff)
    return Meeting(first, second, (performer,))


def _flat(asked: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a call
    sql, params = asked
    return (sql, *params)


def correct(who: Any, owner: Any, tokens: int) -> Any:  # noqa: ANN401 - ids
    """A credit by hand is proposed."""
    return call("adjustments_propose", who, key(), owner, "available", "credit", tokens, "T-1", "drill")


def two_people_agree(world: World) -> Meeting:
    owner, *staff = (world.person("viewer") for _ in range(4))
    proposed = world.one(*_flat(correct(staff[0], owner, 200)))
    first, second = (call("adjustments_approve", who, proposed["id"], False, "drill") for who in staff[1:])
    return Meeting(first, second, (owner,))


def two_slices_of_a_correction(world: World) -> Meeting:
    owner, staff = world.viewer(), world.person("viewer")
    return Meeting(correct(staff, owner, 150), correct(staff, owner, 80), (owner,))


def sweep_while_a_hold_is_adopted(world: World) -> Meeting:
    held = world.hold(world.viewer(100), world.performer(), 50)
    return Meeting(call("wallet_adopt_hold", held), call("wallet_try_lock_hold", held))


def sweep_while_its_viewer_buys(world: World) -> Meeting:
    viewer = world.viewer(100)
    held = world.hold(viewer, world.performer(), 50)
    return Meeting(place(viewer, None, 10), call("wallet_try_lock_hold", held))


def one_delivery_twice(world: World) -> Meeting:
    world.db.execute(
        "INSERT INTO core_outboxkind VALUES ('drill', true) ON CONFLICT (kind) DO UPDATE SET enabled = true"
    )
    put = call("core_outbox_put", "drill", key(), "{}")
    return Meeting(put, put)


def two_purchases_under_one_limit(world: World) -> Meeting:
    viewer = world.viewer(1000)
    world.one("SELECT compliance_set_limits(%s, '{\"daily\": 100}')", viewer)
    first, second = (
        (
            "SELECT CASE WHEN compliance_allow(%s, 80, 'purchase') IS NULL"
            " THEN wallet_place_hold(NULL, %s, %s, NULL, 80, 300) END",
            (viewer, key(), viewer),
        )
        for _ in range(2)
    )
    return Meeting(first, second, (viewer,))


def two_first_games(world: World) -> Meeting:
    viewer = world.viewer(1000)
    play = call("compliance_allow", viewer, 10, "game")
    return Meeting(play, play)


def one_notice_twice(world: World) -> Meeting:
    facts = '{"itemId": null, "title": "A song", "tokens": 5}'
    put = call("notices_put", world.viewer(), "queue.item.created", facts, key())
    return Meeting(put, put)


def two_items_into_a_new_queue(world: World) -> Meeting:
    performer = world.performer()
    world.one("SELECT modelstate_act(%s, 'login', NULL, '')", performer)
    first, second = (_enqueue(world, performer) for _ in range(2))
    return Meeting(first, second)


def one_item_started_twice(world: World) -> Meeting:
    performer = world.performer()
    for event in ("login", "join_queue"):
        world.one("SELECT modelstate_act(%s, %s, NULL, '')", performer, event)
    taken = world.one(*_flat(_enqueue(world, performer)))
    start = call("queue_app_start", performer, performer, taken["item"]["id"])
    return Meeting(start, start)


def a_first_sign_in_twice(world: World) -> Meeting:
    performer = world.performer()
    act = call("modelstate_act", performer, "login", None, "")
    return Meeting(act, act)


def two_forget_refusals_for_the_first_time(world: World) -> Meeting:
    world.db.execute("DELETE FROM wallet_forgetting")
    return Meeting(call("wallet_forget_refusals", 10), call("wallet_forget_refusals", 10))


def two_forget_refusals(world: World) -> Meeting:
    world.one("SELECT wallet_forget_refusals(10)")
    return Meeting(call("wallet_forget_refusals", 10), call("wallet_forget_refusals", 10))


def _enqueue(world: World, performer: Any) -> Any:  # noqa: ANN401 - an id, a call
    viewer, event = world.viewer(100), key()
    held = world.hold(viewer, performer, 100)
    words = ("A song", "", 60, "{}")
    return call("queue_app_enqueue", viewer, f"drill:{event}", "drill", event, performer, viewer, held, 100, *words)


RACES: list[Race] = [
    two_holds_of_the_same_tokens,
    one_key_twice,
    one_payment_twice,
    settle_twice,
    settle_and_refund,
    settle_what_expires,
    open_accounts_twice,
    two_reversals_share_what_is_left,
    two_payouts_of_the_same_earnings,
    two_checkpoints,
    the_whole_prize_fund_twice,
    seal_twice,
    seal_the_log_twice,
    a_late_credit_and_a_new_epoch,
    a_late_entry_and_a_new_epoch,
    one_request_twice,
    two_people_approve,
    two_people_agree,
    two_slices_of_a_correction,
    sweep_while_a_hold_is_adopted,
    sweep_while_its_viewer_buys,
    one_delivery_twice,
    two_purchases_under_one_limit,
    two_first_games,
    one_notice_twice,
    two_items_into_a_new_queue,
    one_item_started_twice,
    a_first_sign_in_twice,
    two_forget_refusals_for_the_first_time,
    two_forget_refusals,
    *QUEUE_RACES,
]

# A sweep leaves alone what somebody is at work on: it ends otherwise than it would afterwards, and should.
NEVER_WAIT = {sweep_while_a_hold_is_adopted, sweep_while_its_viewer_buys, two_checkpoints} | QUEUE_NEVER_WAIT
# Whether these wait, and with what, tells as much as how they end.
WATCHED = NEVER_WAIT | {two_forget_refusals} | QUEUE_WATCHED
