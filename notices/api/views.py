"""Notices over JSON: everybody reads his own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import SignedInView
from core.api import CamelSerializer, CursorPages, honours_key, parsed
from core.schema import paging
from notices import queries, services
from notices.api import examples
from notices.api.serializers import NoticePageSerializer, NoticeSerializer, UnreadSerializer, WishesSerializer

LANGUAGE = OpenApiParameter(
    "Accept-Language",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="asked where the account has chosen no language; English where we know none of it",
)


class NoticeView(SignedInView):
    """What the views have in common."""

    @property
    def owner_id(self) -> UUID:
        """Whose notices."""
        return self.account.pk

    @property
    def language(self) -> str:
        """What the reader reads."""
        return queries.language_of(self.owner_id, self.request.headers.get("Accept-Language", ""))


class NoticesView(NoticeView):
    """All of them."""

    @extend_schema(
        operation_id="getNotifications",
        parameters=[LANGUAGE, *paging("notices")],
        responses=NoticePageSerializer,
        examples=[examples.NOTICES],
    )
    def get(self, request: Request) -> Response:
        """What the caller was told in the last 90 days, the newest first, and how much of it is not read."""
        pages: Any = CursorPages()
        rows = pages.paginate_queryset(queries.notices_of(self.owner_id), request, view=self)
        told = NoticeSerializer(queries.worded(rows, self.language), many=True).data
        page: Response = pages.get_paginated_response(told)
        page.data["unread"] = queries.unread_count(self.owner_id)
        return page


class ReadView(NoticeView):
    """One of them."""

    @extend_schema(
        operation_id="readNotification",
        parameters=[LANGUAGE],
        request=None,
        responses=NoticeSerializer,
        examples=[examples.READ],
    )
    @honours_key
    def post(self, request: Request, notice_id: UUID) -> Response:
        """It is read; again is fine."""
        parsed(CamelSerializer, request)
        services.mark_read(owner_id=self.owner_id, notice_id=notice_id)
        return Response(NoticeSerializer(queries.notice_for(self.owner_id, notice_id, self.language)).data)


class AllReadView(NoticeView):
    """All of them."""

    @extend_schema(
        operation_id="readAllNotifications",
        request=None,
        responses=UnreadSerializer,
        examples=[examples.NONE_LEFT],
    )
    @honours_key
    def post(self, request: Request) -> Response:
        """All are read."""
        parsed(CamelSerializer, request)
        return Response({"unread": services.mark_read(owner_id=self.owner_id)})


class WishesView(NoticeView):
    """What the caller wants to be told."""

    @extend_schema(operation_id="getNotificationPreferences", responses=WishesSerializer, examples=[examples.WISHES])
    def get(self, request: Request) -> Response:
        """Every key and whether it is on."""
        return Response(WishesSerializer(queries.wishes_of(self.owner_id)).data)

    @extend_schema(
        operation_id="changeNotificationPreferences",
        request=WishesSerializer(partial=True),
        responses=WishesSerializer,
        examples=[examples.CHANGE, examples.WISHES],
    )
    @honours_key
    def put(self, request: Request) -> Response:
        """Switch the keys that are sent; the others stay."""
        changes = parsed(WishesSerializer, request, partial=True)
        wishes = services.save_wishes(
            owner_id=self.owner_id, keys=changes.get("keys", {}), language=changes.get("language", "")
        )
        return Response(WishesSerializer(wishes).data)
