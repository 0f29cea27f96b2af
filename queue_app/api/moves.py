"""The steps of an item's life over JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import SignedInView, ViewerView
from core.api import CamelSerializer, answer_response, claim_required, parsed, takes_key
from core.exceptions import PermissionDenied
from core.idempotency import Answer
from modelstate.api.serializers import NothingSerializer
from queue_app import keyed
from queue_app.api import examples
from queue_app.api.base import ModeIsStored
from queue_app.api.serializers import FinishPartSerializer, QueueItemMovedSerializer, RefundReasonSerializer

WORKERS = {"performer", "staff"}


class WorkerView(SignedInView):
    """An item's performer, or staff for her."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - signature of APIView
        """Nobody else, before the body is read."""
        super().initial(request, *args, **kwargs)
        if not self.access.roles & WORKERS:
            raise PermissionDenied()


class StepView(ModeIsStored, SignedInView):
    """One step of one item: what takes it, and what its body says besides."""

    step: ClassVar[Callable[..., Answer]]
    body: ClassVar[type[CamelSerializer]] = NothingSerializer

    @takes_key
    def post(self, request: Request, item_id: UUID) -> Response:
        """Take the step, once for the key."""
        claim = claim_required(request)
        sent = parsed(self.body, request)
        return answer_response(type(self).step(by=self.actor, claim=claim, item_id=item_id, **sent))


View = TypeVar("View", bound=type[StepView])


def told(name: str, words: str, *shown: OpenApiExample) -> Callable[[View], View]:
    """How a step stands in the OpenAPI document."""

    def describe(view: View) -> View:
        schema = extend_schema(
            operation_id=name,
            description=words,
            request=view.body,
            responses=QueueItemMovedSerializer,
            examples=list(shown),
        )
        return extend_schema_view(post=schema)(view)

    return describe


@told("startQueueItem", "Start the head of the queue.", examples.STARTED)
class StartView(StepView, WorkerView):
    """Begin."""

    step = staticmethod(keyed.start)


@told(
    "finishQueueItem",
    "Finish the running item and pay the performer, wholly or in part.",
    examples.PARTIAL,
    examples.FINISHED,
)
class FinishView(StepView, WorkerView):
    """Done."""

    step, body = staticmethod(keyed.finish), FinishPartSerializer


@told(
    "abandonQueueItem",
    "Abandon a waiting or running item, with a full refund.",
    examples.REASON,
    examples.REFUNDED,
)
class AbandonView(StepView, WorkerView):
    """Given up."""

    step, body = staticmethod(keyed.abandon), RefundReasonSerializer


@told("refundQueueItem", "Refund a waiting or running item.", examples.REASON, examples.REFUNDED)
class RefundView(StepView, WorkerView):
    """Given back."""

    step, body = staticmethod(keyed.refund), RefundReasonSerializer


@told("cancelQueueItem", "Take a waiting item back, with a full refund.", examples.REFUNDED)
class CancelView(StepView, ViewerView):
    """No longer wanted."""

    step = staticmethod(keyed.cancel)
