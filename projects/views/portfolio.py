"""Who answers for which agencies in the coordination office. Coordinators choose for themselves."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from focalpoints.actions import choose_portfolio
from focalpoints.exports.exported import exported, private_file
from focalpoints.models import Agency, Portfolio, User
from focalpoints.pages.kit import carried_out, done, form_view, typed
from focalpoints.pages.signed_in import person
from focalpoints.rules import is_administrator, is_coordinator
from projects.exports.reminders import PORTFOLIOS, portfolio_rows
from projects.forms.portfolio import PortfolioForm
from projects.rules import reads_reminders


@form_view
def portfolio(request: HttpRequest) -> HttpResponse:
    """Everybody's portfolio, and for a coordinator the form of their own."""
    if not reads_reminders(request.user):
        raise Http404
    form = _form(request, person(request))
    if carried_out(request, form, choose_portfolio):
        return done(
            request, _("Your portfolio was kept: it counts from the next message on."), reverse("projects:portfolio")
        )
    taken = Portfolio.objects.taken()
    context = {
        "form": form if is_coordinator(request.user) else None,
        "differences": form.differences,
        "portfolios": _in_force(),
        "everybodys": Agency.objects.registered().exclude(pk__in=taken).count(),
        "may_write": is_administrator(request.user),
    }
    return render(request, "projects/portfolio.html", context, status=form.status)


@private_file("projects:portfolio")
def portfolio_export(request: HttpRequest, fmt: str) -> HttpResponseBase:
    if not reads_reminders(request.user):
        raise Http404
    return exported(request, PORTFOLIOS, portfolio_rows(_in_force()), fmt)


def _in_force() -> QuerySet[Portfolio]:
    return Portfolio.objects.in_force().select_related("person").prefetch_related("sectors", "agencies")


def _form(request: HttpRequest, user: User) -> PortfolioForm:
    row = Portfolio.objects.filter(person=user).first() or Portfolio(person=user)
    return PortfolioForm(typed(request), row=row)
