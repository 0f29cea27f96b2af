"""Addresses of pages; fragments and actions live under /f/."""

from __future__ import annotations

from django.urls import path

from dashboard.views import (
    fragments,
    history,
    house,
    limits,
    notices,
    past,
    payouts,
    preferences,
    session,
    viewing,
    wallet,
)

pages = [
    path("", session.Home.as_view(), name="desk"),
    path("queue/", session.QueuePage.as_view(), name="queue"),
    path("queue/history/", history.PerformanceHistory.as_view(), name="queue-history"),
    path("stream/", preferences.StreamSettings.as_view(), name="stream-settings"),
    path("wallet/", wallet.WalletPage.as_view(), name="wallet"),
    path("wallet/transactions/", wallet.TransactionsPage.as_view(), name="transactions"),
    path("wallet/trace/<uuid:hold_id>/", wallet.TracePage.as_view(), name="trace"),
    path("settings/menu/", preferences.MenuSettings.as_view(), name="menu-settings"),
    path("settings/profile/", house.Profile.as_view(), name="profile"),
    path("settings/notifications/", notices.NoticeSettingsPage.as_view(), name="notice-settings"),
    path("notifications/", notices.NoticesPage.as_view(), name="notices"),
    path("rooms/", viewing.Rooms.as_view(), name="rooms"),
    path("rooms/<uuid:performer_id>/", viewing.Room.as_view(), name="room"),
    path("my/limits/", limits.MyLimits.as_view(), name="my-limits"),
    path("my/queue/", viewing.MyQueue.as_view(), name="my-queue"),
    path("my/history/", history.BookingHistory.as_view(), name="my-history"),
    path("studio/", house.Studio.as_view(), name="studio"),
    path("studio/<uuid:performer_id>/", house.StudioPerformer.as_view(), name="studio-performer"),
    path("staff/past/", past.PastPage.as_view(), name="past"),
    path("staff/", house.Staff.as_view(), name="staff"),
    path("help/", house.Help.as_view(), name="help"),
    path("status/", house.status, name="status"),
]

regions = [
    path(f"f/{name}/", fragments.PerformerFragment.as_view(region=name), name=f"fragment-{name}")
    for name in ("menu", "quick", "pill", "stage", "queue")
] + [
    path("f/wallet/", fragments.WalletFragment.as_view(region="wallet"), name="fragment-wallet"),
    path("f/balance/", fragments.WalletFragment.as_view(region="balance"), name="fragment-balance"),
    path("f/earnings/", wallet.EarningsFragment.as_view(), name="fragment-earnings"),
    path("f/payouts/", payouts.PayoutsFragment.as_view(), name="fragment-payouts"),
    path("f/bell/", notices.BellFragment.as_view(), name="fragment-bell"),
    path("f/notices/", notices.NoticesFragment.as_view(), name="fragment-notices"),
    path("f/notices/<uuid:notice_id>/", notices.NoticeToast.as_view(), name="notice-toast"),
    path("f/my-items/", fragments.ViewerFragment.as_view(region="my-items"), name="fragment-my-items"),
    path("f/next/", fragments.ViewerFragment.as_view(region="next-gate"), name="fragment-next-gate"),
    path("f/rooms/<uuid:performer_id>/", viewing.OfferFragment.as_view(), name="fragment-offer"),
]

actions = [
    path("f/stream/start/", session.StartStream.as_view(), name="start-stream"),
    path("f/stream/stop/", session.StopStream.as_view(), name="stop-stream"),
    path("f/queue/join/", session.JoinQueue.as_view(), name="join-queue"),
    path("f/queue/leave/", session.LeaveQueue.as_view(), name="leave-queue"),
    path("f/queue/start-next/", session.StartNext.as_view(), name="start-next"),
    path("f/queue/finish/", session.FinishPerformance.as_view(), name="finish-performance"),
    path("f/queue/partial/", session.PartialPreview.as_view(), name="partial-preview"),
    path("f/queue/abandon/", session.AbandonPerformance.as_view(), name="abandon-performance"),
    path("f/queue/settings/", session.QueueSettingsForm.as_view(), name="queue-settings"),
    path("f/queue/items/<uuid:item_id>/decline/", session.DeclineItem.as_view(), name="decline-item"),
    path("f/rooms/next/", viewing.RequestNext.as_view(), name="request-next"),
    path("f/my/limits/", limits.SaveLimits.as_view(), name="save-limits"),
    path("f/my/self-exclusion/", limits.ExcludeSelf.as_view(), name="exclude-self"),
    path("f/my/items/<uuid:item_id>/cancel/", viewing.CancelItem.as_view(), name="cancel-item"),
    path("f/rooms/<uuid:performer_id>/buy/<uuid:item_id>/", viewing.Buy.as_view(), name="buy"),
    path("f/wallet/payouts/", payouts.RequestPayout.as_view(), name="request-payout"),
    path("f/wallet/verification/", payouts.AskForVerification.as_view(), name="ask-verification"),
    path("f/menu/reset/", preferences.ResetMenuSettings.as_view(), name="menu-settings-reset"),
    path("f/notices/read-all/", notices.ReadAllNotices.as_view(), name="read-all-notices"),
    path("f/notices/<uuid:notice_id>/read/", notices.ReadNotice.as_view(), name="read-notice"),
    path("f/theme/", preferences.Theme.as_view(), name="theme"),
    path("f/sign-out/", house.SignOutHere.as_view(), name="sign-out-here"),
]

urlpatterns = pages + regions + actions
