"""Identifiers sort by time and are told apart."""

import time
from uuid import UUID

import pytest
from django.db import connection

from core.ids import derived_id, uuid7


def test_version_and_variant_are_those_of_rfc_9562() -> None:
    made = uuid7()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_ids_of_later_milliseconds_sort_later() -> None:
    first = uuid7()
    started = time.time_ns()
    while time.time_ns() - started < 2_000_000:
        pass
    assert uuid7() > first


@pytest.mark.django_db
def test_the_database_makes_the_same_kind() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT core_uuid7(), extract(epoch FROM clock_timestamp()) * 1000")
        row = cursor.fetchone()
    assert row is not None
    made = UUID(str(row[0]))
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert abs((made.int >> 80) - float(row[1])) < 1000


@pytest.mark.django_db
def test_ids_that_the_database_makes_one_after_the_other_sort_so() -> None:
    made = []
    with connection.cursor() as cursor:
        for _ in range(50):
            cursor.execute("SELECT core_uuid7()")
            made.append(str(cursor.fetchone()[0]))
    assert made == sorted(made)


def test_a_derived_id_is_the_same_for_the_same_parts() -> None:
    assert derived_id("tip", 1) == derived_id("tip", 1)
    assert derived_id("tip", 1) != derived_id("tip", 11)
    assert derived_id("a", "b") != derived_id("ab", "")
