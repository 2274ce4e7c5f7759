"""Every address of the site. Spanish at `/`, English under `/en/`; machine addresses have no language."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from edn_portal import search_engines
from edn_portal.demo import mailbox
from edn_portal.operations import health
from edn_portal.styleguide import styleguide

handler400 = "edn_portal.operations.error_pages.bad_request"
handler404 = "edn_portal.operations.error_pages.not_found"
handler500 = "edn_portal.operations.error_pages.server_error"

urlpatterns = [
    path("salud/", health.health, name="health"),
    path("robots.txt", search_engines.robots, name="robots"),
    path("sitemap.xml", search_engines.sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", search_engines.sitemap_part, name="sitemap_part"),
    *i18n_patterns(
        path("", include("projects.urls")),
        path("", include("focalpoints.urls")),
        path("cuenta/", include("edn_portal.accounts.urls")),
        path("styleguide/", styleguide, name="styleguide"),
        path("correo-demo/", mailbox.mailbox, name="mailbox"),
        path("correo-demo/<slug:name>/", mailbox.mailbox_letter, name="mailbox_letter"),
        prefix_default_language=False,
    ),
]
