"""The coordination office's pages for projects, commitments and tasks, and the proposals it decides on."""

from django.urls import URLPattern, path

from projects.verbs import VERBS
from projects.views import assessments, commitments, light_rule, projects, requests, tasks
from projects.views.verb_page import verb_page

PAGES = {
    "project": "proyectos/<slug:code>/",
    "commitment": "compromisos/<slug:code>/",
    "task": "tareas/<slug:code>/",
    "follow-up": "seguimientos/<slug:code>/",
}
pages_of_verbs: list[URLPattern] = [
    path(f"{PAGES[verb.noun]}{verb.path}/", verb_page, {"verb": verb.id}, name=verb.page.removeprefix("projects:"))
    for verb in VERBS
    if verb.path
]
coordination_urls: list[URLPattern] = [
    path("proyectos/nuevo/", projects.project_create, name="project_create"),
    path("proyectos/<slug:slug>/corregir/", projects.project_correct, name="project_correct"),
    path("proyectos/<slug:slug>/marco/", projects.project_relate, name="project_relate"),
    path("compromisos/nuevo/", commitments.commitment_create, name="commitment_create"),
    path("compromisos/<slug:code>/corregir/", commitments.commitment_correct, name="commitment_correct"),
    path("compromisos/<slug:code>/tareas/nueva/", tasks.task_create, name="task_create"),
    path("compromisos/<slug:code>/tareas/para-todas/", tasks.task_create_for_all, name="task_create_for_all"),
    path("compromisos/<slug:code>/tareas/proponer/", tasks.task_propose, name="task_propose"),
    path("compromisos/<slug:code>/valorar/", assessments.commitment_assess, name="commitment_assess"),
    path("objetivos/<int:number>/valorar/", assessments.objective_assess, name="objective_assess"),
    path("semaforo/umbrales/", light_rule.thresholds_adopt, name="thresholds_adopt"),
    path("revision/propuestas/", tasks.proposal_list, name="proposal_list"),
    path("tareas/<slug:code>/corregir/", tasks.task_correct, name="task_correct"),
    path("tareas/<slug:code>/asignar/", tasks.task_assign, name="task_assign"),
    *(
        path(f"{PAGES['task']}{words}/", requests.ask_about_task, {"verb": verb}, name=f"task_{verb}")
        for words, verb in (
            ("fecha", "ask_first_date"),
            ("fecha/corregir", "ask_correction"),
            ("solicitar-cancelacion", "ask_cancellation"),
            ("solicitar-asignacion", "ask_assignment"),
            ("solicitar-alcance", "ask_scope"),
        )
    ),
    *(
        path(
            f"{PAGES['commitment']}{words}/",
            requests.ask_about_commitment,
            {"verb": verb},
            name=f"commitment_{verb}",
        )
        for words, verb in (
            ("fecha", "ask_first_date"),
            ("fecha/corregir", "ask_correction"),
            ("solicitar-retiro", "ask_withdrawal"),
            ("solicitar-cancelaciones", "ask_cancellations"),
            ("solicitar-alcance", "ask_scope"),
            ("solicitar-fin-de-serie", "ask_series_end"),
        )
    ),
    *pages_of_verbs,
]
