"""The two doors to a step of the queue: its plain service, and the one statement with a key, as the API takes it."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import uuid4

from core.actors import Actor
from core.exceptions import DomainError
from core.idempotency import FORGOTTEN_CODES, REMEMBERED, Answer, Claim, fingerprint
from queue_app import keyed, services


class Doors:
    """For a model, which must do the same each time it runs: one door after the other."""

    deeds = 0

    def take(self, step: str, **given: Any) -> None:  # noqa: ANN401 - whatever the step takes
        """Plainly, with a key, with a key that is used twice. Raises what refuses the step."""
        self.deeds += 1
        if self.deeds % 3 == 0:
            getattr(services, step)(**given)
        else:
            take_by_key(step, twice=self.deeds % 3 == 2, **given)


def take_either(chance: Random, step: str, *, by: Actor, **given: Any) -> None:  # noqa: ANN401 - whatever it takes
    """Half of the steps by each door, half of those with a key twice. Raises what refuses the step."""
    if chance.random() < 0.5:
        getattr(services, step)(by=by, **given)
    else:
        take_by_key(step, by=by, twice=chance.random() < 0.5, **given)


def take_by_key(step: str, *, by: Actor, twice: bool, **given: Any) -> None:  # noqa: ANN401 - whatever it takes
    """Under a new key; who asks again must hear the same and have done nothing. Raises what refuses the step."""
    request = fingerprint("POST", f"/{step}", "", {name: str(value) for name, value in given.items()})
    assert by.id is not None
    claim = Claim(by.id, f"{step}-{uuid4()}", request, "/drill")
    heard = _asked(step, by=by, claim=claim, **given)
    if twice and _stands(heard):
        again = _asked(step, by=by, claim=claim, **given)
        if isinstance(again, DomainError) and not _stands(again):
            raise again
        assert _told(again) == _told(heard), f"{step} was answered {_told(heard)}, then {_told(again)}"
        assert again.replayed, f"{step} was done twice for its key"
    if isinstance(heard, DomainError):
        raise heard


def _asked(step: str, *, by: Actor, claim: Claim, **given: Any) -> Answer | DomainError:  # noqa: ANN401 - as above
    try:
        answer: Answer = getattr(keyed, step)(by=by, claim=claim, **given)
    except DomainError as refusal:
        return refusal
    return answer


def _stands(heard: Answer | DomainError) -> bool:
    """Whether it is kept under the key."""
    return isinstance(heard, Answer) or (heard.status in REMEMBERED and heard.code not in FORGOTTEN_CODES)


def _told(heard: Answer | DomainError) -> object:
    return heard.body if isinstance(heard, Answer) else heard.code
