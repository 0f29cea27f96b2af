"""Pages of who is it."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("login/", views.sign_in, name="sign-in"),
    path("logout/", views.sign_out, name="sign-out"),
    path("password/", views.password, name="password"),
]
