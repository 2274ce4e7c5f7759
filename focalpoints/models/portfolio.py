from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from focalpoints.models.agency import Agency
from focalpoints.models.user import Role, User


class PortfolioQuerySet(models.QuerySet["Portfolio"]):
    def in_force(self) -> "PortfolioQuerySet":
        """Those of active coordinators: what somebody took who left the office is everybody's again."""
        roles = Role.objects.active().filter(kind=Role.Kind.COORDINATOR)
        return self.filter(person__in=roles.values("user"), person__is_active=True)

    def takings(self) -> models.QuerySet[Any, tuple[int, int]]:
        """Each agency that a coordinator took, alone or with its sector, and that coordinator."""
        rows = self.in_force().order_by()
        alone = rows.filter(agencies__isnull=False).values_list("agencies", "person")
        heads = rows.filter(sectors__isnull=False).values_list("sectors", "person")
        members = rows.filter(sectors__children__isnull=False).values_list("sectors__children", "person")
        return alone.union(heads, members)

    def taken(self) -> dict[int, frozenset[int]]:
        """Agency → the coordinators who took it. What is not in it is everybody's."""
        return by_agency(self.takings())

    def answered_for_by(self, person: int) -> list[int]:
        """The agencies for which this coordinator answers: those that they took, and those that nobody did."""
        taken = self.taken()
        return [
            pk
            for pk in Agency.objects.order_by("pk").values_list("pk", flat=True)
            if person in taken.get(pk, (person,))
        ]


def by_agency(takings: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for agency, person in takings:
        found[agency].add(person)
    return {agency: frozenset(people) for agency, people in found.items()}


class Portfolio(models.Model):
    """The agencies and whole sectors for which a coordinator answers in the coordination office, by their own choice."""

    person = models.OneToOneField(User, models.PROTECT, related_name="portfolio", verbose_name=_("coordinator"))
    # By their heads: whoever joins the sector later is in it.
    sectors = models.ManyToManyField(Agency, related_name="+", verbose_name=_("sectors"))
    agencies = models.ManyToManyField(Agency, related_name="+", verbose_name=_("agencies"))
    revision = models.PositiveIntegerField(default=0)

    objects = PortfolioQuerySet.as_manager()

    class Meta:
        ordering = ["person"]
        verbose_name = _("portfolio")

    def __str__(self) -> str:
        return f"{self.person}"

    @property
    def code(self) -> str:
        """Its name in the ledger: a coordinator has one."""
        return self.person.code

    @property
    def is_empty(self) -> bool:
        return not (self.sectors.exists() or self.agencies.exists())
