"""Addresses under /api/v1/ of the money."""

from django.urls import path

from wallet.api import views

urlpatterns = [
    path("wallet/balance", views.BalanceView.as_view(), name="wallet-balance"),
    path("wallet/transactions", views.TransactionsView.as_view(), name="wallet-transactions"),
]
