"""HTTP entry point."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def with_whole_bodies(application: Application) -> Application:
    """Read a request's body before the application answers, so that its length is known.

    Django takes a body of unknown length (chunked) for an empty one. And an answer given before the body was read
    reaches the front door as a broken connection instead of the refusal that it is. What is over the limit
    BodyLimitMiddleware refuses.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING"):
            stream = environ["wsgi.input"]
            body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                stream.read(1)  # the end of a chunked body is a piece of its own
            environ["wsgi.input"] = BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return application(environ, start_response)

    return answer


def warmed_up(application: Application) -> Application:
    """Load all routes now, not in the first request, and take what is loaded out of the garbage collector's rounds.

    It would look through 150,000 objects that never end, again and again: about a tenth of a request's time.
    """
    get_resolver().url_patterns  # noqa: B018 - read for what it loads
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 20, 50)
    return application


application = warmed_up(with_whole_bodies(get_wsgi_application()))
