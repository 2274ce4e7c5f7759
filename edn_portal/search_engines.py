"""What search engines are told: which addresses are for them (`/robots.txt`), and where the public pages are (`/sitemap.xml`)."""

from collections.abc import Iterable
from math import ceil

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import override

from focalpoints.models import Agency
from focalpoints.models.office_text import OfficeText
from focalpoints.pages.addresses import address, page
from focalpoints.pages.page_cache import public_page
from focalpoints.pages.parameters import Unknown
from principles.models import Enabler, Objective, Principle
from projects.models import Commitment, Project
from projects.urls.public import HELP_PAGES

# Accounts, work and administration; what stands under a public page (forms, changes); forms of filters; single entries and files.
NOT_FOR_SEARCH = (
    "administracion/", "avisos/", "bienvenida/", "cuenta/", "mi-trabajo/", "papeles/", "recordatorios/", "revision/", "tablero-de-control/",
    "valoraciones/", "vistas/",
    "correo-demo/", "styleguide/", "evidencia/", "verificar/*/", "discrepancias/", "*/nuevo/", "*/filtrar/",
    "buscar/", "cambios/", "cambios.atom", "*/cambios.atom",
    "citar/", "compromisos/*/*/", "dependencias/*/*/", "objetivos/*/*/", "principios/*/*/", "proyectos/*/*/",
    "*.csv", "*.xlsx", "*.jsonl", "seguimientos/", "semaforo/umbrales/", "solicitudes/", "tareas/*/*/", "calendario/*.ics", "datos/*/",
)  # fmt: skip
# Public pages of which there is one.
SINGLE = (
    "board", "commitment_list", "commitment_timeline", "project_list", "task_list", "objective_list", "principle_list", "agency_list",
    "calendar", "slippage", "strategy_report", "coverage_map", "oecd_table", "data", "light_rule", "how_it_works", "help", *HELP_PAGES,
)  # fmt: skip
EACH = 5_000  # commitments in one part: two addresses each, a fifth of what a sitemap may hold


@public_page(unknown=Unknown.REFUSED)
def robots(request: HttpRequest) -> HttpResponse:
    """RFC 9309. It keeps nobody out: who may see what is asked by each page."""
    lines = ["User-agent: *", "Disallow: /salud/", "Disallow: /*?"]
    lines += [f"Disallow: {start}{path}" for start in ("/", "/en/") for path in NOT_FOR_SEARCH]
    lines += ["", f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@public_page(unknown=Unknown.REFUSED)
def sitemap(request: HttpRequest) -> HttpResponse:
    """The index: one part of all pages but commitments', and as many as these need."""
    parts = 1 + ceil(Commitment.objects.count() / EACH)
    where = (f"{settings.BASE_URL}{reverse('sitemap_part', args=[number])}" for number in range(parts))
    return _xml("sitemapindex", (f"<sitemap><loc>{there}</loc></sitemap>" for there in where))


@public_page(unknown=Unknown.REFUSED)
def sitemap_part(request: HttpRequest, number: int) -> HttpResponse:
    """Each page in both languages, each naming the other."""
    pages = _other_pages() if number == 0 else _commitments(number - 1)
    if not pages:
        raise Http404
    return _xml("urlset", _in_both_languages(pages))


def _commitments(part: int) -> list[tuple[str, object]]:
    codes = Commitment.objects.order_by("pk").values_list("code", flat=True)[part * EACH : (part + 1) * EACH]
    return [("projects:commitment_detail", code) for code in codes]


def _other_pages() -> list[tuple[str, object]]:
    """The name of each and its key; None where there is one of it."""
    found: list[tuple[str, object]] = [(f"projects:{name}", None) for name in SINGLE]
    found += [("focalpoints:verify", None), *((f"focalpoints:{kind}", None) for kind in OfficeText.Kind.values)]
    for name, keys in (
        ("project_detail", Project.objects.order_by("slug").values_list("slug", flat=True)),
        ("objective_detail", Objective.objects.filter(parent=None).order_by("number").values_list("number", flat=True)),
        ("principle_detail", Principle.objects.order_by("number").values_list("number", flat=True)),
        ("enabler_detail", Enabler.objects.order_by("number").values_list("number", flat=True)),
        ("agency_detail", Agency.objects.registered().order_by("key").values_list("key", flat=True)),
    ):
        found += [(f"projects:{name}", key) for key in keys]
    return found


def _in_both_languages(pages: list[tuple[str, object]]) -> Iterable[str]:
    """Each language is chosen once: choosing costs more than an address."""
    where: dict[str, list[str]] = {}
    for language in ("es-mx", "en"):
        with override(language):
            where[language[:2]] = [settings.BASE_URL + _address(name, key) for name, key in pages]
    for spanish, english in zip(where["es"], where["en"], strict=True):
        alternates = "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href="{there}"/>'
            for language, there in (("es", spanish), ("en", english))
        )
        yield f"<url><loc>{spanish}</loc>{alternates}</url>"
        yield f"<url><loc>{english}</loc>{alternates}</url>"


def _address(name: str, key: object) -> str:
    if key is None:
        return page(name)
    return reverse(name, args=[key]) if isinstance(key, int) else address(name, key)


def _xml(root: str, items: Iterable[str]) -> HttpResponse:
    """Codes, keys and slugs hold nothing that XML would take for markup."""
    names = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {names}>\n' + "\n".join(items) + f"\n</{root}>\n"
    return HttpResponse(text, content_type="application/xml; charset=utf-8")
