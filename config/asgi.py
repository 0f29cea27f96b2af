"""Socket entry point: HTTP is answered by the WSGI servers, this process only speaks WebSocket."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from dashboard.routing import socket_application  # noqa: E402 - needs the apps

application = socket_application
