"""The verb on the office's texts: administrators say whom to ask, how personal data are treated, and what may be done with the data."""

from typing import TypedDict, Unpack

from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.actions.corrections import as_kept, refuse_invalid
from focalpoints.actions.entries import recorded
from focalpoints.facts import office_text_state
from focalpoints.models import OfficeText, User
from focalpoints.names_taken import against_public_mailbox
from focalpoints.turn import in_turn
from focalpoints.workflow import NotPossible, Stale, permitted, refuse


class OfficeWords(TypedDict, total=False):
    text_es: str
    text_en: str
    name: str
    email: str
    phone: str


WORDS = tuple(OfficeWords.__annotations__)


@in_turn
def publish_office_text(kind: str, *, by: User, revision: int, **words: Unpack[OfficeWords]) -> OfficeText:
    """Publish a new version of one of the office's texts; what is left out of `words` stays as it is. Earlier versions can still be
    read, but for whom to ask.

    `revision` is 0 for a text that was never published. Raises Stale when somebody else published one first.
    """
    by = permitted("office-text.publish", by=by)
    before = OfficeText.objects.newest(kind)
    if before.revision != revision:
        raise Stale
    said = {name: getattr(before, name) for name in WORDS}
    row = OfficeText(kind=kind, revision=revision + 1, published_on=clock.today(), **as_kept(OfficeText, said | words))
    if said == {name: getattr(row, name) for name in WORDS}:
        raise NotPossible(_("Nothing was changed: what you sent is what is already there."))
    if row.email != before.email:
        refuse(against_public_mailbox(row.email))
    refuse_invalid(row)
    row.save(force_insert=True)
    recorded("publish", office_text_state(row), by=by, **{name: getattr(row, name) for name in WORDS})
    return row
