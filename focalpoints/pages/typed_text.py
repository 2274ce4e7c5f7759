"""Text typed into a form whose session had ended, kept encrypted until the same person has signed in again.

Every form of a signed-in page says who it was made for (`templatetags/typed_by.py`). When its POST comes too late, the answer is the
sign-in page with the typed fields sealed inside; after signing in they wait in the session, and the page's view calls `take_back`.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

from django.contrib import messages
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from focalpoints.models import User
from focalpoints.sealing import seal, unseal

TYPED_BY = "typed_by"
CARRIED = "carried"  # the hidden field of the sign-in form, and the session's key
NOT_TYPED = {"csrfmiddlewaretoken", TYPED_BY, CARRIED}
LIFETIME = timedelta(hours=12)
LONGEST = 200_000  # bytes, before encryption
_signer = TimestampSigner(salt="focalpoints.carried")


class TooLong(Exception):
    """More was typed than a sign-in page can carry."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Who typed what, the address it was sent to, and that of the page that shows the form."""

    person: str
    sent_to: str
    page: str
    fields: str
    files: bool

    @property
    def addresses(self) -> set[str]:
        """With their queries: the same path may be about another person."""
        return {self.sent_to, self.page}

    @property
    def texts(self) -> list[str]:
        """What can be read without its form: everything but numbers."""
        return [text for _name, text in parse_qsl(self.fields) if text.strip() and not text.isdigit()]


def typed_by_mark(user: User) -> str:
    """What a form carries so that a late POST can be given back to this person and to nobody else."""
    return _signer.sign(user.code)


def is_autosave(request: HttpRequest) -> bool:
    """Sent by the page itself while somebody types, not by the person (static/src/js/autosave.js)."""
    return request.headers.get("X-Requested-With") == "autosave"


def typed_by(request: HttpRequest) -> str | None:
    """The code of the person for whom the posted form was made. A form may lie open over a long holiday."""
    try:
        return _signer.unsign(request.POST.get(TYPED_BY, ""), max_age=timedelta(days=30))
    except BadSignature:
        return None


def pack(request: HttpRequest) -> str:
    """What was posted, sealed for the person who typed it; empty when nobody knows who, or nothing was. Raises TooLong."""
    person = typed_by(request)
    if person is None:
        return ""
    typed = request.POST.copy()
    for name in NOT_TYPED & typed.keys():
        del typed[name]
    if not typed and not request.FILES:
        return ""
    content = json.dumps(
        {
            "person": person,
            "sent_to": request.get_full_path(),
            "page": page_of(request),
            "fields": typed.urlencode(),
            "files": bool(request.FILES),
        }
    ).encode()
    if len(content) > LONGEST:
        raise TooLong
    return seal(CARRIED, content)


def page_of(request: HttpRequest) -> str:
    """The page on which the posted form stood: where the browser says it came from, if that is here, else the form's own address."""
    referer = urlsplit(request.headers.get("Referer", ""))
    page = referer._replace(scheme="", netloc="", fragment="").geturl()
    from_here = referer.netloc == request.get_host() and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if from_here else request.get_full_path()


def unpack(sealed: str) -> Carried | None:
    """What `pack` sealed less than twelve hours ago, unchanged; else None."""
    content = unseal(CARRIED, sealed, lifetime=LIFETIME)
    return Carried(**json.loads(content)) if content else None


def keep(request: HttpRequest, sealed: str) -> None:
    """Let the text wait in the session, sealed, while its person finishes signing in."""
    if unpack(sealed):
        request.session[CARRIED] = sealed


def waiting(request: HttpRequest) -> Carried | None:
    """What waits in this session for the person who is signed in. Somebody else's text does not exist for them."""
    if not isinstance(request.user, User) or CARRIED not in request.session:
        return None
    carried = unpack(request.session[CARRIED])
    return carried if carried and carried.person == request.user.code else None


def take_back(request: HttpRequest) -> QueryDict | None:
    """What the signed-in person had typed on this page before their session ended: bind it to the form (`data=`) on GET.

    It stays until they send something from the page, so that a reload or a broken connection loses nothing.
    """
    carried = waiting(request)
    if carried is None or request.get_full_path() not in carried.addresses:
        return None
    mark_as_shown(request)
    return QueryDict(carried.fields)


def mark_as_shown(request: HttpRequest) -> None:
    """The present page shows the waiting text itself: no notice needs to lead to it."""
    request.shows_carried_text = True  # type: ignore[attr-defined]


def say_text_is_back(request: HttpRequest, carried: Carried) -> None:
    """On the page that shows it: nothing has been sent, and files do not come along."""
    messages.info(request, gettext("Your text is back. It has not been sent yet: check it and send it."))
    if carried.files:
        messages.warning(request, gettext("Files do not come back with the text: attach them again."))


def is_left_over(request: HttpRequest) -> bool:
    """Whether text waits that the present page has not taken back: its form may be gone, because somebody else was faster."""
    return bool(waiting(request)) and not hasattr(request, "shows_carried_text")


def settle(request: HttpRequest) -> None:
    """Forget the waiting text once its page sends something, be it a draft saved in the background."""
    if CARRIED not in request.session:
        return
    carried = waiting(request)
    if carried is None or {request.get_full_path(), page_of(request)} & carried.addresses:
        forget(request)


def forget(request: HttpRequest) -> None:
    """Let go of what waits."""
    request.session.pop(CARRIED, None)
