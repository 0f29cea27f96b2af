"""The menus that sell, for the performer who owns them and for staff. To anybody else they do not exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import SignedInView
from core.api import honours_key, parsed
from menus.api.examples import (
    ITEM_ANSWER,
    ITEM_CHANGE,
    ITEM_CREATED,
    ITEM_INPUT,
    ITEMS_ANSWER,
    MENU_ANSWER,
    MENU_CHANGE,
    MENU_CREATED,
    MENU_INPUT,
    MENUS_ANSWER,
    REASON_INPUT,
)
from menus.api.serializers import (
    OfferItemInputSerializer,
    OfferItemSerializer,
    OfferItemsSerializer,
    OfferMenuInputSerializer,
    OfferMenuSerializer,
    OfferMenusSerializer,
    ReasonSerializer,
)
from menus.queries.offers import owned_item, owned_menu, owned_menus
from menus.services import offers
from menus.states import MenuType, Visibility

WHY = OpenApiParameter("reason", OpenApiTypes.STR, description="Required of staff, for the audit log.")
#: PUT replaces the whole: what is not sent goes back to these.
BLANK_MENU: Mapping[str, Any] = {
    "description": "",
    "type": MenuType.PURCHASABLE.value,
    "visibility": Visibility.PUBLIC.value,
    "published": False,
    "active": True,
    "guest_ids": [],
}
BLANK_ITEM: Mapping[str, Any] = {
    "description": "",
    "duration_seconds": None,
    "active": True,
    "max_daily_purchases": None,
}


class MenusView(SignedInView):
    """All menus of a performer."""

    @extend_schema(operation_id="listPerformerMenus", responses=OfferMenusSerializer, examples=[MENUS_ANSWER])
    def get(self, request: Request, performer_id: UUID) -> Response:
        """Hers that are not archived, in order, with their items."""
        return Response(OfferMenusSerializer({"results": owned_menus(self.actor, performer_id)}).data)

    @extend_schema(
        operation_id="createPerformerMenu",
        request=OfferMenuInputSerializer,
        responses={201: OfferMenuSerializer},
        examples=[MENU_INPUT, MENU_CREATED],
    )
    @honours_key
    def post(self, request: Request, performer_id: UUID) -> Response:
        """A new menu behind the others; at most eight."""
        fields, reason = split(parsed(OfferMenuInputSerializer, request))
        menu = offers.create_menu(by=self.actor, performer_id=performer_id, fields=fields, reason=reason)
        return Response(OfferMenuSerializer(menu).data, status=201)


class MenuView(SignedInView):
    """One menu."""

    @extend_schema(operation_id="getPerformerMenu", responses=OfferMenuSerializer, examples=[MENU_ANSWER])
    def get(self, request: Request, performer_id: UUID, menu_id: UUID) -> Response:
        """The menu with its items."""
        return Response(OfferMenuSerializer(owned_menu(self.actor, performer_id, menu_id)).data)

    @extend_schema(
        operation_id="replacePerformerMenu",
        request=OfferMenuInputSerializer,
        responses=OfferMenuSerializer,
        examples=[MENU_INPUT, MENU_ANSWER],
    )
    def put(self, request: Request, performer_id: UUID, menu_id: UUID) -> Response:
        """Replace it; what is not sent goes back to its default. Its items stay."""
        fields, reason = split(parsed(OfferMenuInputSerializer, request))
        return self._changed(performer_id, menu_id, {**BLANK_MENU, **fields}, reason)

    @extend_schema(
        operation_id="changePerformerMenu",
        request=OfferMenuInputSerializer,
        responses=OfferMenuSerializer,
        examples=[MENU_CHANGE, MENU_ANSWER],
    )
    def patch(self, request: Request, performer_id: UUID, menu_id: UUID) -> Response:
        """Change only what is sent."""
        fields, reason = split(parsed(OfferMenuInputSerializer, request, partial=True))
        return self._changed(performer_id, menu_id, fields, reason)

    @extend_schema(operation_id="removePerformerMenu", parameters=[WHY], responses={204: None})
    def delete(self, request: Request, performer_id: UUID, menu_id: UUID) -> Response:
        """Take it away; what has been sold from it is archived."""
        offers.remove_menu(by=self.actor, performer_id=performer_id, menu_id=menu_id, reason=why(request))
        return Response(status=204)

    def _changed(self, performer_id: UUID, menu_id: UUID, fields: Mapping[str, Any], reason: str) -> Response:
        menu = offers.update_menu(
            by=self.actor, performer_id=performer_id, menu_id=menu_id, fields=fields, reason=reason
        )
        return Response(OfferMenuSerializer(menu).data)


class MenuDuplicateView(SignedInView):
    """A copy of a menu."""

    @extend_schema(
        operation_id="duplicatePerformerMenu",
        request=ReasonSerializer,
        responses={201: OfferMenuSerializer},
        examples=[REASON_INPUT, MENU_CREATED],
    )
    @honours_key
    def post(self, request: Request, performer_id: UUID, menu_id: UUID) -> Response:
        """An unpublished copy with all items, behind the others."""
        _, reason = split(parsed(ReasonSerializer, request))
        menu = offers.duplicate_menu(by=self.actor, performer_id=performer_id, menu_id=menu_id, reason=reason)
        return Response(OfferMenuSerializer(menu).data, status=201)


class ItemsView(SignedInView):
    """All items of a menu."""

    @extend_schema(operation_id="listMenuItems", responses=OfferItemsSerializer, examples=[ITEMS_ANSWER])
    def get(self, request: Request, performer_id: UUID, menu_id: UUID) -> Response:
        """The items in order."""
        menu = owned_menu(self.actor, performer_id, menu_id)
        return Response(OfferItemsSerializer({"results": menu.items}).data)

    @extend_schema(
        operation_id="addMenuItem",
        request=OfferItemInputSerializer,
        responses={201: OfferItemSerializer},
        examples=[ITEM_INPUT, ITEM_CREATED],
    )
    @honours_key
    def post(self, request: Request, performer_id: UUID, menu_id: UUID) -> Response:
        """A new item at the end; at most fifty."""
        fields, reason = split(parsed(OfferItemInputSerializer, request))
        item = offers.add_item(by=self.actor, performer_id=performer_id, menu_id=menu_id, fields=fields, reason=reason)
        return Response(OfferItemSerializer(item).data, status=201)


class ItemView(SignedInView):
    """One item of a menu."""

    @extend_schema(operation_id="getMenuItem", responses=OfferItemSerializer, examples=[ITEM_ANSWER])
    def get(self, request: Request, performer_id: UUID, menu_id: UUID, item_id: UUID) -> Response:
        """The item."""
        return Response(OfferItemSerializer(owned_item(self.actor, performer_id, menu_id, item_id)).data)

    @extend_schema(
        operation_id="replaceMenuItem",
        request=OfferItemInputSerializer,
        responses=OfferItemSerializer,
        examples=[ITEM_INPUT, ITEM_ANSWER],
    )
    def put(self, request: Request, performer_id: UUID, menu_id: UUID, item_id: UUID) -> Response:
        """Replace it; what is not sent goes back to its default. What was bought keeps its price."""
        fields, reason = split(parsed(OfferItemInputSerializer, request))
        return self._changed(performer_id, menu_id, item_id, {**BLANK_ITEM, **fields}, reason)

    @extend_schema(
        operation_id="changeMenuItem",
        request=OfferItemInputSerializer,
        responses=OfferItemSerializer,
        examples=[ITEM_CHANGE, ITEM_ANSWER],
    )
    def patch(self, request: Request, performer_id: UUID, menu_id: UUID, item_id: UUID) -> Response:
        """Change only what is sent."""
        fields, reason = split(parsed(OfferItemInputSerializer, request, partial=True))
        return self._changed(performer_id, menu_id, item_id, fields, reason)

    @extend_schema(operation_id="removeMenuItem", parameters=[WHY], responses={204: None})
    def delete(self, request: Request, performer_id: UUID, menu_id: UUID, item_id: UUID) -> Response:
        """Take it away; archived where it was sold."""
        offers.remove_item(
            by=self.actor, performer_id=performer_id, menu_id=menu_id, item_id=item_id, reason=why(request)
        )
        return Response(status=204)

    def _changed(
        self, performer_id: UUID, menu_id: UUID, item_id: UUID, fields: Mapping[str, Any], reason: str
    ) -> Response:
        item = offers.update_item(
            by=self.actor, performer_id=performer_id, menu_id=menu_id, item_id=item_id, fields=fields, reason=reason
        )
        return Response(OfferItemSerializer(item).data)


def split(sent: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The fields to write, and why."""
    reason = sent.pop("reason", "")
    return sent, reason


def why(request: Request) -> str:
    """The reason of a DELETE, which has no body: in the query."""
    return request.query_params.get("reason", "").replace("\x00", "")[:500]
