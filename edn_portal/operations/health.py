"""`/salud/`, which an operator's monitor asks whether the portal works."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints.ledger.verification import head


@never_cache
@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, with the number of the ledger's last entry."""
    return JsonResponse({"status": "ok", "database": connection.vendor, "ledger": head().seq})
