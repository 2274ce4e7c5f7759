"""What the coordination office says of itself, for the pages that name it."""

from typing import NamedTuple

from django.core.cache import caches
from django.http import HttpRequest

from focalpoints.models import OfficeText
from focalpoints.pages.page_cache import stands_for


class Contact(NamedTuple):
    """Whom to ask: the office, its mailbox, and its telephone, which may be empty."""

    name: str
    email: str
    phone: str


def contact(request: HttpRequest) -> Contact | None:
    """The office's contact; None until an administrator has entered it. Remembered until the ledger's next entry."""
    [[seq, digest]] = stands_for(request)
    return caches["pages"].get_or_set(f"contact:{seq}:{digest}", _contact)


def _contact() -> Contact | None:
    newest = OfficeText.objects.newest(OfficeText.Kind.CONTACT)
    return Contact(newest.name, newest.email, newest.phone) if newest.revision else None
