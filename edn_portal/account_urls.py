"""Sign-in and account pages: allauth's views under Spanish addresses. Only what is listed here exists."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
