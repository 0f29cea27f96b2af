"""The addresses of regions: what a push or a poll fetches."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from dashboard.pages import Page, PerformerPage, ViewerPage


class PerformerFragment(PerformerPage):
    """A region of a performer's session."""

    region: ClassVar[str] = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The region as it is now."""
        return self.fragment(self.region)


class ViewerFragment(ViewerPage):
    """A region of a viewer's page."""

    region: ClassVar[str] = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The region as it is now."""
        return self.fragment(self.region)


class WalletFragment(Page):
    """The tokens of whoever is signed in."""

    permission = "READ_WALLET"
    region: ClassVar[str] = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The region as it is now."""
        return self.fragment(self.region)
