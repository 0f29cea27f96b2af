"""Addresses of the peer."""

from django.urls import path

from benchmarks.naive.views import Menu, Purchase

urlpatterns = [
    path("menu", Menu.as_view()),
    path("items/<int:item_id>/purchase", Purchase.as_view()),
]
