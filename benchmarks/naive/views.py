"""The purchase with row locks, the menu with nested serializers."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.naive.models import (
    Flag,
    Hold,
    IdempotencyKey,
    LedgerEntry,
    MenuItem,
    Performer,
    QueueItem,
    Section,
    Wallet,
)
from benchmarks.naive.serializers import PurchaseInput, QueueItemSerializer, SectionSerializer

DEPTH = 50


class Purchase(APIView):
    """POST: hold, queue item and, in pass-through, settlement in one transaction."""

    def post(self, request: Request, item_id: int) -> Response:
        form = PurchaseInput(data=request.data)
        form.is_valid(raise_exception=True)
        key = request.headers.get("Idempotency-Key")
        if not key:
            return Response({"error": "IDEMPOTENCY_KEY_REQUIRED"}, status=400)
        with transaction.atomic():
            stored, fresh = IdempotencyKey.objects.select_for_update().get_or_create(user=request.user, key=key)
            if not fresh:
                return Response(stored.response)
            body, status = buy(request.user, item_id, form.validated_data["note"])
            stored.response = body
            stored.save()
        return Response(body, status=status)


def buy(user: Any, item_id: int, note: str) -> tuple[dict[str, Any], int]:  # noqa: ANN401 - request.user
    """The purchase itself; the caller's transaction is open."""
    item = get_object_or_404(MenuItem.objects.select_related("performer"), pk=item_id, is_active=True)
    performer = Performer.objects.select_for_update().get(pk=item.performer_id)
    waiting = performer.queue_items.filter(status__in=["created", "started"]).count()
    if performer.state == "OFFLINE" or waiting >= DEPTH:
        return {"error": "QUEUE_FULL" if waiting >= DEPTH else "PERFORMER_UNAVAILABLE"}, 409
    wallet = Wallet.objects.select_for_update().get(user=user)
    if wallet.available < item.price:
        return {"error": "INSUFFICIENT_BALANCE", "required": item.price, "available": wallet.available}, 402
    hold = place_hold(wallet, performer, item.price)
    queued = QueueItem.objects.create(
        performer=performer,
        viewer=user,
        hold=hold,
        title=item.name,
        tokens=item.price,
        duration_seconds=item.duration_seconds,
        note=note,
        sequence=performer.next_sequence,
    )
    performer.next_sequence += 1
    performer.save()
    if performer.pass_through:
        settle(queued, wallet)
    return {"queueItem": plain(QueueItemSerializer(queued).data), "balance": wallet.available}, 200


def place_hold(wallet: Wallet, performer: Performer, tokens: int) -> Hold:
    """Available to escrow, with its ledger entries."""
    hold = Hold.objects.create(viewer=wallet.user, performer=performer, tokens=tokens)
    wallet.available -= tokens
    wallet.escrow += tokens
    wallet.save()
    LedgerEntry.objects.create(wallet=wallet, hold=hold, kind="hold", amount=-tokens, balance_after=wallet.available)
    LedgerEntry.objects.create(wallet=wallet, hold=hold, kind="escrow", amount=tokens, balance_after=wallet.escrow)
    return hold


def settle(queued: QueueItem, wallet: Wallet) -> None:
    """Escrow to earned, with its ledger entries, and the item finished."""
    hold, now = queued.hold, timezone.now()
    earner = Wallet.objects.select_for_update().get(user=queued.performer.user)
    wallet.escrow -= hold.tokens
    wallet.save()
    earner.earned += hold.tokens
    earner.save()
    LedgerEntry.objects.create(
        wallet=wallet, hold=hold, kind="settle", amount=-hold.tokens, balance_after=wallet.escrow
    )
    LedgerEntry.objects.create(wallet=earner, hold=hold, kind="earn", amount=hold.tokens, balance_after=earner.earned)
    hold.status = "settled"
    hold.save()
    queued.status, queued.started_at, queued.finished_at = "finished", now, now
    queued.save()


def plain(data: Any) -> dict[str, Any]:  # noqa: ANN401 - a serializer's data
    """Serializer data as JSON values."""
    return {name: str(value) if not isinstance(value, int | str | None) else value for name, value in data.items()}


class Menu(APIView):
    """GET: every section with the items that her permissions, flags and state leave."""

    def get(self, request: Request) -> Response:
        performer = Performer.objects.select_related("preferences").get(user=request.user)
        hidden = performer.preferences.hidden_sections
        sections = [
            section
            for section in Section.objects.order_by("order")
            if section.name not in hidden and (not section.flag or flag_is_on(section.flag, request.user))
        ]
        waiting = performer.queue_items.filter(status="created").count()
        context = {"request": request, "state": performer.state, "waiting": waiting}
        data = SectionSerializer(sections, many=True, context=context).data
        return Response({"sections": data, "quickActions": performer.preferences.quick_actions})


def flag_is_on(name: str, user: Any) -> bool:  # noqa: ANN401 - request.user
    """Whether a flag is open for everyone or for this user."""
    flag = Flag.objects.get(name=name)
    return flag.everyone or flag.users.filter(pk=user.pk).exists()
