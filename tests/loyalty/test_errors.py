"""The five error shapes of the service become types; of the words nothing is kept."""

from __future__ import annotations

import pytest

from loyalty.errors import (
    Broken,
    Busy,
    Conflicted,
    DoneBefore,
    KeyMismatch,
    NotAdmitted,
    Refused,
    refusal,
)

SHAPES = [
    b'{"error": "INSUFFICIENT_BALANCE", "message": "no", "details": {"required": 5, "available": 1}}',
    b'{"error": {"code": "INSUFFICIENT_BALANCE", "message": "no", "details": {"required": 5, "available": 1}}}',
    b'{"statusCode": 402, "message": ["no"], "error": "INSUFFICIENT_BALANCE", "details": {"required": 5, '
    b'"available": 1}}',
    b'{"status": "error", "error_code": "INSUFFICIENT_BALANCE", "details": {"required": 5, "available": 1}}',
]


@pytest.mark.parametrize("body", SHAPES)
def test_code_and_details_are_found_in_every_shape(body: bytes) -> None:
    found = refusal(402, body)
    assert (found.code, found.details) == ("INSUFFICIENT_BALANCE", {"required": 5, "available": 1})


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": "Something about anna@example.com"}',
        b'{"statusCode": 404, "message": "Cannot GET /x", "error": "Not Found"}',
        b"<html>nginx</html>",
        b"[]",
        b"null",
        b"",
        b'{"error": {"code": 17}}',
        b'{"error": ["LIST"]}',
        b'{"error": "LOWER case"}',
    ],
)
def test_without_a_code_the_status_is_the_code(body: bytes) -> None:
    found = refusal(404, body)
    assert (found.code, found.details, found.label) == ("HTTP_404", {}, "HTTP_404")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (409, "IDEMPOTENCY_KEY_REUSE_MISMATCH", KeyMismatch),
        (400, "IDEMPOTENCY_KEY_MISMATCH", KeyMismatch),
        (409, "ESCROW_ALREADY_PROCESSED", DoneBefore),
        (409, "OPTIMISTIC_LOCK_CONFLICT", Conflicted),
        (429, "RATE_LIMIT_EXCEEDED", Busy),
        (500, "INTERNAL_ERROR", Broken),
        (503, "SERVICE_UNAVAILABLE", Broken),
        (401, "AUTH_INVALID", NotAdmitted),
        (403, "TENANT_SCOPE_VIOLATION", NotAdmitted),
        (403, "INVALID_AUTHORIZATION", Refused),
        (422, "VALIDATION_FAILED", Refused),
    ],
)
def test_types_follow_code_and_status(status: int, code: str, kind: type[Refused]) -> None:
    assert type(refusal(status, f'{{"error": "{code}"}}'.encode())) is kind


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("0", 0.0), ("999999", 3600.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 1.0)]
)
def test_retry_after_is_honoured_within_an_hour(header: str, seconds: float) -> None:
    assert refusal(429, b"", header).seconds == seconds


def test_what_may_have_happened_is_known_by_type() -> None:
    assert [kind.unknown for kind in (Broken, Conflicted, Busy, Refused, KeyMismatch)] == [
        True,
        True,
        False,
        False,
        False,
    ]
