"""The forms of the account pages: allauth's with our labels and our throttle, a new password, how and how often we write."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from edn_portal.accounts import devices, throttle
from focalpoints.actions.people import SHORTCUTS
from focalpoints.models import User
from focalpoints.pages.fields import EmailLine, NameField, OneLine, PasswordField

PASSWORD_HINT = _(
    "At least 12 characters. Three or four words that have nothing to do with each other are easy to remember and hard to guess."
)
CODE_LIVES = 120  # seconds for which a used code is remembered: longer than an authenticator's is accepted


def email_field() -> EmailLine:
    return EmailLine(label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"}))


def password_field(label: Any, autocomplete: str, **kwargs: Any) -> PasswordField:
    return PasswordField(label=label, widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}), **kwargs)


def code_field() -> OneLine:
    """Digits from an authenticator app or a recovery code."""
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "govuk-input--width-10"}
    return OneLine(label=pgettext_lazy("one-time", "Code"), max_length=20, widget=forms.TextInput(attrs=attrs))


class SignInForm(account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"login": email_field(), "password": password_field(_("Password"), "current-password")}


class ReauthenticateForm(account.ReauthenticateForm):
    password = password_field(_("Password"), "current-password")


class NewPasswordForm(forms.Form):
    """A password typed twice, for `user`."""

    password1 = password_field(_("New password"), "new-password", help_text=PASSWORD_HINT)
    password2 = password_field(_("New password again"), "new-password")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password1(self) -> str:
        password = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password

    def clean_password2(self) -> str:
        first, second = self.cleaned_data.get("password1"), self.cleaned_data["password2"]
        if first and first != second:
            raise ValidationError(_("The two passwords are not the same."))
        return second


class ChangePasswordForm(NewPasswordForm):
    oldpassword = password_field(_("Current password"), "current-password")
    field_order = ("oldpassword", "password1", "password2")

    def clean_oldpassword(self) -> str:
        password = self.cleaned_data["oldpassword"]
        adapter = account.get_adapter()
        if not adapter.reauthenticate(self.user, password):
            raise adapter.validation_error("enter_current_password")
        return password

    def save(self) -> None:
        account.get_adapter().set_password(self.user, self.cleaned_data["password1"])


class ResetForm(forms.Form):
    email = email_field()


class ThrottledCode:
    """A mixin: codes are counted as passwords are, apart from them, and a right one works once."""

    user: User
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        device = devices.device_of(context.request, self.user)
        attempts = throttle.admit_guess(context.request, f"code {self.user.code}", device)
        code = super().clean_code()  # type: ignore[misc]
        throttle.give_back(attempts)
        spent = f"used-code:{self.user.code}:{normalize_user_code(code)}"
        if not caches["throttle"].add(spent, True, CODE_LIVES):
            raise get_mfa_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(ThrottledCode, mfa.AuthenticateForm):
    code = code_field()


class ReauthenticateCodeForm(ThrottledCode, mfa.ReauthenticateForm):
    code = code_field()


class ActivateTOTPForm(ThrottledCode, totp.ActivateTOTPForm):
    code = code_field()


class CredentialField(forms.JSONField):
    """The JSON with which a browser answers for a passkey."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.HiddenInput, **options)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError:
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": ""}) from None


@contextmanager
def forged_is_wrong() -> Iterator[None]:
    """Anybody can send a credential of any shape: whatever error it causes in the libraries, the form says that it is wrong."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, struct.error) as error:
        raise get_mfa_adapter().validation_error("incorrect_code") from error


class CredentialForm(forms.Form):
    """A mixin for allauth's forms that read the credential of a known passkey."""

    credential = CredentialField()

    def clean_credential(self) -> Any:
        with forged_is_wrong():
            return super().clean_credential()  # type: ignore[misc]


class AuthenticateWebAuthnForm(CredentialForm, webauthn.AuthenticateWebAuthnForm):
    pass


class ReauthenticateWebAuthnForm(CredentialForm, webauthn.ReauthenticateWebAuthnForm):
    pass


class LoginWebAuthnForm(CredentialForm, webauthn.LoginWebAuthnForm):
    def clean_credential(self) -> Any:
        attempts = throttle.admit(context.request, (throttle.ADDRESS, throttle.client_address(context.request)))
        authenticator = super().clean_credential()
        throttle.give_back(attempts)
        return authenticator


def passkey_name_field() -> NameField:
    return NameField(
        label=_("Name of the passkey"), max_length=60, help_text=_("So that you know it again, for example: telephone.")
    )


class AddWebAuthnForm(webauthn.AddWebAuthnForm):
    credential = CredentialField()
    name = passkey_name_field()
    passwordless = forms.BooleanField(
        label=_("Let it sign me in by itself, without the password"),
        required=False,
        help_text=_("The device will ask for a PIN, a finger or a face."),
    )

    def clean(self) -> dict[str, Any]:
        with forged_is_wrong():
            return super().clean()


class EditWebAuthnForm(webauthn.EditWebAuthnForm):
    name = passkey_name_field()


class RhythmForm(forms.Form):
    """How often the portal reminds a person; "never" is not offered."""

    rhythm = forms.ChoiceField(
        label=_("How often do you want to be reminded?"), choices=User.Rhythm.choices, widget=forms.RadioSelect
    )


def _key_field(label: Any) -> OneLine:
    return OneLine(
        label=label,
        max_length=1,
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-2", "autocomplete": "off"}),
    )


class ShortcutsForm(forms.Form):
    """Whether a coordinator reviews with single keys, and with which."""

    is_on = forms.BooleanField(label=_("Work through the review with single keys"), required=False)
    key_next = _key_field(_("Next"))
    key_previous = _key_field(_("The one before"))
    key_accept = _key_field(_("Accept it; in the queue, tick it"))
    key_return = _key_field(_("Write the comment with which it is returned; in the queue, open it"))
    key_help = _key_field(_("Show these keys"))

    def __init__(self, data: QueryDict | None, *, keys: str) -> None:
        names = [name for name in self.base_fields if name.startswith("key_")]
        super().__init__(data, initial={"is_on": bool(keys), **dict(zip(names, keys or SHORTCUTS, strict=True))})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("is_on"):
            keys = [value for name, value in data.items() if name.startswith("key_")]
            if not all(keys) or len(set(keys)) < len(keys):
                raise ValidationError(_("Choose another key for each: one letter, digit or sign."))
        return data

    @property
    def keys(self) -> str:
        """Of a valid form, as the person's row has them."""
        data = self.cleaned_data
        return "".join(data[name] for name in self.fields if name.startswith("key_")) if data["is_on"] else ""


class LanguageForm(forms.ModelForm):
    """In which language the portal writes to a person."""

    class Meta:
        model = User
        fields = ("language",)
        widgets = {"language": forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"})}
