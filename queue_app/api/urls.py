"""Addresses below /api/v1/."""

from __future__ import annotations

from django.urls import path

from queue_app.api import asking, money, moves, views

ITEM = "queue/items/<uuid:item_id>"

urlpatterns = [
    path("queue", views.QueueView.as_view(), name="queue-items"),
    path("queue/join", views.JoinView.as_view(), name="queue-join"),
    path("queue/leave", views.LeaveView.as_view(), name="queue-leave"),
    path("queue/settings", views.SettingsView.as_view(), name="queue-settings"),
    path("queue/history", views.HistoryView.as_view(), name="queue-history"),
    path("queue/requests", asking.RequestsView.as_view(), name="queue-requests"),
    path(ITEM, views.ItemView.as_view(), name="queue-item"),
    path(f"{ITEM}/position", views.PlaceView.as_view(), name="queue-item-position"),
    path(f"{ITEM}/settlement-preview", asking.PreviewView.as_view(), name="queue-item-preview"),
    path(f"{ITEM}/start", moves.StartView.as_view(), name="queue-item-start"),
    path(f"{ITEM}/finish", moves.FinishView.as_view(), name="queue-item-finish"),
    path(f"{ITEM}/abandon", moves.AbandonView.as_view(), name="queue-item-abandon"),
    path(f"{ITEM}/refund", moves.RefundView.as_view(), name="queue-item-refund"),
    path(f"{ITEM}/cancel", moves.CancelView.as_view(), name="queue-item-cancel"),
    path("wallet/earnings", money.EarningsView.as_view(), name="wallet-earnings"),
    path("admin/accounts/<uuid:owner_id>/past", money.PastView.as_view(), name="account-past"),
]
