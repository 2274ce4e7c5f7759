"""Addresses of the ledger's verification and of administration."""

from django.urls import URLPattern

app_name = "focalpoints"
urlpatterns: list[URLPattern] = []
