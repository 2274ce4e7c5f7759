from django.apps import AppConfig


class EdnPortalConfig(AppConfig):
    """Settings, URLs and cross-cutting commands; no models."""

    name = "edn_portal"
