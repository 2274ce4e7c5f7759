"""The public pages, open to everybody."""

from django.urls import URLPattern, path

from projects.urls.converters import DAY
from projects.views.agencies import agency_detail, agency_download, agency_filter, agency_list
from projects.views.atom import changes_atom, search_atom
from projects.views.board import board
from projects.views.calendar import calendar, calendar_filter
from projects.views.changes import changes
from projects.views.citing import cite
from projects.views.commitment_timeline import commitment_timeline, commitment_timeline_filter
from projects.views.commitments import (
    commitment_detail,
    commitment_download,
    commitment_filter,
    commitment_list,
    disagreement_list,
)
from projects.views.coverage import coverage_map
from projects.views.feeds import commitment_feed, secret_feed
from projects.views.help import help_guide, help_index
from projects.views.how_it_works import how_it_works
from projects.views.light_rule import light_rule
from projects.views.objectives import enabler_detail, objective_detail, objective_list
from projects.views.open_data import data, dump_detail, dump_file
from projects.views.principles import oecd_table, principle_detail, principle_list
from projects.views.projects import project_detail, project_download, project_list
from projects.views.reports import agency_report, objective_report, strategy_report
from projects.views.searching import search
from projects.views.slippage import slippage
from projects.views.take_away import follow_up_download
from projects.views.tasks import task_detail, task_download, task_filter, task_list

HELP_PAGES = {
    "help_public": "consulta", "help_focal_point": "punto-de-contacto", "help_coordinator": "coordinacion",
    "help_administrator": "administracion",
}  # fmt: skip

public_urls: list[URLPattern] = [
    path("", board, name="board"),
    path("informe/", strategy_report, name="strategy_report"),
    path("compromisos/", commitment_list, name="commitment_list"),
    path("compromisos/descargar.<format:fmt>", commitment_download, name="commitment_download"),
    path("compromisos/filtrar/", commitment_filter, name="commitment_filter"),
    path("compromisos/linea-de-tiempo/", commitment_timeline, name="commitment_timeline"),
    path("compromisos/linea-de-tiempo/filtrar/", commitment_timeline_filter, name="commitment_timeline_filter"),
    path("compromisos/<slug:code>/", commitment_detail, name="commitment_detail"),
    path("compromisos/<slug:key>/cambios/", changes, {"kind": "commitment"}, name="commitment_changes"),
    path("compromisos/<slug:key>/cambios.atom", changes_atom, {"kind": "commitment"}, name="commitment_changes_atom"),
    path("discrepancias/", disagreement_list, name="disagreement_list"),
    path("tareas/", task_list, name="task_list"),
    path("tareas/descargar.<format:fmt>", task_download, name="task_download"),
    path("tareas/filtrar/", task_filter, name="task_filter"),
    path("tareas/<slug:code>/", task_detail, name="task_detail"),
    path("proyectos/", project_list, name="project_list"),
    path("proyectos/descargar.<format:fmt>", project_download, name="project_download"),
    path("proyectos/<slug:slug>/", project_detail, name="project_detail"),
    path("proyectos/<slug:key>/cambios/", changes, {"kind": "project"}, name="project_changes"),
    path("proyectos/<slug:key>/cambios.atom", changes_atom, {"kind": "project"}, name="project_changes_atom"),
    path("seguimientos/descargar.<format:fmt>", follow_up_download, name="follow_up_download"),
    path("principios/", principle_list, name="principle_list"),
    path("mapa-de-cobertura/", coverage_map, name="coverage_map"),
    path("principios/tabla-ocde/", oecd_table, name="oecd_table"),
    path("principios/<int:number>/", principle_detail, name="principle_detail"),
    path("habilitadores/<int:number>/", enabler_detail, name="enabler_detail"),
    path("principios/<int:number>/cambios/", changes, {"kind": "principle"}, name="principle_changes"),
    path("principios/<int:number>/cambios.atom", changes_atom, {"kind": "principle"}, name="principle_changes_atom"),
    path("objetivos/", objective_list, name="objective_list"),
    path("objetivos/<int:number>/", objective_detail, name="objective_detail"),
    path("objetivos/<int:number>/informe/", objective_report, name="objective_report"),
    path("objetivos/<int:number>/cambios/", changes, {"kind": "objective"}, name="objective_changes"),
    path("objetivos/<int:number>/cambios.atom", changes_atom, {"kind": "objective"}, name="objective_changes_atom"),
    path("dependencias/", agency_list, name="agency_list"),
    path("dependencias/descargar.<format:fmt>", agency_download, name="agency_download"),
    path("dependencias/filtrar/", agency_filter, name="agency_filter"),
    path("dependencias/<slug:key>/", agency_detail, name="agency_detail"),
    path("dependencias/<slug:key>/informe/", agency_report, name="agency_report"),
    path("dependencias/<slug:key>/cambios/", changes, {"kind": "agency"}, name="agency_changes"),
    path("dependencias/<slug:key>/cambios.atom", changes_atom, {"kind": "agency"}, name="agency_changes_atom"),
    path("calendario/", calendar, name="calendar"),
    path("calendario/filtrar/", calendar_filter, name="calendar_filter"),
    path("calendario/compromisos.ics", commitment_feed, name="commitment_feed"),
    path("calendario/<str:token>.ics", secret_feed, name="secret_feed"),
    path("buscar/", search, name="search"),
    path("buscar/resultados.atom", search_atom, name="search_atom"),
    path("cambios/", changes, name="changes"),
    path("cambios.atom", changes_atom, name="changes_atom"),
    path("citar/", cite, name="cite"),
    path("reprogramaciones/", slippage, name="slippage"),
    path("datos/", data, name="data"),
    path(f"datos/{DAY}/", dump_detail, name="dump_detail"),
    path(f"datos/{DAY}/<str:name>", dump_file, name="dump_file"),
    path("semaforo/", light_rule, name="light_rule"),
    path("como-funciona/", how_it_works, name="how_it_works"),
    path("ayuda/", help_index, name="help"),
    *[path(f"ayuda/{word}/", help_guide, {"name": name}, name=name) for name, word in HELP_PAGES.items()],
]
