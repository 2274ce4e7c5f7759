"""Addresses of the strategy's board, projects, commitments, tasks, follow-ups and reviews."""

from django.urls import URLPattern

app_name = "projects"
urlpatterns: list[URLPattern] = []
