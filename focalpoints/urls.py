"""Addresses of the ledger's verification, of the office's own pages, of roles and of administration."""

from django.urls import path

from focalpoints.models import OfficeText
from focalpoints.views import administration, agencies, appointments, exports, ledger, office, people, roles

app_name = "focalpoints"
OFFICE_PAGES = {
    OfficeText.Kind.CONTACT: "contacto/",
    OfficeText.Kind.PRIVACY: "aviso-de-privacidad/",
    OfficeText.Kind.ACCESSIBILITY: "accesibilidad/",
    OfficeText.Kind.LICENCE: "licencia/",
}
# Where two would match, the first wins: fixed words (`nueva/`) come before `<slug:key>/`.
urlpatterns = [
    path("verificar/", ledger.verify, name="verify"),
    path("verificar/descargar.<format:fmt>", ledger.entry_download, name="entry_download"),
    path("verificar/<int:seq>/texto/", ledger.entry_text, name="entry_text"),
    *[path(address, office.office_text, {"kind": kind}, name=kind.value) for kind, address in OFFICE_PAGES.items()],
    path("papeles/", roles.role_list, name="role_list"),
    path("papeles/exportar.<format:fmt>", roles.role_export, name="role_export"),
    path("cuenta/exportaciones/", exports.own_export_list, name="own_export_list"),
    path("papeles/<slug:code>/", roles.role_decide, name="role_decide"),
    path("administracion/", administration.administration, name="administration"),
    path("administracion/exportaciones/", exports.export_list, name="export_list"),
    path("administracion/quien-hizo-que/exportar.<format:fmt>", exports.who_acted_export, name="who_acted_export"),
    path("administracion/oficina/", office.office_text_list, name="office_text_list"),
    path("administracion/oficina/<slug:kind>/", office.office_text_publish, name="office_text_publish"),
    path("administracion/dependencias/", agencies.agency_list, name="agency_list"),
    path("administracion/dependencias/nueva/", agencies.agency_create, name="agency_create"),
    path("administracion/dependencias/<slug:key>/", agencies.agency_detail, name="agency_detail"),
    path(
        "administracion/dependencias/<slug:key>/exportar.<format:fmt>",
        agencies.agency_history_export,
        name="agency_history_export",
    ),
    path("administracion/dependencias/<slug:key>/corregir/", agencies.agency_correct, name="agency_correct"),
    path("administracion/dependencias/<slug:key>/cerrar/", agencies.agency_close, name="agency_close"),
    path("administracion/personas/", people.person_list, name="person_list"),
    path("administracion/personas/exportar.<format:fmt>", people.person_export, name="person_export"),
    path(
        "administracion/personas/<slug:code>/exportar.<format:fmt>",
        people.person_history_export,
        name="person_history_export",
    ),
    path("administracion/personas/invitar/", people.person_invite, name="person_invite"),
    path("administracion/personas/<slug:code>/", people.person_detail, name="person_detail"),
    path("administracion/personas/<slug:code>/corregir/", people.person_correct, name="person_correct"),
    path("administracion/personas/<slug:code>/invitar/", people.person_invite_again, name="person_invite_again"),
    path(
        "administracion/personas/<slug:code>/segundo-factor/",
        people.person_reset_second_factor,
        name="person_reset_second_factor",
    ),
    path("administracion/personas/<slug:code>/desactivar/", people.person_deactivate, name="person_deactivate"),
    path("administracion/personas/<slug:code>/reactivar/", people.person_reactivate, name="person_reactivate"),
    path("administracion/personas/<slug:code>/papeles/", roles.role_give, name="role_give"),
    path("administracion/papeles/<slug:code>/retirar/", roles.role_withdraw, name="role_withdraw"),
    path("administracion/papeles/<slug:code>/quitar/", roles.role_revoke, name="role_revoke"),
    path("administracion/nombramientos/", appointments.appointment_list, name="appointment_list"),
    path(
        "administracion/nombramientos/exportar.<format:fmt>", appointments.appointment_export, name="appointment_export"
    ),
    path("administracion/nombramientos/nuevo/", appointments.appointment_create, name="appointment_create"),
    path("administracion/nombramientos/<slug:code>/terminar/", appointments.appointment_end, name="appointment_end"),
]
