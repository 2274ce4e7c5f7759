"""The coordination office's pages for projects, commitments and tasks, and the proposals it decides on."""

from django.urls import URLPattern, path

from projects.views import commitment_forms, date_forms, light_rule, project_forms, task_forms

coordination_urls: list[URLPattern] = [
    path("proyectos/nuevo/", project_forms.project_create, name="project_create"),
    path("proyectos/<slug:slug>/corregir/", project_forms.project_correct, name="project_correct"),
    path("proyectos/<slug:slug>/cancelar/", project_forms.project_cancel, name="project_cancel"),
    path("compromisos/nuevo/", commitment_forms.commitment_create, name="commitment_create"),
    path("compromisos/<slug:code>/corregir/", commitment_forms.commitment_correct, name="commitment_correct"),
    path("compromisos/<slug:code>/cancelar/", commitment_forms.commitment_cancel, name="commitment_cancel"),
    path("compromisos/<slug:code>/fecha/", date_forms.commitment_set_date, name="commitment_set_date"),
    path("compromisos/<slug:code>/fecha/corregir/", date_forms.commitment_correct_date, name="commitment_correct_date"),
    path("compromisos/<slug:code>/tareas/nueva/", task_forms.task_create, name="task_create"),
    path("compromisos/<slug:code>/tareas/para-todas/", task_forms.task_create_for_all, name="task_create_for_all"),
    path("compromisos/<slug:code>/tareas/proponer/", task_forms.task_propose, name="task_propose"),
    path("semaforo/umbrales/", light_rule.thresholds_adopt, name="thresholds_adopt"),
    path("revision/propuestas/", task_forms.proposal_list, name="proposal_list"),
    path("tareas/<slug:code>/confirmar/", task_forms.task_confirm, name="task_confirm"),
    path("tareas/<slug:code>/rechazar/", task_forms.task_decline, name="task_decline"),
    path("tareas/<slug:code>/corregir/", task_forms.task_correct, name="task_correct"),
    path("tareas/<slug:code>/fecha/", date_forms.task_set_date, name="task_set_date"),
    path("tareas/<slug:code>/fecha/corregir/", date_forms.task_correct_date, name="task_correct_date"),
    path("tareas/<slug:code>/asignar/", task_forms.task_assign, name="task_assign"),
    path("tareas/<slug:code>/cancelar/", task_forms.task_cancel, name="task_cancel"),
]
