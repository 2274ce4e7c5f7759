"""Texts of Django and allauth that we translate ourselves, listed so that `make messages` collects them.

Their own Spanish says "tú", or does not say what to do next. No code uses the lists: gettext takes our translation before theirs.
"""

from django.utils.translation import gettext_noop as _

TEXTS = (
    _("Enter a valid email address."),
    _("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
    _("- Select an option -"),
    _("The password is too similar to the %(verbose_name)s."),
    _("This password is too common."),
    _("This password is entirely numeric."),
    _("You cannot generate recovery codes without having two-factor authentication enabled."),
)
# Lower case in our Spanish: Django's Mexican Spanish has capitals.
MONTHS = (
    _("January"),
    _("February"),
    _("March"),
    _("April"),
    _("May"),
    _("June"),
    _("July"),
    _("August"),
    _("September"),
    _("October"),
    _("November"),
    _("December"),
)
