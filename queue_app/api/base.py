"""What every call of the queue shares."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.views import APIView

from queue_app.policies import check_no_mode


class ModeIsStored(APIView):
    """Whether items wait or pass through is the performer's setting: no call of the queue takes it from its sender.

    Answers 400 INVALID_MODE to a mode in the body or the query, once it is settled who may call.
    """

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - signature of APIView
        """DRF's hook before the method."""
        super().initial(request, *args, **kwargs)
        check_no_mode(request.query_params)
        check_no_mode(request.data)
