"""The coordination office's pages for projects, commitments and tasks."""

from django.urls import URLPattern

coordination_urls: list[URLPattern] = []
