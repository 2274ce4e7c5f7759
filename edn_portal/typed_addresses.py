"""The page that is meant by an address which leads nowhere as it was typed, or copied from a mail.

`/COMPROMISOS//mc-250k.` → `/compromisos/MC-250K/`. Asked only about what has no page (`operations/error_pages.not_found`).
"""

import re
import unicodedata
from typing import Any
from urllib.parse import unquote

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.translation import get_language_from_path, override

from focalpoints.text import code
from projects.reading import as_typed
from projects.reading.as_typed import Finder

# By how the route begins, without the language; the longest beginning counts. Of other routes an address is only tidied.
CODES_OF: dict[str, Finder] = {
    "compromisos/": as_typed.commitment_code,
    "tareas/": as_typed.task_code,
    "proyectos/": as_typed.project_slug,
    "dependencias/": as_typed.agency_key,
    "administracion/dependencias/": as_typed.agency_key,
    "administracion/": as_typed.random_code,
    "papeles/": as_typed.random_code,
    "recordatorios/enviados/": as_typed.random_code,
    "recordatorios/<day:day>/": as_typed.random_code,
    "mi-trabajo/calendario/": as_typed.random_code,
    "seguimientos/": as_typed.follow_up_code,
    "revision/": as_typed.follow_up_code,
    "solicitudes/": as_typed.request_code,
    "revision/solicitudes/": as_typed.request_code,
    "valoraciones/": as_typed.assessment_code,
}
CODE_NAMES = {"code", "slug", "key"}
EXACT = {"token"}  # secrets, in which a capital is another letter
A_CODE = re.compile(r"[\w-]{1,80}", re.ASCII)


def page_meant(request: HttpRequest) -> tuple[str, bool] | None:
    """The address of the page, and whether it is the same to everybody for good: nothing was looked up. None where nothing is meant."""
    path = _tidied(request.path_info)
    user = getattr(request, "user", None) or AnonymousUser()
    # In lower case too: whoever writes in capitals writes all of the address so.
    for spelling in dict.fromkeys((path, path.lower())):
        with override(get_language_from_path(spelling) or "es-mx"):
            for address in (f"{spelling}/", spelling):
                match = _matching(address)
                if match and (found := _address(match, user, is_exact=spelling == path)):
                    meant, is_same = found
                    return (meant, is_same) if unquote(meant) != request.path else None
    return None


def code_in(path: str) -> str:
    """What in an address that leads nowhere may be a code or an acronym: something to search for. Empty where nothing may.

    The name of a page that is there is none: only the page of its list that was asked for is not.
    """
    tidied = _tidied(path)
    last, match = tidied.rpartition("/")[2], _matching(f"{tidied}/")
    is_page = match is not None and last not in map(str, match.kwargs.values())
    return last if A_CODE.fullmatch(last) and not is_page else ""


def _tidied(path: str) -> str:
    """As codes are written (`text.code`), without blanks, doubled slashes, and the punctuation around it in a mail."""
    *parts, last = "".join(code(path.replace("\u2212", "-")).split()).split("/")  # a minus is no dash to Unicode
    # `.` and `..` are steps, unless a sentence ends there.
    tidied = [part if part in (".", "..") else _without_punctuation(part) for part in parts]
    return "/" + "/".join(filter(None, [*tidied, _without_punctuation(last)]))


def _without_punctuation(part: str) -> str:
    start, end = 0, len(part)
    while start < end and (part[start] in "<`\"'*¿¡" or unicodedata.category(part[start]) in ("Ps", "Pi")):
        start += 1
    while end > start and (part[end - 1] in ">`" or unicodedata.category(part[end - 1]) in ("Po", "Pe", "Pf")):
        end -= 1
    return part[start:end]


def _matching(address: str) -> ResolverMatch | None:
    try:
        return resolve(address)
    except Resolver404:
        return None


def _address(match: ResolverMatch, user: Any, *, is_exact: bool) -> tuple[str, bool] | None:
    """With the codes that exist, as they are written. None where one does not."""
    typed = match.captured_kwargs or {}  # type: ignore[attr-defined]
    if not is_exact and EXACT & typed.keys():
        return None
    find = _finder(match.route)
    written = {name: find(value, user) if find and name in CODE_NAMES else value for name, value in typed.items()}
    if "" in written.values():
        return None
    return reverse(match.view_name, kwargs=written), written == typed


def _finder(route: str) -> Finder | None:
    plain = route.removeprefix("en/")
    return CODES_OF.get(max((start for start in CODES_OF if plain.startswith(start)), key=len, default=""))
