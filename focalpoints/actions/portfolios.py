"""The verb on portfolios: a coordinator says which agencies and sectors they answer for in the coordination office."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from focalpoints.facts import portfolio_state
from focalpoints.ledger.record import record
from focalpoints.models import Agency, Entry, Portfolio, User
from focalpoints.rules import office_of
from focalpoints.turn import in_turn
from focalpoints.workflow import NotPossible, Stale, permitted


@in_turn
def choose_portfolio(*, by: User, sectors: Collection[Agency], agencies: Collection[Agency], revision: int) -> Entry:
    """Take these sectors, given by their heads, and these agencies; what was taken before and is not among them is everybody's again.

    `revision` is 0 for whoever never took any. Raises Stale when their other window was quicker.
    """
    by = permitted("portfolio.choose", by=by)
    if any(agency.is_closed for agency in (*sectors, *agencies)):
        raise NotPossible(_("One of these agencies is closed: nobody answers for it any more."))
    if any(head.parent_id for head in sectors):
        raise NotPossible(_("A sector is named by its head. Name the other agencies one by one."))
    portfolio = Portfolio.objects.filter(person=by).first() or Portfolio(person=by)
    if portfolio.revision != revision:
        raise Stale
    if portfolio.pk and {*portfolio.sectors.all()} == {*sectors} and {*portfolio.agencies.all()} == {*agencies}:
        raise NotPossible(_("Nothing was changed: what you sent is what is already there."))
    portfolio.revision = revision + 1
    portfolio.save()
    portfolio.sectors.set(sectors)
    portfolio.agencies.set(agencies)
    return record("choose", portfolio_state(portfolio, sectors, agencies), by=by, office=office_of(by))
