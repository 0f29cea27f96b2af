"""Bearer tokens: a short access token, a refresh token that works once; both name their sign-in (`sid`)."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, UntypedToken
from rest_framework_simplejwt.utils import datetime_from_epoch

from accounts import queries
from accounts.access import access_of
from accounts.hooks import announce_bearer_request
from accounts.models import EndReason, SignIn, SignInKind, User
from accounts.services import end_sign_in, lock_account, open_sign_in, touch_sign_ins
from accounts.vouched import Vouched, sign_ins
from core.actors import SYSTEM
from core.ears import hears
from core.exceptions import NotAuthenticated

VERIFIED_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a client gets: show it once, store it nowhere."""

    access: str
    refresh: str


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says."""

    user_id: UUID
    sign_in_id: UUID
    jti: str
    expires_at: int


def begin_tokens(user: User) -> TokenPair:
    """Sign a client in; a new family of tokens."""
    sign_in = open_sign_in(user=user, kind=SignInKind.TOKEN)
    pair = _issue(sign_in)
    # Who has just been given tokens is there: her first requests find that noted.
    announce_bearer_request(sign_in_id=sign_in.pk)
    return pair


def rotate(raw: str) -> TokenPair:
    """A new pair for a refresh token, which is used up by it.

    Raises NotAuthenticated for a token that is not good. One that was used before is stolen or replayed:
    its whole family ends.
    """
    claims = read(raw, "refresh")
    pair = _rotate(claims)
    if pair is None:
        raise NotAuthenticated()
    return pair


def sign_in_of_token(raw: str) -> SignIn:
    """The open sign-in of an access token, with its user, as the database has it; else NotAuthenticated.

    The database is asked once a second at least, and again once the sign-in may have ended (see `accounts.vouched`).
    """
    claims = read(raw, "access")
    may_keep = hears()
    known = _vouched(claims) if may_keep else None
    return queries.sign_in_of_row(known.row) if known is not None else _asked(claims, may_keep)


def vouched_for(raw: str) -> UUID | None:
    """Whose access token it is, where that is known without asking the database."""
    try:
        claims = read(raw, "access")
    except NotAuthenticated:
        return None
    return claims.user_id if hears() and _vouched(claims) is not None else None


def _vouched(claims: Claims) -> Vouched | None:
    found = sign_ins().get(claims.sign_in_id)
    return found if found is not None and found.is_good else None


def _asked(claims: Claims, may_keep: bool) -> SignIn:
    seen_at = time.monotonic()
    row = queries.open_sign_in_row(claims.sign_in_id, SignInKind.TOKEN)
    sign_in = queries.sign_in_of_row(row) if row is not None else None
    if row is None or sign_in is None or sign_in.user_id != claims.user_id:
        raise NotAuthenticated()
    if sign_in.touch_due:
        touch_sign_ins([sign_in.pk])
    elif may_keep and "staff" not in access_of(sign_in.user).roles:
        sign_ins().keep(sign_in.pk, Vouched(row, seen_at), seen_at)
    return sign_in


def sign_in_of_refresh(raw: str) -> SignIn:
    """The open sign-in of a refresh token that was not used yet; else NotAuthenticated."""
    claims = read(raw, "refresh")
    sign_in = queries.open_sign_in(claims.sign_in_id, SignInKind.TOKEN)
    if sign_in is None or BlacklistedToken.objects.filter(token__jti=claims.jti).exists():
        raise NotAuthenticated()
    return sign_in


def read(raw: str, kind: str) -> Claims:
    """A token's claims after signature, algorithm, audience, issuer, time and type were checked."""
    digest = hashlib.sha256(f"{kind}\x00{raw}".encode()).digest()
    known = _verified.get(digest)
    if known is None:
        known = _verified[digest] = _read(raw, kind)
        while len(_verified) > VERIFIED_LIMIT:
            _verified.popitem(last=False)
    if known.expires_at <= time.time():
        raise NotAuthenticated()
    return known


# Signatures that this process has checked. Only the signature's work is saved: expiry is looked at on each use.
_verified: OrderedDict[bytes, Claims] = OrderedDict()


def _read(raw: str, kind: str) -> Claims:
    try:
        token = UntypedToken(raw)  # type: ignore[arg-type]
        claims = Claims(UUID(token["sub"]), UUID(token["sid"]), str(token["jti"]), int(token["exp"]))
    except (TokenError, KeyError, ValueError, TypeError, AttributeError):
        raise NotAuthenticated() from None
    if token.get("token_type") != kind:
        raise NotAuthenticated()
    return claims


@transaction.atomic
def _rotate(claims: Claims) -> TokenPair | None:
    """The account's row lock makes twins take turns: the second one finds the token used."""
    lock_account(claims.user_id)
    sign_in = queries.open_sign_in(claims.sign_in_id, SignInKind.TOKEN)
    issued = OutstandingToken.objects.filter(jti=claims.jti, user_id=claims.user_id).first()
    if sign_in is None or issued is None:
        return None
    if BlacklistedToken.objects.filter(token=issued).exists():
        end_sign_in(by=SYSTEM, sign_in_id=sign_in.pk, reason=EndReason.TOKEN_REUSED, forced=True)
        return None
    BlacklistedToken.objects.create(token=issued)
    touch_sign_ins([sign_in.pk])
    return _issue(sign_in)


def _issue(sign_in: SignIn) -> TokenPair:
    refresh, access = RefreshToken(), AccessToken()
    for token in (refresh, access):
        token["sub"], token["sid"] = str(sign_in.user_id), str(sign_in.pk)
    # The token itself is a secret and stays out of the database.
    OutstandingToken.objects.create(
        user_id=sign_in.user_id,
        jti=refresh["jti"],
        token="",
        created_at=refresh.current_time,
        expires_at=datetime_from_epoch(refresh["exp"]),
    )
    return TokenPair(access=str(access), refresh=str(refresh))
