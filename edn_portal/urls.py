"""Every address of the site. Spanish at `/`, English under `/en/`."""

from django.urls import path

urlpatterns: list = []
