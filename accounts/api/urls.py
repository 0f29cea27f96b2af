"""Addresses under /api/v1/ of who is it."""

from django.urls import path

from accounts.api import schema, views  # noqa: F401 - the document learns the ways to sign in

urlpatterns = [
    path("auth/token", views.TokenView.as_view(), name="auth-token"),
    path("auth/token/refresh", views.RefreshView.as_view(), name="auth-token-refresh"),
    path("auth/logout", views.LogoutView.as_view(), name="auth-logout"),
    path("auth/ws-ticket", views.SocketTicketView.as_view(), name="auth-ws-ticket"),
    path("me", views.MeView.as_view(), name="me"),
]
