"""Examples of the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample

ID = "01934b6a-7c1e-7d30-8a53-3f0c2f6b9e10"
# Shortened: real ones are longer.
ACCESS, NEXT = "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIn0.c2ln", "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlb"
CREDENTIALS = OpenApiExample(
    "a viewer", value={"username": "nova-fan", "password": "three quiet otters"}, request_only=True
)
REFRESH = OpenApiExample("the token of the last answer", value={"refresh": NEXT}, request_only=True)
LOGOUT = OpenApiExample("after the access token has expired", value={"refresh": NEXT}, request_only=True)
TOKENS = OpenApiExample("both tokens", value={"access": ACCESS, "refresh": NEXT}, response_only=True)
TICKET = OpenApiExample(
    "thirty seconds", value={"ticket": "pQm3uYl1v0c2Zt5hRk8wXA", "expiresIn": 30}, response_only=True
)
ME = OpenApiExample(
    "a performer",
    value={
        "id": ID,
        "username": "nova",
        "roles": ["performer"],
        "permissions": ["JOIN_QUEUE", "LEAVE_QUEUE", "READ_QUEUE", "READ_WALLET", "STREAM"],
        "flags": ["section.queue", "section.streaming"],
        "performerId": ID,
        "sessionId": "01934b6a-8f02-7b11-9c64-5d1e0a7f3c22",
    },
    response_only=True,
)
