"""The work of focal points and the review of follow-ups."""

from django.urls import URLPattern

work_urls: list[URLPattern] = []
