"""Buying over JSON. Lean: one statement after who it is, no serializers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.api.base import ViewerView
from core.api import claim_required, takes_key
from core.exceptions import NotFound, ValidationFailed
from menus.api.examples import PURCHASE, PURCHASE_INPUT
from menus.api.serializers import PurchaseInputSerializer, PurchaseSerializer
from menus.services.purchases import purchase
from queue_app.api.base import ModeIsStored


class PurchaseBody(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a purchase; `modelId` and `idempotencyKey` are sent by S0's clients."""

    note: str = ""
    modelId: str | None = None
    idempotencyKey: str | None = None


class PurchaseView(ModeIsStored, ViewerView):
    """Buying one item."""

    @takes_key
    @extend_schema(
        operation_id="purchaseMenuItem",
        request=PurchaseInputSerializer,
        responses=PurchaseSerializer,
        examples=[PURCHASE_INPUT, PURCHASE],
    )
    def post(self, request: Request, item_id: UUID) -> HttpResponse:
        """Hold the price as it is now and put the item into her queue, once for the key."""
        sent = body_of(request)
        if sent.modelId is not None and sent.modelId != str(self.viewer_id):
            raise NotFound()
        claim = claim_required(request)
        answer = purchase(by=self.actor, claim=claim, item_id=item_id, note=sent.note)
        response = HttpResponse(orjson.dumps(answer.body), status=answer.status, content_type="application/json")
        if answer.replayed:
            response.headers["Idempotency-Replayed"] = "true"
        return response


def body_of(request: Request) -> PurchaseBody:
    """The body, checked; raises ValidationFailed by field."""
    data: Any = request.data
    try:
        return msgspec.convert(data, PurchaseBody)
    except msgspec.ValidationError as error:
        words, _, path = str(error).partition(" - at `$.")
        if "unknown field" in words:
            raise ValidationFailed.of(words.split("`")[1], "unknown_field", "This field is not known.") from None
        raise ValidationFailed.of(path.rstrip("`") or "body", "invalid", "A text is expected here.") from None
