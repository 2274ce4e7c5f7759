"""Every address of the site. Spanish at `/`, English under `/en/`; machine addresses have no language."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from edn_portal import views

urlpatterns = [
    path("salud/", views.health, name="health"),
    *i18n_patterns(
        path("", include("projects.urls")),
        path("", include("focalpoints.urls")),
        path("cuenta/", include("edn_portal.account_urls")),
        prefix_default_language=False,
    ),
]
