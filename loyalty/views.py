"""The door for the loyalty service's webhooks."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from loyalty.signatures import Delivery
from loyalty.webhooks import receive


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> JsonResponse:
    """A signed message; 200 for what is taken and for what came before."""
    delivery = Delivery(request.method or "", request.get_full_path(), request.headers, request.body)
    return JsonResponse({"status": receive(delivery)})
