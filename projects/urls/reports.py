"""The files of reports. Those of lists stand beside their pages (`public`)."""

from django.urls import URLPattern, path

from projects.views import (
    agencies,
    board,
    calendar,
    changes,
    coverage,
    findings,
    light_rule,
    objectives,
    principles,
    slippage,
)

# The parts of the strategy whose changes have a page of their own.
SCOPES = {
    "commitment": "compromisos/<slug:key>/",
    "project": "proyectos/<slug:key>/",
    "principle": "principios/<int:number>/",
    "objective": "objetivos/<int:number>/",
    "agency": "dependencias/<slug:key>/",
}
report_urls: list[URLPattern] = [
    path("cifras.<format:fmt>", board.figure_download, name="figure_download"),
    path("meses.<format:fmt>", board.month_download, name="month_download"),
    path("mapa-de-cobertura.<format:fmt>", coverage.coverage_download, name="coverage_download"),
    path("sectores.<format:fmt>", board.sector_download, name="sector_download"),
    path("discrepancias/descargar.<format:fmt>", findings.disagreement_download, name="disagreement_download"),
    path("valoraciones/descargar.<format:fmt>", findings.finding_download, name="finding_download"),
    path("principios/descargar.<format:fmt>", principles.principle_download, name="principle_download"),
    path(
        "principios/<int:number>/cifras.<format:fmt>",
        principles.principle_figure_download,
        name="principle_figure_download",
    ),
    path("objetivos/descargar.<format:fmt>", objectives.objective_download, name="objective_download"),
    path("objetivos/habilitadores.<format:fmt>", objectives.enabler_download, name="enabler_download"),
    path(
        "objetivos/<int:number>/cifras.<format:fmt>",
        objectives.objective_figure_download,
        name="objective_figure_download",
    ),
    path("dependencias/<slug:key>/cifras.<format:fmt>", agencies.agency_figure_download, name="agency_figure_download"),
    path("calendario/descargar.<format:fmt>", calendar.date_download, name="date_download"),
    path("cambios/descargar.<format:fmt>", changes.event_download, name="event_download"),
    *[
        path(
            f"{part}cambios/descargar.<format:fmt>",
            changes.event_download,
            {"kind": kind},
            name=f"{kind}_event_download",
        )
        for kind, part in SCOPES.items()
    ],
    path("reprogramaciones/descargar.<format:fmt>", slippage.move_download, name="move_download"),
    path("reprogramaciones/desfase.<format:fmt>", slippage.slippage_download, name="slippage_download"),
    path("semaforo/descargar.<format:fmt>", light_rule.light_rule_download, name="light_rule_download"),
    path("semaforo/umbrales.<format:fmt>", light_rule.threshold_download, name="threshold_download"),
]
