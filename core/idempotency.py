"""Idempotency keys: claim, effect and stored answer in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from core.exceptions import DomainError, DuplicateKey, ValidationFailed, error_for_code
from core.problems import problem_body
from core.sql import call_value, refusal_of, translated, waiting_for_twin

REMEMBERED = {402, 409}
KEPT_DAYS = 30
BITE = 5000
FORGET = """
DELETE FROM core_idempotencykey WHERE id IN (
  SELECT id FROM core_idempotencykey WHERE created_at < now() - make_interval(days => %s)
  ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED)
"""
FORGOTTEN_CODES = {"REQUEST_IN_PROGRESS", "DUPLICATE_IDEMPOTENCY_KEY"}


@dataclass(frozen=True, slots=True)
class Claim:
    """A key, whose it is, and what request it stands for."""

    actor_id: UUID
    key: str
    fingerprint: bytes
    path: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a JSON body, fresh or replayed."""

    status: int
    body: dict[str, Any]
    replayed: bool = False


def fingerprint(method: str, path: str, query: str, body: object) -> bytes:
    """What two requests must share to be the same one: method, path with its ids, query and body."""
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name != "idempotencyKey"}
    content = orjson.dumps([method, path, query, body], option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(content).digest()


def checked_key(raw: str) -> str:
    """A key of 1–255 visible characters; a quoted structured-field string is taken without its quotes."""
    key = raw[1:-1] if len(raw) >= 2 and raw[0] == raw[-1] == '"' else raw
    if not 1 <= len(key) <= 255 or any(not "!" <= sign <= "~" for sign in key):
        raise ValidationFailed.of("idempotencyKey", "invalid", "A key has 1 to 255 visible characters.")
    return key


def once(claim: Claim, effect: Callable[[], Answer]) -> Answer:
    """Run the effect once for its key; every repetition gets the first answer.

    Refusals of status 402 and 409 roll the effect back, are kept under the key, committed, and only then raised,
    so that a retry never turns a refusal into a late success. Any other error rolls everything back and frees the key.
    """
    with translated(), transaction.atomic():
        stored = claimed(claim)
        if stored is not None:
            return stored
        answer, refusal = _attempt(effect)
        if refusal is not None:
            answer = Answer(refusal.status, problem_body(refusal, claim.path))
        call_value("core_store_answer", actor=claim.actor_id, key=claim.key, status=answer.status, body=answer.body)
    if refusal is not None:
        raise refusal
    return answer


def answer_of(found: dict[str, Any], claim: Claim) -> Answer:
    """What a function that claims its key itself has found: its answer, a replay, or a refusal (see `remembered`)."""
    if "answer" in found:
        return Answer(200, found["answer"])
    return replay(found) if "replay" in found else remembered(refusal_of(found), claim)


def decided(refusal: DomainError, claim: Claim) -> Answer:
    """A refusal that was clear before the key was looked at: what stands under the key has the word, else it is raised.

    As of any refusal, 402 and 409 are remembered.
    """

    def refuse() -> Answer:
        raise refusal

    return once(claim, refuse)


def remembered(refusal: DomainError, claim: Claim) -> Answer:
    """Keep the refusal of a function that claimed its key itself and gave it back; a twin in between has the word.

    Raises the refusal, unless the twin succeeded: then its answer is returned as a replay.
    """
    if refusal.status not in REMEMBERED or refusal.code in FORGOTTEN_CODES:
        raise refusal

    return decided(refusal, claim)


def forget_old_keys() -> int:
    """Delete what was kept longer than 30 days, by the database's clock, in small bites; tells how many rows."""
    gone = 0
    while bite := _forget_some():
        gone += bite
    return gone


def _forget_some() -> int:
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [KEPT_DAYS, BITE])
        return int(cursor.rowcount)


def claimed(claim: Claim) -> Answer | None:
    """None where the key is ours now; the stored answer, or its refusal raised, where it was used before."""
    with waiting_for_twin():
        held = _claim(claim)
    return None if held is None else replay(held)


def _claim(claim: Claim) -> dict[str, Any] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT core_claim_key(%s, %s, %s)", [claim.actor_id, claim.key, claim.fingerprint])
        row = cursor.fetchone()
    held = row[0] if row else None
    return orjson.loads(held) if isinstance(held, str) else held


def replay(held: dict[str, Any]) -> Answer:
    """The stored answer as it was given first; a stored refusal is raised again."""
    if "refusal" in held:
        raise DuplicateKey()
    status, body = held["replay"]["status"], held["replay"]["body"]
    if status >= 400:
        raise stored_refusal(body)
    return Answer(status, body, replayed=True)


def stored_refusal(body: dict[str, Any]) -> DomainError:
    """The refusal that a stored problem body tells of, marked as replayed."""
    refusal = error_for_code(body["error"], body.get("detail", ""))
    refusal.replayed = True
    refusal.stored_body = body
    return refusal


def _attempt(effect: Callable[[], Answer]) -> tuple[Answer, DomainError | None]:
    try:
        with translated(), transaction.atomic():
            return effect(), None
    except DomainError as refusal:
        if refusal.status not in REMEMBERED or refusal.code in FORGOTTEN_CODES:
            raise
        return Answer(refusal.status, {}), refusal
