"""Addresses under /api/v1/ of the money."""

from django.urls import path

from wallet.api import views

urlpatterns = [
    path("wallet/balance", views.BalanceView.as_view(), name="wallet-balance"),
    path("wallet/transactions", views.TransactionsView.as_view(), name="wallet-transactions"),
    path("wallet/transactions.csv", views.StatementView.as_view(), name="wallet-statement"),
    path("wallet/holds/<uuid:hold_id>/trace", views.TraceView.as_view(), name="wallet-trace"),
]
