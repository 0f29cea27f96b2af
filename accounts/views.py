"""The sign-in page, signing out, and a new password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import actor_of
from accounts.exceptions import SignInRefused
from accounts.forms import PasswordForm, SignInForm
from accounts.guessing import check_credentials
from accounts.middleware import sign_in_of
from accounts.services import end_sign_in, set_password
from accounts.sessions import begin_session, keep_session, leave_session
from core.exceptions import DomainError, RateLimitExceeded

if TYPE_CHECKING:
    from accounts.models import SignIn, User

OLD_IS_WRONG = "This is not your password."


@sensitive_post_parameters("password")
@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The page; a right answer leads on to where she wanted to go."""
    if request.method != "POST":
        return _page(request, SignInForm()) if sign_in_of(request) is None else redirect(_next_page(request))
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        user = check_credentials(**form.cleaned_data)
    except (SignInRefused, RateLimitExceeded) as refusal:
        return _page(request, form, refusal=refusal)
    _exchange(request, sign_in_of(request), user)
    return HttpResponseRedirect(_next_page(request))


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends this browser's sign-in; a performer's last one is refused while she performs."""
    current = sign_in_of(request)
    if current is not None:
        end_sign_in(by=actor_of(current.user), sign_in_id=current.pk)
    leave_session(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@sensitive_post_parameters("old_password", "new_password")
@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """A new password for who is signed in; all other browsers and clients are signed out."""
    current = sign_in_of(request)
    if current is None:
        return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
    form = PasswordForm(request.POST if request.method == "POST" else None, user=current.user)
    if not form.is_valid():
        return render(request, "accounts/password.html", {"form": form}, status=422 if form.is_bound else 200)
    try:
        check_credentials(username=current.user.username, password=form.cleaned_data["old_password"])
    except (SignInRefused, RateLimitExceeded) as refusal:
        form.add_error("old_password", OLD_IS_WRONG if isinstance(refusal, SignInRefused) else refusal.message)
        return render(request, "accounts/password.html", {"form": form}, status=422)
    change_password(request, current, form.cleaned_data["new_password"])
    return render(request, "accounts/password.html", {"form": None})


def change_password(request: HttpRequest, current: SignIn, new: str) -> None:
    """The password of this sign-in's account changes; the sign-in itself stays."""
    by = actor_of(current.user)
    set_password(by=by, user=current.user, password=new, reason="own choice", keep=current.pk)
    keep_session(request, current.user)


def _exchange(request: HttpRequest, previous: SignIn | None, user: User) -> None:
    """Sign the browser in; the sign-in it had ends. Refused where that one's performer performs and is another."""
    if previous is not None and previous.user_id != user.pk:
        end_sign_in(by=actor_of(previous.user), sign_in_id=previous.pk)
        leave_session(request)
    begin_session(request, user)
    if previous is not None:
        end_sign_in(by=actor_of(previous.user), sign_in_id=previous.pk)


def _page(
    request: HttpRequest, form: SignInForm, *, refusal: DomainError | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "refusal": refusal, "next": request.POST.get("next", request.GET.get("next", ""))}
    return render(request, "accounts/sign_in.html", context, status=refusal.status if refusal else status)


def _next_page(request: HttpRequest) -> str:
    """The page asked for, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else resolve_url(settings.LOGIN_REDIRECT_URL)
