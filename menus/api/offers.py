"""The menus that sell, for the performer who owns them and for staff. To anybody else they do not exist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import SignedInView
from core.api import CamelSerializer, honours_key, parsed
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
from menus.queries.offers import OwnItem, OwnMenu, owned_item, owned_menu, owned_menus
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


class OwnedView(SignedInView):
    """One thing of a performer's menus, at the place that its address names: read, replaced, changed, taken away."""

    read: ClassVar[Callable[..., OwnMenu | OwnItem]]
    update: ClassVar[Callable[..., OwnMenu | OwnItem]]
    remove: ClassVar[Callable[..., None]]
    sent_as: ClassVar[type[CamelSerializer]]
    shown_as: ClassVar[type[CamelSerializer]]
    blank: ClassVar[Mapping[str, Any]]

    def get(self, request: Request, **place: UUID) -> Response:
        """As it is."""
        return Response(self.shown_as(type(self).read(self.actor, **place)).data)

    def put(self, request: Request, **place: UUID) -> Response:
        """Replace it: what is not sent goes back to its default."""
        fields, reason = split(parsed(self.sent_as, request))
        return self._changed(place, {**self.blank, **fields}, reason)

    def patch(self, request: Request, **place: UUID) -> Response:
        """Change only what is sent."""
        fields, reason = split(parsed(self.sent_as, request, partial=True))
        return self._changed(place, fields, reason)

    def delete(self, request: Request, **place: UUID) -> Response:
        """Take it away."""
        type(self).remove(by=self.actor, reason=why(request), **place)
        return Response(status=204)

    def _changed(self, place: Mapping[str, UUID], fields: Mapping[str, Any], reason: str) -> Response:
        changed = type(self).update(by=self.actor, fields=fields, reason=reason, **place)
        return Response(self.shown_as(changed).data)


View = TypeVar("View", bound=type[OwnedView])


def owned(thing: str, words: Mapping[str, str], shown: OpenApiExample, *sent: OpenApiExample) -> Callable[[View], View]:
    """How one thing stands in the OpenAPI document; `sent`: what replaces it, what changes it."""

    def describe(view: View) -> View:
        body: dict[str, Any] = {"request": view.sent_as, "responses": view.shown_as}
        replaced, changed = ([example, shown] for example in sent)
        schema = extend_schema_view(
            get=extend_schema(
                operation_id=f"get{thing}", description=words["get"], responses=view.shown_as, examples=[shown]
            ),
            put=extend_schema(operation_id=f"replace{thing}", description=words["put"], examples=replaced, **body),
            patch=extend_schema(
                operation_id=f"change{thing}", description="Change only what is sent.", examples=changed, **body
            ),
            delete=extend_schema(
                operation_id=f"remove{thing}", description=words["delete"], parameters=[WHY], responses={204: None}
            ),
        )
        return schema(view)

    return describe


@owned(
    "PerformerMenu",
    {
        "get": "The menu with its items.",
        "put": "Replace it; what is not sent goes back to its default. Its items stay.",
        "delete": "Take it away; what has been sold from it is archived.",
    },
    MENU_ANSWER,
    MENU_INPUT,
    MENU_CHANGE,
)
class MenuView(OwnedView):
    """One menu."""

    read, update, remove = staticmethod(owned_menu), staticmethod(offers.update_menu), staticmethod(offers.remove_menu)
    sent_as, shown_as, blank = OfferMenuInputSerializer, OfferMenuSerializer, BLANK_MENU


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


@owned(
    "MenuItem",
    {
        "get": "The item.",
        "put": "Replace it; what is not sent goes back to its default. What was bought keeps its price.",
        "delete": "Take it away; archived where it was sold.",
    },
    ITEM_ANSWER,
    ITEM_INPUT,
    ITEM_CHANGE,
)
class ItemView(OwnedView):
    """One item of a menu."""

    read, update, remove = staticmethod(owned_item), staticmethod(offers.update_item), staticmethod(offers.remove_item)
    sent_as, shown_as, blank = OfferItemInputSerializer, OfferItemSerializer, BLANK_ITEM


def split(sent: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The fields to write, and why."""
    reason = sent.pop("reason", "")
    return sent, reason


def why(request: Request) -> str:
    """The reason of a DELETE, which has no body: in the query."""
    return request.query_params.get("reason", "").replace("\x00", "")[:500]
