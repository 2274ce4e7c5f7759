"""Whether an address, acronym, key or name of an agency is taken, in whatever spelling, and by whom; whether an address is a person's
or is shown in public.

Forms say so first, verbs again.
"""

from django.utils.translation import gettext as _

from focalpoints.models import Agency, OfficeText, User
from focalpoints.text import address, address_key, fold


def against_address(email: str, *, besides: User | None = None) -> str:
    """Why nobody else can have this address as their account. Else empty."""
    other = User.objects.at(email).first()
    if other is None:
        return against_published(email)
    if other == besides:
        return ""
    return _(
        "%(person)s has an account with this address already: %(email)s. However it is spelled, it is one account."
    ) % {
        "person": other,
        "email": other.email,
    }


def against_public_mailbox(email: str, *, heads: str = "") -> str:
    """Why this address cannot stand on a public page: somebody signs in with it, or it is of a head's office (`heads`, or one that is
    kept). Else empty.
    """
    if not email:
        return ""
    if User.objects.at(email).exists():
        return _("Somebody signs in with this address, so it is a person’s. Publish the mailbox of an office.")
    if address(email) == address(heads) or Agency.objects.filter(head_email=address(email)).exists():
        return _("This is the address of a head’s office, which is never shown in public. Publish another mailbox.")
    return ""


def against_published(email: str, *, besides: Agency | None = None) -> str:
    """Why this address can be neither a person's nor of a head's office: pages show it, in whatever spelling. Else empty."""
    if not email:
        return ""
    shown = [(row.mailbox, row.short_name) for row in Agency.objects.registered().exclude(mailbox="") if row != besides]
    office = OfficeText.objects.newest(OfficeText.Kind.CONTACT)
    key = address_key(email)
    for mailbox, whose in [*shown, (office.email, office.name)]:
        if mailbox and address_key(mailbox) == key:
            return _("%(email)s is shown in public as the mailbox of %(office)s. Give another address.") % {
                "email": mailbox,
                "office": whose,
            }
    return ""


def against_agency_name(name: str, *, besides: Agency | None = None) -> str:
    """Why no agency can have this as its acronym or key. Else empty; an agency's own two may be alike."""
    other = next((agency for agency in Agency.objects.called(name) if agency != besides), None)
    if other is None:
        return ""
    told = {"name": name, "agency": " – ".join(filter(None, [other.acronym, other.name])), "key": other.key}
    if other.closed_on:
        told["day"] = f"{other.closed_on:%d/%m/%Y}"
        return (
            _(
                "“%(name)s” is the acronym or key of %(agency)s (key %(key)s), in this or another spelling. It was closed on %(day)s, "
                "and the record of its time names it: choose another."
            )
            % told
        )
    return (
        _("“%(name)s” is the acronym or key of %(agency)s (key %(key)s), in this or another spelling. Choose another.")
        % told
    )


def against_official_name(name: str, *, besides: Agency | None = None) -> str:
    """Why no agency can be called so: another that is not closed is. Else empty. Case, accents and punctuation do not count."""
    alike = Agency.objects.registered().filter(search__contains=fold(name))
    other = next((agency for agency in alike if agency != besides and fold(agency.name) == fold(name)), None)
    if other is None:
        return ""
    return _("%(agency)s (key %(key)s) is called so already. Is it the same agency? Then correct that one.") % {
        "agency": " – ".join(filter(None, [other.acronym, other.name])),
        "key": other.key,
    }
