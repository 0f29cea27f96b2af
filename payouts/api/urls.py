"""Addresses under /api/v1/ of payouts, verification and credits."""

from django.urls import path

from payouts.api import views

urlpatterns = [
    path("wallet/payouts", views.PayoutsView.as_view(), name="wallet-payouts"),
    path("wallet/payouts/<uuid:payout_id>", views.PayoutView.as_view(), name="wallet-payout"),
    path("wallet/verification", views.VerificationView.as_view(), name="wallet-verification"),
    path("wallet/credits", views.CreditsView.as_view(), name="wallet-credits"),
]
