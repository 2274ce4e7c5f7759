"""Pages for the work of focal points, and for the review of what they send."""

from django.urls import URLPattern, path

from projects.views import (
    assessments,
    date_review,
    dates,
    evidence,
    feeds,
    follow_ups,
    my_work,
    notices,
    review,
    welcome,
)

work_urls: list[URLPattern] = [
    path("bienvenida/", welcome.welcome, name="welcome"),
    path("mi-trabajo/", my_work.my_work, name="my_work"),
    path("mi-trabajo/exportar.<format:fmt>", my_work.my_work_export, name="my_work_export"),
    path("mi-trabajo/proponer/", my_work.proposable_list, name="proposable_list"),
    path("avisos/", notices.notice_list, name="notice_list"),
    path("avisos/vistos/", notices.notices_seen, name="notices_seen"),
    path("mi-trabajo/calendario/", feeds.feed_list, name="feed_list"),
    path("mi-trabajo/calendario/<slug:code>/renovar/", feeds.feed_renew, name="feed_renew"),
    path("mi-trabajo/calendario/<slug:code>/revocar/", feeds.feed_revoke, name="feed_revoke"),
    path("tareas/<slug:code>/seguimiento/", follow_ups.follow_up_edit, name="follow_up_edit"),
    path("tareas/<slug:code>/sin-cambios/", follow_ups.no_change, name="no_change"),
    path("seguimientos/<slug:code>/", follow_ups.follow_up_detail, name="follow_up_detail"),
    path("seguimientos/<slug:code>/retirar/", follow_ups.follow_up_withdraw, name="follow_up_withdraw"),
    path("seguimientos/<slug:code>/deshacer/", follow_ups.follow_up_retract, name="follow_up_retract"),
    path("seguimientos/<slug:code>/descartar/", follow_ups.follow_up_discard, name="follow_up_discard"),
    path("seguimientos/<slug:code>/testar/", evidence.follow_up_redact, name="follow_up_redact"),
    path("compromisos/<slug:code>/reprogramar/", dates.commitment_reschedule, name="commitment_reschedule"),
    path("tareas/<slug:code>/reprogramar/", dates.task_reschedule, name="task_reschedule"),
    path("solicitudes/<slug:code>/", dates.request_detail, name="request_detail"),
    path("solicitudes/<slug:code>/retirar/", dates.request_withdraw, name="request_withdraw"),
    path("solicitudes/<slug:code>/testar/", evidence.request_redact, name="request_redact"),
    path("revision/solicitudes/<slug:code>/", date_review.request_review, name="request_review"),
    path("revision/solicitudes/<slug:code>/juntas/", date_review.requests_review, name="requests_review"),
    path("valoraciones/<slug:code>/responder/", assessments.assessment_answer, name="assessment_answer"),
    path("evidencia/<uuid:key>/", evidence.evidence_download, name="evidence_download"),
    path("evidencia/<uuid:key>/testar/", evidence.evidence_redact, name="evidence_redact"),
    path("revision/", review.review_queue, name="review_queue"),
    path("revision/exportar.<format:fmt>", review.review_export, name="review_export"),
    path("revision/<slug:code>/", review.follow_up_review, name="follow_up_review"),
]
