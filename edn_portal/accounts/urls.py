"""Sign-in and account pages: allauth's views under Spanish addresses. Only what is listed here exists."""

from allauth.account.views import logout, reauthenticate
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import include, path

from edn_portal.accounts import views
from edn_portal.accounts.late_forms import for_the_author
from focalpoints.one_time_links import INVITATION, RESET

second_factor = [
    path("", mfa.index, name="mfa_index"),
    path("codigo/", mfa.authenticate, name="mfa_authenticate"),
    path("confirmar/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("aplicacion/activar/", totp.activate_totp, name="mfa_activate_totp"),
    path("aplicacion/quitar/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("codigos/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("codigos/nuevos/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("codigos/descargar/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("llaves/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("llaves/nueva/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("llaves/entrar/", for_the_author(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("llaves/confirmar/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("llaves/<int:pk>/nombre/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("llaves/<int:pk>/quitar/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
]

urlpatterns = [
    path("", views.account, name="account"),
    path("idioma/", views.language, name="account_language"),
    path("avisos/", views.rhythm, name="account_rhythm"),
    path("teclado/", views.shortcuts, name="account_shortcuts"),
    path("sesiones/cerrar/", views.close_sessions, name="account_close_sessions"),
    path("texto/", views.left_over_text, name="account_text"),
    path("entrar/", for_the_author(views.sign_in), name="account_login"),
    path("salir/", logout, name="account_logout"),
    path("confirmar/", reauthenticate, name="account_reauthenticate"),
    path("contrasena/cambiar/", views.change_password, name="account_change_password"),
    path("contrasena/olvidada/", views.ask_for_reset, name="account_reset_password"),
    path("contrasena/olvidada/enviada/", views.reset_asked, name="account_reset_password_done"),
    path("contrasena/nueva/<slug:code>/<str:token>/", views.choose_password, {"link": RESET}, name=RESET.page),
    path("invitacion/<slug:code>/<str:token>/", views.choose_password, {"link": INVITATION}, name=INVITATION.page),
    path("segundo-factor/", include(second_factor)),
]
