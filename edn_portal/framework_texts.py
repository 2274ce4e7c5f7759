"""Sentences of Django and allauth that our pages show and that we translate ourselves, so that they are collected with ours.

Their own Spanish says "tú", or not what to do next. Nothing else uses this list: gettext finds our translation before theirs.
"""

from django.utils.translation import gettext_noop as _

TEXTS = (
    _("Enter a valid email address."),
    _("- Select an option -"),
    _("The password is too similar to the %(verbose_name)s."),
    _("This password is too common."),
    _("This password is entirely numeric."),
    _("You cannot generate recovery codes without having two-factor authentication enabled."),
)
# In Spanish they are lower case; Django's Mexican Spanish writes them with a capital.
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
