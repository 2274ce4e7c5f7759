"""The public record: every page here is open to anybody."""

from django.urls import URLPattern

public_urls: list[URLPattern] = []
