"""No rule of the database is there for nothing: without it a probe is accepted, or a race ends otherwise."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from audit.services import record
from core.actors import SYSTEM
from core.idempotency import Answer, once
from tests import factories
from tests.adjustments import support as corrections
from tests.drills.mutant_lines import SCENES, lines
from tests.drills.mutant_meetings import (
    NEVER_WAIT,
    RACES,
    WATCHED,
    one_key_twice,
    two_holds_of_the_same_tokens,
    two_payouts_of_the_same_earnings,
)
from tests.drills.mutant_probes import answer, probe_of
from tests.drills.mutant_queues import QUEUE_RACES
from tests.drills.mutant_races import NO_WAIT, Outcome, Race, World, at_once, one_after_the_other
from tests.drills.mutants import Guard, Rule, guards, mutated, rules
from tests.drills.report import tell
from tests.payouts import support as payouts
from tests.queue_app.support import bought, come, rich, running
from tests.support.database import Connection, at_database
from tests.wallet.support import hold, key, settled, viewer_with
from wallet import services

# Mutants that nothing can tell from the original, and why.
BEHIND_HER_STATE = "whoever touches her queue holds the lock of her state's row (modelstate_lock) before"
UNDER_THE_POOL = "whoever works on what is nobody's holds the pool's lock, alone, before"
EQUIVALENT: dict[str, str] = {
    **dict.fromkeys(
        (
            "function queue_app_hand_on: FOR NO KEY UPDATE [2]",
            "function queue_app_lock: FOR NO KEY UPDATE [1]",
            "function queue_app_lock: FOR NO KEY UPDATE [2]",
            "function queue_app_lock_item: FOR NO KEY UPDATE [1]",
            "function queue_app_lock_moving: FOR NO KEY UPDATE [3]",
            "function queue_app_sweep_one: queue_app_try_lock(p_performer) [2]",
            "function queue_app_sweep_running: FOR NO KEY UPDATE SKIP LOCKED [1]",
            "function queue_app_sweep_running: SKIP LOCKED [1]",
            "function queue_app_try_lock: FOR NO KEY UPDATE SKIP LOCKED [1]",
            "function queue_app_try_lock: SKIP LOCKED [1]",
        ),
        BEHIND_HER_STATE,
    ),
    **dict.fromkeys(
        (
            "function queue_app_give_back: FOR NO KEY UPDATE SKIP LOCKED [1]",
            "function queue_app_give_back: FOR NO KEY UPDATE SKIP LOCKED [2]",
            "function queue_app_give_back: SKIP LOCKED [1]",
            "function queue_app_give_back: SKIP LOCKED [2]",
        ),
        "who gives an item back holds the locks of its performer, or the pool's where it is nobody's",
    ),
    **dict.fromkeys(
        (
            "function queue_app_deal: FOR NO KEY UPDATE SKIP LOCKED [1]",
            "function queue_app_deal: SKIP LOCKED [1]",
            "function queue_app_hand_on: PERFORM queue_app_lock_pool(true); [1]",
            "function queue_app_lock_moving: FOR NO KEY UPDATE SKIP LOCKED [2]",
            "function queue_app_sweep_pool: FOR NO KEY UPDATE SKIP LOCKED [1]",
            "function queue_app_sweep_pool: SKIP LOCKED [1]",
        ),
        UNDER_THE_POOL,
    ),
    "function wallet_expire_hold: SKIP LOCKED [1]": "as the one without its whole lock",
    "function wallet_expire_hold: FOR NO KEY UPDATE SKIP LOCKED [1]": "reached only in the instant after an expiry that"
    " went wrong was undone; without it the sweep waits for whoever came in between, and notes the same",
    "function modelstate_lock: FOR NO KEY UPDATE [3]": "reached only by whoever lost the race for the row's very first"
    " insert, after the winner's commit; between those two a third is refused by the trigger legal_steps_only",
}
ARCHIVED = (
    "INSERT INTO archive_archivedmonth (month, edition, manifest_sha256, rows, tokens)"
    " VALUES ('2025-01-01', 1, repeat('a', 64), '{}', 0)"
)
SHORT_RACES = [two_holds_of_the_same_tokens, one_key_twice, two_payouts_of_the_same_earnings]
SHORT_RULES = {
    "wallet_account_balance_not_negative",
    "wallet_account_debits_covered",
    "wallet_hold_resolved_once",
    "wallet_operation_once",
    "wallet_transfer_append_only",
    "wallet_transfer_reversed_once",
    "payouts_status_tells_the_truth",
}
SHORT_GUARDS = {"wallet_lock_wallet", "wallet_claim_operation", "wallet_lock_earnings"}


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mutant: who killed it, or why nobody can; neither: it survived."""

    mutant: str
    killer: str = ""
    equivalent: str = ""

    def __str__(self) -> str:
        return (
            f"{self.mutant} -> {self.killer or (f'equivalent: {self.equivalent}' if self.equivalent else 'SURVIVED')}"
        )


def furnish(superuser: Connection) -> None:
    """A good row in every table that probes copy from."""
    viewer, performer = viewer_with(1), factories.performer()
    services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=500, key=key(), external_id=key())
    hold(viewer, performer, 20)
    done = settled(viewer, performer, 30)
    services.reverse_transfer(by=SYSTEM, transfer_id=done.transfer_id, reason="mistake", key=key())
    settled(viewer, performer, 30)
    earner = payouts.earner()
    payouts.brought(earner, "paid")
    payouts.brought(earner, "requested")
    starring, buyer = come(factories.performer()), rich(factories.viewer())
    running(buyer, starring)
    bought(buyer, starring)
    corrections.propose(factories.staff(), viewer, 50)
    corrections.propose(factories.staff(), viewer, 150)
    once(payouts.claim(earner), lambda: Answer(200, {}))
    record(by=SYSTEM, action="drill", target_type="drill", target_id="1")
    superuser.execute("SET house.zone = 'UTC'")
    superuser.execute(
        "SELECT compliance_set_limits(%s, '{\"daily\": 100}'), compliance_exclude(%s, 30)", [viewer.pk, viewer.pk]
    )
    superuser.execute(ARCHIVED)
    for chain in ("wallet", "audit"):
        superuser.execute(f"SELECT {chain}_new_epoch()")


def fate_of_rule(superuser: Connection, rule: Rule) -> Fate:
    """Drop it and see whether its probe gets through, or is refused in another's name."""
    probe = probe_of(rule)
    if probe is None:
        return Fate(str(rule), equivalent=EQUIVALENT.get(str(rule), ""))
    before, after = answer(superuser, probe, None), answer(superuser, probe, rule)
    expected = {rule.name} if rule.kind != "trigger" else {before} - {"accepted"}
    if before in expected and after != before:
        return Fate(str(rule), killer=f"probe: {after}, no longer refused by {before}")
    return Fate(str(rule), equivalent=EQUIVALENT.get(str(rule), ""))


def fate_of_guard(hall: Hall, guard: Guard) -> Fate:
    """Drop it and run the races until one of them ends otherwise."""
    with mutated(hall.superuser, guard):
        for race, end in hall.near(guard):
            if at_once(hall.world, hall.url, race, watched=race in WATCHED) != end:
                return Fate(str(guard), killer=f"race: {race.__name__}")
    return Fate(str(guard), equivalent=EQUIVALENT.get(str(guard), ""))


def fates_of_lines(superuser: Connection, world: World) -> Iterator[Fate]:
    """Change what a function says and play the scenes until one of them goes otherwise."""
    sound = {scene: scene(world) for scene in SCENES}
    for line in lines(superuser):
        with mutated(superuser, line):
            killer = next((scene.__name__ for scene, told in sound.items() if scene(world) != told), "")
        yield Fate(str(line), killer=killer and f"scene: {killer}")


@dataclass
class Hall:
    """Where the races are run, and how each ends where nothing is missing."""

    superuser: Connection
    world: World
    url: str
    sound: dict[Race, Outcome]

    def near(self, guard: Guard) -> list[tuple[Race, Outcome]]:
        """Those that are about this guard's room: in which money waits for money, or people for people."""
        queues = guard.function.startswith(("queue_app", "presence", "compliance_lock", "modelstate_try"))
        return [(race, end) for race, end in self.sound.items() if (race in QUEUE_RACES) is queues]


def open_hall(world: World, url: str, superuser: Connection, races: Sequence[Race]) -> Hall:
    """Each race must end at once as it ends one after the other, before anything is dropped."""
    sound = {
        race: at_once(world, url, race, watched=True) if race in WATCHED else one_after_the_other(world, url, race)
        for race in races
    }
    wrong = {
        race.__name__: end
        for race in races
        if (end := at_once(world, url, race, watched=race in WATCHED)) != sound[race]
        or (race in WATCHED and (NO_WAIT in end) is not (race in NEVER_WAIT))
    }
    assert wrong == {}, sound
    return Hall(superuser, world, url, sound)


def publish(fates: list[Fate], seconds: float, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The list and the one line of figures; who survived."""
    survived = [fate.mutant for fate in fates if not fate.killer and not fate.equivalent]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(map(str, fates)) + "\n")
        tell(
            {
                "drill": "mutants",
                "mutants": len(fates),
                "killed": sum(bool(fate.killer) for fate in fates),
                "equivalent": sum(bool(fate.equivalent) for fate in fates),
                "survived": len(survived),
                "seconds": round(seconds, 1),
            }
        )
    return survived


@pytest.fixture
def arena(database_clone: str, superuser_connection: Connection) -> Iterator[tuple[World, str]]:
    """A furnished database and its address as superuser."""
    furnish(superuser_connection)
    url = at_database(os.environ["DATABASE_SUPERUSER_URL"], database_clone)
    world = World(url)
    yield world, url
    world.close()


@pytest.mark.drill
def test_every_mutant_is_killed(
    arena: tuple[World, str], superuser_connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()

    fates = [fate_of_rule(superuser_connection, rule) for rule in rules(superuser_connection)]
    hall = open_hall(*arena, superuser_connection, RACES)
    fates += [fate_of_guard(hall, guard) for guard in guards(superuser_connection)]
    fates += fates_of_lines(superuser_connection, arena[0])

    assert publish(fates, time.monotonic() - began, capsys) == []


@pytest.mark.slow
def test_a_handful_of_mutants_is_killed(arena: tuple[World, str], superuser_connection: Connection) -> None:
    chosen = [guard for guard in guards(superuser_connection) if guard.function in SHORT_GUARDS]
    dropped = [rule for rule in rules(superuser_connection) if rule.name in SHORT_RULES]
    fates = [fate_of_rule(superuser_connection, rule) for rule in dropped]

    hall = open_hall(*arena, superuser_connection, SHORT_RACES)
    fates += [fate_of_guard(hall, guard) for guard in chosen]

    assert (len(chosen), len(dropped)) == (len(SHORT_GUARDS), len(SHORT_RULES))
    assert [str(fate) for fate in fates if not fate.killer] == []


def test_what_is_called_equivalent_is_there(superuser_connection: Connection) -> None:
    mutants = {str(mutant) for mutant in [*rules(superuser_connection), *guards(superuser_connection)]}
    assert EQUIVALENT.keys() <= mutants
