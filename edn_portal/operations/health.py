"""Pages of the site as such, which show no rows of an app."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints.models import LedgerHead


@never_cache
@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """For the operator's monitor: 200 when the database answers, with the ledger's head."""
    seq = LedgerHead.objects.values_list("seq", flat=True).first() or 0
    return JsonResponse({"status": "ok", "database": connection.vendor, "ledger": seq})
