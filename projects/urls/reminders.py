"""Pages of reminders: rehearsal, what was sent, pauses, texts."""

from django.urls import URLPattern, path

from projects.urls.converters import DAY
from projects.views import pauses, portfolio, reminder_messages, reminder_texts, reminders, reminders_sent

reminder_urls: list[URLPattern] = [
    path("recordatorios/", reminders.reminders, name="reminders"),
    path("recordatorios/enviados/", reminders_sent.reminders_sent, name="reminders_sent"),
    path(
        "recordatorios/enviados/exportar.<format:fmt>",
        reminders_sent.reminders_sent_export,
        name="reminders_sent_export",
    ),
    path("recordatorios/enviados/filtrar/", reminders_sent.reminders_sent_filter, name="reminders_sent_filter"),
    path(f"recordatorios/enviados/{DAY}/<slug:code>/", reminders_sent.reminder_sent, name="reminder_sent"),
    path("recordatorios/carteras/", portfolio.portfolio, name="portfolio"),
    path("recordatorios/carteras/exportar.<format:fmt>", portfolio.portfolio_export, name="portfolio_export"),
    path("recordatorios/textos/", reminder_texts.reminder_texts, name="reminder_texts"),
    path("recordatorios/textos/<slug:key>/<slug:language>/", reminder_texts.reminder_text, name="reminder_text"),
    path(f"recordatorios/{DAY}/<slug:code>/", reminder_messages.reminder_message, name="reminder_message"),
    path(f"recordatorios/{DAY}/<slug:code>/prueba/", reminder_messages.reminder_test, name="reminder_test"),
    path("mi-trabajo/recordatorios/", reminder_messages.my_reminders, name="my_reminders"),
    path("tareas/<slug:code>/pausa/", pauses.task_pause, name="task_pause"),
    path("tareas/<slug:code>/pausa/terminar/", pauses.task_resume, name="task_resume"),
    path("compromisos/<slug:code>/pausa/", pauses.commitment_pause, name="commitment_pause"),
    path("compromisos/<slug:code>/pausa/terminar/", pauses.commitment_resume, name="commitment_resume"),
]
