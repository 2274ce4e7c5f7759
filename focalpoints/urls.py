"""Addresses of the ledger's verification and of administration."""

from django.urls import path

from focalpoints.views import ledger

app_name = "focalpoints"
urlpatterns = [
    path("verificar/", ledger.verify, name="verify"),
    path("verificar/<int:seq>/texto/", ledger.entry_text, name="entry_text"),
]
