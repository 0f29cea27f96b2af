"""Calling and installing SQL functions, and the domain names of what the database refuses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import psycopg
from django.apps import apps
from django.db import DatabaseError, connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from psycopg.types.json import Jsonb

from core.exceptions import CONSTRAINTS, DomainError, RequestInProgress, Unavailable, error_for_code

LOCK_TIMEOUT = "55P03"
BUSY = {LOCK_TIMEOUT, "57014", "40P01", "40001", "53300", "57P01", "57P02", "57P03", "25P03", "25P04"}
GRANT = re.compile(r"^-- grant: (app|app, auditor|none)\s*$", re.MULTILINE)
FUNCTION_NAME = re.compile(r"^[a-z][a-z0-9_]{2,62}$")


def call(function: str, /, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever psycopg adapts
    """Run `SELECT function(p_a => …)` in one statement and return its jsonb object.

    Raises the domain error that the function's `refusal` names, or that stands for a broken constraint.
    """
    result = call_value(function, **params)
    if not isinstance(result, dict):
        raise TypeError(f"{function} answered {type(result).__name__}, not an object")
    if "refusal" in result:
        raise refusal_of(result)
    return result


def call_claiming(function: str, /, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever psycopg adapts
    """Run a function that claims its idempotency key itself; its object as it is: an answer, a replay or a refusal.

    Raises RequestInProgress where the first request with this key is still at work.
    """
    try:
        answer: dict[str, Any] = call_value(function, **params)
    except Unavailable as busy:
        if busy.__cause__ is not None and waited_for_twin(busy.__cause__):
            raise RequestInProgress() from busy
        raise
    return answer


def call_value(function: str, /, **params: Any) -> Any:  # noqa: ANN401 - whatever psycopg adapts; whatever jsonb holds
    """Like `call`, for functions whose refusals and nulls the caller reads itself."""
    if not FUNCTION_NAME.match(function):
        raise ValueError(f"{function!r} is not a function's name")
    arguments = ", ".join(f"p_{name} => %s" for name in params)
    values: list[Any] = [Jsonb(value) if isinstance(value, dict | list) else value for value in params.values()]
    with translated(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({arguments})", values)
        row = cursor.fetchone()
    return loaded(row[0] if row else None)


def id_array(ids: Iterable[UUID]) -> str:
    """Ids for a function's uuid[] parameter. (A list would go as JSON.)"""
    return f"{{{','.join(str(one) for one in ids)}}}"


def loaded(value: object) -> Any:  # noqa: ANN401 - any JSON value
    """A jsonb value, whether the driver hands it over as text or as an object; None for what a void function says."""
    if value in ("", b""):
        return None
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def refusal_of(result: dict[str, Any]) -> DomainError:
    """The domain error that a function returned as a value."""
    details = {key: value for key, value in result.items() if key not in {"refusal", "message"}}
    return error_for_code(result["refusal"], result.get("message", ""), **details)


@contextmanager
def translated() -> Iterator[None]:
    """Raise the domain's name for what the database refused; anything unknown goes on as it is."""
    try:
        yield
    except DatabaseError as error:
        known = domain_error(error)
        if known is None:
            raise
        raise known from error


def domain_error(error: BaseException) -> DomainError | None:
    """The refusal behind a database error, or None where it is a fault of ours."""
    cause = error.__cause__ if isinstance(error.__cause__, psycopg.Error) else error
    if not isinstance(cause, psycopg.Error):
        return None
    kind = CONSTRAINTS.get(cause.diag.constraint_name or "")
    if kind is not None:
        return kind()
    if (cause.sqlstate or "") in BUSY or isinstance(cause, psycopg.OperationalError):
        return Unavailable()
    return None


def is_lock_timeout(error: BaseException) -> bool:
    """Whether the database gave up waiting for a lock."""
    cause = error.__cause__
    return isinstance(cause, psycopg.Error) and cause.sqlstate == LOCK_TIMEOUT


def waited_for_twin(error: BaseException) -> bool:
    """Whether the lock that a function gave up on was its key's, not one of the things it works on."""
    cause = error.__cause__
    context = cause.diag.context or "" if isinstance(cause, psycopg.Error) else ""
    return is_lock_timeout(error) and "core_claim_key" in context


@contextmanager
def waiting_for_twin() -> Iterator[None]:
    """A wait for a lock that runs out means: the first request with this key is still at work."""
    try:
        yield
    except DatabaseError as error:
        if is_lock_timeout(error):
            raise RequestInProgress() from error
        raise


def sql_file(app_label: str, name: str) -> Path:
    """Where the text of an app's function lives."""
    return Path(apps.get_app_config(app_label).path) / "sql" / f"{name}.sql"


def grant_of(text: str) -> str:
    """Who may call the function of this file: `app`, `app, auditor` (it only reads), or `none`: the owner alone."""
    found = GRANT.search(text)
    if not found:
        raise ValueError("An SQL file must say `-- grant: app`, `-- grant: app, auditor` or `-- grant: none`")
    return found.group(1)


class InstallFunctions(Operation):
    """A migration operation that (re)creates functions from their files, in the order given.

    A file is of today, the migration may be of long ago: a body may name what a later migration brings. Unlike
    RunPython it asks for no models, which Django would have to build anew from the whole history each time.
    """

    reversible = True

    def __init__(self, app_label: str, names: list[str]) -> None:
        self.app_label, self.names = app_label, names

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Functions are no models."""

    def database_forwards(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, before: ProjectState, after: ProjectState
    ) -> None:
        """Run the files."""
        editor.execute("SET LOCAL check_function_bodies = off", params=None)
        for name in self.names:
            editor.execute(sql_file(self.app_label, name).read_text(encoding="utf-8"), params=None)

    def database_backwards(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, before: ProjectState, after: ProjectState
    ) -> None:
        """What a function was before is nowhere kept: it stays."""

    def describe(self) -> str:
        """For who lists a migration's operations."""
        return f"Install functions of {self.app_label}: {', '.join(self.names)}"


def install_functions(app_label: str, names: list[str]) -> InstallFunctions:
    """The operation by the name that migrations call it."""
    return InstallFunctions(app_label, names)
