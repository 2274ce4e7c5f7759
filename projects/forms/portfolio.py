"""Input on a coordinator's portfolio: the sectors and agencies that they answer for."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency, Portfolio
from focalpoints.pages.kit import CorrectionForm
from projects.forms.agencies import AgenciesField, named_in_words


class PortfolioForm(CorrectionForm):
    sectors = AgenciesField(
        label=_("Whole sectors, by their heads"),
        required=False,
        help_text=_(
            "Acronyms, keys or names separated by commas, for example: SCT, SEP. Whoever joins the sector later is in it."
        ),
    )
    agencies = AgenciesField(
        label=_("Other agencies"),
        required=False,
        help_text=_(
            "Acronyms, keys or names separated by commas. Leave both empty to answer for what nobody took, as everybody does."
        ),
    )

    def __init__(self, data: QueryDict | None = None, *, row: Portfolio) -> None:
        sectors, agencies = (row.sectors.all(), row.agencies.all()) if row.pk else ((), ())
        initial = {"sectors": named_in_words(sectors), "agencies": named_in_words(agencies)}
        super().__init__(data, row=row, initial=initial)

    def read_again(self) -> Portfolio:
        return Portfolio.objects.filter(person=self.row.person).first() or self.row

    def clean_sectors(self) -> list[Agency]:
        sectors: list[Agency] = self.cleaned_data["sectors"]
        if members := [agency.short_name for agency in sectors if agency.parent_id]:
            raise ValidationError(
                _("%(agency)s heads no sector. Name it under the other agencies."),
                code="member",
                params={"agency": members[0]},
            )
        return sectors

    @property
    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("sectors", "agencies", "revision")}
