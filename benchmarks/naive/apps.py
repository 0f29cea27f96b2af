"""The app's configuration."""

from django.apps import AppConfig


class NaiveConfig(AppConfig):
    """Models of the peer."""

    name = "benchmarks.naive"
    label = "naive"
